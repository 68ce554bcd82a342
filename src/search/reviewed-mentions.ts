/** The mentions that a filter shows, to be decided about together. */
import { appError } from '../core/errors.ts';
import { listMentionIds, maxListedIds } from '../store/mentions.ts';
import { type FilteredCollection, type MentionFilter, storedFilter } from './mention-filter.ts';

/**
 * Rows of all mentions that pass a filter.
 *
 * Throws: ENTITY_TYPE_UNKNOWN, ARGUMENT_INVALID, also for more than can be decided about at once.
 */
export async function mentionsToDecide(
  collection: FilteredCollection,
  filter: MentionFilter,
): Promise<readonly number[]> {
  const ids = await listMentionIds(collection.database, await storedFilter(collection, filter));
  if (ids.length <= maxListedIds) return ids;
  const rule = `one that at most ${maxListedIds} mentions pass`;
  throw appError('ARGUMENT_INVALID', { argument: 'filter', rule, value: 'more' });
}
