import { parseNouns, wordnetTerms } from '../../../src/training/wordnet.ts';

/** A dictionary of eleven synsets in WordNet's form, its licence at the top. */
const data = [
  '  1 This software and database is being provided to you',
  '00000001 03 n 01 entity 0 000 | that which exists',
  '00000002 03 n 01 animal 0 001 @ 00000001 n 0000 | a living organism; "animals move"',
  '00000003 03 n 02 bird 0 fowl 0 001 @ 00000002 n 0000 | a warm-blooded animal with feathers',
  '00000004 03 n 01 fish 0 001 @ 00000002 n 0000 | a cold-blooded animal with gills',
  '00000005 03 n 01 wren 0 001 @ 00000003 n 0000 | a small brown bird',
  '00000006 03 n 01 snow_goose 0 002 @ 00000003 n 0000 ~ 00000001 n 0000 | a white goose',
  '00000007 03 n 01 carp 0 001 @ 00000004 n 0000 | a freshwater fish',
  '00000008 03 n 01 bass 0 001 @ 00000004 n 0000 | an edible fish',
  '00000009 03 n 01 bass 1 001 @ 00000001 n 0000 | the lowest part in music',
  '00000010 03 n 01 flying_fish 0 002 @ 00000004 n 0000 @ 00000003 n 0000 | of both, here',
  '00000011 15 n 01 Ponyo 0 001 @i 00000004 n 0000 | the name of one',
].join('\n');
const index = [
  '  1 This software and database is being provided to you',
  'animal n 1 1 @ 1 1 00000002  ',
  'bass n 2 1 @ 2 1 00000008 00000009  ',
  'bird n 1 1 @ 1 1 00000003  ',
  'carp n 1 1 @ 1 1 00000007  ',
  'entity n 1 0 1 1 00000001  ',
  'fish n 1 1 @ 1 1 00000004  ',
  'flying_fish n 1 1 @ 1 1 00000010  ',
  'fowl n 1 1 @ 1 1 00000003  ',
  'ponyo n 1 1 @i 1 0 00000011  ',
  'snow_goose n 1 2 @ ~ 1 1 00000006  ',
  'wren n 1 1 @ 1 1 00000005  ',
].join('\n');
const nouns = parseNouns(data, index);

const termsOf = (options: { types: number; minTerms?: number; maxSenses?: number }) =>
  wordnetTerms(nouns, { minTerms: 2, maxSenses: 1, ...options });

describe('parseNouns', () => {
  it('reads words, hypernyms of both kinds, and the gloss without its examples', () => {
    expect(nouns.synsets.get('00000006')).toEqual({
      lemmas: ['snow goose'],
      hypernyms: ['00000003'],
      gloss: 'a white goose',
    });
    expect(nouns.synsets.get('00000011')!.hypernyms).toEqual(['00000004']);
    expect(nouns.synsets.get('00000002')!.gloss).toBe('a living organism');
  });

  it('keeps the order of senses', () => {
    expect(nouns.senses.get('bass')).toEqual(['00000008', '00000009']);
  });
});

describe('wordnetTerms', () => {
  it('splits the largest synset until there are as many types as wanted', () => {
    const { types } = termsOf({ types: 2 });

    expect(types).toEqual([
      { name: 'bird', description: 'a warm-blooded animal with feathers' },
      { name: 'fish', description: 'a cold-blooded animal with gills' },
    ]);
  });

  it('gives each type the nouns below it, and leaves out what is below two or has two senses', () => {
    const { terms } = termsOf({ types: 2 });

    expect(terms.map(({ term, type }) => `${term}: ${type}`).toSorted()).toEqual([
      'bird: bird',
      'carp: fish',
      'fish: fish',
      'fowl: bird',
      'ponyo: fish',
      'snow goose: bird',
      'wren: bird',
    ]);
  });

  it('takes the first sense where more than one is allowed', () => {
    const { terms } = termsOf({ types: 2, maxSenses: 2 });

    expect(terms).toContainEqual({ term: 'bass', type: 'fish' });
  });

  it('leaves out a type with too few terms', () => {
    const { types } = termsOf({ types: 2, minTerms: 5 });

    expect(types.map(({ name }) => name)).toEqual(['bird']);
  });
});
