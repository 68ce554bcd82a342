import { describe, expect, it } from '@jest/globals';
import { numberForms } from '../../../src/training/plural.ts';

describe('numberForms', () => {
  it.each([
    ['drug', 'drugs'],
    ['biopsy', 'biopsies'],
    ['virus', 'viruses'],
    ['box', 'boxes'],
    ['rash', 'rashes'],
    ['diagnosis', 'diagnoses'],
    ['disease', 'diseases'],
    ['assay', 'assays'],
  ])('knows the plural of %s and the singular of %s', (singular, plural) => {
    expect(numberForms(singular)).toContain(plural);
    expect(numberForms(plural)).toContain(singular);
  });

  it.each([
    ['gas', 'ga'],
    ['loss', 'los'],
    ['plane', 'plan'],
    ['plans', 'plane'],
  ])('does not take %s for a form of %s', (word, other) => {
    expect(numberForms(word)).not.toContain(other);
    expect(numberForms(other)).not.toContain(word);
  });
});
