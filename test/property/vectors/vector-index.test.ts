import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ExactIndex } from '../../../src/vectors/exact-index.ts';
import type { IndexedVector, VectorIndex } from '../../../src/vectors/vector-index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { SourcedIndex } from '../../support/vectors/hnsw.ts';

const dimensions = 4;
const ids = fc.integer({ min: 0, max: 30 });

/** Small whole numbers: equal and opposite vectors come up often. */
const vectors = fc
  .array(fc.integer({ min: -2, max: 2 }), { minLength: dimensions, maxLength: dimensions })
  .filter((numbers) => numbers.some((value) => value !== 0))
  .map((numbers) => Float32Array.from(numbers));

const steps = fc.array(
  fc.oneof(
    fc.record({ put: fc.array(fc.record({ id: ids, vector: vectors }), { maxLength: 8 }) }),
    fc.record({ remove: fc.array(ids, { maxLength: 5 }) }),
    fc.record({ search: vectors, limit: fc.integer({ min: 1, max: 40 }) }),
  ),
  { maxLength: 25 },
);

type Step =
  | { readonly put: readonly IndexedVector[] }
  | { readonly remove: readonly number[] }
  | { readonly search: Float32Array; readonly limit: number };

function cosine(a: Float32Array, b: Float32Array): number {
  const product = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

/** The answer by the definition, from a Map. */
function answer(model: ReadonlyMap<number, Float32Array>, query: Float32Array, limit: number) {
  return [...model]
    .map(([id, vector]) => ({ id, similarity: Math.round(cosine(query, vector) * 1e4) }))
    .sort((a, b) => b.similarity - a.similarity || a.id - b.id)
    .slice(0, limit);
}

async function take(index: VectorIndex, model: Map<number, Float32Array>, step: Step) {
  if ('put' in step) {
    await index.put(step.put);
    for (const { id, vector } of step.put) model.set(id, vector);
  } else if ('remove' in step) {
    await index.remove(step.remove);
    for (const id of step.remove) model.delete(id);
  } else {
    const { search: vector, limit } = step;
    const found = await index.search({ vector, limit });
    const expected = answer(model, vector, limit);
    expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    for (const [i, { similarity }] of found.entries()) {
      expect(similarity).toBeCloseTo((expected[i]?.similarity ?? Number.NaN) / 1e4, 3);
    }
  }
  expect(index.size).toBe(model.size);
}

/** Runs steps on an index that earlier runs have used: what they left is removed first. */
async function agrees(index: VectorIndex, run: readonly Step[]): Promise<void> {
  await index.remove(Array.from({ length: 31 }, (_, id) => id));
  const model = new Map<number, Float32Array>();
  for (const step of run) await take(index, model, step);
}

describe('ExactIndex', () => {
  it('agrees with a Map through any puts, removals and searches', async () => {
    const index = new ExactIndex(dimensions);

    await fc.assert(
      fc.asyncProperty(steps, (run) => agrees(index, run)),
      { numRuns: 200 },
    );
  });
});

describe('HnswIndex', () => {
  let index: SourcedIndex;
  beforeAll(async () => {
    const path = join(temporaryFolder(), 'test.index');
    index = new SourcedIndex({ path, dimensions, modelId: 'model' });
    await index.index.ready();
  });
  afterAll(() => index.close());

  it('agrees with a Map through any puts, removals and searches', async () => {
    await fc.assert(
      fc.asyncProperty(steps, (run) => agrees(index, run)),
      { numRuns: 60 },
    );
  });

  it('agrees with a Map when the graph has absorbed each step', async () => {
    const absorbed = async (run: readonly Step[]) => {
      await index.remove(Array.from({ length: 31 }, (_, id) => id));
      const model = new Map<number, Float32Array>();
      for (const step of run) {
        await take(index, model, step);
        await index.index.ready();
      }
    };

    await fc.assert(fc.asyncProperty(steps, absorbed), { numRuns: 25 });
  });
});
