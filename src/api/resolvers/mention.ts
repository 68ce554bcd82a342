/** Mentions, stored ones and those of a text that is not stored; entity types; whatever has an id. */
import { appError } from '../../core/errors.ts';
import type { Resolvers } from '../../generated/graphql.ts';
import type { EntityTypeRecord } from '../../store/records.ts';
import { examplesOfType } from '../../store/reviews.ts';
import type { ApiContext } from '../context.ts';
import { confidenceOfMention } from '../explain.ts';
import { type NodeKind, printGlobalId } from '../global-id.ts';
import { textAfter, textBefore } from '../offsets.ts';
import type { NodeParent } from '../parents.ts';
import { pageAt, stillThere, textOf } from './document.ts';
import { verdictPage } from './review.ts';

async function progressOf({ loaders }: ApiContext, { id }: EntityTypeRecord) {
  return (await loaders.typeProgress.load(id)) ?? { documentsScored: 0, documentsTotal: 0 };
}

function kindOf(node: NodeParent): NodeKind {
  if ('reviewer' in node) return 'Review';
  if ('kind' in node) return 'IngestJob';
  if ('conceptCount' in node) return 'Vocabulary';
  if ('spanId' in node) return 'Mention';
  return 'textHash' in node ? 'Document' : 'EntityType';
}

/** Resolvers of mentions and entity types. */
export const mentionTypeResolvers: Resolvers = {
  Node: { __resolveType: kindOf },
  Mention: {
    id: (mention) => printGlobalId('Mention', mention.id),
    document: async ({ documentId }, _args, { loaders }) =>
      stillThere(await loaders.documents.load(documentId), documentId),
    type: async ({ entityTypeId, type: name }, _args, { loaders }) => {
      const type = await loaders.entityTypes.load(entityTypeId);
      // It may have been deleted since the mention was read.
      if (type) return type;
      throw appError('ENTITY_TYPE_UNKNOWN', { name });
    },
    // From the margin, whenever it is asked for: a model may be calibrated after it has read.
    confidence: (mention, _args, context) => confidenceOfMention(context, mention),
    start: async (mention, { unit }, context) =>
      unit === 'UTF16'
        ? mention.start
        : (await textOf(context, mention.documentId)).offset(mention.start, unit),
    end: async (mention, { unit }, context) =>
      unit === 'UTF16'
        ? mention.end
        : (await textOf(context, mention.documentId)).offset(mention.end, unit),
    page: ({ documentId, start }, _args, context) => pageAt(context, documentId, start),
    concept: (mention, _args, { loaders }) => loaders.concepts.load(mention.id),
    reviews: async (mention, _args, { loaders }) => (await loaders.verdicts.load(mention.id)) ?? [],
    before: async (mention, { maxChars }, context) =>
      textBefore((await textOf(context, mention.documentId)).text, mention.start, maxChars),
    after: async (mention, { maxChars }, context) =>
      textAfter((await textOf(context, mention.documentId)).text, mention.end, maxChars),
  },
  EntityType: {
    id: (type) => printGlobalId('EntityType', type.id),
    documentsScored: async (type, _args, context) =>
      (await progressOf(context, type)).documentsScored,
    documentsTotal: async (type, _args, context) =>
      (await progressOf(context, type)).documentsTotal,
    reviewedExamples: (type, args, { database }) =>
      verdictPage('reviewedExamples', args, (page) => examplesOfType(database, type.id, page)),
  },
  TypeExample: {
    document: ({ documentId }, _args, { loaders }) =>
      documentId === undefined ? null : loaders.documents.load(documentId),
  },
  ExtractedMention: {
    type: ({ mention }) => mention.type,
    text: ({ mention, measured }) => measured.text.slice(mention.start, mention.end),
    start: ({ mention, measured }, { unit }) => measured.offset(mention.start, unit),
    end: ({ mention, measured }, { unit }) => measured.offset(mention.end, unit),
    score: ({ mention }) => mention.score,
    threshold: ({ mention }) => mention.threshold,
    margin: ({ mention }) => mention.margin,
    confidence: ({ mention }) => mention.confidence,
  },
};
