import { describe, expect, it } from '@jest/globals';
import { createLabeller } from '../../../src/training/dictionary-labels.ts';
import type { Term } from '../../../src/training/term-list.ts';

const terms: readonly Term[] = [
  { term: 'aspirin', type: 'Chemical' },
  { term: 'colon cancer', type: 'Disease' },
  { term: 'cancer', type: 'Disease' },
  { term: 'cancer of the colon', type: 'Disease' },
  { term: 'AIDS', type: 'Disease' },
  { term: 'PVC', type: 'Disease' },
  { term: '5-HT', type: 'Chemical' },
  { term: 'COX', type: 'Protein' },
  { term: 'metastasis', type: 'Disease' },
  { term: 'biopsies', type: 'Procedure' },
  { term: 'Ménière disease', type: 'Disease' },
  { term: 'May', type: 'Month', exact: true },
];

/** What a text's labels read, each with its type. */
function labels(text: string, stopTerms: readonly string[] = [], list = terms): string[] {
  const label = createLabeller({ terms: list, stopTerms });
  return label(text).map(({ start, end, type }) => `${type}: ${text.slice(start, end)}`);
}

describe('createLabeller', () => {
  it.each([
    ['the longest of terms that begin alike', 'colon cancer', ['Disease: colon cancer']],
    [
      'the longest of terms that overlap',
      'some colon cancer of the colon',
      ['Disease: cancer of the colon'],
    ],
    ['a shorter one where the longest is not there', 'cancer of the skin', ['Disease: cancer']],
    ['any case', 'ASPIRIN, Aspirin', ['Chemical: ASPIRIN', 'Chemical: Aspirin']],
    ['short terms in capitals as they are written', 'AIDS aids Aids', ['Disease: AIDS']],
    ['the plural of a short term in capitals', 'PVCs, not pvcs', ['Disease: PVCs']],
    ['a name as it is written', 'in May it may', ['Month: May']],
    ['the plural of a term', 'cancers', ['Disease: cancers']],
    ['the singular of a term', 'a biopsy', ['Procedure: biopsy']],
    ['plurals in -es of terms in -is', 'two metastases', ['Disease: metastases']],
    ['a term over a line break', 'colon\n cancer', ['Disease: colon\n cancer']],
    ['a term with spaces around its hyphen', '5 - HT', ['Chemical: 5 - HT']],
    [
      'letters and accents apart from them',
      'Me\u0301nie\u0300re disease',
      ['Disease: Me\u0301nie\u0300re disease'],
    ],
    ['a part of a word joined by a hyphen', 'aspirin-induced', ['Chemical: aspirin']],
  ])('labels %s', (_, text, expected) => {
    expect(labels(text)).toEqual(expected);
  });

  it.each([
    ['the inside of a word', 'anticancer aspirins1'],
    ['a part of a run of letters and digits', 'COX2 and 15-HT'],
    ['a term whose words are in another order', 'cancer-free colon'.replace('cancer', 'tumour')],
    ['nothing', ''],
  ])('does not label %s', (_, text) => {
    expect(labels(text)).toEqual([]);
  });

  it('takes the first of overlapping matches of one length', () => {
    const list = [
      { term: 'ab cd', type: 'A' },
      { term: 'cd ef', type: 'B' },
    ];

    expect(labels('ab cd ef', [], list)).toEqual(['A: ab cd']);
  });

  it('labels a term that is listed with two types with both', () => {
    const list = [
      { term: 'lead', type: 'Chemical' },
      { term: 'Lead', type: 'Cable' },
    ];

    expect(labels('lead', [], list)).toEqual(['Chemical: lead', 'Cable: lead']);
  });

  it('prefers the term that is written so to the one that is not', () => {
    const list = [
      { term: 'all', type: 'Word' },
      { term: 'ALL', type: 'Disease' },
    ];

    expect(labels('all ALL', [], list)).toEqual(['Word: all', 'Disease: ALL']);
  });

  it('does not label what the stop list has, nor what lies in it', () => {
    expect(labels('cancer at the Cancer Center', ['cancer center'])).toEqual(['Disease: cancer']);
    expect(labels('cancer, colon cancer', ['cancer'])).toEqual(['Disease: colon cancer']);
  });

  it('stops a short term in capitals by one that is written so', () => {
    const list = [{ term: 'LEAD', type: 'Gene' }];

    expect(labels('LEAD, lead', ['lead'], list)).toEqual(['Gene: LEAD']);
    expect(labels('LEAD, lead', ['LEAD'], list)).toEqual([]);
  });

  it('counts UTF-16 code units', () => {
    const text = '😀aspirin😀 and 🧪 cancer';

    const found = createLabeller({ terms })(text);

    expect(found).toEqual([
      { start: 2, end: 9, type: 'Chemical' },
      { start: 19, end: 25, type: 'Disease' },
    ]);
  });
});
