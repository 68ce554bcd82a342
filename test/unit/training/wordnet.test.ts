import { parseNouns, wordnetTerms } from '../../../src/training/wordnet.ts';

/** A dictionary of twelve synsets in WordNet's form, its licence at the top. */
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
  '00000012 15 n 01 AUC 0 001 @ 00000003 n 0000 | an acronym',
].join('\n');
const index = [
  '  1 This software and database is being provided to you',
  'animal n 1 1 @ 1 1 00000002  ',
  'auc n 1 1 @ 1 1 00000012  ',
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

const termsOf = (options: { minTerms?: number; maxTerms?: number; maxSenses?: number } = {}) =>
  wordnetTerms(nouns, { minTerms: 2, maxTerms: 100, maxSenses: 1, ...options });

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
  it('makes types of wide synsets and of narrow ones below them', () => {
    const { types } = termsOf();

    expect(types).toEqual([
      { name: 'animal', description: 'a living organism' },
      { name: 'bird', description: 'a warm-blooded animal with feathers' },
      { name: 'entity', description: 'that which exists' },
      { name: 'fish', description: 'a cold-blooded animal with gills' },
    ]);
  });

  it('makes a noun a term of all that it is a kind of, and leaves out what has two senses or is an acronym', () => {
    const { terms } = termsOf({ maxTerms: 9 });

    const typesOf = (term: string) =>
      terms.flatMap((each) => (each.term === term ? [each.type] : [])).toSorted();
    expect(typesOf('wren')).toEqual(['animal', 'bird']);
    expect(typesOf('Ponyo')).toEqual(['animal', 'fish']);
    expect(typesOf('flying fish')).toEqual(['animal', 'bird', 'fish']);
    expect(typesOf('bass')).toEqual([]);
    expect(terms.map(({ term }) => term)).not.toContain('AUC');
  });

  it('takes the first sense where more than one is allowed', () => {
    const { terms } = termsOf({ maxSenses: 2 });

    expect(terms).toContainEqual({ term: 'bass', type: 'fish' });
    expect(terms).toContainEqual({ term: 'bass', type: 'animal' });
  });

  it('leaves out types with too few terms and with too many', () => {
    const { types } = termsOf({ minTerms: 5, maxTerms: 9 });

    expect(types.map(({ name }) => name)).toEqual(['animal', 'bird']);
  });

  it('names a type that another has the name of by what it is a kind of', () => {
    const twice = parseNouns(
      [
        '00000001 03 n 01 animal 0 000 | a living organism',
        '00000002 03 n 01 game 0 001 @ 00000001 n 0000 | an animal that is hunted',
        '00000003 03 n 01 pastime 0 000 | what is done for fun',
        '00000004 03 n 01 game 1 001 @ 00000003 n 0000 | a contest',
        '00000005 03 n 01 game 2 000 | of no kind',
        '00000006 03 n 01 game 3 000 | of no kind either',
      ].join('\n'),
      [
        'hare n 1 1 @ 1 1 00000002  ',
        'chess n 1 1 @ 1 1 00000004  ',
        'spiel n 1 1 @ 1 1 00000005  ',
        'jeu n 1 1 @ 1 1 00000006  ',
      ].join('\n'),
    );

    const { types } = wordnetTerms(twice, { minTerms: 1, maxTerms: 9, maxSenses: 1 });

    const names = types.map(({ name }) => name);
    expect(names).toEqual([
      'animal',
      'game',
      'game (pastime)',
      'game 00000005',
      'game 00000006',
      'pastime',
    ]);
  });
});
