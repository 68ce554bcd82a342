/**
 * How many examples beat a description: strict F1, flat, on dev documents, of types that are described in
 * words, by so many example mentions, or by both, without and with as many negative ones. Prints a Markdown
 * table a corpus, the mean over its types, for docs/type-examples.md.
 *
 * Documents are read once; every trial scores their ledgers. Positive examples are annotated mentions of
 * train with different surface forms; negative ones are what the description alone finds in train that is
 * not annotated: what a user would reject. Both are drawn by a seed; types with fewer than 8 mentions in
 * dev, or 15 in train, are left out.
 *
 * npx tsx scripts/type-examples.ts --model BUNDLE [--documents N] [--threads N] CORPUS_DIR…
 */
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AnnotatedDocument, EntityType } from '../src/core/document.ts';
import { readAnnotatedJsonl } from '../src/formats/annotated/annotated-jsonl.ts';
import { evaluate } from '../src/ner/evaluation.ts';
import type { Extractor } from '../src/ner/extractor.ts';
import { openModel } from '../src/ner/open-model.ts';
import { flat } from '../src/ner/overlap.ts';
import { scoreLedger } from '../src/ner/score-ledger.ts';
import { askTypes, type SpanHead } from '../src/ner/scorer.ts';
import { type ExampleVector, exampleVector, moveByExamples } from '../src/ner/type-examples.ts';
import { readTypes } from '../src/training/inputs.ts';
import { createRandom, shuffle } from '../src/training/random.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string' },
    documents: { type: 'string', default: '50' },
    threads: { type: 'string' },
  },
});
if (!values.model || positionals.length === 0) {
  throw new Error('Usage: type-examples.ts --model BUNDLE [--documents N] CORPUS_DIR…');
}
const most = Number(values.documents);
const counts = [1, 2, 5, 10, 20];
const [fewestInDev, fewestInTrain] = [8, 15];

interface ReadDocument extends AnnotatedDocument {
  readonly ledger: Uint8Array;
}

/** The first documents of a split, with their ledgers. */
async function read(model: Extractor, folder: string, split: string): Promise<ReadDocument[]> {
  const { documents } = await readAnnotatedJsonl(join(folder, `${split}.jsonl.gz`));
  const chosen = documents.filter(({ text }) => text.trim() !== '').slice(0, most);
  const texts = chosen.map(({ text }) => text);
  const extractions = await model.extract(texts, [], { keepLedgers: true });
  return chosen.flatMap((document, i) => {
    const ledger = extractions[i]?.ledger;
    return ledger ? [{ ...document, ledger }] : [];
  });
}

/** What a type vector finds in a document. */
const find = (head: SpanHead, { ledger }: ReadDocument, type: string, vector: Float32Array) =>
  scoreLedger(head, ledger, { ...askTypes(head, [vector], [0]), names: [type] }) ?? [];

/** F1 of a type vector on documents, in percent. */
function quality(
  head: SpanHead,
  documents: readonly ReadDocument[],
  type: string,
  vector: Float32Array,
): number {
  const evaluated = documents.map((document) => ({
    gold: document.mentions.filter((mention) => mention.type === type),
    predicted: flat(find(head, document, type, vector)),
  }));
  return 100 * evaluate(evaluated).f1;
}

/** The vector of a span of a document; none for one that no candidate is. */
function vectorsOf(
  head: SpanHead,
  { text, ledger }: ReadDocument,
  span: { readonly start: number; readonly end: number; readonly isPositive: boolean },
): ExampleVector[] {
  try {
    const vector = exampleVector(head, ledger, { ...span, text });
    return vector ? [vector] : [];
  } catch {
    return [];
  }
}

/** Drawn examples: positive ones of different forms, and what is found and not annotated. */
function examplesOf(
  head: SpanHead,
  train: readonly ReadDocument[],
  type: string,
  described: Float32Array,
): { readonly positive: ExampleVector[]; readonly negative: ExampleVector[] } {
  const draw = <Item>(items: Item[]): Item[] => shuffle(items, createRandom(7));
  const forms = new Set<string>();
  const all = train.flatMap((document) =>
    document.mentions
      .filter((each) => each.type === type)
      .map((mention) => ({ document, mention })),
  );
  const positive = draw(all).flatMap(({ document, mention }) => {
    const form = document.text.slice(mention.start, mention.end).toLowerCase();
    if (forms.has(form)) return [];
    forms.add(form);
    return vectorsOf(head, document, { ...mention, isPositive: true });
  });
  const found = train.flatMap((document) => {
    const isGold = ({ start, end }: { start: number; end: number }): boolean =>
      document.mentions.some(
        (each) => each.type === type && each.start === start && each.end === end,
      );
    return find(head, document, type, described)
      .filter((mention) => !isGold(mention))
      .map((mention) => ({ document, mention }));
  });
  const negative = draw(found).flatMap(({ document, mention }) =>
    vectorsOf(head, document, { ...mention, isPositive: false }),
  );
  return { positive, negative };
}

/** F1 by way of describing, in the order of the table's columns. */
function ways(
  head: SpanHead,
  [train, dev]: readonly [readonly ReadDocument[], readonly ReadDocument[]],
  { name }: EntityType,
  described: Float32Array,
): number[][] {
  const { positive, negative } = examplesOf(head, train, name, described);
  const f1 = (vector: Float32Array): number => quality(head, dev, name, vector);
  const alone = f1(described);
  return counts.map((count) => {
    const [some, wrong] = [positive.slice(0, count), negative.slice(0, count)];
    return [
      alone,
      f1(moveByExamples(null, some)),
      f1(moveByExamples(described, some)),
      f1(moveByExamples(described, [...some, ...wrong])),
    ];
  });
}

const mentionsOf = (documents: readonly ReadDocument[], type: string): number =>
  documents.flatMap(({ mentions }) => mentions.filter((each) => each.type === type)).length;

async function measure(model: Extractor, folder: string): Promise<void> {
  const { head } = model;
  if (!head) throw new Error('The model makes no ledgers.');
  const [train, dev] = [await read(model, folder, 'train'), await read(model, folder, 'dev')];
  const types = (await readTypes(join(folder, 'types.json'))).filter(
    ({ name }) => mentionsOf(dev, name) >= fewestInDev && mentionsOf(train, name) >= fewestInTrain,
  );
  if (types.length === 0) {
    throw new Error(`${folder}: no type has ${fewestInDev} mentions in ${dev.length} documents.`);
  }
  const vectors = await model.encodeTypes(types);
  const tables = types.map((type, i) => ways(head, [train, dev], type, vectors[i]!));
  console.log(`\n${basename(folder)}, ${types.length} types, ${dev.length} documents\n`);
  console.log('| examples | words | examples | both | both, with negative ones |');
  console.log('|---|---|---|---|---|');
  for (const [row, count] of counts.entries()) {
    const means = [0, 1, 2, 3].map(
      (column) => tables.reduce((sum, table) => sum + table[row]![column]!, 0) / tables.length,
    );
    console.log(`| ${count} | ${means.map((mean) => mean.toFixed(1)).join(' | ')} |`);
  }
}

const model = await openModel(
  values.model,
  values.threads === undefined ? {} : { threads: Number(values.threads) },
);
for (const folder of positionals) await measure(model, folder);
await model.close();
