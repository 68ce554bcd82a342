/** The indexes of a database, opened without its model: what they must know of it is stored. */
import type { Database } from '../store/database.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type Indexes, openIndexes } from './indexes.ts';

const modelSql = `SELECT coalesce((SELECT bundle_id FROM model WHERE id = 1), '') AS id,
  (SELECT length(type_vector) FROM spans WHERE type_vector IS NOT NULL LIMIT 1) AS typeBytes,
  (SELECT length(meaning_vector) FROM surface_forms WHERE meaning_vector IS NOT NULL LIMIT 1)
    AS meaningBytes`;

interface StoredModel {
  readonly id: string;
  readonly typeBytes: number | null;
  readonly meaningBytes: number | null;
}

/** Numbers of a vector; a space without vectors gets an index that stays empty. */
const sizeOf = (bytes: number | null): number =>
  bytes === null ? 1 : bytes / Float32Array.BYTES_PER_ELEMENT;

/** Opens both. */
export async function openStoredIndexes(database: Database, logger: Logger): Promise<Indexes> {
  const [stored] = await database.reader.query<StoredModel>(modelSql, {});
  const { id = '', typeBytes = null, meaningBytes = null } = stored ?? {};
  const model = { id, embeddingSize: sizeOf(typeBytes), meaningSize: sizeOf(meaningBytes) };
  return openIndexes(database, model, logger);
}
