import { describe, expect, it } from '@jest/globals';
import {
  addPreviews,
  emptyPreview,
  lowestOffset,
  previewOf,
  type TypePreview,
} from '../../../src/ner/type-preview.ts';

const question = { offset: 1, shown: 2 };

const mention = (margin: number, start = 0) => ({
  start,
  end: start + 3,
  type: '',
  score: 5 + margin,
  threshold: 5,
  margin,
  window: 0,
  vector: Float32Array.of(1),
});

const at = (preview: TypePreview, offset: number) =>
  preview.offsets.find((each) => each.offset === offset);

const margins = (mentions: TypePreview['best']): number[] => mentions.map(({ margin }) => margin);

describe('previewOf and addPreviews', () => {
  const first = previewOf(question, 1, [mention(3), mention(0.5), mention(1.25, 9)]);
  const second = previewOf(question, 2, [mention(-0.5), mention(0.875)]);
  const both = addPreviews(question, first, second);

  it('count mentions and documents above each offset', () => {
    expect(at(both, 1)).toEqual({ offset: 1, mentions: 2, documents: 1 });
    expect(at(both, 0.5)).toEqual({ offset: 0.5, mentions: 3, documents: 2 });
    expect(at(both, -1)).toEqual({ offset: -1, mentions: 5, documents: 2 });
    expect(at(both, 3)).toEqual({ offset: 3, mentions: 0, documents: 0 });
    expect(both.documents).toBe(2);
  });

  it('show the best mentions, and those nearest to the offset on both sides', () => {
    expect(margins(both.best)).toEqual([3, 1.25]);
    expect(margins(both.borderline)).toEqual([0.875, 1.25]);
    expect(both.borderline[0]?.documentId).toBe(2);
  });

  it('count every span once by margin', () => {
    const from = lowestOffset(question);

    expect(both.histogram.reduce((sum, count) => sum + count, 0)).toBe(5);
    expect(both.histogram[Math.floor((3 - from) / 0.5)]).toBe(1);
    expect(both.histogram[Math.floor((0.5 - from) / 0.5)]).toBe(2);
  });

  it('count what is above the last bin in it', () => {
    const { histogram } = previewOf(question, 1, [mention(1_000)]);

    expect(histogram.at(-1)).toBe(1);
  });

  it('do not depend on the order of documents', () => {
    expect(addPreviews(question, second, first)).toEqual(both);
    expect(addPreviews(question, emptyPreview(question), both)).toEqual(both);
  });
});
