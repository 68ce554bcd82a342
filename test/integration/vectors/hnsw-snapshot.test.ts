import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { HnswIndexOptions } from '../../../src/vectors/hnsw-options.ts';
import type { MapSource } from '../../support/vectors/map-source.ts';
import {
  expectRight,
  fewVectors,
  newIndexPath,
  openUntilTestEnds,
  query,
  sourceOf,
} from '../../support/vectors/small-index.ts';

const open = openUntilTestEnds();

describe('HnswIndex, given a snapshot it cannot use', () => {
  async function snapshot(): Promise<{ path: string; source: MapSource }> {
    const source = sourceOf(fewVectors);
    const path = newIndexPath();
    const { index } = open(path, source);
    await index.ready();
    await index.close();
    return { path, source };
  }

  async function expectRebuilt(
    { path, source }: { path: string; source: MapSource },
    reason: string,
    options: Partial<HnswIndexOptions> = {},
  ): Promise<void> {
    const { index, notices } = open(path, source, options);
    await index.ready();
    expect(notices).toEqual([expect.stringContaining(reason)]);
    expect(index.size).toBe(source.vectors.size);
    await expectRight(index, source);
  }

  it.each([
    ['of another model', { modelId: 'another' }, 'another model'],
    ['of an earlier time of its model', { generation: 1 }, 'another generation'],
    [
      'built with other parameters',
      { parameters: { m: 8, efConstruction: 50, ef: 50, seed: 1 } },
      'other parameters',
    ],
  ])('builds anew from one %s', async (_, options, reason) => {
    await expectRebuilt(await snapshot(), reason, options);
  });

  it('builds anew when the log does not reach back to it', async () => {
    const saved = await snapshot();
    saved.source.put([{ id: 1_000, vector: query.vector }]);
    await saved.source.forget(await saved.source.lastSequence());

    await expectRebuilt(saved, 'older than the log');
  });

  it('builds anew from one that knows more than the source, which was put back', async () => {
    const { path } = await snapshot();
    const source = sourceOf(fewVectors.slice(0, 299));

    await expectRebuilt({ path, source }, 'newer than the database');
  });

  it('begins with the one before when the newest is damaged', async () => {
    const { path, source } = await snapshot();
    source.put([{ id: 1_000, vector: query.vector }]);
    const { index: second } = open(path, source);
    await second.ready();
    await second.close();
    writeFileSync(path, flip(readFileSync(path), 400));

    const { index, notices } = open(path, source);
    await index.ready();

    expect(notices).toEqual([expect.stringContaining('begins with an older snapshot: damaged')]);
    expect(index.size).toBe(301);
    await expectRight(index, source);
    expect(existsSync(path)).toBe(false);
    expect(existsSync(`${path}.previous`)).toBe(true);
  });

  it('keeps the log that the one before needs', async () => {
    const { path, source } = await snapshot();
    source.put([{ id: 1_000, vector: query.vector }]);
    const { index } = open(path, source);
    await index.ready();

    await index.close();

    expect(source.logged).toBe(1);
  });

  const damages: [string, (bytes: Buffer) => Buffer][] = [
    ['with a flipped bit in the header', (bytes) => flip(bytes, 40)],
    ['with a flipped bit in an id', (bytes) => flip(bytes, 400)],
    ['with a flipped bit in the graph', (bytes) => flip(bytes, bytes.length >> 1)],
    ['with a flipped bit in the checksum', (bytes) => flip(bytes, bytes.length - 1)],
    ['with random bytes in the graph', (bytes) => overwrite(bytes, 0x5a)],
    ['with zeros in the graph', (bytes) => overwrite(bytes, 0)],
    ['that is cut in half', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['that is cut by a byte', (bytes) => bytes.subarray(0, bytes.length - 1)],
    ['that has a byte too many', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])],
    ['that is empty', () => Buffer.alloc(0)],
    ['that is something else', () => Buffer.from('not an index at all')],
  ];

  it.each(damages)('builds anew from one %s', async (_, damage) => {
    const saved = await snapshot();
    writeFileSync(saved.path, damage(readFileSync(saved.path)));

    await expectRebuilt(saved, 'The index is built anew');
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  const damaged = Buffer.from(bytes);
  damaged.writeUInt8(damaged.readUInt8(at) ^ 4, at);
  return damaged;
}

function overwrite(bytes: Buffer, value: number): Buffer {
  const damaged = Buffer.from(bytes);
  const middle = damaged.length >> 1;
  // A row's links may be zero anyway; so much is more than a row.
  return damaged.fill(value, middle, middle + 300);
}
