/**
 * A corpus as a run learns from it: documents with the types that its annotators marked, and only
 * those, since a type that nobody looked for is not absent.
 */
import type { AnnotatedDocument, EntityType } from '../core/document.ts';
import { appError } from '../core/errors.ts';
import type { Recipe } from './recipe.ts';

/** A type of a corpus, by their places in the run. */
export interface TypeAddress {
  readonly corpus: number;
  readonly type: number;
}

/** One corpus of a run. */
export interface Corpus {
  readonly name: string;
  readonly train: readonly AnnotatedDocument[];
  /** Empty for a corpus that is learnt from only. */
  readonly dev: readonly AnnotatedDocument[];
  /** Sorted by name. */
  readonly types: readonly EntityType[];
  /** Windows an epoch takes of it for each window it has. */
  readonly weight: number;
  /** How its dev documents are scored. */
  readonly overlap: 'flat' | 'nested';
  /** Types of other corpora that its texts have no mention of: safe negatives. */
  readonly absentTypes: readonly TypeAddress[];
  /** Most of its types in a step. Left out: as many as the recipe says for all corpora. */
  readonly typesPerBatch?: number;
  /** Places of types that every step scores, whatever the recipe's `typesPerBatch`. Left out: none. */
  readonly pinnedTypes?: readonly number[];
}

/** Documents that a model in training is judged by. */
export type DevSet = Pick<Corpus, 'name' | 'dev' | 'types' | 'overlap'>;

const unknownType = (corpus: string, value: string) =>
  appError('RECIPE_INVALID', {
    field: `corpora.${corpus}.absentTypes`,
    rule: 'types of other corpora of the recipe, "corpus/type" or "corpus/*"',
    value,
  });

/** The types that `corpus/type` or `corpus/*` names. */
function addressesOf(
  reference: string,
  corpora: readonly Pick<Corpus, 'name' | 'types'>[],
): TypeAddress[] {
  const slash = reference.indexOf('/');
  const [corpusName, typeName] = [reference.slice(0, slash), reference.slice(slash + 1)];
  const corpus = corpora.findIndex(({ name }) => name === corpusName);
  return (corpora[corpus]?.types ?? [])
    .map((type, index) => ({ name: type.name, address: { corpus, type: index } }))
    .filter(({ name }) => typeName === '*' || name === typeName)
    .map(({ address }) => address);
}

/** Puts the places of absent types in. Throws: RECIPE_INVALID when a reference names none. */
export function withAbsentTypes(
  corpora: readonly Omit<Corpus, 'absentTypes'>[],
  references: ReadonlyMap<string, readonly string[]>,
): Corpus[] {
  return corpora.map((corpus, place) => ({
    ...corpus,
    absentTypes: (references.get(corpus.name) ?? []).flatMap((reference) => {
      const found = addressesOf(reference, corpora).filter((at) => at.corpus !== place);
      if (found.length === 0) throw unknownType(corpus.name, reference);
      return found;
    }),
  }));
}

/** Refuses paraphrases of types that no corpus has. Throws: RECIPE_INVALID. */
export function checkParaphrases(
  corpora: readonly Pick<Corpus, 'name' | 'types'>[],
  { paraphrases }: Recipe,
): void {
  const known = new Set(
    corpora.flatMap((corpus) => corpus.types.map(({ name }) => `${corpus.name}/${name}`)),
  );
  const value = Object.keys(paraphrases).find((key) => !known.has(key));
  if (value === undefined) return;
  const rule = 'of types that the run learns, "corpus/type"';
  throw appError('RECIPE_INVALID', { field: 'paraphrases', rule, value });
}

/**
 * The types of the model: those that the recipe names, else every corpus's own, which must then
 * differ in name. Throws: RECIPE_INVALID.
 */
export function modelTypes(corpora: readonly Corpus[], recipe: Recipe): readonly EntityType[] {
  if (recipe.types !== null) return recipe.types;
  const types = corpora.flatMap((corpus) => corpus.types);
  const twice = types.find(({ name }, place) => types.findIndex((t) => t.name === name) !== place);
  if (twice) {
    const rule = 'stated, since several corpora have a type of this name';
    throw appError('RECIPE_INVALID', { field: 'types', rule, value: twice.name });
  }
  return types;
}
