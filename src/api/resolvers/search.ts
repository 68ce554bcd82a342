/** Queries that search stored mentions. */
import { appError } from '../../core/errors.ts';
import type {
  MentionFilter as FilterInput,
  QueryResolvers,
  SimilarToInput,
} from '../../generated/graphql.ts';
import { checkTypeDescription } from '../../ingest/check-draft.ts';
import { confidenceOf } from '../../ner/calibration.ts';
import type { MentionFilter } from '../../search/mention-filter.ts';
import { findMentionPage } from '../../search/mentions.ts';
import { findMentionsOfType, type TypeQuery } from '../../search/mentions-of-type.ts';
import type { RankPage } from '../../search/search-parts.ts';
import { findSimilarMentions, type SimilarTo } from '../../search/similar-mentions.ts';
import { rowOf } from '../global-id.ts';
import { connection, type PagedList, pageById, pageRequest, printCursor } from '../page.ts';

const maxDocumentIds = 1_000;
const maxTextChars = 1_000;
const maxMentionIds = 100;

const mentions: PagedList = { name: 'mentions', positionLength: 1 };
const similarMentions: PagedList = { name: 'similarMentions', positionLength: 2 };
const mentionsOfType: PagedList = { name: 'mentionsOfType', positionLength: 2 };

function invalid(argument: string, rule: string, value: unknown): Error {
  return appError('ARGUMENT_INVALID', { argument, rule, value });
}

/** Throws: ARGUMENT_INVALID for a bound that no mention can be compared with. */
function checkBounds({ minMargin, minConfidence }: FilterInput): void {
  if (typeof minMargin === 'number' && !Number.isFinite(minMargin)) {
    throw invalid('minMargin', 'a finite number', String(minMargin));
  }
  if (typeof minConfidence === 'number' && !(minConfidence >= 0 && minConfidence <= 1)) {
    throw invalid('minConfidence', 'from 0 to 1', minConfidence);
  }
}

/** The filter with rows for ids; documents that do not exist have no mentions. Throws: ARGUMENT_INVALID. */
export function toFilter(filter: FilterInput | null | undefined): MentionFilter {
  checkBounds(filter ?? {});
  const { documentIds, text } = filter ?? {};
  if (documentIds && documentIds.length > maxDocumentIds) {
    throw invalid('documentIds', `at most ${maxDocumentIds} ids`, documentIds.length);
  }
  if (text && text.length > maxTextChars) {
    throw invalid('text', `at most ${maxTextChars} characters`, text.length);
  }
  const rows = documentIds?.flatMap((id) => rowOf('Document', id) ?? []);
  return { ...filter, documentIds: rows };
}

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
  if (!text || text.trim() === '' || text.length > maxTextChars || /\p{Surrogate}/u.test(text)) {
    throw invalid('text', `1 to ${maxTextChars} characters of well-formed Unicode`, text);
  }
  return { text };
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
    const query = { filter: toFilter(filter), overlap, page };
    const { rows, hasNext } = await findMentionPage(context, query);
    const edges = rows.map((node) => ({ cursor: printCursor(mentions.name, [node.id]), node }));
    return connection(edges, { hasNextPage: hasNext, hasPreviousPage: page.after !== undefined });
  },
  similarMentions: async (_parent, { to, filter, distinct, first, after }, context) => {
    const page = rankPage(similarMentions, { first, after });
    const query = { to: toSimilarTo(to), filter: toFilter(filter), distinct, page };
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
    const query = { of: toTypeQuery(type, description), filter: toFilter(filter), page };
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
