/**
 * What `spandex train` starts from, an encoder or a bundle, and the recipe that goes with it.
 */
import { join } from 'node:path';
import { appError } from '../core/errors.ts';
import type { InputPaths } from '../training/inputs.ts';
import type { Recipe } from '../training/recipe.ts';

/** Options that say what a run starts from. */
export interface StartOptions {
  readonly recipe?: string;
  readonly encoder?: string;
  readonly from?: string;
  readonly corpora?: string;
  readonly replay?: string[];
  readonly replayTypes?: string;
  readonly oldDev?: string[];
  readonly margin?: number;
}

/** A run's start. */
export interface Start {
  readonly paths: Pick<InputPaths, 'encoderDirectory' | 'from'>;
  readonly recipe: Recipe;
}

const misused = (argument: string, rule: string, value: unknown) =>
  appError('ARGUMENT_INVALID', { argument, rule, value });

/** Options of a run that teaches a bundle types of one's own. */
const onlyForOwnTypes = [
  ['--replay', 'replay'],
  ['--replay-types', 'replayTypes'],
  ['--old-dev', 'oldDev'],
] as const;
/** Options of a run that goes on from a bundle. */
const onlyWithFrom = [...onlyForOwnTypes, ['--margin', 'margin']] as const;

/** Throws: ARGUMENT_INVALID for the first of these that was given. */
function refuse(
  options: StartOptions,
  refused: readonly (typeof onlyWithFrom)[number][],
  rule: string,
): void {
  for (const [flag, name] of refused)
    if (options[name] !== undefined) throw misused(flag, rule, options[name]);
}

async function fromEncoder(options: StartOptions, encoder: string): Promise<Start> {
  const { readRecipe } = await import('../training/recipe.ts');
  refuse(options, onlyWithFrom, 'used with --from');
  if (options.recipe === undefined) throw misused('--recipe', 'given with --encoder', null);
  return { paths: { encoderDirectory: encoder }, recipe: await readRecipe(options.recipe) };
}

async function fromBundle(options: StartOptions, bundleDirectory: string): Promise<Start> {
  const { packageRoot } = await import('../app/config.ts');
  const { readManifest } = await import('../ner/bundle.ts');
  const { readRecipe } = await import('../training/recipe.ts');
  const { continuedRecipe } = await import('../training/continued-recipe.ts');
  const { replay, replayTypes, oldDev } = options;
  const { manifest } = await readManifest(bundleDirectory);
  const path = options.recipe ?? join(packageRoot, 'recipes', 'own-types.json');
  const recipe = await readRecipe(path, (value) => continuedRecipe(value, manifest));
  if (recipe.corpora.length > 0) {
    const rule = 'left out where the recipe names corpora, which evaluate old types';
    refuse(options, onlyForOwnTypes, rule);
  }
  return {
    paths: {
      from: {
        bundleDirectory,
        ...(replay !== undefined && { replayFiles: replay }),
        ...(replayTypes !== undefined && { replayTypesFile: replayTypes }),
        ...(oldDev !== undefined && { oldDevFiles: oldDev }),
      },
    },
    recipe,
  };
}

/**
 * Reads the recipe and checks which options go together.
 *
 * Throws: ARGUMENT_INVALID, BUNDLE_INVALID, FILE_UNREADABLE, FILE_INVALID, RECIPE_INVALID.
 */
export async function readStart(options: StartOptions): Promise<Start> {
  const { encoder, from } = options;
  if (encoder !== undefined && from === undefined) return fromEncoder(options, encoder);
  if (from !== undefined && encoder === undefined) return fromBundle(options, from);
  const given = from === undefined ? 'neither' : 'both';
  throw misused('What to start from', 'one of --encoder and --from', given);
}
