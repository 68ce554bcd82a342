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
  /** Whether the run was to learn it. */
  readonly isNew: boolean;
  readonly measure: Measure;
  /** Mentions that there are to find, by annotators or by the bundle. */
  readonly mentions: number;
  /** Strict F1; null when there is nothing to find. */
  readonly before: number | null;
  readonly after: number | null;
}

/** Documents on which types are judged. */
export interface JudgedSet extends DevSet {
  readonly isNew: boolean;
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

/** Sets for old types: annotated where there is an annotation, else what the bundle found. */
export function oldSets(kept: readonly EntityType[], evidence: OldEvidence): JudgedSet[] {
  const annotated = typesIn(kept, evidence.annotated);
  const others = kept.filter((type) => !annotated.includes(type));
  const sets: readonly JudgedSet[] = [
    {
      name: 'old types',
      dev: evidence.annotated,
      types: annotated,
      overlap: 'nested',
      isNew: false,
      measure: 'ANNOTATIONS',
    },
    {
      name: 'old types, agreement',
      dev: evidence.found,
      types: typesIn(others, evidence.found),
      overlap: 'nested',
      isNew: false,
      measure: 'AGREEMENT',
    },
  ];
  return sets.filter(({ types }) => types.length > 0);
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

function changeIn(set: JudgedSet, type: string, { before, after }: BeforeAndAfter): TypeChange {
  const { name, isNew, measure } = set;
  const mentions = countMentions(set, type);
  const of = ({ corpora }: DevQuality): number => corpora[name]?.perType[type]?.f1 ?? 0;
  const rates =
    mentions === 0
      ? { before: null, after: null }
      : { before: measure === 'AGREEMENT' ? 1 : of(before), after: of(after) };
  return { type, isNew, measure, mentions, ...rates };
}

/** Every type once: new ones, then old ones; old ones that occur nowhere have nothing to compare. */
export function typeChanges(
  sets: readonly JudgedSet[],
  kept: readonly EntityType[],
  quality: BeforeAndAfter,
): TypeChange[] {
  const judged = sets.flatMap((set) => set.types.map(({ name }) => changeIn(set, name, quality)));
  const names = new Set(judged.map(({ type }) => type));
  const rest = kept
    .filter(({ name }) => !names.has(name))
    .map(
      ({ name }): TypeChange => ({
        type: name,
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
