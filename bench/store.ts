/**
 * What the store does to the process that answers requests, at 100,000 stored mentions: how late its
 * event loop runs while documents are taken in and stored and broad questions are asked all the time,
 * and how long those take. `SPANDEX_BENCH_MENTIONS=2000` makes it small. Takes some minutes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCollection } from '../src/store/collections.ts';
import { dropsOfCollection, totalCoverage } from '../src/store/coverage.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { putDocuments } from '../src/store/documents.ts';
import { createEntityType } from '../src/store/entity-types.ts';
import { claimDocuments, finishClaim } from '../src/store/jobs.ts';
import { listMentions } from '../src/store/mentions.ts';
import type { Reading } from '../src/store/reading.ts';
import { allVectors } from '../src/store/vectors.ts';
import { openEventLoopMonitor } from '../src/telemetry/event-loop.ts';
import { randomVectors } from '../test/support/vectors/random-vectors.ts';

const mentionCount = Number(process.env['SPANDEX_BENCH_MENTIONS'] ?? 100_000);
const mentionsEach = 50;
const claimsAtOnce = 8;
/** Taken in while it is measured, on top of what is there. */
const measuredShare = 0.1;

const vectors = randomVectors({ count: 1_000, dimensions: 128, seed: 3 }).map(
  ({ vector }) => vector,
);
const meanings = randomVectors({ count: 1_000, dimensions: 384, seed: 4 }).map(
  ({ vector }) => vector,
);
const at = (list: readonly Float32Array[], i: number): Float32Array =>
  list[i % list.length] ?? new Float32Array();

/** Words, of which a third is new in each document, as surface forms of real texts are. */
const textOf = (document: number): string =>
  Array.from({ length: mentionsEach }, (_, i) =>
    i % 3 === 0 ? `gene${(document * mentionsEach + i).toString(36)}ase` : `protein${i}in`,
  ).join(' ');

function readingOf(text: string, document: number): Reading {
  const words = [...text.matchAll(/\S+/g)];
  return {
    mentions: words.map((match, i) => ({
      start: match.index,
      end: match.index + match[0].length,
      type: i % 2 === 0 ? 'A' : 'B',
      window: 0,
      score: 2,
      threshold: 1,
      margin: 1,
      vector: at(vectors, document * 7 + i),
    })),
    windows: [{ start: 0, end: text.length, tokens: 150, thresholdVector: at(vectors, document) }],
    coverage: {
      characters: text.length,
      charactersRead: text.length,
      tokens: 150,
      unknownTokens: 0,
      dropped: [],
    },
    meanings: new Map(words.map((match, i) => [match[0], at(meanings, document + i)])),
  };
}

/** Takes documents in and stores what was read of them; returns how many a second. */
async function ingest(database: Database, from: number, to: number): Promise<number> {
  const { id: collectionId } = await defaultCollection(database);
  const started = performance.now();
  for (let first = from; first < to; first += 50) {
    const drafts = Array.from({ length: Math.min(50, to - first) }, (_, i) => ({
      text: textOf(first + i),
    }));
    await putDocuments(database, drafts, { collectionId, priority: 'bulk' });
    for (;;) {
      const claims = await claimDocuments(database, { limit: claimsAtOnce, leaseMs: 60_000 });
      if (claims.length === 0) break;
      for (const claim of claims) {
        await finishClaim(database, claim, readingOf(claim.text, claim.documentId));
      }
    }
  }
  return (1_000 * (to - from)) / (performance.now() - started);
}

type Question = (database: Database) => Promise<unknown>;

const list =
  (contains: string): Question =>
  (database) =>
    listMentions(database, { collectionId: 1, text: { contains } }, { first: 100 });

const questions: Readonly<Record<string, Question>> = {
  'sum of coverage': (database) =>
    Promise.all([totalCoverage(database, 1), dropsOfCollection(database, 1)]),
  'text of 1 letter': list('e'),
  'text in most forms': list('gene'),
  'text in few forms': list('gene1z'),
  'text in none': list('xyz'),
  'every vector': async (database) => {
    let count = 0;
    for await (const batch of allVectors(database, 'TYPE')) count += batch.length;
    return count;
  },
};

/** Asks every question over and over; returns the longest time of each in milliseconds. */
async function askAll(database: Database, signal: AbortSignal): Promise<Record<string, number>> {
  const longest: Record<string, number> = {};
  while (!signal.aborted) {
    for (const [name, ask] of Object.entries(questions)) {
      const from = performance.now();
      await ask(database);
      longest[name] = Math.max(longest[name] ?? 0, performance.now() - from);
    }
  }
  return longest;
}

async function measure(database: Database): Promise<Record<string, number>> {
  const stored = Math.ceil(mentionCount / mentionsEach);
  await ingest(database, 0, stored);
  const monitor = openEventLoopMonitor();
  const stop = new AbortController();
  const asking = askAll(database, stop.signal);
  const perSecond = await ingest(database, stored, Math.ceil(stored * (1 + measuredShare)));
  stop.abort();
  const longest = await asking;
  const { p99Ms, maxMs } = monitor.delay();
  monitor.close();
  return {
    'event-loop delay p99, ms': p99Ms,
    'event-loop delay at most, ms': maxMs,
    [`documents of ${mentionsEach} mentions stored/s`]: perSecond,
    ...Object.fromEntries(
      Object.entries(longest).map(([name, ms]) => [`${name}, at most, ms`, ms]),
    ),
  };
}

export const name = 'store';
export const unit = `see name; ${mentionCount} mentions stored, questions asked all the time`;

export async function run(): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'spandex-bench-'));
  const database = await openDatabase({ folder, modelId: 'bench' });
  try {
    const collectionId = 1;
    for (const type of ['A', 'B']) {
      await createEntityType(database, { collectionId, name: type, description: type });
    }
    return await measure(database);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
