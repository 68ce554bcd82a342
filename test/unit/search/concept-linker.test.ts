import { describe, expect, it } from '@jest/globals';
import { ConceptLinker } from '../../../src/search/concept-linker.ts';
import { seededVector } from '../../support/dictionary-extractor.ts';

const vocabulary = [
  { id: 'D004317', name: 'Doxorubicin', synonyms: ['adriamycin'] },
  { id: 'D009103', name: 'multiple sclerosis', synonyms: ['MS'] },
  { id: 'D009020', name: 'Morphine', synonyms: ['morphine sulfate', 'multiple sclerosis'] },
];

const encoded: string[] = [];

/** Words of equal beginnings mean the same. */
const source = {
  encodeMeanings: async (texts: readonly string[]) => {
    encoded.push(...texts);
    return texts.map((text) => seededVector(text.slice(0, 5), 24));
  },
};

async function propose(text: string, ...strings: readonly string[]) {
  const linker = await ConceptLinker.create(vocabulary, source);
  const found = await linker.propose(text, strings);
  return found.map((each) => each && `${each.id} ${each.method} ${each.similarity.toFixed(3)}`);
}

describe('ConceptLinker', () => {
  it('proposes by name, then by synonym, ignoring case', async () => {
    expect(await propose('', 'doxorubicin', 'ADRIAMYCIN', 'Multiple Sclerosis')).toEqual([
      'D004317 NAME 1.000',
      'D004317 SYNONYM 1.000',
      'D009103 NAME 1.000',
    ]);
  });

  it('takes an abbreviation for what the text says it is', async () => {
    const text = 'Morphine sulfate (MS) was given.';

    expect(await propose(text, 'MS')).toEqual(['D009020 ABBREVIATION 1.000']);
    expect(await propose('no word of that', 'MS')).toEqual(['D009103 SYNONYM 1.000']);
  });

  it('proposes the name of the nearest meaning, of an abbreviation that of its long form', async () => {
    const text = 'We gave doxorubicine hydrate (DH).';

    expect(await propose(text, 'doxor', 'DH')).toEqual([
      'D004317 MEANING 1.000',
      'D004317 ABBREVIATION 1.000',
    ]);
  });

  it('proposes nothing when no name is near', async () => {
    expect(await propose('', 'tremor')).toEqual([null]);
  });

  it('encodes each name and each string once', async () => {
    encoded.length = 0;
    const linker = await ConceptLinker.create(vocabulary, source);

    await linker.propose('', ['tremor', 'Tremor', 'morphine']);
    await linker.propose('', ['tremor']);

    expect(encoded.toSorted()).toEqual([
      'adriamycin',
      'doxorubicin',
      'morphine',
      'morphine sulfate',
      'ms',
      'multiple sclerosis',
      'tremor',
    ]);
  });
});
