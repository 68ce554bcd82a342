import { describe, expect, it } from '@jest/globals';
import { dot } from '../../../src/core/vector.ts';
import { encodeLedger } from '../../../src/ner/ledger.ts';
import { askTypes, scoreWindow } from '../../../src/ner/scorer.ts';
import { exampleVector, moveByExamples } from '../../../src/ner/type-examples.ts';
import {
  kept,
  randomHead,
  randomNumbers,
  randomRows,
  randomUnit,
} from '../../support/ner/random-window.ts';

const random = randomNumbers(5);
const size = 8;

const some = (isPositive: boolean) => ({ isPositive, vector: randomUnit(random, size) });

describe('moveByExamples', () => {
  it('comes nearer to positive examples and farther from negative ones', () => {
    const described = randomUnit(random, size);
    const [positive, negative] = [some(true), some(false)];

    const moved = moveByExamples(described, [positive, negative]);
    const withoutNegative = moveByExamples(described, [positive]);

    expect(dot(withoutNegative, positive.vector)).toBeGreaterThan(dot(described, positive.vector));
    expect(dot(moved, negative.vector)).toBeLessThan(dot(withoutNegative, negative.vector));
    expect(dot(moved, moved)).toBeCloseTo(1, 6);
  });

  it('without a description, is the mean of positive examples', () => {
    const one = some(true);

    const moved = moveByExamples(null, [one, one, one]);

    moved.forEach((value, e) => {
      expect(value).toBeCloseTo(one.vector[e]!, 6);
    });
  });

  it('does not depend on the order of examples', () => {
    const described = randomUnit(random, size);
    const examples = [some(true), some(false), some(true)];

    const moved = moveByExamples(described, examples);

    moveByExamples(described, examples.toReversed()).forEach((value, e) => {
      expect(value).toBeCloseTo(moved[e]!, 6);
    });
  });
});

describe('exampleVector', () => {
  const head = randomHead(random, { size });
  const window = kept(randomRows(random, 30, size));
  const ledger = encodeLedger([window], size);
  const text = 'abc '.repeat(31);
  const all = scoreWindow(head, window, askTypes(head, [randomUnit(random, size)], [-1_000]));

  it('is the vector that the span has as a mention', () => {
    for (const { start, end, vector } of all.accepted) {
      const example = exampleVector(head, ledger, { text, start, end, isPositive: true });

      expect(example).toEqual({ isPositive: true, vector });
    }
    expect(all.accepted.length).toBeGreaterThan(50);
  });

  it.each([
    ['starts within a word', 1, 11],
    ['ends before it starts', 40, 11],
    ['is longer than a mention can be', 4, 127],
  ])('refuses a span that %s', (_, start, end) => {
    const example = { text, start, end, isPositive: true };

    expect(() => exampleVector(head, ledger, example)).toThrow('whole words');
  });

  it('is none for such a span that a review gave', () => {
    const example = { text, start: 1, end: 11, isPositive: true, documentId: 7 };

    expect(exampleVector(head, ledger, example)).toBeUndefined();
  });
});
