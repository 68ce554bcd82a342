/**
 * Reads what a run needs that goes on from a bundle: the bundle, documents of new types with what the
 * bundle finds of the old ones, documents to learn old types from again, and what both are judged by.
 */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AnnotatedDocument, EntityType } from '../core/document.ts';
import { appError } from '../core/errors.ts';
import { spread } from '../core/spread.ts';
import { unreadable } from '../core/unreadable.ts';
import { type Bundle, readBundle } from '../ner/bundle.ts';
import { openBundle } from '../ner/open-model.ts';
import { checkAnnotated, checkDistinct, checkEvaluated, checkUnlearnt } from './check-documents.ts';
import { checkContinued } from './continued-recipe.ts';
import { checkParaphrases } from './corpus.ts';
import {
  type ContinuationPaths,
  filesMissing,
  type InputPaths,
  type Inputs,
  readDocuments,
  readInputsFrom,
  readTypes,
} from './inputs.ts';
import { checkMemory } from './memory-estimate.ts';
import {
  allTypes,
  type OwnTypes,
  ownCorpora,
  ownTypes,
  type Replay,
  withFoundMentions,
} from './own-types.ts';
import { type Recipe, withoutReasons } from './recipe.ts';
import { startFromBundle } from './run-start.ts';
import {
  agreementSets,
  corpusSets,
  type JudgedSet,
  oldSets,
  unjudgedTypes,
} from './type-changes.ts';

/** What a run that goes on from a bundle has besides its inputs. */
export interface Continuation {
  readonly bundle: Bundle;
  readonly kept: readonly EntityType[];
  /** What types are judged by, before and after. */
  readonly judged: readonly JudgedSet[];
  /** Mentions of old types that are learnt because the bundle finds them; null where none are looked for. */
  readonly foundMentions: number | null;
}

/** Annotated documents of a run, as they are on disk. */
interface Documents {
  readonly train: readonly AnnotatedDocument[];
  readonly dev: readonly AnnotatedDocument[];
  readonly oldDev: readonly AnnotatedDocument[];
  readonly replay: Replay | null;
}

const unfit = (argument: string, rule: string, value: unknown) =>
  appError('ARGUMENT_INVALID', { argument, rule, value });

/** Without a types file, the one beside the documents. */
const typesBeside = (path: string): string => join(dirname(path), 'types.json');

async function readReplay({ replayFiles, replayTypesFile }: ContinuationPaths) {
  const first = replayFiles?.[0];
  if (replayFiles === undefined || first === undefined) {
    if (replayTypesFile === undefined) return null;
    throw unfit('Types to replay', 'those of documents to replay', replayTypesFile);
  }
  const documents = await readDocuments(replayFiles);
  const types = await readTypes(replayTypesFile ?? typesBeside(first));
  checkAnnotated('The documents to replay', documents, types);
  return { documents, types };
}

async function readAll(paths: InputPaths, from: ContinuationPaths): Promise<Documents> {
  const { trainFiles = [], devFiles = [], corporaDirectory } = paths;
  if (trainFiles.length === 0 || devFiles.length === 0 || corporaDirectory !== undefined) {
    throw filesMissing(paths);
  }
  const [train, dev, oldDev, replay] = await Promise.all([
    readDocuments(trainFiles),
    readDocuments(devFiles),
    readDocuments(from.oldDevFiles ?? []),
    readReplay(from),
  ]);
  return { train, dev, oldDev, replay };
}

/** Documents for the bundle to read. */
interface ReadList {
  readonly documents: readonly AnnotatedDocument[];
  readonly types: OwnTypes;
}

/** Documents to learn from, and those that old types are judged on by what the bundle found. */
const ownLists = ({ train, dev }: Documents, types: OwnTypes): ReadList[] => [
  { documents: train, types },
  { documents: dev, types: { ...types, added: [] } },
];

/** Lists of documents with what the bundle finds in them of old types, beside annotations of new ones. */
async function labelled(
  lists: readonly ReadList[],
  { bundle, threads }: { bundle: Bundle; threads: number | undefined },
): Promise<AnnotatedDocument[][]> {
  if (lists.length === 0) return [];
  const model = await openBundle(bundle, threads === undefined ? {} : { threads });
  try {
    const found: AnnotatedDocument[][] = [];
    for (const { documents, types } of lists) {
      found.push(await withFoundMentions(model, documents, types));
    }
    return found;
  } finally {
    await model.close();
  }
}

function checkDocuments(
  { train, dev, oldDev, replay }: Documents,
  { added, kept }: OwnTypes,
  recipe: Recipe,
): void {
  const replayed = replay?.documents ?? [];
  const learnt = [...train, ...replayed];
  checkDistinct('The training documents', train);
  checkUnlearnt('The documents to evaluate on', dev, learnt);
  checkDistinct('The documents to replay', replayed);
  checkUnlearnt('The documents to evaluate old types on', oldDev, learnt);
  checkAnnotated('The training documents', train, added);
  checkEvaluated('The documents to evaluate on', { dev, types: added }, recipe);
  if (oldDev.length > 0) checkAnnotated('The documents to evaluate old types on', oldDev, kept);
}

/** Of what the run was given: what the bundle finds follows from it. */
function fingerprintOf(bundle: Bundle, parts: readonly unknown[]): string {
  const hash = createHash('sha256').update(bundle.id);
  for (const part of parts) hash.update(JSON.stringify(part));
  return hash.digest('hex');
}

/**
 * Refuses a folder with something in it: a bundle that may have forgotten a type takes no other's
 * place. Throws: ARGUMENT_INVALID.
 */
export async function requireNewFolder(directory: string): Promise<void> {
  const names = await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw unreadable(directory, cause);
  });
  if (names.length === 0) return;
  throw unfit('The folder of a bundle that goes on from another', 'new or empty', directory);
}

/** How a run continues. */
export interface ContinuationOptions extends InputPaths {
  readonly from: ContinuationPaths;
  readonly threads?: number;
}

/** What types are judged by: new ones on their own documents, old ones on what evidence there is. */
function judgedSets(
  { dev, oldDev }: Documents,
  { added, kept }: OwnTypes,
  { found, overlap }: { found: readonly AnnotatedDocument[]; overlap: Recipe['overlap'] },
): JudgedSet[] {
  const [name, measure] = ['new types', 'ANNOTATIONS'] as const;
  return [
    { name, corpus: null, dev, types: added, overlap, measure },
    ...oldSets(kept, { found, annotated: oldDev }),
  ];
}

/**
 * Reads and checks everything of a run that teaches a bundle types of one's own, also whether the run fits in
 * memory, and lets the bundle read the documents.
 *
 * Throws: BUNDLE_INVALID, FILE_UNREADABLE, FILE_INVALID, ARGUMENT_INVALID, RECIPE_INVALID.
 * Cost:   the bundle reads the documents to train and to evaluate on once.
 */
export async function readContinuation(
  options: ContinuationOptions,
  recipe: Recipe,
): Promise<{ inputs: Inputs; continuation: Continuation }> {
  const { from, trainFiles = [], typesFile, threads } = options;
  const bundle = await readBundle(from.bundleDirectory);
  checkContinued(recipe, bundle.manifest);
  const documents = await readAll(options, from);
  const added = await readTypes(typesFile ?? typesBeside(trainFiles[0]!));
  const known = bundle.manifest.types;
  const types = ownTypes(added, known);
  checkDocuments(documents, types, recipe);
  const start = await startFromBundle(bundle, from.bundleDirectory, recipe);
  const unread = ownCorpora(documents.train, types, documents.replay);
  checkParaphrases(unread, recipe);
  checkMemory({ ...start, corpora: unread }, recipe);
  const [train = [], found = []] = await labelled(ownLists(documents, types), { bundle, threads });
  const judged = judgedSets(documents, types, { found, overlap: recipe.overlap });
  return {
    continuation: {
      bundle,
      kept: types.kept,
      judged,
      foundMentions: countMentions(train, types.kept),
    },
    inputs: {
      ...start,
      corpora: ownCorpora(train, types, documents.replay),
      // An epoch that changes nothing agrees most: what people annotated says which is best.
      devSets: judged.filter(({ measure }) => measure === 'ANNOTATIONS'),
      types: allTypes(added, known),
      fingerprint: fingerprintOf(bundle, [
        withoutReasons(recipe),
        added,
        documents.train,
        documents.replay,
      ]),
    },
  };
}

/** Mentions of some types. */
function countMentions(
  documents: readonly AnnotatedDocument[],
  types: readonly EntityType[],
): number {
  const names = new Set(types.map(({ name }) => name));
  return documents.flatMap(({ mentions }) => mentions.filter(({ type }) => names.has(type))).length;
}

/** Types of the bundle that the model of the run still has, as they were. */
const stillKept = (known: readonly EntityType[], { types }: Inputs): EntityType[] =>
  known.filter(({ name, description }) =>
    types.some((type) => type.name === name && type.description === description),
  );

/**
 * Reads and checks everything of a run that goes on from a bundle with the corpora of its recipe. What they
 * are annotated with is learnt, and nothing along; their dev documents judge epochs, and each type before and
 * after. For old types that occur in none, it is what the bundle finds in them.
 *
 * Throws: BUNDLE_INVALID, FILE_UNREADABLE, FILE_INVALID, ARGUMENT_INVALID, RECIPE_INVALID.
 * Cost:   where there are such types, the bundle reads as many dev documents as the recipe says, once.
 */
export async function readCorpusContinuation(
  options: ContinuationOptions,
  recipe: Recipe,
): Promise<{ inputs: Inputs; continuation: Continuation }> {
  const { from, threads } = options;
  const bundle = await readBundle(from.bundleDirectory);
  checkContinued(recipe, bundle.manifest);
  const start = await startFromBundle(bundle, from.bundleDirectory, recipe);
  const inputs = await readInputsFrom(start, options, recipe);
  checkMemory(inputs, recipe);
  const kept = stillKept(bundle.manifest.types, inputs);
  const devSets = inputs.devSets.map((set) => ({
    ...set,
    dev: spread(set.dev, recipe.devDocuments),
  }));
  const sets = corpusSets(kept, devSets);
  const types = { added: [], kept: unjudgedTypes(kept, sets) };
  const documents = devSets.flatMap(({ dev }) => dev);
  const lists = types.kept.length === 0 ? [] : [{ documents, types }];
  const [found = []] = await labelled(lists, { bundle, threads });
  const judged = [...sets, ...agreementSets(kept, sets, found)];
  return {
    inputs,
    continuation: { bundle, kept, judged, foundMentions: null },
  };
}
