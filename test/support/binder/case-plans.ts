/**
 * Cases that differ from the official one where programs tend to break.
 */
import type { PlainWindow } from './plain-binder.ts';
import type { CasePlan } from './write-case.ts';

const lossWeights = { start: 0.2, end: 0.2, span: 0.6, ner: 0.5, threshold: 0.5 };

/** A window of `ids`, the last of them padding from place `used` on. */
const aWindow = (
  ids: readonly number[],
  used: number,
  words: { starts: number[]; ends: number[]; gold: PlainWindow['gold'] },
): PlainWindow => ({
  ids,
  mask: ids.map((_, place) => Number(place < used)),
  wordStart: ids.map((_, place) => Number(words.starts.includes(place))),
  wordEnd: ids.map((_, place) => Number(words.ends.includes(place))),
  gold: words.gold,
});

/** One type, no width embeddings, padded windows, one of them without mentions, decaying weights. */
export const caseWithoutWidths: CasePlan = {
  encoder: {
    layers: 1,
    hiddenSize: 4,
    heads: 2,
    intermediateSize: 6,
    vocabularySize: 9,
    maxPositions: 8,
    layerNormEpsilon: 1e-5,
  },
  projection: 3,
  widthRows: 0,
  lossWeights,
  optimizer: { lr: 0.01, betas: [0.8, 0.95], eps: 1e-6, weight_decay: 0.1, clip_norm: 0.5 },
  steps: 3,
  types: [{ ids: [1, 5, 2], mask: [1, 1, 1] }],
  windows: [
    aWindow([1, 3, 4, 5, 2, 0], 5, {
      starts: [1, 3],
      ends: [2, 3],
      gold: [{ type: 0, start: 1, end: 2 }],
    }),
    aWindow([1, 6, 2, 0, 0, 0], 3, { starts: [1], ends: [1], gold: [] }),
    aWindow([1, 6, 7, 8, 7, 2], 6, {
      starts: [1, 2, 4],
      ends: [1, 3, 4],
      gold: [
        { type: 0, start: 1, end: 1 },
        { type: 0, start: 1, end: 3 },
      ],
    }),
  ],
};

/** One window, two layers of one head, two types of unequal length, nothing to find. */
export const caseWithoutGold: CasePlan = {
  encoder: {
    layers: 2,
    hiddenSize: 3,
    heads: 1,
    intermediateSize: 2,
    vocabularySize: 6,
    maxPositions: 5,
    layerNormEpsilon: 1e-12,
  },
  projection: 2,
  widthRows: 5,
  lossWeights: { ...lossWeights, start: 0.3, end: 0.1, ner: 0.25, threshold: 0.75 },
  optimizer: { lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0, clip_norm: 1 },
  steps: 3,
  types: [
    { ids: [1, 4, 3, 2], mask: [1, 1, 1, 1] },
    { ids: [1, 2, 0, 0], mask: [1, 1, 0, 0] },
  ],
  windows: [aWindow([1, 3, 5, 2], 4, { starts: [1, 2], ends: [1, 2], gold: [] })],
};
