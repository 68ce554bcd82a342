/** Which documents: conditions that SQL can hold, and the few documents that pass narrow ones. */
import { type Binder, createBinder } from './binder.ts';
import {
  documentHas,
  isPositive,
  type MetadataFilter,
  metadataCondition,
  type TimeRange,
} from './metadata-filter.ts';
import type { DocumentState } from './records.ts';
import type { SqlReader } from './sql-reader.ts';
import { type TextFilter, textTest } from './text-filter.ts';

/** Conditions that are given must all hold; a list must contain the value. */
export interface DocumentFilter {
  readonly collectionId?: number | undefined;
  readonly states?: readonly DocumentState[] | undefined;
  readonly externalIds?: readonly string[] | undefined;
  /** A document without a title has an empty one. */
  readonly title?: TextFilter | undefined;
  /** When it was accepted. */
  readonly created?: TimeRange | undefined;
  readonly metadata?: readonly MetadataFilter[] | undefined;
}

type ConditionsOf = (filter: DocumentFilter, binder: Binder) => readonly string[];

/** What each part of a filter asks of a document `d`; a new part is a line here. */
const parts: readonly ConditionsOf[] = [
  ({ collectionId }, { bind }) =>
    collectionId === undefined ? [] : [`d.collection_id = ${bind(collectionId)}`],
  ({ externalIds }, { bindList }) =>
    externalIds ? [`d.external_id IN ${bindList(externalIds)}`] : [],
  ({ states }, { bindList }) => (states ? [`d.state IN ${bindList(states)}`] : []),
  ({ created }, { bind }) => [
    ...(created?.since === undefined ? [] : [`d.created_at >= ${bind(created.since)}`]),
    ...(created?.before === undefined ? [] : [`d.created_at < ${bind(created.before)}`]),
  ],
  ({ metadata = [] }, binder) => metadata.map((each) => documentHas(each, binder)),
  ({ title }, binder) => (title ? [textTest(title, "fold(coalesce(d.title, ''))", binder)] : []),
];

/** The conditions on a document `d`. */
export const documentConditions = (filter: DocumentFilter, binder: Binder): string[] =>
  parts.flatMap((conditionsOf) => conditionsOf(filter, binder));

/** True when the filter asks for more than a collection and states. */
export const isNarrowing = ({ externalIds, title, created, metadata }: DocumentFilter): boolean =>
  [externalIds, title, created].some((part) => part !== undefined) || (metadata ?? []).length > 0;

/** From here on, going through mentions, or documents in order, fills a page sooner. */
export const manyDocuments = 1_000;

/** Where to begin: with the rows of a key's value, through an index, or with the documents. */
function tablesOf(filter: DocumentFilter, binder: Binder): string {
  const { collectionId, externalIds, metadata = [] } = filter;
  const first = metadata.find(isPositive);
  if (externalIds || !first || collectionId === undefined) return 'documents d WHERE TRUE';
  return `document_metadata k CROSS JOIN documents d ON d.id = k.document_id
    WHERE k.collection_id = ${binder.bind(collectionId)} AND ${metadataCondition(first, binder)}`;
}

/** The documents that pass, in any order; null when they are so many. */
export async function fewDocuments(
  reader: SqlReader,
  filter: DocumentFilter,
  many = manyDocuments,
): Promise<readonly number[] | null> {
  const binder = createBinder();
  const conditions = [tablesOf(filter, binder), ...documentConditions(filter, binder)];
  const sql = `SELECT DISTINCT d.id AS id FROM ${conditions.join(' AND ')} LIMIT ${many}`;
  const rows = await reader.query<{ id: number }>(sql, binder.bindings);
  return rows.length < many ? rows.map(({ id }) => id) : null;
}
