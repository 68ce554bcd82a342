/** Queries that search stored mentions. */
import { appError } from '../../core/errors.ts';
import type { QueryResolvers, SimilarToInput } from '../../generated/graphql.ts';
import { checkTypeDescription } from '../../ingest/check-draft.ts';
import { confidenceOf } from '../../ner/calibration.ts';
import { findMentionPage } from '../../search/mentions.ts';
import { findMentionsOfType, type TypeQuery } from '../../search/mentions-of-type.ts';
import type { RankPage } from '../../search/search-parts.ts';
import { findSimilarMentions, type SimilarTo } from '../../search/similar-mentions.ts';
import { checkWords, invalid } from '../check-arguments.ts';
import { toMentionFilter } from '../filters.ts';
import { rowOf } from '../global-id.ts';
import { connection, type PagedList, pageById, pageRequest, printCursor } from '../page.ts';

const maxMentionIds = 100;

const mentions: PagedList = { name: 'mentions', positionLength: 1 };
const similarMentions: PagedList = { name: 'similarMentions', positionLength: 2 };
const mentionsOfType: PagedList = { name: 'mentionsOfType', positionLength: 2 };

/** Throws: MENTION_UNKNOWN. */
export function rowOfMention(id: string): number {
  const row = rowOf('Mention', id);
  if (row === null) throw appError('MENTION_UNKNOWN', { id });
  return row;
}

/** Throws: ARGUMENT_INVALID, MENTION_UNKNOWN. */
function toSimilarTo({ mentionIds, text, vector }: SimilarToInput): SimilarTo {
  if (vector) return { vector };
  if (mentionIds) {
    if (mentionIds.length < 1 || mentionIds.length > maxMentionIds) {
      throw invalid('mentionIds', `1 to ${maxMentionIds} ids`, mentionIds.length);
    }
    return { mentionIds: mentionIds.map(rowOfMention) };
  }
  const words = text ?? '';
  checkWords('text', words);
  return { text: words };
}

function rankPage(
  list: PagedList,
  args: { readonly first: number; readonly after?: string | null | undefined },
): RankPage {
  const { limit, after } = pageRequest(list, args);
  const [similarity, id] = after ?? [];
  return { limit, after: similarity === undefined || id === undefined ? null : { similarity, id } };
}

/** Throws: ARGUMENT_INVALID unless exactly one is given. */
function toTypeQuery(
  type: string | null | undefined,
  description: string | null | undefined,
): TypeQuery['of'] {
  if (typeof type === 'string' && typeof description !== 'string') return { name: type };
  if (typeof description === 'string' && typeof type !== 'string' && description.trim() !== '') {
    checkTypeDescription(description);
    return { description };
  }
  throw invalid('type or description', 'given, not empty, and only one of them', {
    type,
    description,
  });
}

/** Resolvers of queries that search. */
export const searchResolvers = {
  mentions: async (_parent, { filter, overlap, first, after }, context) => {
    const page = pageById(mentions, { first, after });
    const query = { filter: toMentionFilter(filter), overlap, page };
    const { rows, hasNext } = await findMentionPage(context, query);
    const edges = rows.map((node) => ({ cursor: printCursor(mentions.name, [node.id]), node }));
    return connection(edges, { hasNextPage: hasNext, hasPreviousPage: page.after !== undefined });
  },
  similarMentions: async (_parent, { to, filter, distinct, first, after }, context) => {
    const page = rankPage(similarMentions, { first, after });
    const query = { to: toSimilarTo(to), filter: toMentionFilter(filter), distinct, page };
    const { items, hasNext, report } = await findSimilarMentions(context, query);
    const edges = items.map(({ mention, similarity }) => ({
      cursor: printCursor(similarMentions.name, [similarity, mention.id]),
      similarity,
      node: mention,
    }));
    const pageInfo = { hasNextPage: hasNext, hasPreviousPage: page.after !== null };
    return { ...connection(edges, pageInfo), search: report };
  },
  mentionsOfType: async (_parent, { type, description, filter, first, after }, context) => {
    const page = rankPage(mentionsOfType, { first, after });
    const query = { of: toTypeQuery(type, description), filter: toMentionFilter(filter), page };
    const { items, hasNext, report } = await findMentionsOfType(context, query);
    const { calibration } = context.extractor.model;
    const edges = items.map(({ mention, spanId, similarity, ...scores }) => ({
      cursor: printCursor(mentionsOfType.name, [similarity, spanId]),
      similarity,
      ...scores,
      confidence: confidenceOf(calibration, scores.margin),
      node: mention,
    }));
    const pageInfo = { hasNextPage: hasNext, hasPreviousPage: page.after !== null };
    return { ...connection(edges, pageInfo), search: report };
  },
} satisfies QueryResolvers;
