/** Queries that search stored mentions. */
import { timed } from '../../core/timed.ts';
import type { QueryResolvers } from '../../generated/graphql.ts';
import { checkTypeDescription } from '../../ingest/check-draft.ts';
import { confidenceOf } from '../../ner/calibration.ts';
import { findMentionPage } from '../../search/mentions.ts';
import { findMentionsOfType, type TypeQuery } from '../../search/mentions-of-type.ts';
import { findSimilarMentions } from '../../search/similar-mentions.ts';
import { invalid, onlyGiven } from '../check-arguments.ts';
import { explainList, explainRanking } from '../explain.ts';
import { toMentionFilter } from '../filters.ts';
import { namingMentions } from '../global-id.ts';
import { connection, type PagedList, pageById, printCursor } from '../page.ts';
import { fingerprint } from '../ranked-pages.ts';
import { toSimilar } from '../similar-to.ts';

const mentions: PagedList = { name: 'mentions', positionLength: 1 };

/** Throws: ARGUMENTS_CONTRADICT unless exactly one is given, ARGUMENT_INVALID when it is an empty description. */
function toTypeQuery(
  type: string | null | undefined,
  description: string | null | undefined,
): TypeQuery['of'] {
  onlyGiven({ type, description });
  if (typeof description !== 'string') return { name: type ?? '' };
  if (description.trim() === '') {
    throw invalid('description', 'a description that is not empty', description);
  }
  checkTypeDescription(description);
  return { description };
}

/** Edges of ranked items. A cursor keeps its page, so it is made when it is asked for. */
const withCursors = <Item extends object>(
  items: readonly Item[],
  cursorOf: (place: number) => string,
) =>
  items.map((item, place) => ({
    ...item,
    get cursor() {
      return cursorOf(place);
    },
  }));

/** Resolvers of queries that search. */
export const searchResolvers = {
  mentions: async (_parent, { filter, overlap, first, after }, context) => {
    const page = pageById(mentions, { first, after });
    const query = { filter: toMentionFilter(filter), overlap, page };
    const found = await timed(() => findMentionPage(context, query));
    const { rows, hasNext, filter: passed, timeMs } = found;
    const edges = rows.map((node) => ({ cursor: printCursor(mentions.name, [node.id]), node }));
    const pageInfo = { hasNextPage: hasNext, hasPreviousPage: page.after !== undefined };
    const explain = explainList(passed, { scanned: rows.length, timeMs });
    return { ...connection(edges, pageInfo), explain };
  },
  similarMentions: async (_parent, { first, after, ...query }, context) => {
    const { to, space, filter, distinct } = query;
    const asked = fingerprint(context.collectionId, query);
    const { page, cursors } = context.rankings.similarMentions.request({ first, after, asked });
    const similar = { ...toSimilar(to, space), filter: toMentionFilter(filter), distinct, page };
    const found = await timed(() => namingMentions(() => findSimilarMentions(context, similar)));
    const explain = explainRanking(found, found.timeMs);
    const shown = found.items.map(({ mention: { id }, ...item }) => ({ ...item, id }));
    const edges = withCursors(
      found.items.map(({ mention, similarity }) => ({ similarity, node: mention })),
      cursors(found.moment, shown),
    );
    const pageInfo = { hasNextPage: found.hasNext, hasPreviousPage: page.after !== null };
    return { ...connection(edges, pageInfo), search: found.report, explain };
  },
  mentionsOfType: async (_parent, { first, after, ...query }, context) => {
    const { type, description, filter } = query;
    const asked = fingerprint(context.collectionId, query);
    const { page, cursors } = context.rankings.mentionsOfType.request({ first, after, asked });
    const found = await timed(() =>
      findMentionsOfType(context, {
        of: toTypeQuery(type, description),
        filter: toMentionFilter(filter),
        page,
      }),
    );
    const { calibration } = context.extractor.model;
    const explain = explainRanking(found, found.timeMs);
    const shown = found.items.map(({ similarity, spanId: id }) => ({ similarity, id, key: id }));
    const edges = withCursors(
      found.items.map(({ mention, similarity, score, threshold, margin }) => ({
        similarity,
        score,
        threshold,
        margin,
        confidence: confidenceOf(calibration, margin),
        node: mention,
      })),
      cursors(found.moment, shown),
    );
    const pageInfo = { hasNextPage: found.hasNext, hasPreviousPage: page.after !== null };
    return { ...connection(edges, pageInfo), search: found.report, explain };
  },
} satisfies QueryResolvers;
