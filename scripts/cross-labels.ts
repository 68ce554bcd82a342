/**
 * Completes labels that miss much, such as a dictionary's: a model is trained on each half of the
 * documents and reads the other half; of its own half it would have learnt by heart that what is not
 * labelled is nothing. What it finds there that overlaps no label is labelled, too, where it is about as sure
 * as it is of what it finds in agreement with the labels; the rest of it is uncertain, so that neither it
 * nor its absence is learnt (docs/distant.md).
 *
 * Nobody's annotations are looked at: the halves are evaluated on each other's labels. What was trained is
 * kept under --work, and a run that is there already is not run again.
 *
 * npx tsx scripts/cross-labels.ts --labels FILE --types FILE --recipe FILE --encoder DIR --work DIR --out FILE
 *   [--sure-quantile 0.25] [--threads 2]
 */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AnnotatedDocument, GoldMention, Mention } from '../src/core/document.ts';
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
    'sure-quantile': { type: 'string', default: '0.25' },
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

const isSame = (a: GoldMention, b: GoldMention): boolean =>
  a.start === b.start && a.end === b.end && a.type === b.type;

/** How sure a model is of what it finds in agreement with the labels, at the quantile. Units: of margins. */
function sureMargin(
  found: readonly (readonly Mention[])[],
  documents: readonly AnnotatedDocument[],
): number {
  const margins = found.flatMap((mentions, i) =>
    mentions
      .filter((mention) => documents[i]!.mentions.some((label) => isSame(label, mention)))
      .map(({ margin }) => margin),
  );
  const place = Math.floor(Number(values['sure-quantile']) * margins.length);
  return margins.toSorted((a, b) => a - b)[place] ?? Infinity;
}

/** The documents with what a model finds in them besides. */
async function completed(
  directory: string,
  documents: readonly AnnotatedDocument[],
): Promise<AnnotatedDocument[]> {
  const model = await openModel(directory, running);
  try {
    const texts = documents.map(({ text }) => text);
    const read = await model.extract(texts, types, { priority: 'bulk' });
    const found = read.map(({ mentions }) => resolveOverlap(mentions, policy));
    const sure = sureMargin(found, documents);
    return documents.map((document, i) => {
      const known = document.mentions;
      const besides = found[i]!.filter((mention) => !known.some((one) => overlaps(one, mention)));
      const some = (isWanted: (mention: Mention) => boolean): GoldMention[] =>
        besides.filter(isWanted).map(({ start, end, type }) => ({ start, end, type }));
      return {
        ...document,
        mentions: [...known, ...some(({ margin }) => margin >= sure)],
        uncertain: some(({ margin }) => margin < sure),
      };
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
const count = (key: 'mentions' | 'uncertain'): number =>
  result.reduce((sum, document) => sum + (document[key]?.length ?? 0), 0);
const labelled = documents.reduce((sum, { mentions }) => sum + mentions.length, 0);
console.error(
  `${labelled} labels, ${count('mentions') - labelled} found besides, ${count('uncertain')} uncertain`,
);
