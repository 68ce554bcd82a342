/**
 * Which mentions: a filter as SQL. Parts that lead to few surface forms or few documents are looked up
 * first, so that the query can begin with those; the other parts are asked of each mention.
 */
import { type Binder, type BoundValues, createBinder } from './binder.ts';
import type { Database } from './database.ts';
import {
  type DocumentFilter,
  documentConditions,
  fewDocuments,
  manyDocuments,
} from './document-filter.ts';
import { listedStates, type MentionRecord, type MentionState, mentionStates } from './records.ts';
import { fewForms, type TextFilter, textTest } from './text-filter.ts';

/** Which mentions. Conditions that are given must all hold; a list must contain the value. */
export interface MentionFilter {
  readonly collectionId?: number | undefined;
  readonly typeIds?: readonly number[] | undefined;
  readonly documentIds?: readonly number[] | undefined;
  /** The mention's document passes each of these. */
  readonly documents?: readonly DocumentFilter[] | undefined;
  /** Case is ignored, as by `surfaceForm`. */
  readonly text?: TextFilter | undefined;
  readonly textMatch?: TextFilter | undefined;
  readonly sources?: readonly MentionRecord['source'][] | undefined;
  /** Ids in vocabularies: one of these is proposed for the mention. */
  readonly conceptIds?: readonly string[] | undefined;
  readonly minMargin?: number | undefined;
  readonly maxMargin?: number | undefined;
  /** The margin is smaller than this. */
  readonly belowMargin?: number | undefined;
  readonly states?: readonly MentionState[] | undefined;
  /** The last mention that may be, in the order in which they were stored. */
  readonly through?: number | undefined;
}

/** A filter whose narrow parts have been looked up: it stands for one moment of the database. */
export interface PreparedFilter extends Omit<MentionFilter, 'documentIds'> {
  readonly isPrepared: true;
  /** The mention is in each of these sets of documents. */
  readonly amongDocuments: readonly (readonly number[])[];
  /** Its form is in each of these sets of forms. */
  readonly amongForms: readonly (readonly number[])[];
}

/** A filter as the parts of a query. */
export interface MentionQuery {
  readonly conditions: readonly string[];
  readonly bindings: BoundValues;
  /** True when few spans pass: SQLite is told to begin with them. */
  readonly isFromSpans: boolean;
  /** True when few documents pass. */
  readonly isFromDocuments: boolean;
  /** True when what passes has one of some concepts. */
  readonly isFromConcepts: boolean;
  /** True when something is asked that only the mention's own row `m` has. */
  readonly asksMention: boolean;
}

/** What conditions call what several tables have of a mention. */
export interface MentionColumns {
  readonly id: string;
  readonly documentId: string;
  readonly typeId: string;
  readonly spanId: string;
  readonly formId: string;
  readonly start: string;
  readonly end: string;
}

/** In a mention `m` and its span `s`. */
export const ofMention: MentionColumns = {
  id: 'm.id',
  documentId: 'm.document_id',
  typeId: 'm.entity_type_id',
  spanId: 'm.span_id',
  formId: 's.surface_form_id',
  start: 's.start',
  end: 's."end"',
};

/** From so many on, forms and documents are not where a query begins. */
export interface FilterLimits {
  readonly manyForms: number;
  readonly manyDocuments: number;
}

/** Going through mentions fills a page sooner than going through more than these. */
const defaultLimits: FilterLimits = { manyForms: 2_000, manyDocuments };

const isPresent = <Part>(part: Part | null | undefined): part is Part =>
  part !== null && part !== undefined;

/** Looks the narrow parts of a filter up. What was prepared stays as it is. */
export async function prepareFilter(
  { reader }: Pick<Database, 'reader'>,
  filter: MentionFilter | PreparedFilter,
  limits = defaultLimits,
): Promise<PreparedFilter> {
  if ('isPrepared' in filter) return filter;
  const { documentIds, documents = [], text, textMatch, collectionId, ...others } = filter;
  const ofCollection = documents.map((each) => ({ ...each, collectionId }));
  const formsOf = async (part: TextFilter | undefined) =>
    part && fewForms(reader, part, limits.manyForms);
  const [few, forms, moreForms] = await Promise.all([
    Promise.all(ofCollection.map((each) => fewDocuments(reader, each, limits.manyDocuments))),
    formsOf(text),
    formsOf(textMatch),
  ]);
  return {
    isPrepared: true,
    ...others,
    collectionId,
    amongDocuments: [documentIds, ...few].filter(isPresent),
    amongForms: [forms, moreForms].filter(isPresent),
    documents: ofCollection.filter((_each, i) => few[i] === null),
    text: forms ? undefined : text,
    textMatch: moreForms ? undefined : textMatch,
  };
}

type ConditionsOf = (
  filter: PreparedFilter,
  binder: Binder,
  columns: MentionColumns,
) => readonly string[];

/** In an index of its own, by concept: what counts mentions need not read their rows. */
const mentionsOfConcepts = (keys: readonly string[], { bindList }: Binder): string =>
  `SELECT l.mention_id FROM concepts c CROSS JOIN mention_concepts l ON l.concept_id = c.id
    WHERE c.key IN ${bindList(keys)}`;

const formOf = ({ formId }: MentionColumns): string =>
  `(SELECT f.text FROM surface_forms f WHERE f.id = ${formId})`;

function sourceCondition(sources: readonly string[], binder: Binder): string {
  const [only] = sources.length === 1 ? sources : [];
  // Written out where the index of the few sources has it; most mentions are the model's.
  if (only === 'HUMAN' || only === 'IMPORT') return `m.source = '${only}'`;
  return `+m.source IN ${binder.bindList(sources)}`;
}

/** In their index alone: what counts mentions without reading their rows need not begin to. */
const rejectedIds = `SELECT r.id FROM mentions r WHERE r.state <> 'UNREVIEWED' AND r.state = 'REJECTED'`;

const areListed = (states: readonly MentionState[]): boolean =>
  mentionStates.every((state) => states.includes(state) === listedStates.includes(state));

/** What is asked of a mention's type and row, which every index of places has. */
const ofTypes: ReadonlySet<string> = new Set<keyof PreparedFilter>([
  'isPrepared',
  'collectionId',
  'through',
]);

/** True when a filter asks for types, in a collection and up to a mention, and for nothing else. */
export function asksTypesAlone({ states, typeIds, ...filter }: PreparedFilter): boolean {
  if (typeIds === undefined || (states && !areListed(states))) return false;
  const isEmpty = (part: unknown) => part === undefined || (Array.isArray(part) && !part.length);
  return Object.entries(filter).every(([name, part]) => ofTypes.has(name) || isEmpty(part));
}

/** Literals, so that reviewed mentions, which are few, are found by their index. */
function stateCondition(states: readonly MentionState[]): string {
  const among = `m.state IN (${states.map((state) => `'${state}'`).join(', ')})`;
  return states.includes('UNREVIEWED') ? among : `m.state <> 'UNREVIEWED' AND ${among}`;
}

/**
 * What each part of a filter asks of a mention and its type `t`, in whichever table; a new part is a line
 * here or below. The plus keeps SQLite from an index that would have it sort everything.
 */
const parts: readonly ConditionsOf[] = [
  ({ collectionId }, { bind }) =>
    collectionId === undefined ? [] : [`+t.collection_id = ${bind(collectionId)}`],
  ({ typeIds }, { bind, bindList }, { typeId }) => {
    if (!typeIds) return [];
    // One type's mentions are in the order of their ids in an index; those of several are sorted.
    const [only] = typeIds.length === 1 ? typeIds : [];
    return only === undefined
      ? [`${typeId} IN ${bindList(typeIds)}`]
      : [`${typeId} = ${bind(only)}`];
  },
  ({ amongDocuments }, { bindList }, { documentId }) =>
    amongDocuments.map((ids) => `${documentId} IN ${bindList(ids)}`),
  ({ amongForms }, { bindList }, { formId }) =>
    amongForms.map((ids) => `${formId} IN ${bindList(ids)}`),
  ({ states }, _binder, { id }) =>
    states && areListed(states) ? [`${id} NOT IN (${rejectedIds})`] : [],
  ({ conceptIds }, binder, { id }) =>
    conceptIds ? [`${id} IN (${mentionsOfConcepts(conceptIds, binder)})`] : [],
  ({ through }, { bind }, { id }) => (through === undefined ? [] : [`+${id} <= ${bind(through)}`]),
  ({ documents = [] }, binder, { documentId }) =>
    documents.map(
      (each) => `EXISTS (SELECT 1 FROM documents d WHERE d.id = ${documentId}
        AND ${documentConditions(each, binder).join(' AND ')})`,
    ),
  ({ text }, binder, columns) => (text ? [textTest(text, formOf(columns), binder)] : []),
  ({ textMatch }, binder, columns) =>
    textMatch ? [textTest(textMatch, formOf(columns), binder)] : [],
];

/** What parts ask that only the mention's own row `m` has. */
const ownParts: readonly ConditionsOf[] = [
  ({ states }) => (states && !areListed(states) ? [stateCondition(states)] : []),
  ({ sources }, binder) => (sources ? [sourceCondition(sources, binder)] : []),
  ({ minMargin, maxMargin, belowMargin }, { bind }) => [
    ...(minMargin === undefined ? [] : [`m.margin >= ${bind(minMargin)}`]),
    ...(maxMargin === undefined ? [] : [`m.margin <= ${bind(maxMargin)}`]),
    ...(belowMargin === undefined ? [] : [`m.margin < ${bind(belowMargin)}`]),
  ],
];

/** How a filter becomes a query. */
export interface MentionQueryOptions {
  readonly columns?: MentionColumns;
  /** What the names of its values begin with. */
  readonly prefix?: string;
}

function mentionQuery(
  filter: PreparedFilter,
  { columns = ofMention, prefix }: MentionQueryOptions,
): MentionQuery {
  const binder = createBinder(prefix);
  const asked = (some: readonly ConditionsOf[]): string[] =>
    some.flatMap((conditionsOf) => conditionsOf(filter, binder, columns));
  const [conditions, own] = [asked(parts), asked(ownParts)];
  return {
    conditions: [...conditions, ...own],
    bindings: binder.bindings,
    isFromSpans: filter.amongForms.length > 0,
    isFromDocuments: filter.amongDocuments.length > 0,
    isFromConcepts: filter.conceptIds !== undefined,
    asksMention: own.length > 0,
  };
}

/** A filter, as it was given or prepared. */
export type AnyFilter = MentionFilter | PreparedFilter;

/** The query of a filter. */
export const mentionQueryOf = async (
  database: Pick<Database, 'reader'>,
  filter: AnyFilter,
  options: MentionQueryOptions = {},
): Promise<MentionQuery> => mentionQuery(await prepareFilter(database, filter), options);
