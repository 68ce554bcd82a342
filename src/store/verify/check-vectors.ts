/** Whether every vector is finite, of length 1, and of as many numbers as the others of its kind. */
import { dot, isFiniteVector } from '../../core/vector.ts';
import { fromBlob } from '../blobs.ts';
import type { SqlConnection } from '../connection.ts';
import type { Check, Fault } from './fault.ts';
import { rowsById } from './pages.ts';

interface BlobRow {
  readonly id: number;
  readonly vector: Uint8Array;
}

const kinds = [
  ['spans', 'type_vector'],
  ['surface_forms', 'meaning_vector'],
  ['entity_types', 'vector'],
  ['concept_names', 'meaning_vector'],
] as const;

const select = (table: string, column: string): string =>
  `SELECT id, ${column} AS vector FROM ${table}
   WHERE ${column} IS NOT NULL AND id > :after ORDER BY id LIMIT :limit`;

/** float32 numbers, added up in another order than when they were made. */
const tolerance = 1e-3;

function faultOf(blob: Uint8Array, bytes: number): string | undefined {
  if (blob.byteLength === 0 || blob.byteLength % 4 !== 0) return 'has a vector that is none';
  if (blob.byteLength !== bytes) return 'has a vector of another length than others';
  const vector = fromBlob(blob);
  if (!isFiniteVector(vector)) return 'has a vector with a number that is not finite';
  const length = Math.sqrt(dot(vector, vector));
  return Math.abs(length - 1) > tolerance ? 'has a vector that is not of length 1' : undefined;
}

/** Length of most vectors of a kind: what one that is damaged differs from. */
function usualBytes(connection: SqlConnection, table: string, column: string): number {
  const sql = `SELECT length(${column}) AS bytes FROM ${table} WHERE ${column} IS NOT NULL
    GROUP BY 1 ORDER BY count(*) DESC LIMIT 1`;
  return connection.query<{ bytes: number }>(sql, {})[0]?.bytes ?? 0;
}

const documents = 'SELECT id FROM documents WHERE id > :after ORDER BY id LIMIT :limit';
const windowsOf = `SELECT document_id AS id, threshold_vector AS vector FROM windows
  WHERE document_id = :id AND threshold_vector IS NOT NULL`;

function* windowRows(connection: SqlConnection): Generator<BlobRow> {
  for (const { id } of rowsById<{ id: number }>(connection, documents)) {
    yield* connection.query<BlobRow>(windowsOf, { id });
  }
}

/** A type can be compared with nothing in these; one that is QUEUED gets them when it is read. */
const withoutThresholds = `SELECT d.id FROM documents d WHERE d.state = 'DONE' AND d.id > :after
  AND EXISTS (SELECT 1 FROM windows w WHERE w.document_id = d.id AND w.threshold_vector IS NULL)
  ORDER BY d.id LIMIT :limit`;

/** Whether every stored vector is one that can be compared, and those of windows are there. */
export function checkVectors(connection: SqlConnection): Check {
  const faults: Fault[] = [];
  let checked = 0;
  const look = (table: string, rows: Iterable<BlobRow>, bytes: number): void => {
    for (const { id, vector } of rows) {
      checked += 1;
      const what = faultOf(vector, bytes);
      if (what !== undefined) faults.push({ table, id, what });
    }
  };
  for (const [table, column] of kinds) {
    const rows = rowsById<BlobRow>(connection, select(table, column));
    look(table, rows, usualBytes(connection, table, column));
  }
  look('windows', windowRows(connection), usualBytes(connection, 'windows', 'threshold_vector'));
  for (const { id } of rowsById<{ id: number }>(connection, withoutThresholds)) {
    faults.push({ table: 'windows', id, what: 'has no vector, and its document is DONE' });
  }
  return { name: 'VECTORS', checked, faults };
}
