/**
 * What a type would find, summed up document by document: how many mentions, how sure, which are best and
 * which just miss or make it, and what another offset would change. Sums of parts can be added up, so that
 * memory does not grow with the documents.
 */
import type { DecodedMention } from './decoder.ts';

/** A mention of a preview, of which nothing is stored. */
export interface PreviewMention extends DecodedMention {
  readonly documentId: number;
}

/** What is asked of a type. */
export interface PreviewQuestion {
  /** The offset that the type would have. */
  readonly offset: number;
  /** Mentions to show, of the best and of the nearest to the offset. */
  readonly shown: number;
}

/** What an offset finds. */
export interface OffsetCount {
  readonly offset: number;
  readonly mentions: number;
  /** Documents with a mention. */
  readonly documents: number;
}

/** What a type would find in some documents. */
export interface TypePreview {
  /** Documents that were scored. */
  readonly documents: number;
  /** Ascending by offset; that of the question is among them. */
  readonly offsets: readonly OffsetCount[];
  /** Mentions by margin: from `lowestOffset` on, `binWidth` each; the last has all above it. */
  readonly histogram: readonly number[];
  /** Of the largest margins, those first. */
  readonly best: readonly PreviewMention[];
  /** Of margins nearest to the offset, above and below it, nearest first. */
  readonly borderline: readonly PreviewMention[];
}

/** How much lower and higher offsets are compared. */
const steps = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 6, 8];

/** Units: of scores. */
export const binWidth = 0.5;
const bins = 40;

/** What a margin must exceed to be looked at. */
export const lowestOffset = ({ offset }: PreviewQuestion): number => offset + Math.min(...steps);

const byMargin = (a: PreviewMention, b: PreviewMention): number =>
  b.margin - a.margin || a.documentId - b.documentId || a.start - b.start || a.end - b.end;

const byDistance =
  ({ offset }: PreviewQuestion) =>
  (a: PreviewMention, b: PreviewMention): number =>
    Math.abs(a.margin - offset) - Math.abs(b.margin - offset) || byMargin(a, b);

/** A preview of no document. */
export const emptyPreview = ({ offset }: PreviewQuestion): TypePreview => ({
  documents: 0,
  offsets: steps.map((step) => ({ offset: offset + step, mentions: 0, documents: 0 })),
  histogram: Array.from({ length: bins }, () => 0),
  best: [],
  borderline: [],
});

/** A preview of one document, from its mentions above the lowest offset. */
export function previewOf(
  question: PreviewQuestion,
  documentId: number,
  mentions: readonly DecodedMention[],
): TypePreview {
  const empty = emptyPreview(question);
  const histogram = [...empty.histogram];
  for (const { margin } of mentions) {
    const bin = Math.floor((margin - lowestOffset(question)) / binWidth);
    histogram[Math.min(bins - 1, bin)]! += 1;
  }
  const placed = mentions.map((mention): PreviewMention => ({ ...mention, documentId }));
  const accepted = placed.filter(({ margin }) => margin > question.offset);
  return {
    documents: 1,
    offsets: empty.offsets.map(({ offset }) => {
      const above = mentions.filter(({ margin }) => margin > offset).length;
      return { offset, mentions: above, documents: Math.min(1, above) };
    }),
    histogram,
    best: accepted.sort(byMargin).slice(0, question.shown),
    borderline: placed.sort(byDistance(question)).slice(0, question.shown),
  };
}

/** The preview of the documents of both. */
export const addPreviews = (
  question: PreviewQuestion,
  a: TypePreview,
  b: TypePreview,
): TypePreview => ({
  documents: a.documents + b.documents,
  offsets: a.offsets.map(({ offset, mentions, documents }, i) => ({
    offset,
    mentions: mentions + b.offsets[i]!.mentions,
    documents: documents + b.offsets[i]!.documents,
  })),
  histogram: a.histogram.map((count, i) => count + b.histogram[i]!),
  best: [...a.best, ...b.best].sort(byMargin).slice(0, question.shown),
  borderline: [...a.borderline, ...b.borderline]
    .sort(byDistance(question))
    .slice(0, question.shown),
});
