import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  createLabeller,
  normalizedTerm,
  termForms,
} from '../../../src/training/dictionary-labels.ts';
import type { Term } from '../../../src/training/term-list.ts';
import { anyText } from '../../support/text/any-text.ts';

const word = fc.constantFrom(
  'aspirin',
  'in',
  'a1b2',
  '5-HT',
  'ASP',
  'é',
  'İ',
  '日本',
  'ß',
  'Σας',
  'x',
);

const anyTerm: fc.Arbitrary<Term> = fc.record({
  term: fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
  type: fc.constantFrom('A', 'B'),
});

const anyTerms = fc.array(anyTerm, { minLength: 1, maxLength: 8 });

/** Texts that have terms of the list in them, between anything. */
const anyCase = anyTerms.chain((terms) =>
  fc.record({
    terms: fc.constant(terms),
    text: fc
      .array(
        fc.oneof(
          anyText,
          fc.constantFrom(...terms.map(({ term }) => ` ${term}s `)),
          fc.constantFrom(...terms.map(({ term }) => ` 😀${term} `)),
        ),
        {
          maxLength: 8,
        },
      )
      .map((parts) => parts.join('')),
  }),
);

describe('createLabeller', () => {
  it('labels forms of its terms only, with their types', () => {
    fc.assert(
      fc.property(anyCase, ({ terms, text }) => {
        const known = new Set(
          terms.flatMap(({ term, type }) =>
            termForms(term).map((words) => `${type} ${normalizedTerm(words.join(' '))}`),
          ),
        );

        const found = createLabeller({ terms })(text);

        for (const { start, end, type } of found)
          expect(known).toContain(`${type} ${normalizedTerm(text.slice(start, end))}`);
      }),
    );
  });

  it('labels a character twice only as one term of several types, in order', () => {
    fc.assert(
      fc.property(anyCase, ({ terms, text }) => {
        const found = createLabeller({ terms })(text);

        const places = found.map(({ start, end }) => `${start} ${end}`);
        const labels = found.map(({ type }, i) => `${places[i]} ${type}`);
        expect(new Set(labels).size).toBe(labels.length);
        found.forEach((mention, i) => {
          const next = found[i + 1];
          if (places[i] !== places[i + 1])
            expect(next === undefined || mention.end <= next.start).toBe(true);
        });
      }),
    );
  });

  it('finds every term that stands alone, and nothing that is on the stop list', () => {
    fc.assert(
      fc.property(anyTerm, anyText, ({ term, type }, before) => {
        const text = `${before} . ${term} . `;
        const start = before.length + 3;

        const labelled = createLabeller({ terms: [{ term, type }] })(text);
        const stopped = createLabeller({ terms: [{ term, type }], stopTerms: [term] })(text);

        expect(labelled.at(-1)).toEqual({ start, end: start + term.length, type });
        expect(stopped).toEqual([]);
      }),
    );
  });
});
