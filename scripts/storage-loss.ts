/**
 * Prints what it cost to store a model in few bits: strict F1 on dev of the bundle as it is served, beside
 * that of the float32 weights it was made of, which its training measured and its manifest keeps.
 *
 * The same documents are read, as many of each corpus as epochs were judged by, and what `spandex
 * shift-thresholds` added since is taken off. For bundles whose recipe names corpora; a file's corpus is
 * its folder, which has its types.json.
 *
 * npx tsx scripts/storage-loss.ts --model DIR [--threads N] CORPUS/dev.jsonl.gz…
 */
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { spread } from '../src/core/spread.ts';
import { readManifest } from '../src/ner/bundle.ts';
import { evaluateModel } from '../src/ner/evaluate-model.ts';
import { openModel } from '../src/ner/open-model.ts';
import { readDocuments, readTypes } from '../src/training/inputs.ts';
import type { Recipe } from '../src/training/recipe.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { model: { type: 'string' }, threads: { type: 'string', default: '2' } },
});
if (values.model === undefined || positionals.length === 0) {
  throw new Error('Usage: storage-loss.ts --model DIR CORPUS/dev.jsonl.gz…');
}
const { manifest } = await readManifest(values.model);
const recipe = manifest.training.recipe as unknown as Recipe;
const recorded = manifest.metrics.dev as Readonly<Record<string, { readonly f1: number }>>;
const model = await openModel(values.model, { threads: Number(values.threads) });

/** F1 of the float32 weights and of the bundle on a corpus. */
async function f1sOn(path: string) {
  const name = basename(dirname(resolve(path)));
  const before = recorded[name]?.f1;
  const corpus = recipe.corpora.find((each) => each.name === name);
  if (before === undefined || corpus === undefined) {
    throw new Error(`The model was not evaluated on ${name} when it was trained.`);
  }
  const types = await readTypes(join(dirname(path), 'types.json'));
  const result = await evaluateModel(model, {
    documents: spread(await readDocuments([path]), recipe.devDocuments),
    types: types.map((type) => ({ ...type, offset: -(manifest.thresholdShift ?? 0) })),
    overlap: corpus.overlap === 'flat' ? 'FLAT' : 'NESTED',
  });
  return { name, documents: result!.documents, before, after: result!.quality.f1 };
}

const percent = (share: number): string => (100 * share).toFixed(2);
const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

const rows: Awaited<ReturnType<typeof f1sOn>>[] = [];
for (const path of positionals) rows.push(await f1sOn(path));
await model.close();
console.log('| corpus | documents | float32 | as stored | difference |\n|---|---|---|---|---|');
for (const { name, documents, before, after } of [
  ...rows,
  {
    name: 'mean',
    documents: rows.reduce((sum, row) => sum + row.documents, 0),
    before: mean(rows.map((row) => row.before)),
    after: mean(rows.map((row) => row.after)),
  },
]) {
  const difference = percent(after - before);
  console.log(
    `| ${name} | ${documents} | ${percent(before)} | ${percent(after)} | ${difference} |`,
  );
}
