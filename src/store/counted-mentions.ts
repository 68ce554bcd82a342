/**
 * The mentions that pass a filter as a part of queries that count them: rows `p` of `mention_places`,
 * whose indexes have all that is counted. Other tables are joined when the filter asks for what only they
 * have.
 */
import type { Database } from './database.ts';
import {
  type AnyFilter,
  type MentionColumns,
  type MentionQuery,
  mentionQueryOf,
} from './mention-conditions.ts';

/** Values of a query by name. */
export type NamedValues = Readonly<Record<string, string | number>>;

/** A part of a query. */
export interface CountedMentions extends Pick<MentionQuery, 'isFromDocuments' | 'isFromConcepts'> {
  /** The tables, after FROM or CROSS JOIN. */
  readonly tables: string;
  /** The conditions, after WHERE or AND. */
  readonly where: string;
  readonly bindings: NamedValues;
  /** Whether these rows alone are read, beside types. */
  readonly isPlaced: boolean;
}

/** In a mention's place `p`. */
export const ofPlace: MentionColumns = {
  id: 'p.id',
  documentId: 'p.document_id',
  typeId: 'p.entity_type_id',
  spanId: 'p.span_id',
  formId: 'p.surface_form_id',
  start: 'p.start',
  end: 'p."end"',
};

const withMentions = `mention_places p CROSS JOIN mentions m ON m.id = p.id
  CROSS JOIN entity_types t ON t.id = p.entity_type_id`;

const placesAlone = 'mention_places p CROSS JOIN entity_types t ON t.id = p.entity_type_id';

/**
 * The mentions that pass a filter. Values have names that begin with the prefix, so that one query can have
 * two filters.
 */
export async function countedMentions(
  database: Database,
  filter: AnyFilter,
  prefix = 'f',
): Promise<CountedMentions> {
  const query = await mentionQueryOf(database, filter, { columns: ofPlace, prefix });
  return {
    tables: query.asksMention ? withMentions : placesAlone,
    where: ['TRUE', ...query.conditions].join(' AND '),
    bindings: query.bindings,
    isPlaced: !query.asksMention,
    isFromDocuments: query.isFromDocuments,
    isFromConcepts: query.isFromConcepts,
  };
}
