/** Every resolver, by type. */
import type { Resolvers } from '../../generated/graphql.ts';
import { inCollections } from '../collection.ts';
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
  Mutation: {
    ...mutationResolvers,
    ...collectionMutationResolvers,
    ...jobMutationResolvers,
    ...reviewMutationResolvers,
    ...vocabularyMutationResolvers,
  },
  Subscription: subscriptionResolvers,
  DocumentConnection: {
    totalCount: (page, _args, context) => countOfDocuments(page, context),
  },
};
