/**
 * Reads what a run learns from: corpora with their types, and the pretrained encoder.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { AnnotatedDocument, EntityType } from '../core/document.ts';
import { appError } from '../core/errors.ts';
import { readAnnotatedJsonl } from '../formats/annotated/annotated-jsonl.ts';
import { readTextFile } from '../formats/text-file.ts';
import { offsetRange } from '../ner/check-types.ts';
import { checkDistinct, checkEvaluated, checkUnlearnt } from './check-documents.ts';
import {
  type Corpus,
  checkParaphrases,
  type DevSet,
  modelTypes,
  withAbsentTypes,
} from './corpus.ts';
import type { PretrainedEncoder } from './encoder-directory.ts';
import { type Recipe, withoutReasons } from './recipe.ts';
import { type RunStart, startFromEncoder } from './run-start.ts';

/** What a run goes on from, and what keeps it from forgetting. */
export interface ContinuationPaths {
  /** A bundle: its types stay, its sizes and its encoder are those of the run. */
  readonly bundleDirectory: string;
  /** Annotated documents of types that the bundle knows, learnt from again. */
  readonly replayFiles?: readonly string[];
  /** Types that these are annotated with; without it, `types.json` beside the first of them. */
  readonly replayTypesFile?: string;
  /** Annotated documents that the bundle's types are evaluated on, before and after. */
  readonly oldDevFiles?: readonly string[];
}

/** Paths of what goes into a run: files, or the folder of the corpora that the recipe names. */
export interface InputPaths {
  /** A BERT encoder as Hugging Face lays it out. A run has this or `from`. */
  readonly encoderDirectory?: string;
  readonly from?: ContinuationPaths;
  /** Annotated documents, .jsonl or .jsonl.gz. */
  readonly trainFiles?: readonly string[];
  readonly devFiles?: readonly string[];
  /** Types with descriptions; without it, `types.json` beside the first training file. */
  readonly typesFile?: string;
  /** Has a folder for each of the recipe's corpora: train and dev (.jsonl or .jsonl.gz), types.json. */
  readonly corporaDirectory?: string;
}

/** Everything a run reads. */
export interface Inputs extends RunStart {
  readonly corpora: readonly Corpus[];
  /** What epochs are judged by. */
  readonly devSets: readonly DevSet[];
  /** Of the model. */
  readonly types: readonly EntityType[];
  /** SHA-256 of all that the weights depend on, in hexadecimal. */
  readonly fingerprint: string;
}

const typesSchema = z
  .array(
    z.object({
      name: z.string().min(1),
      description: z.string(),
      offset: z.number().min(offsetRange.min).max(offsetRange.max).exactOptional(),
    }),
  )
  .min(1)
  .refine((types) => new Set(types.map(({ name }) => name)).size === types.length, {
    message: 'names must differ',
  });

/**
 * Reads a types file, `[{"name", "description", "offset"?}]`, to ask for its types.
 * Throws: FILE_UNREADABLE, FILE_INVALID.
 */
export async function readAskedTypes(path: string): Promise<EntityType[]> {
  const json = await readTextFile(path);
  try {
    const types: EntityType[] = typesSchema.parse(JSON.parse(json));
    return types.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const { min, max } = offsetRange;
    const rule = `a list of types, each with a name of its own and a description, and where there is an offset, one from ${min} to ${max}`;
    throw appError('FILE_INVALID', { path, line: 1, rule, value: json }, cause);
  }
}

/** The types of a file to learn: offsets are of asking, and left out. Throws: as `readAskedTypes`. */
export const readTypes = async (path: string): Promise<EntityType[]> =>
  (await readAskedTypes(path)).map(({ name, description }) => ({ name, description }));

/** The documents of all files. A bad line stops it: nobody trains on less than was asked for. */
export async function readDocuments(paths: readonly string[]): Promise<AnnotatedDocument[]> {
  const files = await Promise.all(paths.map(readAnnotatedJsonl));
  const error = files.flatMap(({ errors }) => errors)[0];
  if (error) throw error;
  return files.flatMap(({ documents }) => documents);
}

/** `train.jsonl`, or `train.jsonl.gz` where that is what there is. */
async function splitPath(folder: string, split: 'train' | 'dev'): Promise<string> {
  const plain = join(folder, `${split}.jsonl`);
  const exists = await stat(plain).then(
    () => true,
    () => false,
  );
  return exists ? plain : `${plain}.gz`;
}

type RecipeCorpus = Recipe['corpora'][number];

/**
 * The documents of a recipe's corpus that are learnt from.
 *
 * Throws: FILE_UNREADABLE, FILE_INVALID; RECIPE_INVALID for one to leave out that is not there.
 */
export async function readTraining(
  directory: string,
  { name, leaveOut }: RecipeCorpus,
): Promise<AnnotatedDocument[]> {
  const documents = await readDocuments([await splitPath(join(directory, name), 'train')]);
  const ids = new Set(documents.map(({ id }) => id));
  const value = leaveOut.find((id) => !ids.has(id));
  if (value !== undefined) {
    const rule = "ids of the corpus's training documents";
    throw appError('RECIPE_INVALID', { field: `corpora.${name}.leaveOut`, rule, value });
  }
  const left = new Set(leaveOut);
  return documents.filter(({ id }) => !left.has(id));
}

/** A corpus of the recipe, in its folder. */
async function readCorpus(
  directory: string,
  corpus: RecipeCorpus,
  recipe: Recipe,
): Promise<Omit<Corpus, 'absentTypes'>> {
  const { name, weight, overlap, evaluate, typesPerBatch } = corpus;
  const folder = join(directory, name);
  const [train, dev, types] = await Promise.all([
    readTraining(directory, corpus),
    evaluate ? readDocuments([await splitPath(folder, 'dev')]) : [],
    readTypes(join(folder, 'types.json')),
  ]);
  if (evaluate) checkEvaluated(`The documents of ${name} to evaluate on`, { dev, types }, recipe);
  return {
    name,
    weight,
    overlap,
    types,
    dev,
    train,
    ...(typesPerBatch !== undefined && { typesPerBatch }),
  };
}

/** The error of a run without files to learn from and to choose by, or with a folder in their place. */
export function filesMissing({ trainFiles = [], devFiles = [], corporaDirectory }: InputPaths) {
  const rule = 'given as files of --train and of --dev, at least one each';
  const value = corporaDirectory ?? `${trainFiles.length} and ${devFiles.length} files`;
  return appError('ARGUMENT_INVALID', { argument: 'The documents', rule, value });
}

/** The one corpus that files are. */
async function readFiles(paths: InputPaths, recipe: Recipe): Promise<Corpus[]> {
  const { trainFiles = [], devFiles = [], typesFile } = paths;
  if (trainFiles[0] === undefined || devFiles.length === 0) throw filesMissing(paths);
  const folder = dirname(trainFiles[0]);
  const [train, dev, types] = await Promise.all([
    readDocuments(trainFiles),
    readDocuments(devFiles),
    readTypes(typesFile ?? join(folder, 'types.json')),
  ]);
  checkEvaluated('The documents to evaluate on', { dev, types }, recipe);
  const name = basename(resolve(folder));
  return [{ name, train, dev, types, weight: 1, overlap: recipe.overlap, absentTypes: [] }];
}

async function readCorpora(paths: InputPaths, recipe: Recipe): Promise<Corpus[]> {
  const directory = paths.corporaDirectory;
  if (recipe.corpora.length === 0) return readFiles(paths, recipe);
  if (directory === undefined || paths.trainFiles !== undefined) {
    const rule = 'read from a folder of corpora and not from files, since the recipe names corpora';
    const value = paths.trainFiles;
    throw appError('ARGUMENT_INVALID', { argument: 'The documents', rule, value });
  }
  const corpora = await Promise.all(
    recipe.corpora.map((corpus) => readCorpus(directory, corpus, recipe)),
  );
  return withAbsentTypes(
    corpora,
    new Map(recipe.corpora.map(({ name, absentTypes }) => [name, absentTypes])),
  );
}

/** Each document once, and none that is evaluated on among those of all corpora to learn from. */
function checkRepeated(corpora: readonly Corpus[]): void {
  const learnt = corpora.flatMap(({ train }) => train);
  for (const { train } of corpora) checkDistinct('The training documents', train);
  for (const { dev } of corpora) checkUnlearnt('The documents to evaluate on', dev, learnt);
}

/** A window needs a position for each of its tokens. */
function checkWindow(recipe: Recipe, { settings }: PretrainedEncoder): void {
  const fields = ['windowTokens', 'servingWindowTokens'] as const;
  const field = fields.find((name) => (recipe[name] ?? 0) > settings.maxPositions);
  if (field === undefined) return;
  const rule = `at most ${settings.maxPositions}, the encoder's number of positions`;
  throw appError('RECIPE_INVALID', { field, rule, value: recipe[field] });
}

/**
 * Reads and checks all inputs of a run that starts from an encoder.
 *
 * Throws: FILE_UNREADABLE, FILE_INVALID, ARGUMENT_INVALID, RECIPE_INVALID.
 */
export async function readInputs(paths: InputPaths, recipe: Recipe): Promise<Inputs> {
  const { encoderDirectory, from } = paths;
  if (encoderDirectory === undefined || from !== undefined) {
    const rule = 'one of both, an encoder or a bundle';
    const value = { encoderDirectory, from };
    throw appError('ARGUMENT_INVALID', { argument: 'What a run starts from', rule, value });
  }
  return readInputsFrom(await startFromEncoder(encoderDirectory), paths, recipe);
}

/**
 * Reads and checks what a run learns from that has such a start: it learns from what people annotated alone.
 *
 * Throws: FILE_UNREADABLE, FILE_INVALID, ARGUMENT_INVALID, RECIPE_INVALID.
 */
export async function readInputsFrom(
  start: RunStart,
  paths: InputPaths,
  recipe: Recipe,
): Promise<Inputs> {
  checkWindow(recipe, start.encoder);
  const corpora = await readCorpora(paths, recipe);
  checkRepeated(corpora);
  checkParaphrases(corpora, recipe);
  return {
    ...start,
    corpora,
    devSets: corpora,
    types: modelTypes(corpora, recipe),
    fingerprint: fingerprintOf(
      // JSON leaves out what is undefined: weights do not depend on dev.
      [
        withoutReasons(recipe),
        corpora.map((corpus) => ({ ...corpus, dev: undefined })),
        start.encoder.settings,
        start.tokenizerJson,
        start.start?.id ?? null,
      ],
      start.encoder,
    ),
  };
}

function fingerprintOf(parts: readonly unknown[], { weights }: PretrainedEncoder): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(JSON.stringify(part));
  for (const name of [...weights.keys()].sort()) hash.update(name).update(weights.get(name)!.data);
  return hash.digest('hex');
}
