import { dot, normalize } from '../../../src/core/vector.ts';
import { openSession } from '../../../src/onnx/session.ts';
import { floats } from '../../../src/onnx/tensor.ts';
import {
  chooseForms,
  type MeaningHeadSettings,
  sameForms,
  trainMeaningHead,
} from '../../../src/training/meaning-head.ts';
import { buildMeaningLoss, headMatrix, sameFeeds } from '../../../src/training/meaning-loss.ts';
import { createRandom } from '../../../src/training/random.ts';

const size = 12;

/** Random unit vectors; names of one thing have nothing in common but one small coordinate. */
function someMeans(count: number): Float32Array[] {
  const random = createRandom(5);
  return Array.from({ length: count }, () =>
    normalize(Float32Array.from({ length: size }, () => random.normal())),
  );
}

const groups = [
  [0, 1],
  [2, 3, 4],
];

const settings: MeaningHeadSettings = {
  size: 6,
  steps: 60,
  learningRate: 0.02,
  temperature: 0.1,
  dropout: 0,
  batchForms: 100,
  seed: 1,
};

/** The loss by plain loops. */
function plainLoss(vectors: readonly Float32Array[], temperature: number): number {
  const same = sameForms(vectors.length, groups);
  const anchors = [...vectors.keys()].filter((i) => same[i]!.size > 0);
  const score = (i: number, j: number): number => dot(vectors[i]!, vectors[j]!) / temperature;
  const terms = anchors.map((i) => {
    const others = [...vectors.keys()].filter((j) => j !== i);
    const lse = Math.log(others.reduce((sum, j) => sum + Math.exp(score(i, j)), 0));
    return [...same[i]!].reduce((sum, j) => sum + lse - score(i, j), 0) / same[i]!.size;
  });
  return terms.reduce((sum, term) => sum + term, 0) / anchors.length;
}

describe('buildMeaningLoss', () => {
  it('agrees with plain loops, and its gradient with central differences', async () => {
    const means = someMeans(8);
    const random = createRandom(3);
    const matrix = Float32Array.from({ length: 4 * size }, () => random.normal());
    const { graph, loss, gradient } = buildMeaningLoss({ from: size, to: 4, temperature: 0.5 });
    const session = await openSession(graph, { loss, gradient });
    const lossOf = (weights: Float32Array): number =>
      plainLoss(
        means.map((mean) =>
          normalize(
            Float32Array.from({ length: 4 }, (_, row) =>
              dot(weights.subarray(row * size, (row + 1) * size), mean),
            ),
          ),
        ),
        0.5,
      );

    const results = await session.run({
      forms: floats([8, size], Float32Array.from(means.flatMap((mean) => [...mean]))),
      [headMatrix]: floats([4, size], matrix),
      ...sameFeeds(sameForms(8, groups)),
    });
    await session.close();

    expect(Number(results.loss!.data[0])).toBeCloseTo(lossOf(matrix), 4);
    for (const place of [0, 17, 40]) {
      const moved = (by: number): number =>
        lossOf(matrix.map((weight, at) => (at === place ? weight + by : weight)));
      const slope = (moved(1e-2) - moved(-1e-2)) / 2e-2;
      expect(Number(results.gradient!.data[place])).toBeCloseTo(slope, 2);
    }
  });
});

describe('trainMeaningHead', () => {
  it('brings names of one thing together and gives the same weights again', async () => {
    const means = someMeans(10);

    const head = await trainMeaningHead({ means, groups }, settings);
    const again = await trainMeaningHead({ means, groups }, settings);

    const vectors = means.map((mean) =>
      normalize(
        Float32Array.from(
          { length: settings.size },
          (_, row) =>
            dot(head.weight.data.subarray(row * size, (row + 1) * size), mean) +
            head.bias.data[row]!,
        ),
      ),
    );
    const nearest = (i: number): number =>
      [...means.keys()]
        .filter((j) => j !== i)
        .reduce((a, b) => (dot(vectors[i]!, vectors[a]!) > dot(vectors[i]!, vectors[b]!) ? a : b));
    expect(nearest(0)).toBe(1);
    expect(nearest(1)).toBe(0);
    expect([2, 4]).toContain(nearest(3));
    expect(again).toEqual(head);
  });

  it('refuses concepts that have one name each', async () => {
    const refused = trainMeaningHead({ means: someMeans(2), groups: [] }, settings);

    await expect(refused).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });
});

describe('chooseForms', () => {
  it('takes all forms that fit', () => {
    expect(chooseForms(5, groups, { most: 5, random: createRandom(1) })).toEqual([0, 1, 2, 3, 4]);
  });

  it('takes whole groups and fills up with others, none twice', () => {
    const chosen = chooseForms(1_000, [[7, 9]], { most: 50, random: createRandom(1) });

    expect(chosen.slice(0, 2)).toEqual([7, 9]);
    expect(new Set(chosen).size).toBe(50);
  });
});
