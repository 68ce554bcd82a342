/**
 * Damages snapshots in every way of a list, and looks at what the index makes of it: it must answer
 * right from the first search on, say what was wrong, be whole again, and no process may end.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExactIndex } from '../../../src/vectors/exact-index.ts';
import { HnswIndex } from '../../../src/vectors/hnsw-index.ts';
import type { HnswIndexOptions } from '../../../src/vectors/hnsw-options.ts';
import { MapSource } from './map-source.ts';
import { randomVectors, seededRandom } from './random-vectors.ts';

/** How snapshots are damaged. */
export const damages = [
  'truncate',
  'flip',
  'zero',
  'randomise',
  'wrong dimension',
  'old model',
] as const;

/** One of them. */
export type Damage = (typeof damages)[number];

/** What came of the trials; every figure but the last three is to be the number of trials. */
export interface CorruptionCounts {
  readonly trials: number;
  /** The index said that a snapshot was not used. */
  readonly detected: number;
  /** Afterwards the graph finds every vector, and a good snapshot is on the disk. */
  readonly rebuilt: number;
  readonly wrongAnswers: number;
  /** Ends of the graph's process. */
  readonly crashes: number;
}

/** How many trials of each damage, and which. */
export interface CorruptionOptions {
  readonly trials: number;
  readonly seed: number;
  readonly onTrial?: (damage: Damage, counts: CorruptionCounts) => void;
}

const dimensions = 32;
const limit = 10;
const damagedBytes = 64;
const queriesEach = 5;
const stored = randomVectors({ count: 300, dimensions, seed: 3 });
const queries = randomVectors({ count: 300 + queriesEach, dimensions, seed: 3 }).slice(300);

type Random = () => number;

const whole = (random: Random, below: number): number => Math.floor(random() * below);

function change(bytes: Buffer, damage: Damage, random: Random): Buffer {
  if (damage === 'truncate') return bytes.subarray(0, whole(random, bytes.length));
  const changed = Buffer.from(bytes);
  if (damage === 'flip') {
    const place = whole(random, bytes.length);
    changed.writeUInt8(changed.readUInt8(place) ^ (1 << whole(random, 8)), place);
    return changed;
  }
  const begin = whole(random, bytes.length - damagedBytes);
  for (let i = begin; i < begin + damagedBytes; i += 1) {
    changed.writeUInt8(damage === 'zero' ? 0 : whole(random, 256), i);
  }
  return changed;
}

/** Damages so that the bytes are others: some are zero anyway. */
function damaged(bytes: Buffer, damage: Damage, random: Random): Buffer {
  for (;;) {
    const changed = change(bytes, damage, random);
    if (!changed.equals(bytes)) return changed;
  }
}

function sourceOf(size: number): MapSource {
  const source = new MapSource();
  const vectors =
    size === dimensions ? stored : randomVectors({ count: 300, dimensions: size, seed: 3 });
  source.put(vectors);
  return source;
}

const open = (path: string, options: Partial<HnswIndexOptions> = {}): HnswIndex =>
  HnswIndex.open({
    path,
    dimensions,
    modelId: 'model',
    source: sourceOf(options.dimensions ?? dimensions),
    auditEveryMs: 0,
    ...options,
  });

/** The bytes of a snapshot as an index writes it. */
async function writtenBy(folder: string, options: Partial<HnswIndexOptions>): Promise<Buffer> {
  const path = join(folder, 'good');
  const index = open(path, options);
  await index.ready();
  await index.close();
  const bytes = readFileSync(path);
  rmSync(path);
  return bytes;
}

async function countWrong(index: HnswIndex, exact: ExactIndex): Promise<number> {
  let wrong = 0;
  for (const { vector } of queries) {
    const found = await index.search({ vector, limit });
    const right = await exact.search({ vector, limit });
    wrong += Number(JSON.stringify(found) !== JSON.stringify(right));
  }
  return wrong;
}

async function isWhole(path: string, index: HnswIndex): Promise<boolean> {
  const { missed } = await index.auditAll();
  const { size } = index;
  await index.close();
  const notices: string[] = [];
  const again = open(path, { notice: (message) => notices.push(message) });
  await again.ready();
  await again.close();
  return missed === 0 && size === stored.length && notices.length === 0;
}

async function runTrial(path: string, exact: ExactIndex): Promise<CorruptionCounts> {
  const notices: string[] = [];
  const index = open(path, { notice: (message) => notices.push(message) });
  try {
    const atOnce = await countWrong(index, exact);
    await index.ready();
    const afterwards = await countWrong(index, exact);
    const { crashes } = index.status;
    return {
      trials: 1,
      detected: Number(/built anew|older snapshot/.test(notices[0] ?? '')),
      rebuilt: Number(await isWhole(path, index)),
      wrongAnswers: atOnce + afterwards,
      crashes,
    };
  } finally {
    await index.close();
  }
}

const sum = (a: CorruptionCounts, b: CorruptionCounts): CorruptionCounts => ({
  trials: a.trials + b.trials,
  detected: a.detected + b.detected,
  rebuilt: a.rebuilt + b.rebuilt,
  wrongAnswers: a.wrongAnswers + b.wrongAnswers,
  crashes: a.crashes + b.crashes,
});

const trialsOf = (trials: number): [number, Damage][] =>
  damages.flatMap((damage) =>
    Array.from({ length: trials }, (_, trial): [number, Damage] => [trial, damage]),
  );

/** Runs so many trials of each damage; every other one finds a good snapshot before the damaged one. */
export async function runCorruptionTrials(options: CorruptionOptions): Promise<CorruptionCounts> {
  const random = seededRandom(options.seed);
  const folder = mkdtempSync(join(tmpdir(), 'spandex-corruption-'));
  const exact = new ExactIndex(dimensions);
  await exact.put(stored);
  let counts = { trials: 0, detected: 0, rebuilt: 0, wrongAnswers: 0, crashes: 0 };
  try {
    const good = await writtenBy(folder, {});
    const others = {
      'wrong dimension': await writtenBy(folder, { dimensions: 64 }),
      'old model': await writtenBy(folder, { modelId: 'model before' }),
    };
    for (const [trial, damage] of trialsOf(options.trials)) {
      const path = join(folder, `${damage.replace(' ', '-')}-${trial}`);
      const isOther = damage === 'wrong dimension' || damage === 'old model';
      writeFileSync(path, isOther ? others[damage] : damaged(good, damage, random));
      if (trial % 2 === 1) writeFileSync(`${path}.previous`, good);
      counts = sum(counts, await runTrial(path, exact));
      options.onTrial?.(damage, counts);
    }
    return counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
