import { spokenName } from '../../../src/training/descriptions.ts';

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
