import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readGraphFile } from '../../../src/vectors/graph-file.ts';
import { HnswGraph } from '../../../src/vectors/hnsw-graph.ts';
import { unitVector } from '../../../src/vectors/vector-index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { randomVectors } from '../../support/vectors/random-vectors.ts';

const dimensions = 5;
const shape = { dimensions, count: 90, m: 4 };
const vectors = randomVectors({ count: shape.count, dimensions, seed: 1 }).map(({ vector }) =>
  unitVector(vector, dimensions),
);

describe('readGraphFile', () => {
  let path = '';
  let bytes = Buffer.alloc(0);
  beforeAll(async () => {
    path = join(temporaryFolder(), 'graph');
    const graph = HnswGraph.create(dimensions, { m: 4, efConstruction: 20, ef: 20, seed: 1 });
    for (const [id, vector] of vectors.entries()) graph.put(id, vector);
    await graph.save(path);
    bytes = readFileSync(path);
  });

  it('gives the vectors of a graph in the order in which they were put', async () => {
    const read: Float32Array[] = [];

    await readGraphFile(path, shape, (vector) => read.push(vector.slice()));

    expect(read).toEqual(vectors);
  });

  it.each([
    ['dimension', { ...shape, dimensions: 6 }],
    ['count', { ...shape, count: 89 }],
    ['M', { ...shape, m: 8 }],
  ])('refuses a graph of another %s', async (_, other) => {
    await expect(readGraphFile(path, other)).rejects.toThrow('a graph of another shape');
  });

  it('refuses a file that is not whole, as a full disk leaves it', async () => {
    const cut = `${path}.cut`;
    let accepted = 0;

    for (let length = 0; length < bytes.length; length += 7) {
      writeFileSync(cut, bytes.subarray(0, length));
      accepted += await readGraphFile(cut, shape).then(
        () => 1,
        () => 0,
      );
    }

    expect(accepted).toBe(0);
  });

  it('refuses a file with something behind its end', async () => {
    const longer = `${path}.longer`;
    writeFileSync(longer, Buffer.concat([bytes, Buffer.alloc(4)]));

    await expect(readGraphFile(longer, shape)).rejects.toThrow('the wrong size');
  });
});
