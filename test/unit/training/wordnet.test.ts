import { parseNouns, wordnetTerms } from '../../../src/training/wordnet.ts';

/** A dictionary of twelve synsets in WordNet's form, its licence at the top. */
const data = [
  '  1 This software and database is being provided to you',
  '00000001 03 n 01 entity 0 000 | that which exists',
  '00000002 03 n 01 animal 0 001 @ 00000001 n 0000 | a living organism; "animals move"',
  '00000003 03 n 02 bird 0 fowl 0 001 @ 00000002 n 0000 | a warm-blooded animal with feathers',
  '00000004 03 n 01 fish 0 001 @ 00000002 n 0000 | a cold-blooded animal with gills',
  '00000005 03 n 01 wren 0 001 @ 00000003 n 0000 | a small brown bird',
  '00000006 03 n 01 snow_goose 0 002 @ 00000003 n 0000 ~ 00000001 n 0000 | a white goose; breeds in the arctic; "geese"',
  '00000007 03 n 01 carp 0 001 @ 00000004 n 0000 | a freshwater fish',
  '00000008 03 n 01 bass 0 001 @ 00000004 n 0000 | an edible fish',
  '00000009 03 n 01 bass 1 001 @ 00000001 n 0000 | the lowest part in music',
  '00000010 03 n 01 flying_fish 0 002 @ 00000004 n 0000 @ 00000003 n 0000 | of both, here',
  '00000011 15 n 01 Ponyo 0 001 @i 00000004 n 0000 | the name of one',
  '00000012 15 n 01 AUC 0 001 @ 00000003 n 0000 | an acronym',
].join('\n');
const index = [
  'animal%1:03:00:: 00000002 1 30',
  'auc%1:15:00:: 00000012 1 0',
  'bass%1:03:00:: 00000008 1 3',
  'bass%1:03:01:: 00000009 2 2',
  'bird%1:03:00:: 00000003 1 9',
  'carp%1:03:00:: 00000007 1 4',
  'carp%2:32:00:: 00999999 1 0',
  'entity%1:03:00:: 00000001 1 0',
  'fish%1:03:00:: 00000004 1 1',
  'fish%2:35:00:: 00888888 1 30',
  'flying_fish%1:03:00:: 00000010 1 0',
  'fowl%1:03:00:: 00000003 1 0',
  'ponyo%1:15:00:: 00000011 1 0',
  'snow_goose%1:03:00:: 00000006 1 0',
  'wren%1:03:00:: 00000005 1 0',
].join('\n');
const nouns = parseNouns(data, index);

const options = { minTerms: 2, maxTerms: 100, certainShare: 0.7, possibleShare: 0.05 };

/** Types of a term, of those that are certain or of the others. */
function typesOf(word: string, kind: 'terms' | 'uncertain'): string[] {
  const found = wordnetTerms(nouns, options)[kind];
  return found.flatMap(({ term, type }) => (term === word ? [type] : [])).toSorted();
}

describe('parseNouns', () => {
  it('reads words, hypernyms of both kinds, and the first clause of the gloss', () => {
    expect(nouns.synsets.get('00000006')).toEqual({
      lemmas: ['snow goose'],
      hypernyms: ['00000003'],
      gloss: 'a white goose',
    });
    expect(nouns.synsets.get('00000011')!.hypernyms).toEqual(['00000004']);
    expect(nouns.synsets.get('00000002')!.gloss).toBe('a living organism');
  });

  it('weighs senses by how often they were counted, and those that never were by their place', () => {
    expect(nouns.senses.get('bass')).toEqual([
      { offset: '00000008', weight: 4 },
      { offset: '00000009', weight: 2.25 },
    ]);
    expect(nouns.senses.get('carp')).toEqual([{ offset: '00000007', weight: 5 }, { weight: 0.3 }]);
  });
});

describe('wordnetTerms', () => {
  it('makes types of wide synsets and of narrow ones below them', () => {
    const { types } = wordnetTerms(nouns, options);

    expect(types).toEqual([
      { name: 'animal', description: 'a living organism' },
      { name: 'bird', description: 'a warm-blooded animal with feathers' },
      { name: 'entity', description: 'that which exists' },
      { name: 'fish', description: 'a cold-blooded animal with gills' },
    ]);
  });

  it('makes a noun a term of all that it is a kind of', () => {
    expect(typesOf('wren', 'terms')).toEqual(['animal', 'bird', 'entity']);
    expect(typesOf('Ponyo', 'terms')).toEqual(['animal', 'entity', 'fish']);
    expect(typesOf('flying fish', 'terms')).toEqual(['animal', 'bird', 'entity', 'fish']);
    expect(typesOf('carp', 'terms')).toEqual(['animal', 'entity', 'fish']);
  });

  it('leaves uncertain what a word means only at times, and what acronyms mean', () => {
    expect(typesOf('bass', 'terms')).toEqual(['entity']);
    expect(typesOf('bass', 'uncertain')).toEqual(['animal', 'fish']);
    expect(typesOf('AUC', 'terms')).toEqual([]);
    expect(typesOf('AUC', 'uncertain')).toEqual(['animal', 'bird', 'entity']);
  });

  it('takes no word for a noun that is nearly always a verb', () => {
    expect(typesOf('fish', 'terms')).toEqual([]);
    expect(typesOf('fish', 'uncertain')).toEqual(['animal', 'entity', 'fish']);
    const strict = wordnetTerms(nouns, { ...options, possibleShare: 0.1 });
    expect(strict.uncertain.map(({ term }) => term)).not.toContain('fish');
  });

  it('matches a name as it is written', () => {
    const { terms } = wordnetTerms(nouns, options);

    expect(terms.find(({ term }) => term === 'Ponyo')).toMatchObject({ exact: true });
    expect(terms.find(({ term }) => term === 'wren')).not.toHaveProperty('exact');
  });

  it('leaves out types with too few terms and with too many', () => {
    const { types } = wordnetTerms(nouns, { ...options, minTerms: 5, maxTerms: 8 });

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
        'hare%1:03:00:: 00000002 1 1',
        'chess%1:03:00:: 00000004 1 1',
        'spiel%1:03:00:: 00000005 1 1',
        'jeu%1:03:00:: 00000006 1 1',
      ].join('\n'),
    );

    const { types } = wordnetTerms(twice, { ...options, minTerms: 1 });

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
