/**
 * The recipe of a run that goes on from a bundle: what the bundle is made of is its own, and a recipe
 * that states something else is refused, since the weights would not fit.
 */
import { appError } from '../core/errors.ts';
import type { Manifest } from '../ner/manifest.ts';
import { parseRecipe, type Recipe } from './recipe.ts';

/** Fields that follow from a bundle. */
type OwnSizes = Pick<
  Recipe,
  | 'embeddingSize'
  | 'widthSize'
  | 'windowTokens'
  | 'candidateTokens'
  | 'maxSpanTokens'
  | 'servingWindowTokens'
  | 'servingOverlapTokens'
>;

/** The longest window that the bundle was trained on, where that is recorded, or is served with. */
function trainedWindow({ training, window, maxSpanTokens, encoder }: Manifest): number {
  const { windowTokens } = training.recipe;
  const isUsable =
    typeof windowTokens === 'number' &&
    windowTokens > maxSpanTokens &&
    windowTokens <= encoder.maxPositions;
  return isUsable ? windowTokens : window.maxTokens;
}

function ownSizes(manifest: Manifest): OwnSizes {
  const { heads, window, maxSpanTokens } = manifest;
  const windowTokens = trainedWindow(manifest);
  const widest = heads.widthRows - 1;
  return {
    embeddingSize: heads.embeddingSize,
    widthSize: heads.widthSize,
    windowTokens,
    candidateTokens: widest < windowTokens ? widest : null,
    maxSpanTokens,
    servingWindowTokens: window.maxTokens,
    servingOverlapTokens: window.overlapTokens,
  };
}

/**
 * Fields that a bundle leaves no room for: its sizes, and its types unless the recipe names corpora to
 * go on with. Throws: RECIPE_INVALID.
 */
export function checkContinued(recipe: Recipe, manifest: Manifest): void {
  const types = recipe.corpora.length === 0 && { types: null };
  const own: Partial<Recipe> = { ...ownSizes(manifest), ...types };
  for (const [name, value] of Object.entries(own)) {
    const field = name as keyof Recipe;
    if (JSON.stringify(recipe[field]) === JSON.stringify(value)) continue;
    const rule = `left out or ${JSON.stringify(value)}, since the run goes on from a bundle`;
    throw appError('RECIPE_INVALID', { field, rule, value: recipe[field] });
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The recipe in a parsed JSON file, with what it leaves out as the bundle has it: sizes, name, licence,
 * credits, and types where it names corpora; what it credits is added to the bundle's. Throws: RECIPE_INVALID.
 */
export function continuedRecipe(value: unknown, manifest: Manifest): Recipe {
  if (!isObject(value)) return parseRecipe(value);
  if ('temperature' in value) {
    const rule = 'left out, since the bundle has trained its own';
    throw appError('RECIPE_INVALID', { field: 'temperature', rule, value: value.temperature });
  }
  const { name, licence, training } = manifest;
  const own = { name, licence, ...ownSizes(manifest) };
  const types = 'corpora' in value && { types: manifest.types };
  const recipe = parseRecipe({ ...own, ...types, ...value });
  checkContinued(recipe, manifest);
  const data = [...training.data, ...recipe.credits.data];
  return { ...recipe, credits: { encoder: training.encoder, data } };
}
