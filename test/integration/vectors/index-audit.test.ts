import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { HnswIndex } from '../../../src/vectors/hnsw-index.ts';
import type { HnswIndexOptions } from '../../../src/vectors/hnsw-options.ts';
import type { MapSource } from '../../support/vectors/map-source.ts';
import { randomVectors } from '../../support/vectors/random-vectors.ts';
import {
  dimensions,
  expectRight,
  fewVectors,
  newIndexPath,
  openUntilTestEnds,
  query,
  sourceOf,
} from '../../support/vectors/small-index.ts';

const open = openUntilTestEnds();

/** A graph with so few links that searches do not reach every vector. */
const poor = { m: 2, efConstruction: 1, ef: 10, seed: 1 };

async function opened(
  source: MapSource,
  options: Partial<HnswIndexOptions> = {},
): Promise<{ index: HnswIndex; notices: string[] }> {
  const result = open(newIndexPath(), source, options);
  await result.index.ready();
  return result;
}

/** How many vectors are not the first that is found when they are asked for. */
async function hidden(index: HnswIndex, source: MapSource): Promise<number> {
  let count = 0;
  for (const [id, vector] of source.vectors) {
    const [nearest] = await index.search({ vector, limit: 1 });
    const isFound = nearest?.id === id || nearest?.similarity === 1;
    count += Number(!isFound);
  }
  return count;
}

describe('IndexAudit', () => {
  it('finds every vector of a good index', async () => {
    const { index, notices } = await opened(sourceOf(fewVectors));

    const counts = await index.auditAll();

    expect(counts).toEqual({ audited: 300, missed: 0, repaired: 0 });
    expect(notices).toEqual([]);
  });

  it('counts, tells and makes findable what the graph does not find', async () => {
    const source = sourceOf(randomVectors({ count: 600, dimensions, seed: 6 }));
    const { index, notices } = await opened(source, { parameters: poor });
    const before = await hidden(index, source);

    const { missed, repaired } = await index.auditAll();
    await index.ready();
    // So many were added again that the graph was built anew: the next one misses others.
    await index.auditAll();
    const after = await hidden(index, source);

    expect(before).toBeGreaterThan(0);
    expect(missed).toBeGreaterThan(0);
    expect(repaired).toBe(missed);
    expect(after).toBe(0);
    expect(notices[0]).toMatch(/did not find \d+ of \d+ vectors/);
  });

  it('lowers what answers of the graph are expected to have by what it does not find', async () => {
    const vectors = randomVectors({ count: 1_200, dimensions, seed: 6 });
    const source = sourceOf(vectors.slice(60));
    const { index } = await opened(source);
    for (const { id, vector } of vectors.slice(0, 60)) source.vectors.set(id, vector);
    const recall = async () => (await index.find(query)).recall;

    const before = await recall();
    await index.auditAll();
    await index.ready();
    const after = await recall();
    for (let audits = 0; audits < 8; audits += 1) await index.auditAll();
    const later = await recall();

    expect(before).toBe(0.997);
    expect(after).toBeCloseTo(0.997 * (1 - 60 / 1_200), 10);
    expect(later).toBeGreaterThan(0.99);
    expect(later).toBeLessThan(0.997);
  });

  it('asks for some vectors when it is told to', async () => {
    const { index } = await opened(sourceOf(fewVectors));

    const { audited, missed } = await index.auditSome(200);

    expect(audited).toBeGreaterThan(0);
    expect(audited).toBeLessThanOrEqual(200);
    expect(missed).toBe(0);
  });

  it('adds what the index was never told of', async () => {
    const source = sourceOf(fewVectors);
    const { index } = await opened(source);
    source.vectors.set(1_000, query.vector);

    const counts = await index.auditAll();

    expect(counts).toEqual({ audited: 301, missed: 1, repaired: 1 });
    expect(index.size).toBe(301);
    await expectRight(index, source);
  });

  it('removes what the source does not have', async () => {
    const source = sourceOf(fewVectors);
    const { index, notices } = await opened(source);
    source.vectors.delete(0);

    const counts = await index.auditAll();

    expect(counts).toEqual({ audited: 299, missed: 1, repaired: 1 });
    expect(index.size).toBe(299);
    await expectRight(index, source);
    expect(notices).toEqual([expect.stringContaining('had 1 vectors that there are not')]);
  });

  it('replaces a vector that is not the one of the source', async () => {
    const source = sourceOf(fewVectors);
    const { index } = await opened(source);
    source.vectors.set(
      5,
      query.vector.map((value) => -value),
    );

    const counts = await index.auditAll();

    expect(counts).toEqual({ audited: 300, missed: 1, repaired: 1 });
    await expectRight(index, source);
  });

  it('goes through the vectors by itself, in turn', async () => {
    const source = sourceOf(fewVectors);
    const { index } = await opened(source, { auditEveryMs: 20 });
    source.vectors.set(1_000, query.vector);

    while (index.status.repaired === 0) await sleep(20);

    expect(index.status).toMatchObject({ missed: 1, repaired: 1 });
    expect(index.status.audited).toBeGreaterThanOrEqual(301);
    await expectRight(index, source);
  });
});
