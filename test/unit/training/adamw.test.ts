import { elementCount } from '../../../src/onnx/tensor.ts';
import { adamwStep } from '../../../src/training/adamw.ts';
import { createRandom } from '../../../src/training/random.ts';
import { createWeightArena, type WeightArena } from '../../../src/training/weight-arena.ts';
import { plainAdamwStep } from '../../support/training/plain-adamw.ts';

/** Odd lengths, a scalar, and a matrix, in both groups. */
const shapes = [
  { name: 'head scale', dims: [], group: 'head' },
  { name: 'odd', dims: [17], group: 'encoder' },
  { name: 'matrix', dims: [5, 7], group: 'encoder' },
  { name: 'head', dims: [31], group: 'head' },
] as const;

const learningRates = { encoder: 0.01, head: 0.03 };

const rateOf = shapes.flatMap(({ dims, group }) =>
  Array.from({ length: elementCount(dims) }, () => learningRates[group]),
);

const flatten = (arena: WeightArena, kind: 'weights' | 'gradients'): Float64Array =>
  Float64Array.from(shapes.flatMap(({ name }) => [...arena[kind].get(name)!.data]));

async function anArena(): Promise<WeightArena> {
  const arena = await createWeightArena(shapes);
  const random = createRandom(5);
  for (const { data } of arena.weights.values())
    data.forEach((_, i) => (data[i] = random.normal()));
  return arena;
}

function fillGradients({ gradients }: WeightArena, size: number, seed: number): void {
  const random = createRandom(seed);
  for (const { data } of gradients.values())
    data.forEach((_, i) => (data[i] = size * random.normal()));
}

describe('adamwStep', () => {
  it.each([
    ['clipped gradients', 10, 0],
    ['small gradients', 1e-3, 0],
    ['weight decay', 1, 0.1],
  ])('equals a loop in double precision over ten steps: %s', async (_, size, weightDecay) => {
    const arena = await anArena();
    const weights = flatten(arena, 'weights');
    const [first, second] = [weights.map(() => 0), weights.map(() => 0)];

    for (let step = 1; step <= 10; step += 1) {
      fillGradients(arena, size, step);
      const settings = { step, weightDecay, clipNorm: 1 };
      const arrays = { weights, gradients: flatten(arena, 'gradients'), first, second };
      const expected = plainAdamwStep(arrays, { ...settings, learningRate: (i) => rateOf[i]! });
      const norm = adamwStep(arena, { ...settings, learningRates });
      expect(Math.abs(norm / expected - 1)).toBeLessThan(1e-6);
    }

    const errors = flatten(arena, 'weights').map((weight, i) => Math.abs(weight - weights[i]!));
    expect(Math.max(...errors)).toBeLessThan(1e-6);
  });

  it('changes nothing when the gradient is no number', async () => {
    const arena = await anArena();
    fillGradients(arena, 1, 1);
    arena.gradients.get('odd')!.data[16] = Number.NaN;
    const before = arena.kernel.arrays.map((array) => array.slice());

    const norm = adamwStep(arena, { step: 1, learningRates, weightDecay: 0, clipNorm: 1 });

    expect(norm).toBeNaN();
    expect(arena.kernel.arrays).toEqual(before);
  });
});

describe('createWeightArena', () => {
  it('gives every weight and gradient a place of its own', async () => {
    const arena = await createWeightArena(shapes);
    const views = [...arena.weights.values(), ...arena.gradients.values()];

    views.forEach(({ data }, place) => data.fill(place + 1));

    views.forEach(({ data }, place) => {
      expect(new Set(data)).toEqual(new Set([place + 1]));
    });
  });

  it('refuses two weights of one name', async () => {
    const [shape] = shapes;

    const creating = createWeightArena([shape, shape]);

    await expect(creating).rejects.toThrow('head scale');
  });
});
