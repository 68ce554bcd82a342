import { describe, expect, it } from '@jest/globals';
import { surfaceForm } from '../../../src/store/surface-form.ts';

describe('surfaceForm', () => {
  it.each([
    ['Aspirin', 'aspirin'],
    ['ÄRGER  und\tß', 'ärger  und\tß'],
    ['ΣΑΣ', 'σας'],
  ])('makes %j %j, changing nothing but case', (text, expected) => {
    expect(surfaceForm(text)).toBe(expected);
  });
});
