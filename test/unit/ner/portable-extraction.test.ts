import { deserialize, serialize } from 'node:v8';
import { confidenceAt } from '../../../src/ner/calibration.ts';
import type { Extraction } from '../../../src/ner/extractor.ts';
import {
  type PortableExtraction,
  packExtraction,
  unpackExtraction,
} from '../../../src/ner/portable-extraction.ts';

const coverage = {
  characters: 30,
  charactersRead: 29,
  tokens: 6,
  words: 3,
  unknownTokens: 1,
  windows: 2,
  dropped: [{ start: 4, end: 5, reason: 'CONTROL_CHARACTER' as const }],
};

const calibration = { method: 'PLATT', slope: 0.1, intercept: -0.5 } as const;

const mention = (start: number, type: string, seed: number) => ({
  start,
  end: start + 3,
  type,
  score: 9.1 + seed,
  threshold: 3.3,
  margin: 9.1 + seed - 3.3,
  confidence: confidenceAt(calibration, 9.1 + seed - 3.3),
  window: seed % 2,
  vector: Float32Array.of(seed, 1, -seed),
});

describe('packExtraction and unpackExtraction', () => {
  it.each<[string, Extraction]>([
    [
      'mentions of several types',
      {
        mentions: [mention(0, 'Disease', 1), mention(0, 'Chemical', 2), mention(9, 'Disease', 3)],
        windows: [
          { start: 0, end: 20, tokens: 4, thresholdVector: Float32Array.of(1, 0, 0) },
          { start: 10, end: 30, tokens: 3, thresholdVector: Float32Array.of(0, 1, 0) },
        ],
        coverage,
        ledger: Uint8Array.of(1, 2, 255),
      },
    ],
    ['an extraction without anything', { mentions: [], windows: [], coverage, ledger: null }],
  ])('give back %s', (_, extraction) => {
    const sent = deserialize(serialize(packExtraction(extraction))) as PortableExtraction;

    expect(unpackExtraction(sent, calibration)).toEqual(extraction);
  });

  it('give no confidence without a calibration', () => {
    const mentions = [mention(0, 'Disease', 1)];
    const packed = packExtraction({ mentions, windows: [], coverage, ledger: null });

    expect(unpackExtraction(packed, null).mentions).toMatchObject([{ confidence: null }]);
  });
});
