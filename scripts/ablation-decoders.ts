/**
 * Ways from a model's scores to mentions, for scripts/ablations.ts: the product's and what it is
 * compared with.
 */
import type { AnnotatedDocument, Mention } from '../src/core/document.ts';
import { spread } from '../src/core/spread.ts';
import { type Evaluation, evaluate, isCorrect } from '../src/ner/evaluation.ts';
import { flat } from '../src/ner/overlap.ts';
import { learnedThreshold, type TypeScores } from './learned-threshold.ts';

/** A way from scores to mentions. */
export interface Decoder {
  readonly what: string;
  /** Whether it learns from training documents, which are then read as well. */
  readonly learns?: true;
  readonly decode: (
    documents: readonly ReadDocument[],
    train: readonly ReadDocument[],
  ) => Evaluation;
}

/** A document with the candidates that might be mentions under some threshold. */
export interface ReadDocument {
  readonly gold: AnnotatedDocument['mentions'];
  readonly candidates: readonly Mention[];
  /** How many windows it was read in. */
  readonly windows: number;
}

/**
 * Of each window and type the candidates of the highest scores: without a loss of thresholds these sink
 * to where nearly every span is above them.
 */
export function likeliest(candidates: readonly Mention[], most: number): Mention[] {
  const ofGroup = new Map<string, number>();
  return candidates
    .toSorted((a, b) => b.score - a.score)
    .filter(({ window, type }) => {
      const key = `${window} ${type}`;
      const count = (ofGroup.get(key) ?? 0) + 1;
      ofGroup.set(key, count);
      return count <= most;
    });
}

const aboveOwn = ({ candidates }: ReadDocument): Mention[] =>
  candidates.filter(({ margin }) => margin > 0);

const ranked = (mentions: readonly Mention[], rank: (mention: Mention) => number): Mention[] =>
  flat(mentions.map((mention) => ({ ...mention, margin: rank(mention) })));

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
  { gold, candidates }: Pick<ReadDocument, 'gold' | 'candidates'>,
  thresholds: ReadonlyMap<string, number>,
) => {
  const over = ({ score, type }: Mention): number => score - thresholds.get(type)!;
  const accepted = candidates.filter((mention) => over(mention) > 0);
  return { gold, predicted: ranked(accepted, over) };
};

const triedThresholds = 60;
/** A threshold lies a little below the score that it is to let in. Units: of scores. */
const justBelow = 1e-6;

/**
 * The threshold of one type that gives the best F1 of that type: the best one lies just below the score
 * of a mention, so that scores of mentions, evenly spread, are tried.
 */
export function bestThreshold(documents: readonly ReadDocument[], type: string): number {
  const own = documents.map(({ gold, candidates }) => ({
    gold: gold.filter((mention) => mention.type === type),
    candidates: candidates.filter((mention) => mention.type === type),
  }));
  const scores = own.flatMap(({ gold, candidates }) =>
    candidates.filter(isCorrect(gold)).map(({ score }) => score),
  );
  const tried = spread(
    scores.sort((a, b) => a - b),
    triedThresholds,
  );
  const rated = tried.map((score) => {
    const threshold = score - justBelow;
    const judged = own.map((read) => aboveGlobal(read, new Map([[type, threshold]])));
    return { threshold, f1: evaluate(judged).f1 };
  });
  const nothing = { threshold: Number.POSITIVE_INFINITY, f1: 0 };
  return rated.reduce((best, each) => (each.f1 > best.f1 ? each : best), nothing).threshold;
}

const typesOf = (documents: readonly ReadDocument[]): Set<string> =>
  new Set(documents.flatMap(({ candidates }) => candidates.map(({ type }) => type)));

/** Thresholds are tuned on one half of dev and used on the other, and the other way round. */
export const byGlobalThreshold: Decoder = {
  what: 'one threshold for each type, the best on the other half of dev',
  decode(documents) {
    const half = (rest: number) => documents.filter((_, place) => place % 2 === rest);
    const types = typesOf(documents);
    const judged = [0, 1].flatMap((rest) => {
      const tuned = half(1 - rest);
      const thresholds = new Map([...types].map((type) => [type, bestThreshold(tuned, type)]));
      return half(rest).map((read) => aboveGlobal(read, thresholds));
    });
    return evaluate(judged);
  },
};

/** The scores of one type in the windows that have candidates of it. */
function scoresOf(documents: readonly ReadDocument[], type: string): TypeScores {
  const windows = documents.flatMap(({ gold, candidates }) => {
    const places = new Set(
      gold.filter((mention) => mention.type === type).map(({ start, end }) => `${start} ${end}`),
    );
    const byWindow = new Map<number, { negatives: number[]; gold: number[] }>();
    for (const { start, end, score, window } of candidates.filter((each) => each.type === type)) {
      const scores = byWindow.get(window) ?? { negatives: [], gold: [] };
      byWindow.set(window, scores);
      (places.has(`${start} ${end}`) ? scores.gold : scores.negatives).push(score);
    }
    return [...byWindow.values()];
  });
  return { windows, windowCount: documents.reduce((sum, read) => sum + read.windows, 0) };
}

/** One scalar a type, learnt on the training documents by BINDER's own loss. */
export const byLearnedThreshold: Decoder = {
  what: 'one threshold for each type, learnt on train by the loss of thresholds',
  learns: true,
  decode(documents, train) {
    const types = [...typesOf([...documents, ...train])];
    const thresholds = new Map(
      types.map((type) => [type, learnedThreshold(scoresOf(train, type))] as const),
    );
    return evaluate(documents.map((read) => aboveGlobal(read, thresholds)));
  },
};
