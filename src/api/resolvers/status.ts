/** How the server is. */
import type { Resolvers } from '../../generated/graphql.ts';
import { countDocuments } from '../../store/documents.ts';
import { listEntityTypes } from '../../store/entity-types.ts';
import { countAllMentions, countForms } from '../../store/mention-count.ts';
import { coverageOfCollection } from './coverage.ts';

/** Resolvers of `status`. */
export const statusTypeResolvers: Resolvers = {
  Status: {
    version: (_parent, _args, { version }) => version,
    uptimeSeconds: (_parent, _args, { uptimeSeconds }) => uptimeSeconds(),
    model: (_parent, _args, { extractor }) => extractor.model,
    counts: async ({ collectionId }, _args, { database }) => {
      const states = await countDocuments(database, collectionId);
      return {
        documents: states.QUEUED + states.RUNNING + states.DONE + states.FAILED,
        documentsQueued: states.QUEUED,
        documentsRunning: states.RUNNING,
        documentsDone: states.DONE,
        documentsFailed: states.FAILED,
        entityTypes: (await listEntityTypes(database, collectionId)).length,
        mentions: await countAllMentions(database, collectionId),
        surfaceForms: await countForms(database),
      };
    },
    indexes: (_parent, _args, { indexReports }) => indexReports(),
    coverage: ({ collectionId }, _args, context) => coverageOfCollection(context, collectionId),
    eventLoopDelay: (_parent, _args, { eventLoopDelay }) => eventLoopDelay(),
  },
  Model: {
    typeVectorSize: (model) => model.embeddingSize,
    meaningVectorSize: (model) => model.meaningSize,
    maxMentionTokens: (model) => model.maxSpanTokens,
  },
};
