/**
 * How good predicted mentions are, by strict match: same document, start, end and type. Sets, so
 * that a mention predicted or annotated twice counts once; micro averages over all documents.
 */
import type { GoldMention } from '../core/document.ts';

/** One document: what annotators say and what a model says. */
export interface EvaluatedDocument {
  readonly gold: readonly GoldMention[];
  readonly predicted: readonly GoldMention[];
}

/** Counts and the rates that follow; a rate without a denominator is 0. */
export interface Quality {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Quality over all types, and of each type that is annotated or predicted, by name. */
export interface Evaluation extends Quality {
  readonly perType: Readonly<Record<string, Quality>>;
}

interface Counts {
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
}

/** Compares predicted with annotated mentions, document by document. */
export function evaluate(documents: Iterable<EvaluatedDocument>): Evaluation {
  const perType = new Map<string, Counts>();
  const countsOf = (type: string): Counts => {
    const counts = perType.get(type) ?? noCounts();
    perType.set(type, counts);
    return counts;
  };
  for (const { gold, predicted } of documents) {
    const goldByKey = byKey(gold);
    const predictedByKey = byKey(predicted);
    for (const [key, { type }] of predictedByKey)
      countsOf(type)[goldByKey.has(key) ? 'truePositives' : 'falsePositives'] += 1;
    for (const [key, { type }] of goldByKey)
      if (!predictedByKey.has(key)) countsOf(type).falseNegatives += 1;
  }
  const names = [...perType.keys()].toSorted();
  return {
    ...qualityOf(sum(perType.values())),
    perType: Object.fromEntries(names.map((name) => [name, qualityOf(perType.get(name)!)])),
  };
}

/** Whether a prediction is what annotators say, by strict match. */
export function isCorrect(gold: readonly GoldMention[]): (predicted: GoldMention) => boolean {
  const keys = byKey(gold);
  return (predicted) => keys.has(keyOf(predicted));
}

/** Quality over some of the types of an evaluation. */
export const qualityOfTypes = (
  { perType }: Evaluation,
  isAmong: (type: string) => boolean,
): Quality =>
  qualityOf(
    sum(Object.entries(perType).flatMap(([type, counts]) => (isAmong(type) ? counts : []))),
  );

const noCounts = (): Counts => ({ truePositives: 0, falsePositives: 0, falseNegatives: 0 });

const byKey = (mentions: readonly GoldMention[]): Map<string, GoldMention> =>
  new Map(mentions.map((mention) => [keyOf(mention), mention]));

const keyOf = ({ start, end, type }: GoldMention): string => `${start} ${end} ${type}`;

function sum(all: Iterable<Readonly<Counts>>): Counts {
  const total = noCounts();
  for (const counts of all) {
    total.truePositives += counts.truePositives;
    total.falsePositives += counts.falsePositives;
    total.falseNegatives += counts.falseNegatives;
  }
  return total;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function qualityOf(counts: Counts): Quality {
  const { truePositives, falsePositives, falseNegatives } = counts;
  return {
    ...counts,
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, truePositives + falseNegatives),
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
  };
}
