/**
 * Compares types that are there when a document is read with types that come later and are scored from
 * its ledger: each mention's place, type, score, threshold, margin, window and vector. Prints a line a
 * corpus (documents, mentions, differences) and ends with 1 when there is a difference.
 *
 * Documents are read together for all types; then each alone, for no type, in reverse, and its ledger is
 * asked for the types together, in reverse and one by one. Vectors of the types come from a model opened
 * anew each time, so that nothing is remembered.
 *
 * npx tsx scripts/ledger-equality.ts --model BUNDLE [--limit DOCUMENTS] CORPUS_DIR…
 */
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { EntityType } from '../src/core/document.ts';
import { readAnnotatedJsonl } from '../src/formats/annotated/annotated-jsonl.ts';
import type { Extraction, Extractor } from '../src/ner/extractor.ts';
import { openModel } from '../src/ner/open-model.ts';
import { scoreLedger } from '../src/ner/score-ledger.ts';
import { askTypes } from '../src/ner/scorer.ts';
import { readTypes } from '../src/training/inputs.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { model: { type: 'string' }, limit: { type: 'string' }, threads: { type: 'string' } },
});
const directory = values.model;
if (!directory || positionals.length === 0) {
  throw new Error('Usage: ledger-equality.ts --model BUNDLE [--limit DOCUMENTS] CORPUS_DIR…');
}
const limit = values.limit === undefined ? Infinity : Number(values.limit);
const options = values.threads === undefined ? {} : { threads: Number(values.threads) };

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The texts of a corpus, train and dev. */
async function textsOf(folder: string): Promise<string[]> {
  const texts: string[] = [];
  for (const name of ['dev', 'train'].flatMap((split) => [`${split}.jsonl`, `${split}.jsonl.gz`])) {
    const path = join(folder, name);
    if (!(await isThere(path))) continue;
    const { documents } = await readAnnotatedJsonl(path);
    texts.push(...documents.map(({ text }) => text).filter((text) => text.trim() !== ''));
  }
  return texts.slice(0, limit);
}

/** One or two types where a corpus has none of its own. */
async function typesOf(folder: string, model: Extractor): Promise<readonly EntityType[]> {
  const path = join(folder, 'types.json');
  return (await isThere(path)) ? readTypes(path) : model.model.types;
}

/** Works with a model that has read nothing. */
async function withModel<Result>(work: (model: Extractor) => Promise<Result>): Promise<Result> {
  const model = await openModel(directory ?? '', options);
  try {
    return await work(model);
  } finally {
    await model.close();
  }
}

type Mention = Omit<Extraction['mentions'][number], 'confidence'>;

/** Everything of a mention but its confidence, which follows from the margin. */
const printed = ({ start, end, type, score, threshold, margin, window, vector }: Mention): string =>
  JSON.stringify([start, end, type, score, threshold, margin, window, [...vector]]);

/** How many mentions only one of two lists has. */
function differences(expected: readonly string[], found: readonly string[]): number {
  const [a, b] = [new Set(expected), new Set(found)];
  const isIn = (set: Set<string>) => (one: string) => !set.has(one);
  return expected.filter(isIn(b)).length + found.filter(isIn(a)).length;
}

const ledgersOf = (texts: readonly string[]): Promise<Uint8Array[]> =>
  withModel(async (model) => {
    const ledgers: Uint8Array[] = [];
    for (const text of texts.toReversed()) {
      const [extraction] = await model.extract([text], [], { keepLedgers: true });
      if (!extraction?.ledger) throw new Error('A document of this length has a ledger.');
      ledgers.push(extraction.ledger);
    }
    return ledgers.toReversed();
  });

/** The mentions of each document, from its ledger. */
const scored = (
  ledgers: readonly Uint8Array[],
  types: readonly EntityType[],
): Promise<Mention[][]> =>
  withModel(async (model) => {
    const { head } = model;
    if (!head) throw new Error('The model scores no ledgers.');
    const vectors = await model.encodeTypes(types);
    const offsets = types.map(({ offset = 0 }) => offset);
    const asked = { ...askTypes(head, vectors, offsets), names: types.map(({ name }) => name) };
    return ledgers.map((ledger) => scoreLedger(head, ledger, asked) ?? []);
  });

/** Mentions of all documents, by document, as strings. */
const lines = (documents: readonly (readonly Mention[])[]): string[] =>
  documents.flatMap((mentions, i) => mentions.map((mention) => `${i} ${printed(mention)}`));

async function compare(folder: string): Promise<number> {
  const texts = await textsOf(folder);
  const [types, read] = await withModel(async (model) => {
    const asked = await typesOf(folder, model);
    const extractions = await model.extract(texts, asked);
    return [asked, extractions.map(({ mentions }) => mentions)] as const;
  });
  const expected = lines(read);
  const ledgers = await ledgersOf(texts);
  const together = lines(await scored(ledgers, types));
  const reversed = lines(await scored(ledgers, types.toReversed()));
  const alone: string[] = [];
  for (const type of types) alone.push(...lines(await scored(ledgers, [type])));
  const counts = [together, reversed, alone].map((found) => differences(expected, found));
  const sum = counts.reduce((total, count) => total + count, 0);
  const bytes = ledgers.reduce((total, ledger) => total + ledger.length, 0);
  const words = texts.reduce((total, text) => total + text.split(/\s+/).length, 0);
  console.log(
    `${basename(folder)}: ${texts.length} documents, ${types.length} types, ${expected.length} mentions, ${sum} differences, ${(bytes / words).toFixed(0)} bytes a word`,
  );
  return sum;
}

let total = 0;
for (const folder of positionals) total += await compare(folder);
console.log(`${total} differences`);
process.exitCode = total === 0 ? 0 : 1;
