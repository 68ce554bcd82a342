/**
 * BINDER in loops over float64, as the official program computes it: every span's vector from its two
 * states and its width, every loss term its own masked softmax.
 */
import type { EncoderSettings } from '../../../src/ner/encoder-graph.ts';
import {
  inner,
  type PlainTokens,
  type PlainWeights,
  plainLinear,
  plainStates,
  type Rows,
  rowOf,
} from './plain-encoder.ts';

/** A window to learn from. Units: token positions, `start` and `end` included. */
export interface PlainWindow extends PlainTokens {
  readonly wordStart: readonly number[];
  readonly wordEnd: readonly number[];
  readonly gold: readonly { readonly type: number; readonly start: number; readonly end: number }[];
}

/** A batch and the sizes of its model. */
export interface PlainBatch {
  readonly encoder: EncoderSettings;
  readonly windows: readonly PlainWindow[];
  readonly types: readonly PlainTokens[];
  readonly lossWeights: Readonly<Record<'start' | 'end' | 'span' | 'ner' | 'threshold', number>>;
}

/** Scores of one window and type; span scores in rows by start. */
export interface PlainScores {
  readonly start: readonly number[];
  readonly end: readonly number[];
  readonly span: readonly number[];
}

const tiny = 1e-13;

const unit = (x: readonly number[]): number[] => {
  const length = Math.sqrt(inner(x, x));
  return x.map((value) => value / length);
};

/** The vector of the span [i, j]. */
function spanVector(weights: PlainWeights, states: Rows, [i, j]: [number, number]): number[] {
  const hasWidths = weights.has('width_embeddings.weight');
  const width = hasWidths ? rowOf(weights, 'width_embeddings.weight', j >= i ? j - i + 1 : 0) : [];
  return plainLinear(weights, 'span_linear', [...states[i]!, ...states[j]!, ...width]);
}

/** Scores of every window (first index) and type (second). */
export function plainScores(weights: PlainWeights, batch: PlainBatch): PlainScores[][] {
  const encode = (prefix: string, tokens: PlainTokens) =>
    plainStates({ weights, prefix, settings: batch.encoder }, tokens);
  const scale = (kind: string) => Math.exp(rowOf(weights, `${kind}_logit_scale`)[0]!);
  const project = (name: string, state: readonly number[]) =>
    unit(plainLinear(weights, `${name}_linear`, state));
  const types = batch.types.map((tokens) => encode('type_encoder.', tokens)[0]!);
  return batch.windows.map((window) => {
    const states = encode('text_encoder.', window);
    const starts = states.map((state) => project('start', state));
    const ends = states.map((state) => project('end', state));
    const spans = states.flatMap((_, i) =>
      states.map((__, j) => unit(spanVector(weights, states, [i, j]))),
    );
    const against = (vectors: Rows, kind: string, type: readonly number[]) => {
      const query = project(`type_${kind}`, type);
      return vectors.map((vector) => scale(kind) * inner(vector, query));
    };
    return types.map((type) => ({
      start: against(starts, 'start', type),
      end: against(ends, 'end', type),
      span: against(spans, 'span', type),
    }));
  });
}

/** −ln of the share that `place` has of the softmax over what the mask leaves. */
function lossTerm(scores: readonly number[], mask: readonly number[], place: number): number {
  const damped = scores.map((score, k) => score + Math.log(mask[k]! + tiny));
  const largest = Math.max(...damped);
  const total = damped.reduce((sum, score) => sum + Math.exp(score - largest), 0);
  return largest + Math.log(total) - damped[place]!;
}

const mean = (terms: readonly number[]): number =>
  terms.length === 0 ? 0 : terms.reduce((a, b) => a + b, 0) / terms.length;

/** What counts as a negative of a type, for each kind of score; and where its gold lies. */
function masksOf(window: PlainWindow, type: number) {
  const length = window.ids.length;
  const gold = window.gold.filter((mention) => mention.type === type);
  const masks = {
    start: window.wordStart.map(Number),
    end: window.wordEnd.map(Number),
    span: window.wordStart.flatMap((starts, i) =>
      window.wordEnd.map((ends, j) => (starts && ends && j >= i ? 1 : 0)),
    ),
  };
  const places = gold.map(({ start, end }) => ({ start, end, span: start * length + end }));
  for (const kind of ['start', 'end', 'span'] as const) {
    for (const place of places) masks[kind][place[kind]] = 0;
    masks[kind][0] = 1;
  }
  return { masks, places };
}

/** The loss of a batch. */
export function plainLoss(scores: PlainScores[][], batch: PlainBatch): number {
  const { windows, lossWeights } = batch;
  let loss = 0;
  for (const kind of ['start', 'end', 'span'] as const) {
    const mentionTerms: number[] = [];
    const thresholdTerms: number[] = [];
    windows.forEach((window, b) => {
      scores[b]!.forEach((of, type) => {
        const { masks, places } = masksOf(window, type);
        thresholdTerms.push(lossTerm(of[kind], masks[kind], 0));
        for (const place of places) {
          const mask = masks[kind].with(place[kind], 1);
          mentionTerms.push(lossTerm(of[kind], mask, place[kind]));
        }
      });
    });
    const mixed =
      lossWeights.ner * mean(mentionTerms) + lossWeights.threshold * mean(thresholdTerms);
    loss += lossWeights[kind] * mixed;
  }
  return loss;
}
