/**
 * Quality of the model in training on dev documents, read exactly as a served model reads them.
 */
import type { AnnotatedDocument } from '../core/document.ts';
import type { Bundle } from '../ner/bundle.ts';
import { evaluateModel } from '../ner/evaluate-model.ts';
import type { Evaluation } from '../ner/evaluation.ts';
import { openBundle } from '../ner/open-model.ts';

/** What is evaluated. */
export interface DevEvaluationOptions {
  readonly documents: readonly AnnotatedDocument[];
  readonly overlap: 'flat' | 'nested';
  readonly threads?: number;
  /** Asked between groups of documents; true ends the evaluation without a result. */
  readonly isStopped: () => boolean;
}

/** Strict precision, recall and F1 of the bundle's own types; null when it was stopped. */
export async function evaluateOnDev(
  bundle: Bundle,
  { documents, overlap, threads, isStopped }: DevEvaluationOptions,
): Promise<Evaluation | null> {
  const model = await openBundle(bundle, threads === undefined ? {} : { threads });
  try {
    const result = await evaluateModel(model, {
      documents,
      types: bundle.manifest.types,
      overlap: overlap === 'flat' ? 'FLAT' : 'NESTED',
      onProgress: () => !isStopped(),
    });
    return result?.quality ?? null;
  } finally {
    await model.close();
  }
}

/** Lets messages from the parent process in: computing blocks the event loop. */
export const nextEvents = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
