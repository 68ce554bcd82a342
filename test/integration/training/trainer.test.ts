import { jest } from '@jest/globals';
import { appError } from '../../../src/core/errors.ts';
import type { Recipe } from '../../../src/training/recipe.ts';
import { Trainer, type TrainerOptions } from '../../../src/training/trainer.ts';
import { tinyCorpus, tinyInputs, tinyRecipe } from '../../support/training/tiny-inputs.ts';

// A test starts several runs, and the machine may be busy.
jest.setTimeout(120_000);

/** Takes steps, from epoch to epoch, and returns their losses. */
async function takeSteps(trainer: Trainer, steps: number): Promise<number[]> {
  const losses: number[] = [];
  for (let i = 0; i < steps; i += 1) {
    if (trainer.state.epochStep === trainer.epochSteps) trainer.endEpoch();
    losses.push((await trainer.step()).loss);
  }
  return losses;
}

/** Losses and final weights of some steps from the start. */
async function trained(steps: number, recipe: Recipe, options?: TrainerOptions) {
  const trainer = await Trainer.open(tinyInputs(), recipe, options);
  const losses = await takeSteps(trainer, steps);
  const weights = trainer.model.arena.kernel.arrays[0].slice();
  await trainer.close();
  return { losses, weights, state: trainer.state };
}

describe('Trainer', () => {
  it('learns: the loss falls to a fifth in 64 steps', async () => {
    const { losses } = await trained(64, tinyRecipe({ epochs: 8 }));

    expect(losses[0]).toBeGreaterThan(3);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 5);
  });

  it('gives the same weights bit for bit from the same seed, with one thread and with two', async () => {
    const first = await trained(5, tinyRecipe(), { threads: 1 });

    const second = await trained(5, tinyRecipe(), { threads: 2 });

    expect(second.losses).toEqual(first.losses);
    expect(second.weights).toEqual(first.weights);
  });

  it('gives other weights from another seed', async () => {
    const first = await trained(1, tinyRecipe());

    const second = await trained(1, tinyRecipe({ seed: 8 }));

    expect(second.losses).not.toEqual(first.losses);
  });

  it('goes on from saved arrays to the same weights bit for bit, across an epoch', async () => {
    const recipe = tinyRecipe();
    const straight = await trained(12, recipe);
    const before = await Trainer.open(tinyInputs(), recipe);
    await takeSteps(before, 6);
    const arrays = before.model.arena.kernel.arrays.map((array) => array.slice());
    const { state } = before;
    await before.close();

    const after = await Trainer.open(tinyInputs(), recipe);
    after.model.arena.kernel.arrays.forEach((array, place) => {
      if (place !== 1) array.set(arrays[place]!);
    });
    after.state = state;
    await takeSteps(after, 6);

    expect(after.epochSteps).toBeGreaterThan(6);
    expect(after.model.arena.kernel.arrays[0]).toEqual(straight.weights);
    await after.close();
  });

  it('leaves the frozen word embeddings as they were', async () => {
    const inputs = tinyInputs();
    const before = inputs.encoder.weights.get('embeddings.word_embeddings.weight')!.data.slice();
    const trainer = await Trainer.open(inputs, tinyRecipe());

    await trainer.step();

    expect(trainer.model.weights.get('word_embeddings.weight')!.data).toEqual(before);
    await trainer.close();
  });

  it('refuses a learning rate that makes the loss no number, and keeps the weights', async () => {
    const trainer = await Trainer.open(tinyInputs(), tinyRecipe());
    const { weights, kernel } = trainer.model.arena;
    weights.get('span_logit_scale')!.data[0] = 200;
    const before = kernel.arrays[0].slice();

    const step = trainer.step();

    await expect(step).rejects.toEqual(
      appError('RECIPE_INVALID', {
        field: 'learningRate',
        rule: 'so low that the loss stays a number (it did not in step 1)',
        value: 0.005,
      }),
    );
    expect(kernel.arrays[0]).toEqual(before);
    await trainer.close();
  });

  it('refuses documents without a mention of its types', async () => {
    const types = [{ name: 'Town', description: 'a place' }];
    const inputs = tinyInputs({ corpora: [tinyCorpus({ types })] });

    const opening = Trainer.open(inputs, tinyRecipe());

    await expect(opening).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      details: { value: ['Town'] },
    });
  });
});
