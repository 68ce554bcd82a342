/**
 * What a model says of annotated documents, which are read exactly as every other document is: the one
 * reading that evaluating, calibrating and sweeping offsets share.
 */
import type { AnnotatedDocument, EntityType, GoldMention } from '../core/document.ts';
import type { Extractor } from './extractor.ts';
import { type OverlapPolicy, resolveOverlap } from './overlap.ts';

/** A mention that a model found. */
export interface PredictedMention extends GoldMention {
  readonly margin: number;
}

/** A document with what annotators and the model say. */
export interface PredictedDocument {
  readonly gold: readonly GoldMention[];
  /** Nested, each above its type's offset. */
  readonly predicted: readonly PredictedMention[];
}

/** What a model says of documents, and how fast it read them. */
export interface Predictions {
  readonly documents: readonly PredictedDocument[];
  /** Of documents, each counted once however many windows it is in. */
  readonly tokens: number;
  /** Of reading; opening the model and encoding the types are not counted. */
  readonly seconds: number;
}

/** What is read. */
export interface PredictOptions {
  readonly documents: readonly AnnotatedDocument[];
  /** Mentions of other types are left out on both sides. */
  readonly types: readonly EntityType[];
  /** Told after each group how many documents are done; false ends the reading without a result. */
  readonly onProgress?: ((documentsDone: number) => boolean) | undefined;
}

/** Few enough to tell soon how far it is, enough to fill batches of windows of like length. */
const documentsPerGroup = 64;

/** Reads annotated documents; null when `onProgress` ended it. */
export async function predict(
  model: Extractor,
  { documents, types, onProgress }: PredictOptions,
): Promise<Predictions | null> {
  const names = new Set(types.map(({ name }) => name));
  const read: PredictedDocument[] = [];
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
      read.push({ gold, predicted: (extraction?.mentions ?? []).map(withoutVector) });
    }
    await nextEvents();
    if (onProgress?.(read.length) === false) return null;
  }
  return { documents: read, tokens, seconds: milliseconds / 1000 };
}

/** A model refuses blank texts; there is nothing to find in them. */
const isReadable = (text: string): boolean => text.trim() !== '';

const withoutVector = ({ start, end, type, margin }: PredictedMention): PredictedMention => ({
  start,
  end,
  type,
  margin,
});

/** Lets timers and messages in: computing blocks the event loop. */
const nextEvents = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The documents with overlaps resolved. */
export const resolved = (
  documents: readonly PredictedDocument[],
  overlap: OverlapPolicy,
): PredictedDocument[] =>
  documents.map(({ gold, predicted }) => ({ gold, predicted: resolveOverlap(predicted, overlap) }));
