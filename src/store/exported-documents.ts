/**
 * Stored documents with their mentions, one after the other, for whoever takes them elsewhere. Each is
 * what it was at one moment; between two the database is free for others.
 */
import { appError } from '../core/errors.ts';
import type { Span } from '../core/span.ts';
import type { SqlConnection } from './connection.ts';
import type { EntityTypeRow } from './entity-type-rows.ts';
import type { MentionState } from './records.ts';
import { stands } from './review-statements.ts';

/** A mention to be taken elsewhere. */
export interface ExportedMention extends Span {
  readonly type: string;
  readonly state: MentionState;
  /** What it denotes, where that is wanted: what came with it, else the id of what a vocabulary proposes. */
  readonly concept?: string;
}

/** A document to be taken elsewhere. */
export interface ExportedDocument {
  /** Its external id, else `document-` and its number. */
  readonly id: string;
  readonly text: string;
  /** In reading order; each span once for each type. */
  readonly mentions: readonly ExportedMention[];
}

/** What to take. */
export interface ExportChoice {
  readonly collectionId: number;
  readonly typeIds: readonly number[];
  readonly states: readonly MentionState[];
  /** Only documents about which a decision of a person stands for these types, whether its mention is there still or not. */
  readonly onlyReviewed: boolean;
  readonly withConcepts: boolean;
}

interface DocumentRow {
  readonly id: number;
  readonly externalId: string | null;
  readonly text: string;
}

/** Never read and without annotations of its own, a document says nothing about its mentions. */
const documentsSql = `SELECT d.id FROM documents d
  WHERE d.collection_id = :collectionId AND d.id > :after
  AND (d.read_at IS NOT NULL OR EXISTS (SELECT 1 FROM mentions m WHERE m.document_id = d.id))
  AND (:onlyReviewed = 0 OR EXISTS (SELECT 1 FROM verdicts v WHERE v.document_id = d.id
    AND v.entity_type_id IN (SELECT value FROM json_each(:typeIds)) AND ${stands}))
  ORDER BY d.id LIMIT :limit`;

const documentSql = `SELECT id, external_id AS externalId, text FROM documents WHERE id = :id`;

/** One of several mentions in the same place may have been stored since they were linked, and one imported. */
const mentionsSql = `SELECT s.start, s."end", t.name AS type, m.state,
  coalesce(max(m.stated_concept), max(c.key)) AS concept
  FROM mentions m JOIN spans s ON s.id = m.span_id JOIN entity_types t ON t.id = m.entity_type_id
  LEFT JOIN mention_concepts l ON l.mention_id = m.id LEFT JOIN concepts c ON c.id = l.concept_id
  WHERE m.document_id = :id AND m.entity_type_id IN (SELECT value FROM json_each(:typeIds))
  AND m.state IN (SELECT value FROM json_each(:states))
  GROUP BY s.start, s."end", t.name, m.state ORDER BY s.start, s."end", t.name`;

type MentionRow = Omit<ExportedMention, 'concept'> & { readonly concept: string | null };

const toExported =
  (withConcepts: boolean) =>
  ({ concept, ...mention }: MentionRow): ExportedMention =>
    withConcepts && concept !== null ? { ...mention, concept } : mention;

const pageLength = 1_000;

/** Documents of a collection with those of their mentions that are wanted, as they were stored. */
export function* exportedDocuments(
  connection: SqlConnection,
  { collectionId, typeIds, states, onlyReviewed, withConcepts }: ExportChoice,
): Generator<ExportedDocument> {
  const chosen = { typeIds: JSON.stringify(typeIds) };
  const page = { ...chosen, collectionId, onlyReviewed: Number(onlyReviewed), limit: pageLength };
  const wanted = { ...chosen, states: JSON.stringify(states) };
  for (let after = 0; ; ) {
    const ids = connection.query<{ id: number }>(documentsSql, { ...page, after });
    for (const { id } of ids) {
      const found = connection.snapshot(() => {
        const [document] = connection.query<DocumentRow>(documentSql, { id });
        if (!document) return undefined;
        const rows = connection.query<MentionRow>(mentionsSql, { ...wanted, id });
        return { ...document, mentions: rows.map(toExported(withConcepts)) };
      });
      // Deleted since the page was read.
      if (!found) continue;
      const { externalId, text, mentions } = found;
      yield { id: externalId ?? `document-${id}`, text, mentions };
    }
    const last = ids.at(-1);
    if (!last) return;
    after = last.id;
  }
}

/** A type of what is taken elsewhere. */
export type ExportedType = Pick<EntityTypeRow, 'id' | 'name' | 'description'>;

/** A collection and those of its types that were chosen. */
export interface ChosenTypes {
  readonly collectionId: number;
  readonly types: readonly ExportedType[];
}

const isReviewedSql = `SELECT 1 FROM verdicts v WHERE v.entity_type_id = :id AND ${stands} LIMIT 1`;

/** Those of the types that a decision of a person stands for. */
export const reviewedTypes = (
  connection: SqlConnection,
  types: readonly ExportedType[],
): readonly ExportedType[] =>
  types.filter(({ id }) => connection.query(isReviewedSql, { id }).length > 0);

/**
 * The types of these names in a collection; all of them without names.
 *
 * Throws: COLLECTION_UNKNOWN, ENTITY_TYPE_UNKNOWN.
 */
export function chosenTypes(
  connection: SqlConnection,
  collection: string,
  names: readonly string[] | undefined,
): ChosenTypes {
  const found = connection.get<{ id: number }>('findCollection', { name: collection });
  if (!found) throw appError('COLLECTION_UNKNOWN', { name: collection });
  const { id: collectionId } = found;
  const all = connection.all<EntityTypeRow>('typesOfCollection', { collectionId });
  const types = names?.map((name) => {
    const type = all.find((each) => each.name === name);
    if (!type) throw appError('ENTITY_TYPE_UNKNOWN', { name });
    return type;
  });
  return { collectionId, types: types ?? all };
}
