/**
 * Quality of the model in training on dev documents, read exactly as a served model reads them.
 */
import type { AnnotatedDocument } from '../core/document.ts';
import type { Bundle } from '../ner/bundle.ts';
import { type EvaluatedDocument, type Evaluation, evaluate } from '../ner/evaluation.ts';
import { openBundle } from '../ner/open-model.ts';
import { resolveOverlap } from '../ner/overlap.ts';

/** What is evaluated. */
export interface DevEvaluationOptions {
  readonly documents: readonly AnnotatedDocument[];
  readonly overlap: 'flat' | 'nested';
  readonly threads?: number;
  /** Asked between groups of documents; true ends the evaluation without a result. */
  readonly isStopped: () => boolean;
}

/** Few enough to stop soon, enough to fill batches of windows of like length. */
const documentsPerGroup = 64;

/** Strict precision, recall and F1 of the bundle's own types; null when it was stopped. */
export async function evaluateOnDev(
  bundle: Bundle,
  { documents, overlap, threads, isStopped }: DevEvaluationOptions,
): Promise<Evaluation | null> {
  const { types } = bundle.manifest;
  const names = new Set(types.map(({ name }) => name));
  const policy = overlap === 'flat' ? 'FLAT' : 'NESTED';
  const model = await openBundle(bundle, threads === undefined ? {} : { threads });
  const evaluated: EvaluatedDocument[] = [];
  try {
    for (let start = 0; start < documents.length; start += documentsPerGroup) {
      const group = documents.slice(start, start + documentsPerGroup);
      const texts = group.map(({ text }) => text);
      const extractions = await model.extract(texts, types, { priority: 'bulk' });
      group.forEach(({ mentions }, place) => {
        evaluated.push({
          gold: mentions.filter(({ type }) => names.has(type)),
          predicted: resolveOverlap(extractions[place]!.mentions, policy),
        });
      });
      await nextEvents();
      if (isStopped()) return null;
    }
  } finally {
    await model.close();
  }
  return evaluate(evaluated);
}

/** Lets messages from the parent process in: computing blocks the event loop. */
export const nextEvents = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
