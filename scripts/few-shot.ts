/**
 * How many documents a new type needs: strict F1 on dev of models that were taught a corpus on its first
 * 10, 50, 200 and all documents, from a bundle (`spandex train --from`) and from the raw encoder.
 * Prints a Markdown table, row by row (docs/own-types.md).
 *
 * Documents are drawn by the seed, the small draws within the large. Both starts read few documents
 * as often in an epoch, have the sizes of the bundle and the same recipe but for the learning rate:
 * an encoder that has learnt no mentions yet bears and needs a higher one. Epochs are chosen on as many dev
 * documents as the recipe says, of which nothing else is read; F1 is that of the written bundle on all of
 * them. What was trained and measured is kept under --out: what is there already is not done again.
 *
 * npx tsx scripts/few-shot.ts --from BUNDLE --encoder DIR --out DIR CORPUS_DIR…
 *
 * --all-epochs N: passes over all documents, where those of the recipe are for few.
 */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { AnnotatedDocument, EntityType } from '../src/core/document.ts';
import { spread } from '../src/core/spread.ts';
import {
  printAnnotatedDocument,
  readAnnotatedJsonl,
} from '../src/formats/annotated/annotated-jsonl.ts';
import { readManifest } from '../src/ner/bundle.ts';
import { evaluateModel } from '../src/ner/evaluate-model.ts';
import { openModel } from '../src/ner/open-model.ts';
import { continuedRecipe } from '../src/training/continued-recipe.ts';
import { readTypes } from '../src/training/inputs.ts';
import { epochWeight } from '../src/training/own-types.ts';
import { createRandom, shuffle } from '../src/training/random.ts';
import { parseRecipe, type Recipe, readRecipe } from '../src/training/recipe.ts';
import { train } from '../src/training/train.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: 'string' },
    encoder: { type: 'string' },
    out: { type: 'string' },
    recipe: { type: 'string', default: 'recipes/own-types.json' },
    'raw-learning-rate': { type: 'string', default: '2e-4' },
    documents: { type: 'string', default: '10,50,200' },
    'all-epochs': { type: 'string' },
    overlap: { type: 'string', default: 'nested' },
    threads: { type: 'string' },
  },
});
const { from, encoder, out } = values;
if (!from || !encoder || !out || positionals.length === 0) {
  throw new Error('Usage: few-shot.ts --from BUNDLE --encoder DIR --out DIR CORPUS_DIR…');
}
const overlap = values.overlap === 'flat' ? 'flat' : 'nested';
const running = values.threads === undefined ? {} : { threads: Number(values.threads) };
const { manifest } = await readManifest(from);
const fromRecipe: Recipe = {
  ...(await readRecipe(values.recipe, (value) => continuedRecipe(value, manifest))),
  overlap,
};

/** A corpus in memory. */
interface Corpus {
  readonly name: string;
  /** To train on, in random order. */
  readonly documents: readonly AnnotatedDocument[];
  readonly dev: readonly AnnotatedDocument[];
  readonly types: readonly EntityType[];
}

/** The files of a run, and its folder. */
interface Files {
  readonly count: number;
  readonly recipe: Recipe;
  readonly folder: string;
  readonly trainFile: string;
  readonly devFile: string;
  readonly typesFile: string;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function readSplit(folder: string, split: string): Promise<readonly AnnotatedDocument[]> {
  const plain = join(folder, `${split}.jsonl`);
  const { documents, errors } = await readAnnotatedJsonl(
    (await exists(plain)) ? plain : `${plain}.gz`,
  );
  if (errors[0]) throw errors[0];
  return documents;
}

async function readCorpus(folder: string): Promise<Corpus> {
  const name = basename(resolve(folder));
  const types = await readTypes(join(folder, 'types.json'));
  const documents = [...(await readSplit(folder, 'train'))];
  return {
    name,
    types,
    documents: shuffle(documents, createRandom(fromRecipe.seed)),
    dev: await readSplit(folder, 'dev'),
  };
}

async function writeFiles({ name, documents, dev, types }: Corpus, count: number): Promise<Files> {
  const folder = join(out!, `${name}-${count}`);
  const corpus = join(folder, 'corpus');
  await mkdir(corpus, { recursive: true });
  const lines = (all: readonly AnnotatedDocument[]): string =>
    all.map((document) => `${printAnnotatedDocument(document)}\n`).join('');
  const [trainFile, devFile, typesFile] = ['train.jsonl', 'dev.jsonl', 'types.json'].map((file) =>
    join(corpus, file),
  ) as [string, string, string];
  await writeFile(trainFile, lines(documents.slice(0, count)));
  await writeFile(devFile, lines(spread(dev, fromRecipe.devDocuments)));
  await writeFile(typesFile, JSON.stringify(types));
  const epochs = count < documents.length ? undefined : values['all-epochs'];
  const recipe = { ...fromRecipe, ...(epochs !== undefined && { epochs: Number(epochs) }) };
  return { count, recipe, folder, trainFile, devFile, typesFile };
}

/** The same recipe for the raw encoder, which reads few documents as often. */
const rawRecipe = ({ count, recipe }: Files): Recipe =>
  parseRecipe({
    ...recipe,
    learningRate: Number(values['raw-learning-rate']),
    corpora: [{ name: 'corpus', weight: epochWeight(count), overlap }],
  });

/** F1 of a bundle on the whole of dev, as it was measured before where it was. */
async function f1Of(directory: string, corpus: Corpus): Promise<number> {
  const { id } = await readManifest(directory);
  const path = join(out!, `${corpus.name}-${overlap}-${id}.f1.json`);
  if (await exists(path)) return JSON.parse(await readFile(path, 'utf8')) as number;
  const f1 = await measuredF1(directory, corpus);
  await writeFile(path, JSON.stringify(f1));
  return f1;
}

async function measuredF1(directory: string, { dev, types }: Corpus): Promise<number> {
  const model = await openModel(directory, running);
  try {
    const policy = overlap === 'flat' ? 'FLAT' : 'NESTED';
    const result = await evaluateModel(model, { documents: dev, types, overlap: policy });
    return result!.quality.f1;
  } finally {
    await model.close();
  }
}

async function taughtFromBundle(files: Files): Promise<string> {
  const outDirectory = join(files.folder, 'from-bundle');
  if (await exists(outDirectory)) return outDirectory;
  await train({
    ...running,
    from: { bundleDirectory: from! },
    trainFiles: [files.trainFile],
    devFiles: [files.devFile],
    typesFile: files.typesFile,
    recipe: files.recipe,
    outDirectory,
    resume: true,
  });
  return outDirectory;
}

async function taughtFromEncoder(files: Files): Promise<string> {
  const outDirectory = join(files.folder, 'from-encoder');
  if (await exists(outDirectory)) return outDirectory;
  await train({
    ...running,
    encoderDirectory: encoder!,
    corporaDirectory: files.folder,
    recipe: rawRecipe(files),
    outDirectory,
    resume: true,
  });
  return outDirectory;
}

const percent = (share: number): string => (100 * share).toFixed(1);

function printRow(cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

async function printCurve(corpus: Corpus): Promise<void> {
  const { name, documents } = corpus;
  await mkdir(out!, { recursive: true });
  printRow([name, 0, percent(await f1Of(from!, corpus)), '–']);
  const counts = values.documents.split(',').map(Number);
  const smaller = counts.filter((count) => count < documents.length);
  for (const count of [...smaller, documents.length]) {
    const files = await writeFiles(corpus, count);
    const bundle = await f1Of(await taughtFromBundle(files), corpus);
    const raw = await f1Of(await taughtFromEncoder(files), corpus);
    printRow([name, count, percent(bundle), percent(raw)]);
  }
}

printRow(['corpus', 'documents', `from ${manifest.name}`, 'from the raw encoder']);
printRow(['---', '---', '---', '---']);
for (const folder of positionals) await printCurve(await readCorpus(folder));
