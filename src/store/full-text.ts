/**
 * Full-text search over the titles and texts of documents, by SQLite's FTS5: the one file to write
 * anew for another database. A document can be found from the moment it is accepted.
 *
 * Words are runs of letters and digits, compared without case and diacritics. The order is that of
 * BM25 (k1 = 1.2, b = 0.75) over title and text, where how rare a word is counts in all collections.
 */
import { randomInt } from 'node:crypto';
import { createBinder } from './binder.ts';
import type { Bindings } from './connection.ts';
import type { Database } from './database.ts';
import { type DocumentFilter, documentConditions } from './document-filter.ts';
import type { FoundInDocument, MarkedPassages, PassageOptions } from './passages.ts';
import { type Page, pageOf } from './records.ts';
import { printFts5, type TextQuery } from './text-query.ts';

/** What to look for, and in which documents. */
export interface FullTextQuery {
  readonly query: TextQuery;
  readonly collectionId: number;
  readonly filter?: Omit<DocumentFilter, 'collectionId'> | undefined;
  /** The last document that may be, in the order in which they were accepted. */
  readonly through?: number | undefined;
}

/** A document that was found, and how well it fits: the larger the better. */
export interface FullTextHit {
  readonly id: number;
  readonly score: number;
}

/**
 * Which part of the ranking: the first of those that were not shown before. Scores change with what is
 * stored, so a page cannot begin after a score.
 */
export interface FullTextPage {
  readonly first: number;
  readonly shown: readonly number[];
}

/** The index is asked once; which collection a document is in is read from an index of documents. */
function foundBy({ query, collectionId, filter = {}, through }: FullTextQuery): {
  sql: string;
  bindings: Bindings;
} {
  const inCollection = `EXISTS (SELECT 1 FROM documents d INDEXED BY documents_collection_id_idx
    WHERE d.collection_id = :collectionId AND d.id = f.id)`;
  const binder = createBinder();
  const others = documentConditions(filter, binder);
  const passes = `EXISTS (SELECT 1 FROM documents d
    WHERE d.id = f.id AND ${others.join(' AND ')})`;
  const conditions = others.length === 0 ? inCollection : `${inCollection} AND ${passes}`;
  return {
    sql: `WITH found AS MATERIALIZED (SELECT rowid AS id, -rank AS score FROM documents_text
      WHERE documents_text MATCH :match),
      hits AS (SELECT f.id, f.score FROM found f WHERE f.id <= :through AND ${conditions})`,
    bindings: {
      match: printFts5(query),
      collectionId,
      through: through ?? Number.MAX_SAFE_INTEGER,
      ...binder.bindings,
    },
  };
}

/** A page of documents, and how many were ranked for it: all that have the words, in any collection. */
export interface FullTextHits extends Page<FullTextHit> {
  readonly scanned: number;
}

/** A page of the documents that match, best first, equal ones by id. Cost: ranks all that match. */
export async function searchFullText(
  { reader }: Database,
  query: FullTextQuery,
  { first, shown }: FullTextPage,
): Promise<FullTextHits> {
  const { sql, bindings } = foundBy(query);
  const rows = await reader.query<{ scanned: number; id: number | null; score: number | null }>(
    `${sql}, page AS (SELECT id, score FROM hits
       WHERE id NOT IN (SELECT value FROM json_each(:shown)) ORDER BY score DESC, id LIMIT :limit)
     SELECT f.scanned, p.id, p.score FROM (SELECT count(*) AS scanned FROM found) f
     LEFT JOIN page p ON TRUE ORDER BY p.score DESC, p.id`,
    { ...bindings, limit: first + 1, shown: JSON.stringify(shown) },
  );
  const hits = rows.flatMap(({ id, score }) => (id === null ? [] : [{ id, score: score ?? 0 }]));
  return { ...pageOf(hits, first), scanned: rows[0]?.scanned ?? 0 };
}

/** How many documents match. */
export async function countFullText({ reader }: Database, query: FullTextQuery): Promise<number> {
  const { sql, bindings } = foundBy(query);
  const [row] = await reader.query<{ count: number }>(
    `${sql} SELECT count(*) AS count FROM hits`,
    bindings,
  );
  return row?.count ?? 0;
}

/** Three characters that stand for nothing, chosen by lot: no text has them by accident or on purpose. */
const mark = (): string =>
  String.fromCodePoint(...Array.from({ length: 3 }, () => randomInt(0xf0000, 0xffffe)));

/**
 * What was found in these documents, by id. Texts are read and cut in the reader's thread: passages
 * are all that leaves it.
 */
export async function findPassages(
  { reader }: Database,
  query: TextQuery,
  { ids, count, chars }: PassageOptions & { readonly ids: readonly number[] },
): Promise<Map<number, FoundInDocument>> {
  const [open, close] = [mark(), mark()];
  const options: MarkedPassages = { marks: [open, close], count, chars };
  const rows = await reader.query<{ id: number; found: string }>(
    `SELECT rowid AS id, found_in(highlight(documents_text, 0, :open, :close),
      highlight(documents_text, 1, :open, :close), :options) AS found
     FROM documents_text WHERE documents_text MATCH :match
     AND rowid IN (SELECT value FROM json_each(:ids))`,
    {
      match: printFts5(query),
      ids: JSON.stringify(ids),
      open,
      close,
      options: JSON.stringify(options),
    },
  );
  return new Map(rows.map(({ id, found }) => [id, JSON.parse(found) as FoundInDocument]));
}
