/**
 * Completes labels that miss much, such as a dictionary's: a model is trained on each half of the
 * documents, reads the other half, and what it finds there that overlaps no label is labelled, too. Of
 * its own half it would have learnt by heart that what is not labelled is nothing.
 *
 * Nobody's annotations are looked at: the halves are evaluated on each other's labels. What was trained is
 * kept under --work, and a run that is there already is not run again.
 *
 * npx tsx scripts/cross-labels.ts --labels FILE --types FILE --recipe FILE --encoder DIR --work DIR --out FILE
 */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AnnotatedDocument } from '../src/core/document.ts';
import { overlaps } from '../src/core/span.ts';
import {
  printAnnotatedDocument,
  readAnnotatedJsonl,
} from '../src/formats/annotated/annotated-jsonl.ts';
import { openModel } from '../src/ner/open-model.ts';
import { resolveOverlap } from '../src/ner/overlap.ts';
import { readTypes } from '../src/training/inputs.ts';
import { readRecipe } from '../src/training/recipe.ts';
import { train } from '../src/training/train.ts';

const { values } = parseArgs({
  options: {
    labels: { type: 'string' },
    types: { type: 'string' },
    recipe: { type: 'string' },
    encoder: { type: 'string' },
    work: { type: 'string' },
    out: { type: 'string' },
    threads: { type: 'string' },
  },
});
const { labels, types: typesFile, recipe: recipeFile, encoder, work, out } = values;
if (!labels || !typesFile || !recipeFile || !encoder || !work || !out) {
  throw new Error(
    'Usage: cross-labels.ts --labels FILE --types FILE --recipe FILE --encoder DIR --work DIR --out FILE',
  );
}
const running = values.threads === undefined ? {} : { threads: Number(values.threads) };
const types = await readTypes(typesFile);
const recipe = await readRecipe(recipeFile);
const policy = recipe.overlap === 'flat' ? 'FLAT' : 'NESTED';

const lines = (documents: readonly AnnotatedDocument[]): string =>
  documents.map((document) => `${printAnnotatedDocument(document)}\n`).join('');

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The documents with what a model finds in them besides. */
async function completed(directory: string, documents: readonly AnnotatedDocument[]) {
  const model = await openModel(directory, running);
  try {
    const texts = documents.map(({ text }) => text);
    const found = await model.extract(texts, types, { priority: 'bulk' });
    return documents.map((document, i) => {
      const labelled = document.mentions;
      const mentions = resolveOverlap(found[i]!.mentions, policy);
      const others = mentions.filter((mention) => !labelled.some((one) => overlaps(one, mention)));
      const added = others.map(({ start, end, type }) => ({ start, end, type }));
      return { ...document, mentions: [...labelled, ...added] };
    });
  } finally {
    await model.close();
  }
}

const { documents, errors } = await readAnnotatedJsonl(labels);
if (errors[0]) throw errors[0];
const middle = Math.ceil(documents.length / 2);
const halves = [documents.slice(0, middle), documents.slice(middle)] as const;
await mkdir(work, { recursive: true });
const files = ['first', 'second'].map((name) => join(work, `${name}.jsonl`)) as [string, string];
await Promise.all(halves.map((half, i) => writeFile(files[i]!, lines(half))));

const result: AnnotatedDocument[] = [];
for (const half of [0, 1] as const) {
  const other = half === 0 ? 1 : 0;
  const outDirectory = join(work, `model-${other}`);
  if (!(await isThere(outDirectory))) {
    await train({
      ...running,
      encoderDirectory: encoder,
      trainFiles: [files[other]],
      devFiles: [files[half]],
      typesFile,
      recipe,
      outDirectory,
      resume: true,
    });
  }
  result.push(...(await completed(outDirectory, halves[half])));
}
await writeFile(out, lines(result));
const count = (all: readonly AnnotatedDocument[]): number =>
  all.reduce((sum, { mentions }) => sum + mentions.length, 0);
console.log(`${count(documents)} labels, ${count(result) - count(documents)} found besides`);
