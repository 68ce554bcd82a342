/** Every resolver, by type. */
import type { Resolvers } from '../../generated/graphql.ts';
import { documentTypeResolvers } from './document.ts';
import { mentionTypeResolvers } from './mention.ts';
import { mutationResolvers } from './mutation.ts';
import { countOfStates, queryResolvers } from './query.ts';
import { searchResolvers } from './search.ts';
import { statusTypeResolvers } from './status.ts';
import { subscriptionResolvers } from './subscription.ts';

/** What resolves schema.graphql. */
export const resolvers: Resolvers = {
  ...documentTypeResolvers,
  ...mentionTypeResolvers,
  ...statusTypeResolvers,
  Query: { ...queryResolvers, ...searchResolvers },
  Mutation: mutationResolvers,
  Subscription: subscriptionResolvers,
  DocumentConnection: {
    totalCount: ({ states }, _args, context) => countOfStates(states, context),
  },
};
