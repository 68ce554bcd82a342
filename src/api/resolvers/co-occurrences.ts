/** The query of what occurs together. */
import type { QueryCoOccurrencesArgs, QueryResolvers, Resolvers } from '../../generated/graphql.ts';
import { storedFilter } from '../../search/mention-filter.ts';
import { countUnits, findCoOccurrences } from '../../store/co-occurrences.ts';
import { checkRange } from '../check-arguments.ts';
import { toMentionFilter } from '../filters.ts';
import { connection, keyedPage, printCursor } from '../page.ts';

const largestMinCount = 1_000_000;

/** A cursor is of one kind of list. */
const listOf = ({ within, by, order }: Pick<QueryCoOccurrencesArgs, 'within' | 'by' | 'order'>) =>
  `coOccurrences ${within} ${by} ${order}`;

/** Resolvers of what occurs together. */
export const coOccurrenceResolvers = {
  coOccurrences: async (_parent, { of, with: other, first, after, ...args }, context) => {
    const { order, within, minCount } = args;
    checkRange('minCount', minCount, [1, largestMinCount]);
    const { database, collectionId } = context;
    const list = listOf(args);
    const page = keyedPage(list, { first, after });
    const query = {
      ...args,
      collectionId,
      of: await storedFilter(context, toMentionFilter(of)),
      with: await storedFilter(context, toMentionFilter(other)),
    };
    const [value, key] = page.after ?? [];
    const position = value === undefined ? null : { value, key: String(key) };
    const found = await findCoOccurrences(database, query, { first, order, after: position });
    const edges = found.rows.map((node) => ({
      cursor: printCursor(list, [order === 'COUNT' ? node.count : node.npmi, node.key]),
      node,
    }));
    const pageInfo = { hasNextPage: found.hasNext, hasPreviousPage: position !== null };
    const countAll = () => countUnits(database, within, collectionId);
    return { ...connection(edges, pageInfo), units: countAll };
  },
} satisfies QueryResolvers;

/** Resolvers of what occurs together, when its parts are asked for. */
export const coOccurrenceTypeResolvers: Resolvers = {
  CoOccurrenceConnection: { units: ({ units }) => units() },
  CoOccurrence: {
    ofExample: ({ ofExample }, _args, { loaders }) => loaders.mentions.load(ofExample),
    withExample: ({ withExample }, _args, { loaders }) => loaders.mentions.load(withExample),
  },
};
