import { describe, expect, it } from '@jest/globals';
import { flat, resolveOverlap } from '../../../src/ner/overlap.ts';

const mention = (start: number, end: number, margin: number, type = 'Drug') => ({
  start,
  end,
  margin,
  type,
});

describe('flat', () => {
  it('keeps the surer of two that overlap', () => {
    const long = mention(0, 9, 2);
    const short = mention(3, 5, 1);

    expect(flat([long, short])).toEqual([long]);
  });

  it('keeps what a person accepted, whatever the margins', () => {
    const sure = mention(0, 9, 9);
    const accepted = { ...mention(3, 5, 0), state: 'ACCEPTED' as const };

    expect(flat([sure, accepted])).toEqual([accepted]);
  });

  it('judges overlap across types', () => {
    const disease = mention(0, 5, 1, 'Disease');
    const drug = mention(0, 5, 2, 'Drug');

    expect(flat([disease, drug])).toEqual([drug]);
  });

  it('keeps what touches', () => {
    const mentions = [mention(0, 5, 1), mention(5, 9, 2)];

    expect(flat(mentions)).toEqual(mentions);
  });

  it('keeps what overlaps only a mention that was not kept', () => {
    const [first, second, third] = [mention(0, 4, 1), mention(3, 7, 2), mention(6, 9, 3)];

    expect(flat([first, second, third])).toEqual([first, third]);
  });

  it.each([
    ['start', mention(2, 5, 1), mention(0, 3, 1), 1],
    ['end', mention(0, 5, 1), mention(0, 3, 1), 1],
    ['type', mention(0, 3, 1, 'B'), mention(0, 3, 1, 'A'), 1],
  ])('breaks ties by %s', (_, first, second, winner) => {
    const mentions = [first, second];

    expect(flat(mentions)).toEqual([mentions[winner]]);
  });

  it('keeps the given order', () => {
    const mentions = [mention(20, 25, 1), mention(0, 5, 3), mention(10, 15, 2)];

    expect(flat(mentions)).toEqual(mentions);
  });

  it('gives nothing for nothing', () => {
    expect(flat([])).toEqual([]);
  });
});

describe('resolveOverlap', () => {
  const mentions = [mention(0, 9, 2), mention(3, 5, 1)];

  it('keeps everything when nested', () => {
    expect(resolveOverlap(mentions, 'NESTED')).toEqual(mentions);
  });

  it('resolves when flat', () => {
    expect(resolveOverlap(mentions, 'FLAT')).toEqual([mentions[0]]);
  });
});
