/**
 * What a run that went on from a bundle did to each type: quality before and after.
 *
 * A type is measured against what people annotated where they did, and else by how far the model
 * agrees with the bundle it came from: agreement says that something changed, not that it got worse.
 */
import type { AnnotatedDocument, EntityType } from '../core/document.ts';
import type { DevSet } from './corpus.ts';
import type { DevQuality } from './dev-evaluation.ts';

/** What quality is measured against. */
export type Measure = 'ANNOTATIONS' | 'AGREEMENT';

/** One type before and after. */
export interface TypeChange {
  readonly type: string;
  /** The corpus of the recipe whose dev documents it was measured on; null for what is no corpus. */
  readonly corpus: string | null;
  /** Whether the run was to learn it. */
  readonly isNew: boolean;
  readonly measure: Measure;
  /** Mentions that there are to find, by annotators or by the bundle. */
  readonly mentions: number;
  /** Strict F1; null when there is nothing to find. */
  readonly before: number | null;
  readonly after: number | null;
}

/** What a row of the report is about, as a recipe names a corpus's types. */
export const changedType = ({ corpus, type }: Pick<TypeChange, 'corpus' | 'type'>): string =>
  corpus === null ? type : `${corpus}/${type}`;

/** Documents on which types are judged. */
export interface JudgedSet extends DevSet {
  /** Null for what is no corpus of a recipe. */
  readonly corpus: string | null;
  readonly measure: Measure;
}

/** What old types can be judged by. */
export interface OldEvidence {
  /** The run's dev documents with what the bundle finds in them. */
  readonly found: readonly AnnotatedDocument[];
  /** Documents that people annotated with old types, maybe none. */
  readonly annotated: readonly AnnotatedDocument[];
}

/** Types that occur in documents; of the others nobody knows whether somebody looked for them. */
function typesIn(
  types: readonly EntityType[],
  documents: readonly AnnotatedDocument[],
): readonly EntityType[] {
  const names = new Set(documents.flatMap(({ mentions }) => mentions.map(({ type }) => type)));
  return types.filter(({ name }) => names.has(name));
}

const withTypes = (sets: readonly JudgedSet[]): JudgedSet[] =>
  sets.filter(({ types }) => types.length > 0);

/** Sets for old types by what the bundle found, where none of these sets has an annotation of them. */
export function agreementSets(
  kept: readonly EntityType[],
  sets: readonly JudgedSet[],
  found: readonly AnnotatedDocument[],
): JudgedSet[] {
  const others = unjudgedTypes(kept, sets);
  return withTypes([
    {
      name: 'old types, agreement',
      corpus: null,
      dev: found,
      types: typesIn(others, found),
      overlap: 'nested',
      measure: 'AGREEMENT',
    },
  ]);
}

/** Old types that none of these sets judges. */
export function unjudgedTypes(
  kept: readonly EntityType[],
  sets: readonly JudgedSet[],
): EntityType[] {
  const judged = new Set(sets.flatMap(({ types }) => types.map(({ name }) => name)));
  return kept.filter(({ name }) => !judged.has(name));
}

/** Sets for old types: annotated where there is an annotation, else what the bundle found. */
export function oldSets(
  kept: readonly EntityType[],
  { annotated, found }: OldEvidence,
): JudgedSet[] {
  const sets = withTypes([
    {
      name: 'old types',
      corpus: null,
      dev: annotated,
      types: typesIn(kept, annotated),
      overlap: 'nested',
      measure: 'ANNOTATIONS',
    },
  ]);
  return [...sets, ...agreementSets(kept, sets, found)];
}

/**
 * Sets of a recipe's corpora: the types that occur in each. An old one, which has the name of one of the
 * bundle's, is asked for as the bundle describes it: that is who may have been forgotten.
 */
export function corpusSets(kept: readonly EntityType[], corpora: readonly DevSet[]): JudgedSet[] {
  const known = new Map(kept.map((type) => [type.name, type]));
  return withTypes(
    corpora.map(({ name, dev, types, overlap }) => ({
      name,
      corpus: name,
      dev,
      types: typesIn(
        types.map((type) => known.get(type.name) ?? type),
        dev,
      ),
      overlap,
      measure: 'ANNOTATIONS',
    })),
  );
}

/** Quality on judged sets, before the run and after it. */
export interface BeforeAndAfter {
  /** On the sets with annotations: the bundle agrees with itself. */
  readonly before: DevQuality;
  readonly after: DevQuality;
}

/** Mentions of each type in a set's documents, each counted once. */
function countMentions({ dev }: Pick<DevSet, 'dev'>, type: string): number {
  const keys = dev.map(
    ({ mentions }) =>
      new Set(mentions.flatMap((m) => (m.type === type ? [`${m.start} ${m.end}`] : []))).size,
  );
  return keys.reduce((sum, count) => sum + count, 0);
}

function ratesIn(set: JudgedSet, type: string, { before, after }: BeforeAndAfter) {
  const { name, corpus, measure } = set;
  const mentions = countMentions(set, type);
  const of = ({ corpora }: DevQuality): number => corpora[name]?.perType[type]?.f1 ?? 0;
  const rates =
    mentions === 0
      ? { before: null, after: null }
      : { before: measure === 'AGREEMENT' ? 1 : of(before), after: of(after) };
  return { type, corpus, measure, mentions, ...rates };
}

/**
 * Every type of every set: those that the run was to learn and, in `kept`, old ones; old ones that occur
 * nowhere have nothing to compare.
 */
export function typeChanges(
  sets: readonly JudgedSet[],
  kept: readonly EntityType[],
  quality: BeforeAndAfter,
): TypeChange[] {
  const old = new Set(kept.map(({ name }) => name));
  const judged = sets.flatMap((set) =>
    set.types.map(({ name }) => ({ isNew: !old.has(name), ...ratesIn(set, name, quality) })),
  );
  const rest = unjudgedTypes(kept, sets).map(
    ({ name }): TypeChange => ({
      type: name,
      corpus: null,
      isNew: false,
      measure: 'AGREEMENT',
      mentions: 0,
      before: null,
      after: null,
    }),
  );
  return [...judged, ...rest];
}

/** What a type may lose before it counts as forgotten. Units: F1, from 0 to 1. */
export type Margins = Readonly<Record<Measure, number>>;

/** Sums of decimal fractions are not exact. */
const rounding = 1e-9;

/** Old types that lost more than their margin. */
export const forgottenTypes = (changes: readonly TypeChange[], margins: Margins): TypeChange[] =>
  changes.filter(
    ({ isNew, measure, before, after }) =>
      !isNew && before !== null && after !== null && before - after > margins[measure] + rounding,
  );
