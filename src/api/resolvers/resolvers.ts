/** Every resolver, by type. */
import type { Resolvers } from '../../generated/graphql.ts';
import { inCollections } from '../collection.ts';
import { type ApiContext, renewLoaders } from '../context.ts';
import { coOccurrenceResolvers, coOccurrenceTypeResolvers } from './co-occurrences.ts';
import { collectionMutationResolvers, collectionTypeResolvers } from './collection.ts';
import { countResolvers, countTypeResolvers } from './counts.ts';
import { coverageTypeResolvers } from './coverage.ts';
import { documentTypeResolvers } from './document.ts';
import { explanationTypeResolvers } from './explanation.ts';
import { fullTextResolvers, fullTextTypeResolvers } from './full-text.ts';
import { jobMutationResolvers, jobQueryResolvers, jobTypeResolvers } from './job.ts';
import { mentionTypeResolvers } from './mention.ts';
import { mutationResolvers } from './mutation.ts';
import { previewQueryResolvers, previewTypeResolvers } from './preview.ts';
import { countOfDocuments, queryResolvers } from './query.ts';
import { reviewMutationResolvers, reviewQueryResolvers, reviewTypeResolvers } from './review.ts';
import { searchResolvers } from './search.ts';
import { statusTypeResolvers } from './status.ts';
import { subscriptionResolvers } from './subscription.ts';
import {
  vocabularyMutationResolvers,
  vocabularyQueryResolvers,
  vocabularyTypeResolvers,
} from './vocabulary.ts';

/** Anything that makes a change. */
type Change = (parent: never, args: never, context: ApiContext) => unknown;

/** Has each change of an operation answered as things are after it, and not as they were read after one before. */
const readAnew = <Fields extends Readonly<Record<string, Change>>>(changes: Fields): Fields =>
  Object.fromEntries(
    Object.entries(changes).map(([field, change]) => [
      field,
      async (parent: never, args: never, context: ApiContext) => {
        const payload = await change(parent, args, context);
        renewLoaders(context);
        return payload;
      },
    ]),
  ) as unknown as Fields;

/** What resolves schema.graphql. */
export const resolvers: Resolvers = {
  ...collectionTypeResolvers,
  ...coverageTypeResolvers,
  ...documentTypeResolvers,
  ...explanationTypeResolvers,
  ...fullTextTypeResolvers,
  ...countTypeResolvers,
  ...coOccurrenceTypeResolvers,
  ...jobTypeResolvers,
  ...mentionTypeResolvers,
  ...previewTypeResolvers,
  ...reviewTypeResolvers,
  ...statusTypeResolvers,
  ...vocabularyTypeResolvers,
  Query: inCollections({
    ...queryResolvers,
    ...searchResolvers,
    ...fullTextResolvers,
    ...countResolvers,
    ...coOccurrenceResolvers,
    ...jobQueryResolvers,
    ...previewQueryResolvers,
    ...reviewQueryResolvers,
    ...vocabularyQueryResolvers,
  }),
  Mutation: readAnew({
    ...mutationResolvers,
    ...collectionMutationResolvers,
    ...jobMutationResolvers,
    ...reviewMutationResolvers,
    ...vocabularyMutationResolvers,
  }),
  Subscription: subscriptionResolvers,
  DocumentConnection: {
    totalCount: (page, _args, context) => countOfDocuments(page, context),
  },
};
