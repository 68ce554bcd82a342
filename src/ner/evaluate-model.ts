/**
 * How good a model is on annotated documents, and how fast it reads them: read exactly as every other
 * document is.
 */
import type { AnnotatedDocument, EntityType } from '../core/document.ts';
import { type EvaluatedDocument, type Evaluation, evaluate } from './evaluation.ts';
import type { Extractor } from './extractor.ts';
import { type OverlapPolicy, resolveOverlap } from './overlap.ts';

/** What a model is evaluated on. */
export interface ModelEvaluationOptions {
  readonly documents: readonly AnnotatedDocument[];
  /** Mentions of other types are left out on both sides. */
  readonly types: readonly EntityType[];
  readonly overlap: OverlapPolicy;
  /** Told after each group how many documents are done; false ends the evaluation without a result. */
  readonly onProgress?: (documentsDone: number) => boolean;
}

/** Quality and speed. */
export interface ModelEvaluation {
  readonly quality: Evaluation;
  readonly documents: number;
  /** Of documents, each counted once however many windows it is in. */
  readonly tokens: number;
  /** Of reading; opening the model and encoding the types are not counted. */
  readonly seconds: number;
}

/** Few enough to tell soon how far it is, enough to fill batches of windows of like length. */
const documentsPerGroup = 64;

/** Evaluates by strict match; null when `onProgress` ended it. */
export async function evaluateModel(
  model: Extractor,
  { documents, types, overlap, onProgress }: ModelEvaluationOptions,
): Promise<ModelEvaluation | null> {
  const names = new Set(types.map(({ name }) => name));
  const evaluated: EvaluatedDocument[] = [];
  let [tokens, milliseconds] = [0, 0];
  await model.encodeTypes(types);
  for (let start = 0; start < documents.length; start += documentsPerGroup) {
    const group = documents.slice(start, start + documentsPerGroup);
    const texts = group.map(({ text }) => text).filter(isReadable);
    const startMs = performance.now();
    const found = (await model.extract(texts, types, { priority: 'bulk' })).values();
    milliseconds += performance.now() - startMs;
    for (const { text, mentions } of group) {
      const extraction = isReadable(text) ? found.next().value : undefined;
      tokens += extraction?.coverage.tokens ?? 0;
      const gold = mentions.filter(({ type }) => names.has(type));
      evaluated.push({ gold, predicted: resolveOverlap(extraction?.mentions ?? [], overlap) });
    }
    await nextEvents();
    if (onProgress?.(evaluated.length) === false) return null;
  }
  const seconds = milliseconds / 1000;
  return { quality: evaluate(evaluated), documents: evaluated.length, tokens, seconds };
}

/** A model refuses blank texts; there is nothing to find in them. */
const isReadable = (text: string): boolean => text.trim() !== '';

/** Lets timers and messages in: computing blocks the event loop. */
const nextEvents = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
