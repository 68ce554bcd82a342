/**
 * What storing and indexing cost beside reading: the tokens a second of documents that are ingested,
 * until they are committed and until both indexes have all their vectors, those of every surface form
 * among them, against those of the bare extractor on the same documents in the same process, before and
 * after; and how late the event loop of the process that answers requests was meanwhile. A few documents
 * are ingested first, so that what is opened once is open. SPANDEX_BENCH_DOCUMENTS says how many of the
 * sample documents (default 200).
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiParts } from '../src/api/context.ts';
import { openApp } from '../src/app/app.ts';
import { readConfig } from '../src/app/config.ts';
import { readSamples } from '../src/app/samples.ts';
import { countDocuments, type DocumentDraft } from '../src/store/documents.ts';
import { listEntityTypes } from '../src/store/entity-types.ts';
import { countVectors, formsToEncode } from '../src/store/vectors.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { HnswIndex } from '../src/vectors/hnsw-index.ts';

export const name = 'ingest';
export const unit = 'see name';

const documentCount = Number(process.env.SPANDEX_BENCH_DOCUMENTS ?? 200);
const warmUp = 10;
const lookEveryMs = 20;

/** Reads the texts and stores nothing; tokens, and tokens a second. */
async function bareSpeed(parts: ApiParts, drafts: readonly DocumentDraft[]) {
  const types = await listEntityTypes(parts.database, parts.collectionId);
  const texts = drafts.map(({ text }) => text);
  const from = performance.now();
  const extractions = await parts.extractor.extract(texts, types, { priority: 'bulk' });
  const seconds = (performance.now() - from) / 1_000;
  const tokens = extractions.reduce((sum, { coverage }) => sum + coverage.tokens, 0);
  return { tokens, tokensPerSecond: tokens / seconds };
}

async function untilCommitted({ database, collectionId }: ApiParts): Promise<void> {
  for (;;) {
    const { QUEUED, RUNNING } = await countDocuments(database, collectionId);
    if (QUEUED + RUNNING === 0) return;
    await sleep(lookEveryMs);
  }
}

/** Until a graph has every vector, and every surface form has one. */
async function untilAbsorbed(parts: ApiParts): Promise<void> {
  while ((await formsToEncode(parts.database, 1)).length > 0) await sleep(lookEveryMs);
  for (const space of ['TYPE', 'MEANING'] as const) {
    const index = space === 'TYPE' ? parts.typeIndex : parts.meaningIndex;
    if (!(index instanceof HnswIndex)) throw new Error('The program has HNSW indexes.');
    const stored = await countVectors(parts.database, space);
    do {
      await index.catchUp();
      await index.ready();
    } while (index.status.absorbed < stored);
  }
}

async function measure(
  parts: ApiParts,
  all: readonly DocumentDraft[],
): Promise<Record<string, number>> {
  await parts.ingest.accept(all.slice(0, warmUp), 'bulk');
  await untilCommitted(parts);
  await untilAbsorbed(parts);
  const drafts = all.slice(warmUp);
  const before = await bareSpeed(parts, drafts);
  const from = performance.now();
  await parts.ingest.accept(drafts, 'bulk');
  await untilCommitted(parts);
  const committedSeconds = (performance.now() - from) / 1_000;
  await untilAbsorbed(parts);
  const indexedSeconds = (performance.now() - from) / 1_000;
  const { p99Ms, maxMs } = parts.eventLoopDelay();
  const after = await bareSpeed(parts, drafts);
  const bare = (before.tokensPerSecond + after.tokensPerSecond) / 2;
  const { tokens } = before;
  return {
    'bare extractor: tokens/s': bare,
    'until committed: tokens/s': tokens / committedSeconds,
    'until committed: % of the bare extractor': (100 * tokens) / committedSeconds / bare,
    'until indexed: tokens/s': tokens / indexedSeconds,
    'until indexed: % of the bare extractor': (100 * tokens) / indexedSeconds / bare,
    'event loop delay p99: ms': p99Ms,
    'event loop delay at most: ms': maxMs,
  };
}

export async function run(): Promise<Readonly<Record<string, number>> | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'spandex-bench-'));
  const config = readConfig({ ...process.env, SPANDEX_DATA_DIR: folder });
  if (!existsSync(config.modelDirectory)) return undefined;
  try {
    const app = await openApp({ config, logger: createLogger('error') });
    try {
      return await measure(app.parts, (await readSamples()).slice(0, warmUp + documentCount));
    } finally {
      await app.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
