/** Whether the narrow rows of where mentions are say what mentions, spans and sentences do. */
import type { SqlConnection } from '../connection.ts';
import type { Check } from './fault.ts';

const differing = (a: string, b: string): string =>
  `SELECT id FROM (SELECT * FROM ${a} EXCEPT SELECT * FROM ${b})`;

/** Whether every mention is where it is counted. */
export function checkPlaces(connection: SqlConnection): Check {
  const [first] = connection.query<{ count: number }>(
    'SELECT count(*) AS count FROM mention_places',
    {},
  );
  const rows = connection.query<{ id: number }>(
    `${differing('places_of_mentions', 'mention_places')} UNION
     ${differing('mention_places', 'places_of_mentions')} ORDER BY id`,
    {},
  );
  return {
    name: 'PLACES',
    checked: first?.count ?? 0,
    faults: rows.map(({ id }) => ({
      table: 'mention_places',
      id,
      what: 'is not where its mention is',
    })),
  };
}
