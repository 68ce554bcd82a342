import { describe, expect, it } from '@jest/globals';
import { ConceptMatcher, readStrings, surestMatch } from '../../../src/search/concept-matcher.ts';
import { seededVector } from '../../support/dictionary-extractor.ts';

const forms = ['doxorubicin', 'multiple sclerosis', 'ms'];
const vectorOf = (form: string): Float32Array => seededVector(form.slice(0, 5), 24);

const matcher = (): ConceptMatcher =>
  new ConceptMatcher(
    forms.map((form, concept) => ({ form, concept, method: concept < 2 ? 'NAME' : 'SYNONYM' })),
    forms.map(vectorOf),
  );

describe('ConceptMatcher', () => {
  it('asks for the meaning of what no name matches, each form once, and not again', () => {
    const own = matcher();
    const text = 'Doxorubicin hydrate (DH)';
    const strings = readStrings(text, ['DOXORUBICIN', 'DH', 'tremor', 'Tremor', 'ms']);

    const unknown = own.unknownForms(strings);
    const meanings = new Map(unknown.map((form) => [form, vectorOf(form)]));
    const first = own.match(strings, meanings);

    expect(unknown).toEqual(['doxorubicin hydrate', 'tremor']);
    expect(first).toEqual([
      { concept: 0, method: 'NAME', similarity: 1 },
      { concept: 0, method: 'ABBREVIATION', similarity: expect.closeTo(1) },
      null,
      null,
      { concept: 2, method: 'SYNONYM', similarity: 1 },
    ]);
    expect(own.unknownForms(strings)).toEqual([]);
    expect(own.match(strings, new Map())).toEqual(first);
  });
});

describe('surestMatch', () => {
  const match = (method: 'NAME' | 'SYNONYM' | 'ABBREVIATION' | 'MEANING', similarity: number) => ({
    concept: 1,
    method,
    similarity,
  });

  it.each([
    ['an abbreviation before a name', match('NAME', 1), match('ABBREVIATION', 1), 1],
    ['a name before a synonym', match('SYNONYM', 1), match('NAME', 1), 1],
    ['a synonym before a likeness', match('MEANING', 0.99), match('SYNONYM', 1), 1],
    ['the larger likeness', match('ABBREVIATION', 0.8), match('MEANING', 0.9), 1],
    ['something before nothing', null, match('MEANING', 0.8), 1],
    ['the first of equal ones', match('NAME', 1), match('NAME', 1), 0],
  ])('takes %s', (_name, first, second, taken) => {
    const matches = [first, second];

    expect(surestMatch(matches)).toBe(matches[taken]);
    expect(surestMatch([])).toBeNull();
  });
});
