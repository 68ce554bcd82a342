/**
 * Quality of the model in training on dev documents, read exactly as a served model reads them.
 */
import { spread } from '../core/spread.ts';
import type { Bundle } from '../ner/bundle.ts';
import { evaluateModel } from '../ner/evaluate-model.ts';
import type { Evaluation } from '../ner/evaluation.ts';
import { openBundle } from '../ner/open-model.ts';
import type { DevSet } from './corpus.ts';

/** Quality on the dev documents of a run. */
export interface DevQuality {
  /** Strict F1, the mean over corpora. */
  readonly f1: number;
  /** Of each corpus that is evaluated, its own types only. */
  readonly corpora: Readonly<Record<string, Evaluation>>;
}

/** What is evaluated. */
export interface DevEvaluationOptions {
  readonly corpora: readonly DevSet[];
  /** Most documents of a corpus; null for all. */
  readonly limit: number | null;
  readonly threads?: number;
  /** Asked between groups of documents; true ends the evaluation without a result. */
  readonly isStopped: () => boolean;
}

/** Quality of the bundle; null when it was stopped. */
export async function evaluateOnDev(
  bundle: Bundle,
  { corpora, limit, threads, isStopped }: DevEvaluationOptions,
): Promise<DevQuality | null> {
  const model = await openBundle(bundle, threads === undefined ? {} : { threads });
  try {
    const qualities = new Map<string, Evaluation>();
    for (const { name, dev, types, overlap } of corpora) {
      if (dev.length === 0) continue;
      const result = await evaluateModel(model, {
        documents: spread(dev, limit),
        types,
        overlap: overlap === 'flat' ? 'FLAT' : 'NESTED',
        onProgress: () => !isStopped(),
      });
      if (result === null) return null;
      qualities.set(name, result.quality);
    }
    const f1s = [...qualities.values()].map(({ f1 }) => f1);
    const f1 = f1s.reduce((sum, value) => sum + value, 0) / f1s.length;
    return { f1, corpora: Object.fromEntries(qualities) };
  } finally {
    await model.close();
  }
}

/** Lets messages from the parent process in: computing blocks the event loop. */
export const nextEvents = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
