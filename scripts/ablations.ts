/**
 * Runs ablations on a corpus and prints their part of docs/ablations.md. Runs that are done are not done again,
 * one that was interrupted goes on where it was: the same command, until it prints.
 *
 * npx tsx scripts/ablations.ts --encoder DIR --corpus DIR --work DIR > PART.md
 *
 * --corpus has train.jsonl.gz, dev.jsonl.gz and types.json; --work keeps bundles and results;
 * --epochs (4), --seeds (42,43), --recipe (recipes/bc5cdr.json) and --threads (2) as wanted; --only has some
 * runs alone (base,span-loss-only,global-thresholds,names,examples).
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AnnotatedDocument, EntityType, Mention } from '../src/core/document.ts';
import { readAnnotatedJsonl } from '../src/formats/annotated/annotated-jsonl.ts';
import type { Evaluation } from '../src/ner/evaluation.ts';
import type { ExtractedMention } from '../src/ner/extractor.ts';
import { openModel } from '../src/ner/open-model.ts';
import { readTypes } from '../src/training/inputs.ts';
import { parseRecipe, type Recipe } from '../src/training/recipe.ts';
import { train } from '../src/training/train.ts';
import {
  byGlobalThreshold,
  byLearnedThreshold,
  byMargin,
  byScore,
  type Decoder,
  likeliest,
  type ReadDocument,
} from './ablation-decoders.ts';

const { values } = parseArgs({
  options: {
    encoder: { type: 'string' },
    corpus: { type: 'string' },
    work: { type: 'string' },
    epochs: { type: 'string', default: '4' },
    seeds: { type: 'string', default: '42,43' },
    recipe: { type: 'string', default: 'recipes/bc5cdr.json' },
    threads: { type: 'string', default: '2' },
    only: { type: 'string' },
  },
});
const { encoder, corpus, work } = values;
if (!encoder || !corpus || !work) {
  throw new Error('Usage: ablations.ts --encoder DIR --corpus DIR --work DIR');
}

/** A difference from the run that everything is compared with. */
interface Variant {
  readonly name: string;
  readonly what: string;
  readonly recipe: Partial<Recipe>;
  /** What the type encoder reads, in training and after. */
  readonly describe: (type: EntityType, train: readonly AnnotatedDocument[]) => string;
  /** Ways to decode the same weights. */
  readonly decoders: readonly Decoder[];
}

/** How far below a window's threshold candidates are still looked at. Units: of scores. */
const lookBelow = 4;
/** Candidates that are kept of a window and type: far more than it has mentions. */
const mostCandidates = 100;
const exampleCount = 8;
const documentsAtOnce = 32;
/** Dev documents that a run evaluates at its end, for which there is no use here. */
const devDocuments = 10;

/** The commonest surface forms of a type. */
function exampleMentions({ name }: EntityType, documents: readonly AnnotatedDocument[]): string {
  const counts = new Map<string, number>();
  for (const { text, mentions } of documents)
    for (const { start, end } of mentions.filter(({ type }) => type === name)) {
      const form = text.slice(start, end).toLowerCase();
      counts.set(form, (counts.get(form) ?? 0) + 1);
    }
  const commonest = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return `For example ${commonest
    .slice(0, exampleCount)
    .map(([form]) => form)
    .join(', ')}.`;
}

const definition = ({ description }: EntityType): string => description;
const one = [byMargin];

const variants: readonly Variant[] = [
  {
    name: 'base',
    what: 'everything as it is shipped: start, end and span losses, definitions',
    recipe: {},
    describe: definition,
    decoders: [byMargin, byScore, byGlobalThreshold, byLearnedThreshold],
  },
  {
    name: 'span-loss-only',
    what: 'without start and end losses',
    recipe: { lossWeights: { start: 0, end: 0, span: 1, mention: 0.5, threshold: 0.5 } },
    describe: definition,
    decoders: one,
  },
  {
    name: 'global-thresholds',
    what: 'without the threshold loss',
    recipe: { lossWeights: { start: 0.2, end: 0.2, span: 0.6, mention: 1, threshold: 0 } },
    describe: definition,
    decoders: [byGlobalThreshold, byLearnedThreshold],
  },
  {
    name: 'names',
    what: 'names as descriptions',
    recipe: {},
    describe: ({ name }) => name.replace(/_/g, ' ').toLowerCase(),
    decoders: one,
  },
  {
    name: 'examples',
    what: `the ${exampleCount} commonest mentions as descriptions`,
    recipe: {},
    describe: exampleMentions,
    decoders: one,
  },
];

const file = (name: string): string => join(corpus, name);

async function readCorpus() {
  const [trained, dev] = await Promise.all(
    ['train.jsonl.gz', 'dev.jsonl.gz'].map((name) => readAnnotatedJsonl(file(name))),
  );
  const types = await readTypes(file('types.json'));
  return { train: trained!.documents, dev: dev!.documents, types };
}

type CorpusRead = Awaited<ReturnType<typeof readCorpus>>;

async function recipeOf({ recipe }: Variant, seed: number): Promise<Recipe> {
  const base = JSON.parse(await readFile(values.recipe, 'utf8')) as object;
  const epochs = Number(values.epochs);
  // The last epoch alone is evaluated: nothing is chosen on dev.
  const only = { epochs, evaluateEveryEpochs: epochs, devDocuments };
  return parseRecipe({ ...base, ...recipe, ...only, seed });
}

/** Without its vector, of which there would be thousands. */
const withoutVector = ({ vector: _vector, ...mention }: ExtractedMention): Mention => mention;

/** The likeliest candidates of documents that are near their window's threshold or above it. */
async function readCandidates(
  bundle: string,
  annotated: readonly AnnotatedDocument[],
  types: readonly EntityType[],
): Promise<ReadDocument[]> {
  const model = await openModel(bundle, { threads: Number(values.threads) });
  const documents: ReadDocument[] = [];
  const names = new Set(types.map(({ name }) => name));
  const asked = model.model.types.map((type) => ({ ...type, offset: -lookBelow }));
  for (let start = 0; start < annotated.length; start += documentsAtOnce) {
    const group = annotated.slice(start, start + documentsAtOnce);
    const found = await model.extract(
      group.map(({ text }) => text),
      asked,
      { priority: 'bulk' },
    );
    group.forEach(({ mentions }, place) => {
      const gold = mentions.filter(({ type }) => names.has(type));
      const { mentions: near, windows } = found[place]!;
      const candidates = likeliest(near.map(withoutVector), mostCandidates);
      documents.push({ gold, candidates, windows: windows.length });
    });
  }
  await model.close();
  return documents;
}

/** What one run gives: a quality for each of its decoders. */
type Rates = readonly Pick<Evaluation, 'precision' | 'recall' | 'f1'>[];

/** What a file of results says, if it is of the run that is asked for. */
async function keptOf<T>(path: string, key: string): Promise<T | null> {
  const json = await readFile(path, 'utf8').catch(() => 'null');
  const kept = JSON.parse(json) as { readonly key: string; readonly value: T } | null;
  return kept?.key === key ? kept.value : null;
}

const keep = (path: string, key: string, value: unknown): Promise<void> =>
  writeFile(path, JSON.stringify({ key, value }));

const keyOf = (parts: unknown): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** Trains unless that is done; returns the folder of the bundle. */
async function trainedBundle(variant: Variant, recipe: Recipe, read: CorpusRead): Promise<string> {
  const outDirectory = join(work!, `${variant.name}-${recipe.seed}`);
  const types = read.types.map((type) => ({
    ...type,
    description: variant.describe(type, read.train),
  }));
  // Weights do not depend on what is evaluated.
  const key = keyOf([{ ...recipe, devDocuments: null }, types, encoder, corpus]);
  if (await keptOf(`${outDirectory}.trained.json`, key)) return outDirectory;
  const typesFile = `${outDirectory}.types.json`;
  await writeFile(typesFile, JSON.stringify(types));
  const result = await train({
    recipe,
    encoderDirectory: encoder!,
    trainFiles: [file('train.jsonl.gz')],
    devFiles: [file('dev.jsonl.gz')],
    typesFile,
    outDirectory,
    resume: true,
    storage: { kind: 'float32' },
    threads: Number(values.threads),
  });
  await keep(`${outDirectory}.trained.json`, key, result);
  return outDirectory;
}

/** The rates of a run, from the file it left or by running it. */
async function ratesOf(variant: Variant, seed: number, read: CorpusRead): Promise<Rates> {
  const recipe = await recipeOf(variant, seed);
  const path = join(work!, `${variant.name}-${seed}.rates.json`);
  const key = keyOf([recipe, encoder, corpus, variant.decoders.map(({ what }) => what)]);
  const kept = await keptOf<Rates>(path, key);
  if (kept) return kept;
  console.error(`${variant.name}, seed ${seed}`);
  const bundle = await trainedBundle(variant, recipe, read);
  const documents = await readCandidates(bundle, read.dev, read.types);
  const learns = variant.decoders.some((decoder) => decoder.learns);
  const trained = learns ? await readCandidates(bundle, read.train, read.types) : [];
  const rates = variant.decoders.map(({ decode }) => decode(documents, trained));
  await keep(path, key, rates);
  return rates;
}

const percent = (rates: readonly number[]): string =>
  ((100 * rates.reduce((sum, rate) => sum + rate, 0)) / rates.length).toFixed(2);

/** Rows of the table: the mean over seeds, and, of several, how far they are apart. */
function rowsOf({ what, decoders }: Variant, bySeed: readonly Rates[]): string[] {
  return decoders.map((decoder, place) => {
    const rates = bySeed.map((ofSeed) => ofSeed[place]!);
    const f1s = rates.map(({ f1 }) => f1);
    const apart = (100 * (Math.max(...f1s) - Math.min(...f1s))).toFixed(2);
    const means = [rates.map((r) => r.precision), rates.map((r) => r.recall), f1s].map(percent);
    const cells = [what, decoder.what, ...means, ...(rates.length > 1 ? [apart] : [])];
    return `| ${cells.join(' | ')} |`;
  });
}

await mkdir(work, { recursive: true });
const read = await readCorpus();
const seeds = values.seeds.split(',').map(Number);
const rows: string[] = [];
const only = values.only?.split(',') ?? variants.map(({ name }) => name);
for (const variant of variants.filter(({ name }) => only.includes(name))) {
  const bySeed: Rates[] = [];
  for (const seed of seeds) bySeed.push(await ratesOf(variant, seed, read));
  rows.push(...rowsOf(variant, bySeed));
}
const isMean = seeds.length > 1;
const ofSeeds = isMean
  ? `means over ${seeds.length} seeds. "Apart" is how far the seeds' F1 are from
one another: differences below it say nothing`
  : 'one seed each: differences of a few tenths say nothing';
const head = ['trained', 'decoded', 'precision', 'recall', 'F1', ...(isMean ? ['apart'] : [])];
console.log(`## Parts of BINDER

What they are worth with a small encoder: short runs of ${values.epochs} epochs, strict span F1 on dev, flat, the
last epoch's weights (nothing is chosen on dev), ${ofSeeds}. Printed by
\`npx tsx scripts/ablations.ts\`.

| ${head.join(' | ')} |
|${'---|'.repeat(head.length)}
${rows.join('\n')}`);
