import { describe, expect, it } from '@jest/globals';
import { parseVocabulary } from '../../../src/formats/vocabulary.ts';

const concepts = [
  { id: 'D004317', name: 'doxorubicin', synonyms: ['adriamycin', 'ADR, "red"'] },
  { id: 'D003000', name: 'clonidine', synonyms: [] },
];

describe('parseVocabulary', () => {
  it.each([
    [
      'CSV',
      'id,name,synonyms\nD004317,doxorubicin,"adriamycin|ADR, ""red"""\nD003000,clonidine,\n',
    ],
    [
      'TSV',
      '\ufeffid\tname\tsynonyms\nD004317\tdoxorubicin\t"adriamycin | ADR, ""red"""\nD003000\tclonidine\t\n',
    ],
    ['JSON lines', `${concepts.map((each) => JSON.stringify(each)).join('\n')}\n\n`],
  ])('reads %s', (_, text) => {
    expect(parseVocabulary(text, 'terms')).toEqual(concepts);
  });

  it.each([
    ['a row without a name', 'id,name\nx,\n', 'line 2'],
    ['a table without ids', 'name\nx\n', 'line 2'],
    ['an id that comes twice', 'id,name\nx,a\nx,b\n', 'line 3'],
    ['synonyms that are no list', '{"id":"x","name":"a","synonyms":1}', 'line 1'],
    ['a line that is not JSON', '{"id":"x","name":"a"}\n{', 'line 2'],
    ['a table that is none', 'id,name\n"x', 'line 1'],
    ['a file without a concept', 'not json\n', 'line 1'],
  ])('refuses %s', (_, text, place) => {
    expect(() => parseVocabulary(text, 'terms')).toThrow(
      expect.objectContaining({ code: 'FILE_INVALID' }),
    );
    expect(() => parseVocabulary(text, 'terms')).toThrow(new RegExp(place, 'i'));
  });
});
