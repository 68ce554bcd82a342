import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ExactIndex } from '../../../src/vectors/exact-index.ts';
import { type IdSet, idSet } from '../../../src/vectors/id-set.ts';
import type {
  IndexedVector,
  Neighbor,
  NeighborQuery,
  VectorIndex,
} from '../../../src/vectors/vector-index.ts';
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
    fc.record({
      search: vectors,
      limit: fc.integer({ min: 1, max: 40 }),
      among: fc.option(fc.array(ids, { maxLength: 20 }).map(idSet), { nil: undefined }),
    }),
  ),
  { maxLength: 25 },
);

type Step =
  | { readonly put: readonly IndexedVector[] }
  | { readonly remove: readonly number[] }
  | {
      readonly search: Float32Array;
      readonly limit: number;
      readonly among?: IdSet | undefined;
    };

function cosine(a: Float32Array, b: Float32Array): number {
  const product = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

/** The answer by the definition, from a Map. */
function answer(model: ReadonlyMap<number, Float32Array>, { vector, limit, among }: NeighborQuery) {
  return [...model]
    .filter(([id]) => among === undefined || among.includes(id))
    .map(([id, stored]) => ({ id, similarity: Math.round(cosine(vector, stored) * 1e6) }))
    .sort((a, b) => b.similarity - a.similarity || a.id - b.id)
    .slice(0, limit);
}

/** What is demanded of an answer, given the right one. */
type Judge = (found: readonly Neighbor[], expected: readonly Neighbor[]) => void;

const isRight: Judge = (found, expected) => {
  expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
};

/** A graph may miss a vector now and then, but it answers in full, and most answers are right. */
function recallJudge(): { readonly judge: Judge; readonly recall: () => number } {
  let [hits, wanted] = [0, 0];
  const judge: Judge = (found, expected) => {
    expect(found).toHaveLength(expected.length);
    const lowest = expected.at(-1)?.similarity ?? 0;
    hits += found.filter(({ similarity }) => Math.round(similarity * 1e6) >= lowest).length;
    wanted += expected.length;
  };
  return { judge, recall: () => hits / wanted };
}

interface Trial {
  readonly index: VectorIndex;
  readonly model: Map<number, Float32Array>;
  readonly judge: Judge;
}

async function take({ index, model, judge }: Trial, step: Step) {
  if ('put' in step) {
    await index.put(step.put);
    for (const { id, vector } of step.put) model.set(id, vector);
  } else if ('remove' in step) {
    await index.remove(step.remove);
    for (const id of step.remove) model.delete(id);
  } else {
    const { search: vector, limit, among } = step;
    const query: NeighborQuery = { vector, limit, ...(among ? { among } : {}) };
    const found = await index.search(query);
    const expected = answer(model, query);
    judge(found, expected);
    for (const { id, similarity } of found) {
      expect(similarity).toBeCloseTo(
        cosine(vector, model.get(id) ?? vector.map(() => Number.NaN)),
        3,
      );
    }
    const similarities = found.map(({ similarity }) => similarity);
    expect(similarities).toEqual(similarities.toSorted((x, y) => y - x));
  }
  expect(index.size).toBe(model.size);
}

/** Runs steps on an index that earlier runs have used: what they left is removed first. */
async function agrees(
  { index, judge, settled }: Omit<Trial, 'model'> & { settled?: () => Promise<void> },
  run: readonly Step[],
): Promise<void> {
  await index.remove(Array.from({ length: 31 }, (_, id) => id));
  const model = new Map<number, Float32Array>();
  for (const step of run) {
    await take({ index, model, judge }, step);
    await settled?.();
  }
}

describe('ExactIndex', () => {
  it('agrees with a Map through any puts, removals and searches', async () => {
    const index = new ExactIndex(dimensions);

    await fc.assert(
      fc.asyncProperty(steps, (run) => agrees({ index, judge: isRight }, run)),
      { numRuns: 200 },
    );
  });
});

describe('HnswIndex', () => {
  const opened: SourcedIndex[] = [];
  afterAll(() => Promise.all(opened.map((index) => index.close())));

  async function open(exactProducts?: number): Promise<SourcedIndex> {
    const path = join(temporaryFolder(), 'test.index');
    const limits = exactProducts === undefined ? {} : { exactProducts };
    const index = new SourcedIndex({ path, dimensions, modelId: 'model', ...limits });
    opened.push(index);
    await index.index.ready();
    return index;
  }

  it('agrees with a Map, ties included, while it is small', async () => {
    const index = await open();

    await fc.assert(
      fc.asyncProperty(steps, (run) => agrees({ index, judge: isRight }, run)),
      { numRuns: 60 },
    );
  });

  it('agrees with a Map, ties included, when its process has absorbed each step', async () => {
    const index = await open();
    const settled = () => index.index.ready();

    await fc.assert(
      fc.asyncProperty(steps, (run) => agrees({ index, judge: isRight, settled }, run)),
      { numRuns: 25 },
    );
  });

  it('answers in full, in order, with true similarities and nearly always right by its graph', async () => {
    const index = await open(0);
    const { judge, recall } = recallJudge();
    const settled = () => index.index.ready();

    await fc.assert(
      fc.asyncProperty(steps, (run) => agrees({ index, judge, settled }, run)),
      { numRuns: 25 },
    );

    expect(recall()).toBeGreaterThan(0.98);
  });
});
