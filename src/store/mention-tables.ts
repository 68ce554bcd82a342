/**
 * The tables that mentions are read from, in the order in which SQLite should go through them.
 */
import { countedMentions, ofPlace } from './counted-mentions.ts';
import type { Database } from './database.ts';
import {
  type AnyFilter,
  type MentionColumns,
  type MentionQuery,
  mentionQueryOf,
  ofMention,
  prepareFilter,
} from './mention-conditions.ts';

const fromMentions = `mentions m JOIN spans s ON s.id = m.span_id
  JOIN entity_types t ON t.id = m.entity_type_id`;

/** CROSS JOIN keeps the order of the tables: SQLite does not know how few spans there are. */
export const fromSpans = `spans s CROSS JOIN mentions m ON m.span_id = s.id
  CROSS JOIN entity_types t ON t.id = m.entity_type_id`;

export const tablesOf = ({ isFromSpans }: Pick<MentionQuery, 'isFromSpans'>): string =>
  isFromSpans ? fromSpans : fromMentions;

export const whereOf = ({ conditions }: Pick<MentionQuery, 'conditions'>): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;

/** The mentions that pass a filter, where the rows are narrowest that have what is asked. */
export async function narrowest(
  database: Database,
  filter: AnyFilter,
): Promise<{ from: string; bindings: MentionQuery['bindings']; columns: MentionColumns }> {
  const prepared = await prepareFilter(database, filter);
  const { tables, where, bindings, isPlaced } = await countedMentions(database, prepared);
  if (isPlaced) return { from: `${tables} WHERE ${where}`, bindings, columns: ofPlace };
  const query = await mentionQueryOf(database, prepared);
  const from = `${tablesOf(query)} ${whereOf(query)}`;
  return { from, bindings: query.bindings, columns: ofMention };
}
