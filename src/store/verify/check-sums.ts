/** Whether running sums are those of the rows that they sum up. */
import type { SqlConnection } from '../connection.ts';
import type { Check, Fault } from './fault.ts';

/** Sums that are kept. */
interface Sums {
  readonly table: string;
  /** Column with the id of what they are of. */
  readonly id: string;
  readonly kept: string;
  /** Everything counted again. */
  readonly wanted: string;
  /** What is wrong with a row that differs, in SQL. */
  readonly what: string;
}

const read = 'FILTER (WHERE read_at IS NOT NULL)';

const totals: Sums = {
  table: 'collection_totals',
  id: 'collection_id',
  kept: `SELECT collection_id, state, documents, characters, characters_read, tokens, unknown_tokens,
    dropped_parts FROM collection_totals WHERE documents <> 0`,
  wanted: `SELECT collection_id, state, count(*), coalesce(sum(characters) ${read}, 0),
    coalesce(sum(characters_read) ${read}, 0), coalesce(sum(tokens) ${read}, 0),
    coalesce(sum(unknown_tokens) ${read}, 0), coalesce(sum(json_array_length(dropped)) ${read}, 0)
    FROM documents GROUP BY collection_id, state`,
  what: `'differs from the documents that are ' || state`,
};

/** Sums in the rows of what they are of. */
export const collections: Sums = {
  table: 'collections',
  id: 'id',
  kept: 'SELECT id, words, windows FROM collections',
  wanted: `SELECT c.id,
    coalesce((SELECT sum(w.words) FROM document_words w WHERE w.collection_id = c.id), 0) AS words,
    (SELECT count(*) FROM documents d JOIN windows w ON w.document_id = d.id
      WHERE d.collection_id = c.id) AS windows
    FROM collections c`,
  what: `'differs from the words and windows of its documents'`,
};

const documentDrops: Sums = {
  table: 'document_drops',
  id: 'document_id',
  kept: 'SELECT document_id, reason, collection_id, parts, characters, bytes FROM document_drops',
  wanted: 'SELECT * FROM drops_of_documents',
  what: `'differs from what the document has dropped as ' || reason`,
};

const collectionDrops: Sums = {
  table: 'collection_drops',
  id: 'collection_id',
  kept: `SELECT collection_id, reason, parts, characters, bytes FROM collection_drops
    WHERE parts <> 0`,
  wanted: `SELECT collection_id, reason, sum(parts), sum(characters), sum(bytes)
    FROM drops_of_documents GROUP BY collection_id, reason`,
  what: `'differs from what its documents have dropped as ' || reason`,
};

/** Tables that hold nothing but sums. */
export const tablesOfSums = [totals, documentDrops, collectionDrops] as const;

const allSums = [...tablesOfSums, collections] as const;

const shown = 100;

function faultsOf(connection: SqlConnection, { table, id, kept, wanted, what }: Sums): Fault[] {
  const differing = (a: string, b: string) =>
    connection.query<Omit<Fault, 'table'>>(
      `SELECT ${id} AS id, ${what} AS what FROM (
        SELECT * FROM (${a}) EXCEPT SELECT * FROM (${b})) LIMIT ${shown}`,
      {},
    );
  const faults = [...differing(kept, wanted), ...differing(wanted, kept)];
  return faults.map((fault) => ({ table, ...fault }));
}

/** Whether the running sums of documents and collections are those of their rows. */
export function checkSums(connection: SqlConnection): Check {
  const counts = allSums.map(({ kept }) =>
    connection.query<{ count: number }>(`SELECT count(*) AS count FROM (${kept})`, {}),
  );
  return {
    name: 'SUMS',
    checked: counts.flat().reduce((sum, { count }) => sum + count, 0),
    faults: allSums.flatMap((sums) => faultsOf(connection, sums)),
  };
}
