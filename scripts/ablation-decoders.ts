/**
 * Ways from a model's scores to mentions, for scripts/ablations.ts: the product's and what it is
 * compared with.
 */
import type { AnnotatedDocument } from '../src/core/document.ts';
import { type Evaluation, evaluate } from '../src/ner/evaluation.ts';
import type { ExtractedMention } from '../src/ner/extractor.ts';
import { flat } from '../src/ner/overlap.ts';

/** A way from scores to mentions. */
export interface Decoder {
  readonly what: string;
  readonly decode: (documents: readonly ReadDocument[]) => Evaluation;
}

/** A dev document with every candidate that might be a mention under some threshold. */
export interface ReadDocument {
  readonly gold: AnnotatedDocument['mentions'];
  readonly candidates: readonly ExtractedMention[];
}

const aboveOwn = ({ candidates }: ReadDocument): ExtractedMention[] =>
  candidates.filter(({ margin }) => margin > 0);

const ranked = (
  mentions: readonly ExtractedMention[],
  rank: (mention: ExtractedMention) => number,
): ExtractedMention[] => flat(mentions.map((mention) => ({ ...mention, margin: rank(mention) })));

/** As the product decodes. */
export const byMargin: Decoder = {
  what: 'dynamic thresholds, overlaps decided by margin',
  decode: (documents) =>
    evaluate(documents.map((read) => ({ gold: read.gold, predicted: flat(aboveOwn(read)) }))),
};

/** As the official program decides overlaps. */
export const byScore: Decoder = {
  what: 'overlaps decided by raw score',
  decode: (documents) =>
    evaluate(
      documents.map((read) => ({
        gold: read.gold,
        predicted: ranked(aboveOwn(read), ({ score }) => score),
      })),
    ),
};

/** What one threshold for all windows accepts, by type. */
const aboveGlobal = (
  { gold, candidates }: ReadDocument,
  thresholds: ReadonlyMap<string, number>,
) => {
  const over = ({ score, type }: ExtractedMention): number => score - thresholds.get(type)!;
  const accepted = candidates.filter((mention) => over(mention) > 0);
  return { gold, predicted: ranked(accepted, over) };
};

/** The threshold of one type that gives the best F1 of that type. */
function bestThreshold(documents: readonly ReadDocument[], type: string): number {
  const own = documents.map(({ gold, candidates }) => ({
    gold: gold.filter((mention) => mention.type === type),
    candidates: candidates.filter((mention) => mention.type === type),
  }));
  const scores = own
    .flatMap(({ candidates }) => candidates.map(({ score }) => score))
    .sort((a, b) => a - b);
  const tried = Array.from({ length: 60 }, (_, i) => scores[Math.floor((i * scores.length) / 60)]!);
  const f1 = (threshold: number): number =>
    evaluate(own.map((read) => aboveGlobal(read, new Map([[type, threshold]])))).f1;
  return tried.reduce((best, threshold) => (f1(threshold) > f1(best) ? threshold : best));
}

/** Thresholds are tuned on one half of dev and used on the other, and the other way round. */
export const byGlobalThreshold: Decoder = {
  what: 'one threshold for each type, tuned on the other half of dev',
  decode(documents) {
    const half = (rest: number) => documents.filter((_, place) => place % 2 === rest);
    const types = new Set(
      documents.flatMap(({ candidates }) => candidates.map(({ type }) => type)),
    );
    const judged = [0, 1].flatMap((rest) => {
      const tuned = half(1 - rest);
      const thresholds = new Map([...types].map((type) => [type, bestThreshold(tuned, type)]));
      return half(rest).map((read) => aboveGlobal(read, thresholds));
    });
    return evaluate(judged);
  },
};
