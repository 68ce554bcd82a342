/**
 * Prints how many mentions of some types a model finds in texts that have next to none of them, for each
 * 1,000 words: the false alarms outside its domain that docs/models.md tells of. Mentions are flat, words
 * are those of docs/words.md, and what the files annotate is not looked at.
 *
 * Some mentions may be right ("death" in a novel is one of a disease): --list prints each with its margin
 * and what stands around it, to be discounted by hand. --every 2 reads the first document of a file, the
 * third and so on, where the others were learnt from or chosen on.
 *
 * npx tsx scripts/false-alarms.ts --model DIR --types TYPES.json [--every 2] [--list] [--threads N] FILE…
 *
 * The figures of docs/models.md, with the types of bc5cdr, chemicals and diseases:
 * npx tsx SPANDEX/scripts/false-alarms.ts --model DIR --types bc5cdr/types.json --every 2 --list \
 *   litbank/dev.jsonl.gz stackoverflow_ner/dev.jsonl.gz
 */
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { EntityType } from '../src/core/document.ts';
import { readAnnotatedJsonl } from '../src/formats/annotated/annotated-jsonl.ts';
import type { Extractor } from '../src/ner/extractor.ts';
import { openModel } from '../src/ner/open-model.ts';
import { type PredictedMention, predict, resolved } from '../src/ner/predict.ts';
import { wordSpans } from '../src/text/words.ts';
import { readTypes } from '../src/training/inputs.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string' },
    types: { type: 'string' },
    every: { type: 'string', default: '1' },
    list: { type: 'boolean', default: false },
    threads: { type: 'string', default: '2' },
  },
});

/** What a model finds in a file. */
interface Alarms {
  readonly name: string;
  readonly documents: number;
  readonly words: number;
  readonly found: readonly { readonly text: string; readonly mention: PredictedMention }[];
}

async function readAlarms(
  model: Extractor,
  path: string,
  { types, every }: { types: readonly EntityType[]; every: number },
): Promise<Alarms> {
  const { documents: all, errors } = await readAnnotatedJsonl(path);
  if (errors[0]) throw errors[0];
  const documents = all.filter((_, i) => i % every === 0);
  const predictions = (await predict(model, { documents, types }))!;
  const found = resolved(predictions.documents, 'FLAT').flatMap(({ predicted }, i) =>
    predicted.map((mention) => ({ text: documents[i]!.text, mention })),
  );
  const words = documents.reduce((sum, { text }) => sum + wordSpans(text).length, 0);
  const name = join(basename(dirname(resolve(path))), basename(path));
  return { name, documents: documents.length, words, found };
}

/** UTF-16 code units on each side of a listed mention. */
const contextLength = 50;

/** A mention between what stands around it, on one line. */
function listed({ text, mention }: Alarms['found'][number]): string {
  const { start, end, type, margin } = mention;
  const before = text.slice(Math.max(0, start - contextLength), start);
  const after = text.slice(end, end + contextLength);
  const line = `${before}[${text.slice(start, end)}]${after}`.replace(/\s+/g, ' ');
  return `${type.padEnd(12)} ${margin.toFixed(2).padStart(6)}  ${line}`;
}

const per1000 = (count: number, words: number): string =>
  ((1000 * count) / Math.max(1, words)).toFixed(2);

const every = Number(values.every);
if (!values.model || !values.types || positionals.length === 0 || !(every >= 1)) {
  throw new Error(
    'Usage: false-alarms.ts --model DIR --types FILE [--every N] [--list] [--threads N] FILE…',
  );
}
const model = await openModel(values.model, { threads: Number(values.threads) });
const types = await readTypes(values.types);
const files: Alarms[] = [];
for (const path of positionals) files.push(await readAlarms(model, path, { types, every }));
await model.close();
console.log('| texts | documents | words | mentions | mentions per 1,000 words |');
console.log('|---|---|---|---|---|');
for (const { name, documents, words, found } of files)
  console.log(
    `| ${name} | ${documents} | ${words} | ${found.length} | ${per1000(found.length, words)} |`,
  );
if (values.list)
  for (const { name, found } of files)
    for (const line of [`\n${name}`, ...found.map(listed)]) console.log(line);
