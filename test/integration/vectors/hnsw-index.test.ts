import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { HnswIndex } from '../../../src/vectors/hnsw-index.ts';
import {
  type IndexedVector,
  unitVector,
  type VectorIndex,
} from '../../../src/vectors/vector-index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { MapSource } from '../../support/vectors/map-source.ts';
import { randomVectors } from '../../support/vectors/random-vectors.ts';
import {
  dimensions,
  exactIndexOf,
  expectRight,
  fewVectors,
  newIndexPath,
  openUntilTestEnds,
  query,
  sourceOf,
} from '../../support/vectors/small-index.ts';

const open = openUntilTestEnds();

/** Counts how often everything is read of it. */
class CountedSource extends MapSource {
  timesRead = 0;

  override all(): AsyncGenerator<IndexedVector[]> {
    this.timesRead += 1;
    return super.all();
  }
}

/** Share of the true nearest ten that is found; a tie with the tenth counts. */
async function recall(
  index: VectorIndex,
  exact: VectorIndex,
  queries: readonly Float32Array[],
): Promise<number> {
  let found = 0;
  for (const vector of queries) {
    const truth = await exact.search({ vector, limit: 10 });
    const tenth = truth.at(-1)?.similarity ?? 1;
    const answer = await index.search({ vector, limit: 10 });
    found += answer.filter(({ similarity }) => similarity >= tenth).length;
  }
  return found / (10 * queries.length);
}

const queriesLike = (count: number): Float32Array[] =>
  randomVectors({ count: 4_000 + count, dimensions, seed: 1 })
    .slice(4_000)
    .map(({ vector }) => vector);

/** Kills the graph's process; returns when the index has noticed. */
async function kill(index: HnswIndex): Promise<void> {
  const { pid } = index;
  if (pid === undefined) throw new Error('There is no process to kill.');
  process.kill(pid, 'SIGKILL');
  while (index.pid === pid) await sleep(5);
}

const fewUnitVector = (id: number): Float32Array =>
  unitVector(fewVectors[id]?.vector ?? new Float32Array(), dimensions);

describe('HnswIndex', () => {
  it('finds what exact search finds, before and after a reload', async () => {
    const source = sourceOf(randomVectors({ count: 4_000, dimensions, seed: 1 }));
    const exact = await exactIndexOf(source);
    const queries = queriesLike(200);
    const path = newIndexPath();
    const { index } = open(path, source);
    await index.ready();

    const before = await recall(index, exact, queries);
    await index.close();
    const { index: reloaded, notices } = open(path, source);
    await reloaded.ready();
    const after = await recall(reloaded, exact, queries);

    expect(before).toBeGreaterThanOrEqual(0.99);
    expect(after).toBe(before);
    expect(notices).toEqual([]);
  });

  it('answers exactly while its graph is being built', async () => {
    const source = sourceOf(fewVectors);

    const { index } = open(newIndexPath(), source);
    const { phase } = index.status;

    expect(phase).toBe('BUILDING');
    await expectRight(index, source);
  });

  it('finds what the source was given a moment ago, and not what it lost', async () => {
    const source = sourceOf(fewVectors);
    const { index } = open(newIndexPath(), source);
    await index.ready();

    source.put([{ id: 1_000, vector: query.vector }]);
    source.remove([0]);
    const answer = await index.search(query);

    expect(answer).toContainEqual({ id: 1_000, similarity: 1 });
    expect(answer.map(({ id }) => id)).not.toContain(0);
    await expectRight(index, source);
  });

  it('follows the source when nobody searches, and saves and lets go of the log', async () => {
    const source = new MapSource();
    const small = { dimensions: 4, followEveryMs: 20 };
    const { index } = open(newIndexPath(), source, small);
    const vectors = randomVectors({ count: 20_002, dimensions: 4, seed: 4 });
    const follow = async (from: number, to: number) => {
      source.put(vectors.slice(from, to));
      while (index.status.absorbed < to) await sleep(20);
      await index.ready();
    };
    await index.ready();

    await follow(0, 10_001);
    await follow(10_001, 20_002);

    expect(index.size).toBe(20_002);
    expect(source.logged).toBeLessThan(20_002);
  });

  it('reads after a start what the source changed while it was closed', async () => {
    const source = sourceOf(fewVectors);
    const path = newIndexPath();
    const { index } = open(path, source);
    await index.ready();
    await index.close();

    source.put([{ id: 1_000, vector: query.vector }]);
    source.remove([0, 1]);
    const { index: reopened, notices } = open(path, source);
    await reopened.ready();

    expect(reopened.size).toBe(299);
    await expectRight(reopened, source);
    expect(notices).toEqual([]);
  });

  it('answers from the source, saying so, when its process is killed, and starts another', async () => {
    const source = sourceOf(fewVectors);
    const { index, notices } = open(newIndexPath(), source);
    await index.ready();

    await kill(index);
    source.put([{ id: 1_000, vector: query.vector }]);
    const meanwhile = await index.find(query);
    await expectRight(index, source);
    await index.ready();
    const afterwards = await index.find(query);

    expect(meanwhile).toMatchObject({ path: 'SOURCE', scanned: 301 });
    expect(afterwards).toMatchObject({ path: 'GRAPH', neighbors: meanwhile.neighbors });
    expect(index.size).toBe(301);
    expect(index.status.crashes).toBe(1);
    expect(notices).toEqual([expect.stringContaining('SIGKILL')]);
  });

  it('waits longer before each start of a process that keeps ending', async () => {
    const { index, notices } = open(newIndexPath(), sourceOf(fewVectors));

    for (let crash = 0; crash < 3; crash += 1) {
      await index.ready();
      await kill(index);
    }

    const waits = notices.map((notice) => Number(/in (\d+) ms/.exec(notice)?.[1]));
    expect(waits).toEqual([100, 200, 400]);
    expect(index.status).toMatchObject({ phase: 'BUILDING', crashes: 3 });
  });

  it('begins with the snapshot after one crash, and with the source after two in a row', async () => {
    const source = new CountedSource();
    source.put(fewVectors);
    const path = newIndexPath();
    const { index: saved } = open(path, source);
    await saved.ready();
    await saved.close();
    source.timesRead = 0;
    const { index } = open(path, source);
    await index.ready();

    const timesRead: number[] = [];
    for (let crash = 0; crash < 2; crash += 1) {
      await kill(index);
      await index.ready();
      timesRead.push(source.timesRead);
    }

    expect(timesRead).toEqual([0, 1]);
    await expectRight(index, source);
  }, 90_000);

  it('ends a process that hangs, and answers from the source', async () => {
    const source = sourceOf(fewVectors);
    const { index, notices } = open(newIndexPath(), source, { answerWithinMs: 200 });
    await index.ready();
    const { pid } = index;

    process.kill(pid ?? 0, 'SIGSTOP');
    const { path, neighbors } = await index.find(query);
    await index.ready();

    expect(path).toBe('SOURCE');
    expect(neighbors[0]).toEqual({ id: 0, similarity: 1 });
    expect(index.pid).not.toBe(pid);
    expect(notices).toContainEqual(expect.stringContaining('does not answer'));
  });

  it('compares everything while that is as fast as its graph', async () => {
    const source = sourceOf(fewVectors);
    const { index } = open(newIndexPath(), source, { exactProducts: 300 * dimensions });
    await index.ready();

    const small = await index.find(query);
    source.put([{ id: 1_000, vector: query.vector }]);
    await index.catchUp();
    await index.ready();
    const large = await index.find(query);

    expect(small.path).toBe('SCAN');
    expect(large.path).toBe('GRAPH');
  });

  it('loses nothing when its process is killed while it absorbs', async () => {
    const source = sourceOf(fewVectors);
    const { index } = open(newIndexPath(), source);
    await index.ready();

    source.put(
      randomVectors({ count: 3_000, dimensions, seed: 9 }).map(({ id, vector }) => ({
        id: 5_000 + id,
        vector,
      })),
    );
    await index.catchUp();
    await kill(index);
    await index.ready();

    expect(index.size).toBe(3_300);
    await expectRight(index, source);
  });

  it('is built anew when too much of it is tombstones', async () => {
    const source = sourceOf(randomVectors({ count: 1_500, dimensions, seed: 5 }));
    const { index } = open(newIndexPath(), source);
    await index.ready();
    const { pid } = index;

    source.remove(Array.from({ length: 800 }, (_, i) => i));
    await index.catchUp();
    await index.ready();

    expect(index.pid).not.toBe(pid);
    expect(index.size).toBe(700);
    await expectRight(index, source);
  });

  it('leaves no files but its snapshot', async () => {
    const path = newIndexPath();
    const { index } = open(path, sourceOf(fewVectors));
    await index.ready();

    await index.close();

    expect(readdirSync(dirname(path))).toEqual(['test.index']);
  });

  it('removes what a killed process had half-written', async () => {
    const path = newIndexPath();
    const unusedPid = 2 ** 22 + 1;
    writeFileSync(`${path}.${unusedPid}.part`, 'half');
    writeFileSync(`${path}.graph.${unusedPid}.part`, 'half');

    const { index } = open(path, sourceOf(fewVectors));
    await index.ready();

    expect(readdirSync(dirname(path))).toEqual(['test.index']);
  });

  it('leaves nothing of a removed vector on the disk when it is written anew', async () => {
    const path = newIndexPath();
    const source = sourceOf(fewVectors);
    const { index: first } = open(path, source);
    await first.ready();
    await first.close();
    const { index } = open(path, source);
    const bytesOf = (id: number) => Buffer.from(fewUnitVector(id).buffer);
    const files = () => readdirSync(dirname(path)).map((name) => join(dirname(path), name));

    source.remove([7]);
    const before = files().some((file) => readFileSync(file).includes(bytesOf(7)));
    await index.rewrite();
    const after = files().some((file) => readFileSync(file).includes(bytesOf(7)));

    expect(before).toBe(true);
    expect(after).toBe(false);
    expect(readFileSync(path).includes(bytesOf(8))).toBe(true);
  });

  it('goes on, saying so, when it cannot be saved', async () => {
    const path = join(temporaryFolder(), 'no-such-folder', 'test.index');
    const source = sourceOf(fewVectors);

    const { index, notices } = open(path, source);
    await index.ready();

    await expectRight(index, source);
    await index.close();
    expect(notices).toContainEqual(expect.stringContaining('The index could not be saved'));
  });
});
