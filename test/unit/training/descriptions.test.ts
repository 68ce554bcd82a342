import { nameTexts, spokenName } from '../../../src/training/descriptions.ts';

describe('spokenName', () => {
  it.each([
    ['Multi-tissue_structure', 'multi-tissue structure'],
    ['CellLine', 'cell line'],
    ['GENE', 'gene'],
    ['creative-work', 'creative-work'],
  ])('says %s as %s', (name, spoken) => {
    expect(spokenName(name)).toBe(spoken);
  });
});

describe('nameTexts', () => {
  it.each([
    ['CellLine', ['cell line', 'A cell line.']],
    ['Organ', ['organ', 'An organ.']],
  ])('says %s in two ways', (name, texts) => {
    expect(nameTexts(name)).toEqual(texts);
  });
});
