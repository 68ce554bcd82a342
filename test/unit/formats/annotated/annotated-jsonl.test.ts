import { describe, expect, it } from '@jest/globals';
import {
  parseAnnotatedDocument,
  printAnnotatedDocument,
} from '../../../../src/formats/annotated/annotated-jsonl.ts';

const place = { path: 'corpus.jsonl', line: 7 };
const parse = (value: unknown) => parseAnnotatedDocument(JSON.stringify(value), place);

describe('parseAnnotatedDocument', () => {
  it('turns code points into UTF-16 code units', () => {
    const entity = { start: 2, end: 9, type: 'Drug', concept: 'D001241' };

    const { text, mentions } = parse({ id: 'a', text: '😀 aspirin 😀', entities: [entity] });

    expect(mentions).toEqual([{ start: 3, end: 10, type: 'Drug' }]);
    expect(text.slice(3, 10)).toBe('aspirin');
  });

  it('keeps nested entities and entities of several types in their order', () => {
    const entities = [
      { start: 4, end: 7, type: 'B' },
      { start: 0, end: 7, type: 'A' },
      { start: 4, end: 7, type: 'A' },
    ];

    const { mentions } = parse({ id: 'a', text: 'red car', entities });

    expect(mentions).toEqual(entities);
  });

  it('keeps entities apart of which nobody knows', () => {
    const uncertain = [{ start: 2, end: 5, type: 'Drug' }];

    const document = parse({ id: 'a', text: '😀 red', entities: [], uncertain });

    expect(document).toMatchObject({
      mentions: [],
      uncertain: [{ start: 3, end: 6, type: 'Drug' }],
    });
  });

  it('takes a number for an id', () => {
    expect(parse({ id: 123, text: 'a', entities: [] }).id).toBe('123');
  });

  it.each([
    ['a list', []],
    ['null', null],
    ['no id', { text: 'a', entities: [] }],
    ['an empty id', { id: '', text: 'a', entities: [] }],
    ['an id of another kind', { id: {}, text: 'a', entities: [] }],
    ['no text', { id: 'a', entities: [] }],
    ['no entities', { id: 'a', text: 'b' }],
    ['an entity that is null', { id: 'a', text: 'b', entities: [null] }],
    ['no type', { id: 'a', text: 'b', entities: [{ start: 0, end: 1 }] }],
    ['an empty type', { id: 'a', text: 'b', entities: [{ start: 0, end: 1, type: '' }] }],
    ['no start', { id: 'a', text: 'b', entities: [{ end: 1, type: 'A' }] }],
    ['a negative start', { id: 'a', text: 'b', entities: [{ start: -1, end: 1, type: 'A' }] }],
    ['a fraction', { id: 'a', text: 'bc', entities: [{ start: 0.5, end: 1, type: 'A' }] }],
    [
      'a string for a number',
      { id: 'a', text: 'b', entities: [{ start: '0', end: 1, type: 'A' }] },
    ],
    ['uncertain entities that are no list', { id: 'a', text: 'b', entities: [], uncertain: {} }],
    [
      'an uncertain entity without a type',
      { id: 'a', text: 'b', entities: [], uncertain: [{ start: 0, end: 1 }] },
    ],
    ['an empty span', { id: 'a', text: 'b', entities: [{ start: 1, end: 1, type: 'A' }] }],
    [
      'an end in UTF-16 units',
      { id: 'a', text: '😀', entities: [{ start: 0, end: 2, type: 'A' }] },
    ],
  ])('refuses %s', (_, value) => {
    expect(() => parse(value)).toThrow(
      expect.objectContaining({
        code: 'FILE_INVALID',
        details: expect.objectContaining({ path: 'corpus.jsonl', line: 7 }),
      }),
    );
  });

  it('refuses what is not JSON', () => {
    expect(() => parseAnnotatedDocument('{"id":', place)).toThrow(
      'Line 7 of "corpus.jsonl" must be a JSON object, but got: "{\\"id\\":".',
    );
  });
});

describe('printAnnotatedDocument', () => {
  it('writes code points', () => {
    const mentions = [{ start: 3, end: 10, type: 'Drug' }];

    const line = printAnnotatedDocument({ id: 'a', text: '😀 aspirin', mentions });

    expect(JSON.parse(line)).toEqual({
      id: 'a',
      text: '😀 aspirin',
      entities: [{ start: 2, end: 9, type: 'Drug' }],
    });
  });

  it('writes where pages begin in code points, too', () => {
    const document = { id: 'a', text: '😀 red', mentions: [], pageStarts: [0, 3, 6] };

    const line = printAnnotatedDocument(document);

    expect(JSON.parse(line)).toMatchObject({ pageStarts: [0, 2, 5] });
  });

  it('stops on a mention that starts inside a character', () => {
    const mentions = [{ start: 1, end: 2, type: 'Drug' }];

    expect(() => printAnnotatedDocument({ id: 'a', text: '😀', mentions })).toThrow('Invariant');
  });
});
