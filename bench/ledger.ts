/**
 * How long documents of a million words (SPANDEX_BENCH_WORDS) take to be scored for one new type from
 * their ledgers, by two threads, beside the encoder reading the same texts for it, with two threads; how
 * long until the type's mentions are stored, from the creation of the type; and how long a preview of another
 * description takes each time, of a sample and of all. The model is the shipped one (or
 * the bundle in SPANDEX_BENCH_MODEL); texts are the sample documents, over and over.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readLines } from '../src/formats/lines.ts';
import { parseDocument } from '../src/formats/plain/jsonl.ts';
import { Ingest } from '../src/ingest/ingest.ts';
import { Ledgers } from '../src/ingest/ledgers.ts';
import { previewType } from '../src/ingest/preview-type.ts';
import type { Extraction, Extractor } from '../src/ner/extractor.ts';
import { openRemoteModel } from '../src/ner/remote-extractor.ts';
import { defaultCollection } from '../src/store/collections.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { putDocuments } from '../src/store/documents.ts';
import { createEntityType, progressOfTypes } from '../src/store/entity-types.ts';
import { claimDocuments, finishClaim } from '../src/store/jobs.ts';
import { ledgerTotals } from '../src/store/ledgers.ts';
import { createLogger } from '../src/telemetry/logger.ts';

export const name = 'ledger';
export const unit = 'see name';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = process.env.SPANDEX_BENCH_MODEL ?? `${root}models/spandex-small`;
const words = Number(process.env.SPANDEX_BENCH_WORDS ?? 1_000_000);
const distinctTexts = 100;
const threads = 2;
/** The API's default. */
const previewSample = 200;
const batch = 256;
const type = { name: 'Animal', description: 'An animal used in an experiment.' };

async function sampleTexts(): Promise<string[]> {
  const texts: string[] = [];
  for await (const line of readLines(`${root}samples/bc5cdr-dev.jsonl.gz`, parseDocument)) {
    if ('value' in line && texts.length < distinctTexts) texts.push(line.value.text);
  }
  return texts;
}

/** Seconds that something takes. */
async function timed<Result>(work: () => Promise<Result>): Promise<[number, Result]> {
  const start = performance.now();
  const result = await work();
  return [(performance.now() - start) / 1_000, result];
}

/** Stores each text often enough, with what was read of it, for no type. */
async function fill(
  database: Database,
  collectionId: number,
  read: readonly { readonly text: string; readonly extraction: Extraction }[],
): Promise<number[]> {
  const ids: number[] = [];
  const wordsOnce = read.reduce((sum, { extraction }) => sum + extraction.coverage.words, 0);
  for (let round = 0; round * wordsOnce < words; round += 1) {
    const drafts = read.map(({ text }, i) => ({ text, externalId: `${round} ${i}` }));
    const put = await putDocuments(database, drafts, { collectionId, priority: 'bulk' });
    ids.push(...put.map(({ id }) => id));
    const claims = await claimDocuments(database, { limit: drafts.length, leaseMs: 600_000 });
    for (const [i, claim] of claims.entries()) {
      await finishClaim(database, claim, { ...read[i]!.extraction, mentions: [] });
    }
  }
  return ids;
}

/** Seconds of scoring alone, by the clock and of processors: both threads have a batch each, all the time. */
async function scoringSeconds(
  database: Database,
  extractor: Extractor,
  ids: readonly number[],
): Promise<{ readonly seconds: number; readonly processorSeconds: number }> {
  const [vector] = await extractor.encodeTypes([type]);
  if (!extractor.head || !vector) throw new Error('The model makes no ledgers.');
  const ledgers = new Ledgers(database, extractor.head, threads);
  const types = [{ ...type, offset: 0, vector }];
  const score = (documentIds: readonly number[]) => ledgers.score({ documentIds, types });
  await Promise.all([score(ids.slice(0, 8)), score(ids.slice(0, 8))]);
  const batches = Array.from({ length: Math.ceil(ids.length / batch) }, (_, i) =>
    ids.slice(i * batch, (i + 1) * batch),
  ).values();
  const work = async (): Promise<void> => {
    for (const each of batches) await score(each);
  };
  const before = process.cpuUsage();
  const [seconds] = await timed(() => Promise.all(Array.from({ length: threads }, work)));
  const { user, system } = process.cpuUsage(before);
  await ledgers.close();
  return { seconds, processorSeconds: (user + system) / 1e6 };
}

/** Of descriptions that nobody asked for before. */
const previewed = Array.from({ length: 9 }, (_, i) => `A kind of animal, number ${i + 1}.`);

/** Milliseconds of a preview, the median; `sample` in documents, undefined for all. */
async function previewMs(
  database: Database,
  extractor: Extractor,
  { collectionId, sample }: { readonly collectionId: number; readonly sample: number | undefined },
): Promise<number> {
  if (!extractor.head) throw new Error('The model makes no ledgers.');
  const ledgers = new Ledgers(database, extractor.head, threads);
  const shown = { offset: 0, shown: 10 };
  const milliseconds: number[] = [];
  for (const description of previewed) {
    const query = { collectionId, sample, ...shown, type: { name: 'preview', description } };
    const [seconds] = await timed(() => previewType({ database, extractor, ledgers }, query));
    milliseconds.push(1_000 * seconds);
  }
  await ledgers.close();
  return milliseconds.toSorted((a, b) => a - b)[Math.floor(previewed.length / 2)]!;
}

/** Seconds from the creation of a type until all of its mentions are stored. */
async function typeSeconds(
  database: Database,
  collectionId: number,
  extractor: Extractor,
): Promise<number> {
  const logger = createLogger('silent');
  const parts = { database, collectionId, extractor, logger };
  const ingest = new Ingest({ ...parts, maxTextChars: 1_000_000, batchChars: 20_000 });
  const [seconds] = await timed(async () => {
    const { id } = await createEntityType(database, { collectionId, ...type });
    ingest.typesChanged([id]);
    for (;;) {
      const progress = (await progressOfTypes(database, [id])).get(id);
      if (progress?.documentsScored === progress?.documentsTotal) return;
      await sleep(20);
    }
  });
  await ingest.close();
  return seconds;
}

async function measure(extractor: Extractor, database: Database) {
  const { id: collectionId } = await defaultCollection(database);
  const texts = await sampleTexts();
  await extractor.extract(texts.slice(0, 10), [type], { priority: 'bulk' });
  const [encoderSeconds, extractions] = await timed(() =>
    extractor.extract(texts, [type], { priority: 'bulk', keepLedgers: true }),
  );
  const wordsRead = extractions.reduce((sum, { coverage }) => sum + coverage.words, 0);
  const read = texts.map((text, i) => ({ text, extraction: extractions[i]! }));
  const ids = await fill(database, collectionId, read);
  const totals = await ledgerTotals(database, collectionId);
  const perMillion = 1e6 / totals.words;
  const scoring = await scoringSeconds(database, extractor, ids);
  const preview = (sample: number | undefined) =>
    previewMs(database, extractor, { collectionId, sample });
  const encoding = (encoderSeconds * 1e6) / wordsRead;
  return {
    'words stored': totals.words,
    'bytes a word': totals.bytes / totals.words,
    's per 1,000,000 words, encoder': encoding,
    's per 1,000,000 words, ledgers': scoring.seconds * perMillion,
    's of processors per 1,000,000 words, ledgers': scoring.processorSeconds * perMillion,
    'times as fast': encoding / (scoring.seconds * perMillion),
    [`ms, preview of ${previewSample} documents`]: await preview(previewSample),
    'ms, preview of all': await preview(undefined),
    's per 1,000,000 words, from the type to its mentions stored':
      (await typeSeconds(database, collectionId, extractor)) * perMillion,
  };
}

export async function run(): Promise<Readonly<Record<string, number>>> {
  const folder = mkdtempSync(join(tmpdir(), 'spandex-ledger-'));
  const extractor = await openRemoteModel(directory, { threads });
  const database = await openDatabase({ folder, modelId: extractor.model.id });
  try {
    return await measure(extractor, database);
  } finally {
    await database.close();
    await extractor.close();
    rmSync(folder, { recursive: true });
  }
}
