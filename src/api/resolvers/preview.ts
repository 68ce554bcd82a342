/** What an entity type would find before it is created. */
import type { TypeExample } from '../../core/document.ts';
import { appError } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import type {
  QueryPreviewEntityTypeArgs,
  QueryResolvers,
  Resolvers,
} from '../../generated/graphql.ts';
import { checkTypeDescription, checkTypeOffset } from '../../ingest/check-draft.ts';
import { confidenceOf } from '../../ner/calibration.ts';
import { binWidth, lowestOffset } from '../../ner/type-preview.ts';
import { findEntityType } from '../../store/entity-types.ts';
import { checkRange, invalid } from '../check-arguments.ts';
import type { ApiContext } from '../context.ts';
import { rowOfType } from '../global-id.ts';
import { textAfter, textBefore } from '../offsets.ts';
import type { EntityTypePreviewParent } from '../parents.ts';
import { examplesFromReviews, givenExamples, readableExamples } from '../type-examples.ts';
import { pageAt, stillThere, textOf } from './document.ts';

const maxSample = 100_000;
const maxShown = 50;

/** Throws: ARGUMENT_INVALID. */
function checkDescription(description: string, examples: readonly TypeExample[]): void {
  checkTypeDescription(description);
  if (description.trim() !== '' || examples.length > 0) return;
  const rule = 'at least one character that is not white space where there are no examples';
  throw invalid('description', rule, description);
}

/** Throws: ENTITY_TYPE_UNKNOWN, ARGUMENT_INVALID. */
async function examplesToPreview(
  context: ApiContext,
  { examples = [], examplesFromReviewsOf: id }: QueryPreviewEntityTypeArgs,
): Promise<readonly TypeExample[]> {
  const byHand = givenExamples(examples);
  if (typeof id !== 'string') return readableExamples(context, byHand);
  const type = await findEntityType(context.database, rowOfType(id));
  if (!type) throw appError('ENTITY_TYPE_UNKNOWN', { name: id });
  const asked = { argument: 'examplesFromReviewsOf', byHand };
  const reviewed = await examplesFromReviews(context, type.id, asked);
  return readableExamples(context, [...byHand, ...reviewed]);
}

/** The query. */
export const previewQueryResolvers = {
  previewEntityType: async (_parent, args, context) => {
    const { description, offset, sample, first } = args;
    const examples = await examplesToPreview(context, args);
    checkDescription(description, examples);
    checkTypeOffset(offset);
    if (typeof sample === 'number') checkRange('sample', sample, [1, maxSample]);
    checkRange('first', first, [0, maxShown]);
    const { ingest, collectionId } = context;
    const type = { name: 'preview', description, examples };
    const query = { collectionId, type, offset, shown: first, sample: sample ?? undefined };
    return ingest.preview(query);
  },
} satisfies QueryResolvers;

/** What the preview's own offset finds. */
function found({ offsets, question }: EntityTypePreviewParent) {
  const own = offsets.find(({ offset }) => offset === question.offset);
  invariant(own, 'an offset is among those it is compared with');
  return own;
}

function histogramOf({ histogram, question }: EntityTypePreviewParent) {
  const bins = histogram.map((count, i) => {
    const from = lowestOffset(question) + i * binWidth;
    return { from, to: from + binWidth, count };
  });
  const isFull = ({ count }: { readonly count: number }): boolean => count > 0;
  return bins.slice(bins.findIndex(isFull), bins.findLastIndex(isFull) + 1);
}

/** What is in a preview. */
export const previewTypeResolvers: Resolvers = {
  EntityTypePreview: {
    documentsScored: (preview) => preview.documents,
    documentsWithoutLedger: (preview) => preview.withoutLedger,
    documentsTotal: (preview) => preview.total,
    mentions: (preview) => found(preview).mentions,
    documents: (preview) => found(preview).documents,
    offsets: (preview) =>
      preview.offsets.map((each) => ({ ...each, gained: each.mentions - found(preview).mentions })),
    histogram: histogramOf,
    best: ({ best, question }) => best.map((mention) => ({ mention, question })),
    borderline: ({ borderline, question }) => borderline.map((mention) => ({ mention, question })),
  },
  PreviewMention: {
    document: async ({ mention: { documentId } }, _args, { loaders }) =>
      stillThere(await loaders.documents.load(documentId), documentId),
    isMention: ({ mention, question }) => mention.margin > question.offset,
    text: async ({ mention }, _args, context) =>
      (await textOf(context, mention.documentId)).text.slice(mention.start, mention.end),
    start: async ({ mention }, { unit }, context) =>
      (await textOf(context, mention.documentId)).offset(mention.start, unit),
    end: async ({ mention }, { unit }, context) =>
      (await textOf(context, mention.documentId)).offset(mention.end, unit),
    page: ({ mention: { documentId, start } }, _args, context) =>
      pageAt(context, documentId, start),
    before: async ({ mention }, { maxChars }, context) =>
      textBefore((await textOf(context, mention.documentId)).text, mention.start, maxChars),
    after: async ({ mention }, { maxChars }, context) =>
      textAfter((await textOf(context, mention.documentId)).text, mention.end, maxChars),
    score: ({ mention }) => mention.score,
    threshold: ({ mention }) => mention.threshold,
    margin: ({ mention }) => mention.margin,
    confidence: ({ mention }, _args, { extractor }) =>
      confidenceOf(extractor.model.calibration, mention.margin),
  },
};
