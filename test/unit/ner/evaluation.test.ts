import { describe, expect, it } from '@jest/globals';
import { evaluate, isCorrect, qualityOfTypes } from '../../../src/ner/evaluation.ts';

const drug = { start: 0, end: 4, type: 'Drug' };
const other = { start: 6, end: 9, type: 'Drug' };
const disease = { start: 0, end: 4, type: 'Disease' };

describe('evaluate', () => {
  it('counts a mention as right when start, end and type agree', () => {
    const result = evaluate([{ gold: [drug], predicted: [drug, disease, { ...drug, end: 5 }] }]);

    expect(result).toMatchObject({ truePositives: 1, falsePositives: 2, falseNegatives: 0 });
  });

  it('does not match mentions of different documents', () => {
    const result = evaluate([
      { gold: [drug], predicted: [] },
      { gold: [], predicted: [drug] },
    ]);

    expect(result).toMatchObject({ truePositives: 0, falsePositives: 1, falseNegatives: 1 });
  });

  it('counts duplicates once', () => {
    const result = evaluate([
      { gold: [drug, drug, other, other], predicted: [drug, drug, disease, disease] },
    ]);

    expect(result).toMatchObject({ truePositives: 1, falsePositives: 1, falseNegatives: 1 });
  });

  it('gives micro averages over documents and types', () => {
    const result = evaluate([
      { gold: [drug, other], predicted: [drug] },
      { gold: [drug, disease], predicted: [drug, other] },
    ]);

    expect(result.precision).toBeCloseTo(2 / 3);
    expect(result.recall).toBeCloseTo(2 / 4);
    expect(result.f1).toBeCloseTo(4 / 7);
  });

  it('gives each type its own figures, by name', () => {
    const { perType } = evaluate([{ gold: [drug, disease], predicted: [drug, other] }]);

    expect(Object.keys(perType)).toEqual(['Disease', 'Drug']);
    expect(perType.Drug).toMatchObject({ precision: 0.5, recall: 1 });
    expect(perType.Disease).toMatchObject({ precision: 0, recall: 0, f1: 0, falseNegatives: 1 });
  });

  it.each([
    ['nothing at all', []],
    ['documents without mentions', [{ gold: [], predicted: [] }]],
    ['nothing predicted', [{ gold: [drug], predicted: [] }]],
    ['nothing annotated', [{ gold: [], predicted: [drug] }]],
  ])('gives zeros for %s', (_, documents) => {
    expect(evaluate(documents)).toMatchObject({ precision: 0, recall: 0, f1: 0 });
  });
});

describe('isCorrect', () => {
  it('is true for the start, end and type of a gold mention', () => {
    const isRight = isCorrect([drug, other]);

    expect([drug, other, disease, { ...drug, end: 5 }].map(isRight)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('qualityOfTypes', () => {
  it('is that of the types alone', () => {
    const documents = [{ gold: [drug, other, disease], predicted: [drug, { ...disease, end: 5 }] }];
    const all = evaluate(documents);

    const drugs = qualityOfTypes(all, (type) => type === 'Drug');

    expect(drugs).toEqual(all.perType['Drug']);
    expect(qualityOfTypes(all, () => true)).toMatchObject({
      truePositives: all.truePositives,
      f1: all.f1,
    });
    expect(qualityOfTypes(all, () => false)).toMatchObject({ truePositives: 0, f1: 0 });
  });
});
