import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readSnapshot, writeSnapshot } from '../../../src/vectors/snapshot.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { seededRandom } from '../../support/vectors/random-vectors.ts';

const parameters = { m: 16, efConstruction: 200, ef: 200, seed: 100 };
const identity = { dimensions: 8, modelId: 'model', generation: 3, parameters };
const ids = Float64Array.from([3, -1, 2 ** 40]);
const graph = Buffer.from(Array.from({ length: 3_000 }, (_, i) => (i * 31) & 255));

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('writeSnapshot and readSnapshot', () => {
  let folder = '';
  let path = '';
  let copy = '';
  let written = Buffer.alloc(0);
  beforeAll(async () => {
    folder = temporaryFolder();
    path = join(folder, 'kept.index');
    copy = join(folder, 'copy');
    const graphFile = join(folder, 'graph');
    writeFileSync(graphFile, graph);
    await writeSnapshot(path, { ...identity, sequence: 42, ids, graphFile });
    written = readFileSync(path);
  });

  const readBytes = (bytes: Uint8Array, expected = identity) => {
    const changed = join(folder, 'changed.index');
    writeFileSync(changed, bytes);
    return readSnapshot(changed, expected, copy);
  };

  it('keep the graph, the ids and what they belong to', async () => {
    const { header, ids: read } = await readSnapshot(path, identity, copy);

    expect(header).toMatchObject({ sequence: 42, count: 2, deleted: 1, dimensions: 8 });
    expect([...read]).toEqual([...ids]);
    expect(digestOf(readFileSync(copy))).toBe(digestOf(graph));
  });

  it('notice any single flipped bit', async () => {
    const random = seededRandom(11);
    const places = Array.from({ length: 300 }, () => Math.floor(random() * written.length));
    const everyHeaderByte = Array.from({ length: 250 }, (_, i) => i);
    let accepted = 0;

    for (const place of [...places, ...everyHeaderByte]) {
      const damaged = Buffer.from(written);
      damaged.writeUInt8(damaged.readUInt8(place) ^ (1 << Math.floor(random() * 8)), place);
      accepted += await readBytes(damaged).then(
        () => 1,
        () => 0,
      );
    }

    expect(accepted).toBe(0);
  });

  it('notice any cut', async () => {
    let accepted = 0;

    for (let length = 0; length < written.length; length += 13) {
      accepted += await readBytes(written.subarray(0, length)).then(
        () => 1,
        () => 0,
      );
    }

    expect(accepted).toBe(0);
  });

  it.each([
    ['dimension', { ...identity, dimensions: 16 }, 'another dimension'],
    ['model', { ...identity, modelId: 'other' }, 'another model'],
    ['generation', { ...identity, generation: 4 }, 'another generation'],
    ['parameters', { ...identity, parameters: { ...parameters, m: 8 } }, 'other parameters'],
  ])('refuse another %s', async (_, expected, message) => {
    await expect(readBytes(written, expected)).rejects.toThrow(message);
  });
});
