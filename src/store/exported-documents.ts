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
  /** Where its pages begin, where that is wanted and it has any. */
  readonly pageStarts?: readonly number[];
}

/** What to take. */
export interface ExportChoice {
  readonly collectionId: number;
  readonly typeIds: readonly number[];
  readonly states: readonly MentionState[];
  /** Only documents about which a decision of a person stands for these types, whether its mention is there still or not. */
  readonly onlyReviewed: boolean;
  readonly withConcepts: boolean;
  readonly withPages: boolean;
}

interface DocumentRow {
  readonly id: number;
  readonly externalId: string | null;
  readonly text: string;
  /** JSON; null for a text without pages. */
  readonly pageStarts: string | null;
}

/** Never read and without annotations of its own, a document says nothing about its mentions. */
const documentsSql = `SELECT d.id FROM documents d
  WHERE d.collection_id = :collectionId AND d.id > :after
  AND (d.read_at IS NOT NULL OR EXISTS (SELECT 1 FROM mentions m WHERE m.document_id = d.id))
  AND (:onlyReviewed = 0 OR EXISTS (SELECT 1 FROM verdicts v WHERE v.document_id = d.id
    AND v.entity_type_id IN (SELECT value FROM json_each(:typeIds)) AND ${stands}))
  ORDER BY d.id LIMIT :limit`;

const documentSql = `SELECT d.id, d.external_id AS externalId, d.text, p.starts AS pageStarts
  FROM documents d LEFT JOIN document_pages p ON p.document_id = d.id WHERE d.id = :id`;

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

/** A document and its mentions at one moment; undefined when it is there no more. */
function exportedDocument(
  connection: SqlConnection,
  id: number,
  { typeIds, states, withConcepts, withPages }: ExportChoice,
): ExportedDocument | undefined {
  const wanted = { id, typeIds: JSON.stringify(typeIds), states: JSON.stringify(states) };
  return connection.snapshot(() => {
    const [document] = connection.query<DocumentRow>(documentSql, { id });
    if (!document) return undefined;
    const { externalId, text, pageStarts } = document;
    const rows = connection.query<MentionRow>(mentionsSql, wanted);
    const mentions = rows.map(toExported(withConcepts));
    const exported = { id: externalId ?? `document-${id}`, text, mentions };
    if (!withPages || pageStarts === null) return exported;
    return { ...exported, pageStarts: JSON.parse(pageStarts) as number[] };
  });
}

/** Documents of a collection with those of their mentions that are wanted, as they were stored. */
export function* exportedDocuments(
  connection: SqlConnection,
  choice: ExportChoice,
): Generator<ExportedDocument> {
  const { collectionId, typeIds, onlyReviewed } = choice;
  const chosen = { collectionId, typeIds: JSON.stringify(typeIds), limit: pageLength };
  for (let after = 0; ; ) {
    const page = { ...chosen, onlyReviewed: Number(onlyReviewed), after };
    const ids = connection.query<{ id: number }>(documentsSql, page);
    for (const { id } of ids) {
      const found = exportedDocument(connection, id, choice);
      if (found) yield found;
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
