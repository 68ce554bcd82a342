/** Whether filters by metadata find what documents have. */
import type { SqlConnection } from '../connection.ts';
import type { Check } from './fault.ts';

const shown = 100;

const kept = 'SELECT * FROM document_metadata';
const wanted = 'SELECT * FROM metadata_values';

/** Whether the values of metadata are those of the documents. */
export function checkMetadata(connection: SqlConnection): Check {
  const differing = `SELECT DISTINCT document_id AS id FROM (
    SELECT * FROM (${kept} EXCEPT ${wanted}) UNION ALL SELECT * FROM (${wanted} EXCEPT ${kept}))
    ORDER BY 1 LIMIT ${shown}`;
  const [row] = connection.query<{ count: number }>(`SELECT count(*) AS count FROM (${kept})`, {});
  return {
    name: 'METADATA',
    checked: row?.count ?? 0,
    faults: connection.query<{ id: number }>(differing, {}).map(({ id }) => ({
      table: 'document_metadata',
      id,
      what: 'differs from the metadata of the document',
    })),
  };
}
