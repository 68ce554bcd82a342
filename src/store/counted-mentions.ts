/**
 * The mentions that pass a filter as a part of queries that count them: rows `p` of `mention_places`,
 * whose indexes have all that is counted. Other tables are joined when the filter asks for what only they
 * have.
 */
import type { Database } from './database.ts';
import { type AnyFilter, mentionQueryOf } from './mention-conditions.ts';

/** Values of a query by name. */
export type NamedValues = Readonly<Record<string, string | number>>;

/** A part of a query. */
export interface CountedMentions {
  /** The tables, after FROM or CROSS JOIN. */
  readonly tables: string;
  /** The conditions, after WHERE or AND. */
  readonly where: string;
  readonly bindings: NamedValues;
}

/** What a condition may ask of a mention or span that its place has, too. */
const placed: Readonly<Record<string, string>> = {
  'm.id': 'p.id',
  'm.document_id': 'p.document_id',
  'm.entity_type_id': 'p.entity_type_id',
  's.document_id': 'p.document_id',
  's.surface_form_id': 'p.surface_form_id',
  's.start': 'p.start',
};

const columns = /\b[ms]\.\w+/g;

const withMentions = `mention_places p CROSS JOIN mentions m ON m.id = p.id
  CROSS JOIN spans s ON s.id = m.span_id CROSS JOIN entity_types t ON t.id = p.entity_type_id`;

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
  const { conditions, bindings } = await mentionQueryOf(database, filter);
  const all = ['TRUE', ...conditions].join(' AND ').replaceAll(/:([a-z]\w*)/gi, `:${prefix}_$1`);
  const isPlaced = (all.match(columns) ?? []).every((column) => column in placed);
  const renamed = Object.entries(bindings).map(([name, value]) => [`${prefix}_${name}`, value]);
  return {
    tables: isPlaced ? placesAlone : withMentions,
    where: isPlaced ? all.replaceAll(columns, (column) => placed[column] ?? column) : all,
    bindings: Object.fromEntries(renamed) as NamedValues,
  };
}
