/** Explanations, each part of which is computed when it is asked for. */
import type { Resolvers } from '../../generated/graphql.ts';
import { estimateSelectivity } from '../../search/planner.ts';
import { countMentions } from '../../store/mentions.ts';
import { explainMention, nearestOfType } from '../explain.ts';
import { type PagedList, pageRequest } from '../page.ts';

const nearest: PagedList = { name: 'nearestAccepted', positionLength: 0 };

/** Resolvers of what explains answers. */
export const explanationTypeResolvers: Resolvers = {
  MentionEdge: {
    explain: ({ node }, _args, context) => explainMention(context, node, null),
  },
  SimilarMentionEdge: {
    explain: ({ node, similarity }, _args, context) => explainMention(context, node, similarity),
  },
  TypedMentionEdge: {
    explain: ({ node: mention, similarity, score, threshold, margin, confidence }) => ({
      mention,
      similarity,
      score,
      threshold,
      margin,
      confidence,
    }),
  },
  MentionExplanation: {
    // What nobody's model has read stands in no window.
    window: ({ mention: { window } }) => (window < 0 ? null : window),
    nearestAccepted: async ({ mention }, { first, state }, context) => {
      const { limit } = pageRequest(nearest, { first });
      const items = await nearestOfType(context, mention, { limit, state });
      return items.map(({ mention: node, similarity }) => ({ similarity, node }));
    },
  },
  SearchExplanation: {
    scanned: ({ scanned }) => (typeof scanned === 'number' ? scanned : scanned()),
    estimatedSelectivity: ({ plan, filter }, _args, context) =>
      plan?.estimatedSelectivity ?? estimateSelectivity(context, filter),
    passing: ({ filter }, _args, { database }) => countMentions(database, filter),
  },
  TextSearchExplanation: { passing: ({ passing }) => passing() },
};
