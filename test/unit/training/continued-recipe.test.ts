import type { Manifest } from '../../../src/ner/manifest.ts';
import { checkContinued, continuedRecipe } from '../../../src/training/continued-recipe.ts';
import { parseRecipe } from '../../../src/training/recipe.ts';

const credit = { name: 'corpus', licence: 'CC0' };

const manifestWith = (change: object = {}): Manifest =>
  ({
    name: 'base',
    licence: 'MIT',
    encoder: { maxPositions: 512 },
    heads: { hiddenSize: 384, embeddingSize: 64, widthSize: 16, widthRows: 31 },
    window: { maxTokens: 160, overlapTokens: 40 },
    maxSpanTokens: 20,
    training: {
      encoder: { name: 'encoder', licence: 'Apache-2.0' },
      data: [credit],
      recipe: { windowTokens: 128 },
    },
    ...change,
  }) as unknown as Manifest;

const manifest = manifestWith();

describe('continuedRecipe', () => {
  it('takes sizes, name and licence from the bundle', () => {
    const recipe = continuedRecipe({ epochs: 3 }, manifest);

    expect(recipe).toMatchObject({
      name: 'base',
      licence: 'MIT',
      epochs: 3,
      embeddingSize: 64,
      widthSize: 16,
      windowTokens: 128,
      candidateTokens: 30,
      maxSpanTokens: 20,
      servingWindowTokens: 160,
      servingOverlapTokens: 40,
    });
  });

  it('adds credited corpora to those of the bundle, and keeps its encoder', () => {
    const own = { name: 'mine', licence: 'unknown' };
    const credits = { encoder: { name: 'another', licence: 'unknown' }, data: [own] };

    const recipe = continuedRecipe({ credits }, manifest);

    expect(recipe.credits).toEqual({ encoder: manifest.training.encoder, data: [credit, own] });
  });

  it('takes a name that it is given', () => {
    expect(continuedRecipe({ name: 'mine' }, manifest).name).toBe('mine');
  });

  it.each([
    ['is not recorded', { program: 'another' }],
    ['is longer than the encoder reads', { windowTokens: 1_024 }],
    ['is shorter than a mention', { windowTokens: 20 }],
  ])('trains in the windows of serving where the window of training %s', (_, recipe) => {
    const training = { ...manifest.training, recipe };

    expect(continuedRecipe({}, manifestWith({ training })).windowTokens).toBe(160);
  });

  it('has every pair of words as candidates where the width table is as long as a window', () => {
    const heads = { ...manifest.heads, widthRows: 300 };

    expect(continuedRecipe({}, manifestWith({ heads })).candidateTokens).toBeNull();
  });

  it('keeps the types of the bundle where the recipe names corpora and no types', () => {
    const types = [{ name: 'A', description: 'a' }];
    const recipe = { corpora: [{ name: 'corpus' }] };

    expect(continuedRecipe(recipe, manifestWith({ types })).types).toEqual(types);
    expect(continuedRecipe({ ...recipe, types: null }, manifestWith({ types })).types).toBeNull();
  });

  it('accepts what the bundle has anyway', () => {
    expect(continuedRecipe({ embeddingSize: 64 }, manifest).embeddingSize).toBe(64);
  });

  it.each([
    ['embeddingSize', 128, 'left out or 64, since the run goes on from a bundle'],
    ['widthSize', 8, 'left out or 16, since the run goes on from a bundle'],
    ['windowTokens', 256, 'left out or 128, since the run goes on from a bundle'],
    ['candidateTokens', 25, 'left out or 30, since the run goes on from a bundle'],
    ['maxSpanTokens', 10, 'left out or 20, since the run goes on from a bundle'],
    ['servingWindowTokens', 128, 'left out or 160, since the run goes on from a bundle'],
    ['servingOverlapTokens', 32, 'left out or 40, since the run goes on from a bundle'],
    [
      'types',
      [{ name: 'A', description: 'a' }],
      'left out or null, since the run goes on from a bundle',
    ],
    ['temperature', 0.1, 'left out, since the bundle has trained its own'],
  ])('refuses another %s', (field, value, rule) => {
    const make = () => continuedRecipe({ [field]: value }, manifest);

    expect(make).toThrow(
      expect.objectContaining({
        code: 'RECIPE_INVALID',
        details: expect.objectContaining({ field, rule }),
      }),
    );
  });

  it.each([[[]], [null], ['text']])('refuses %j, which is no recipe', (value) => {
    expect(() => continuedRecipe(value, manifest)).toThrow(
      expect.objectContaining({ code: 'RECIPE_INVALID' }),
    );
  });
});

describe('checkContinued', () => {
  it('refuses the sizes of a recipe that does not know of the bundle', () => {
    expect(() => checkContinued(parseRecipe({}), manifest)).toThrow(
      expect.objectContaining({ code: 'RECIPE_INVALID' }),
    );
  });
});
