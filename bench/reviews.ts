/**
 * How long deciding about 100,000 mentions of a type takes, and a preview with examples drawn from these
 * decisions: half accepted, half rejected, in 1,250 documents, the sample texts again and again. The model is
 * the shipped one (or the bundle in SPANDEX_BENCH_MODEL).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { examplesFromReviews } from '../src/api/type-examples.ts';
import { readSamples } from '../src/app/samples.ts';
import { timed } from '../src/core/timed.ts';
import { Ledgers } from '../src/ingest/ledgers.ts';
import { previewType } from '../src/ingest/preview-type.ts';
import type { Extraction, Extractor } from '../src/ner/extractor.ts';
import { openRemoteModel } from '../src/ner/remote-extractor.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { putDocuments } from '../src/store/documents.ts';
import type { ImportedMention } from '../src/store/drafts.ts';
import { listEntityTypes } from '../src/store/entity-types.ts';
import { claimDocuments, finishClaim } from '../src/store/jobs.ts';
import { listMentionIds } from '../src/store/mentions.ts';
import { listedStates } from '../src/store/records.ts';
import { reviewMentions } from '../src/store/reviews.ts';
import { median } from './support/median.ts';

export const name = 'reviews';
export const unit = 'see name; 100,000 reviews of one type';

const directory =
  process.env.SPANDEX_BENCH_MODEL ??
  fileURLToPath(new URL('../models/spandex-small', import.meta.url));
const documents = 1_250;
const mentionsEach = 120;
const reviewed = 100_000;
const distinctTexts = 250;
const threads = 2;
/** The API's default. */
const sample = 200;
const runs = 9;
const collectionId = 1;
const type = 'Reviewed';

interface ReadText {
  readonly text: string;
  readonly extraction: Extraction;
}

/** The first words of a text that are long enough. */
const mentionsOf = (text: string): ImportedMention[] =>
  [...text.matchAll(/(?<![\p{L}\p{N}-])\p{L}{3,}(?![\p{L}\p{N}-])/gu)]
    .slice(0, mentionsEach)
    .map(({ 0: { length }, index: start }) => ({ start, end: start + length, type }));

/** Stores the texts again and again, with what was read of them. */
async function fill(database: Database, read: readonly ReadText[]): Promise<void> {
  for (let round = 0; round < documents / read.length; round += 1) {
    const drafts = read.map(({ text }, i) => ({
      text,
      externalId: `${round} ${i}`,
      mentions: mentionsOf(text),
    }));
    await putDocuments(database, drafts, { collectionId, priority: 'bulk' });
    const claims = await claimDocuments(database, { limit: drafts.length, leaseMs: 600_000 });
    for (const [i, claim] of claims.entries()) {
      await finishClaim(database, claim, { ...read[i]!.extraction, mentions: [] });
    }
  }
}

/** Accepts every other mention and rejects the rest, in one review each. */
async function reviewAll(database: Database): Promise<Readonly<Record<string, number>>> {
  const stored = await listMentionIds(database, { collectionId, states: listedStates });
  const mentionIds = stored.slice(0, reviewed);
  const figures: Record<string, number> = { 'mentions reviewed': mentionIds.length };
  for (const [odd, kind] of (['ACCEPT', 'REJECT'] as const).entries()) {
    const half = mentionIds.filter((_, i) => i % 2 === odd);
    const { timeMs } = await timed(() =>
      reviewMentions(database, {
        collectionId,
        mentionIds: half,
        decision: { kind },
        expectedCount: half.length,
        reviewer: 'bench',
        note: null,
      }),
    );
    figures[`s, ${kind} of half of them`] = timeMs / 1_000;
  }
  return figures;
}

/** Milliseconds of previews, the first of which has the examples to read. */
async function previewAll(database: Database, extractor: Extractor, typeId: number) {
  if (!extractor.head) throw new Error('The model makes no ledgers.');
  const ledgers = new Ledgers(database, extractor.head, threads);
  const asked = { argument: 'examplesFromReviewsOf', byHand: [] };
  const chosen: number[] = [];
  const whole: number[] = [];
  for (let time = 0; time <= runs; time += 1) {
    const begin = performance.now();
    const examples = await examplesFromReviews({ database }, typeId, asked);
    chosen.push(performance.now() - begin);
    const previewed = { name: 'preview', description: `Of kind ${time}.`, examples };
    const query = { collectionId, sample, offset: 0, shown: 10, type: previewed };
    await previewType({ database, extractor, ledgers }, query);
    whole.push(performance.now() - begin);
  }
  await ledgers.close();
  return {
    'ms, choosing the examples': median(chosen),
    'ms, first preview of 200 documents with them': whole[0] ?? 0,
    'ms, another description with them': median(whole.slice(1)),
  };
}

async function measure(database: Database, extractor: Extractor) {
  const texts = (await readSamples()).slice(0, distinctTexts).map(({ text }) => text);
  const extractions = await extractor.extract(texts, [], { priority: 'bulk', keepLedgers: true });
  await fill(
    database,
    texts.map((text, i) => ({ text, extraction: extractions[i]! })),
  );
  const reviewing = await reviewAll(database);
  const types = await listEntityTypes(database, collectionId);
  const typeId = types.find((each) => each.name === type)?.id ?? 0;
  return { ...reviewing, ...(await previewAll(database, extractor, typeId)) };
}

export async function run(): Promise<Readonly<Record<string, number>>> {
  const folder = mkdtempSync(join(tmpdir(), 'spandex-reviews-'));
  const extractor = await openRemoteModel(directory, { threads });
  const database = await openDatabase({ folder, modelId: extractor.model.id });
  try {
    return await measure(database, extractor);
  } finally {
    await database.close();
    await extractor.close();
    rmSync(folder, { recursive: true });
  }
}
