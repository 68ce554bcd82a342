import { describe, expect, it } from '@jest/globals';
import { parseDocument } from '../../../../src/formats/plain/jsonl.ts';

const place = { path: 'documents.jsonl', line: 2 };
const parse = (value: unknown) => parseDocument(JSON.stringify(value), place);

describe('parseDocument', () => {
  it('takes a text alone', () => {
    expect(parse({ text: ' a\u0000b ' })).toEqual({ text: ' a\u0000b ' });
  });

  it('takes everything that a document may have', () => {
    const document = { externalId: 'x', title: '', metadata: { year: 2020 }, text: 'a' };

    expect(parse(document)).toEqual(document);
  });

  it('takes the id of an annotated document for its external id', () => {
    expect(parse({ id: 12, text: 'a', entities: [] })).toEqual({ externalId: '12', text: 'a' });
  });

  it('prefers the external id to the id', () => {
    expect(parse({ id: 'y', externalId: 'x', text: 'a' }).externalId).toBe('x');
  });

  it('takes where pages begin, from code points', () => {
    expect(parse({ text: '😀 a b', pageStarts: [0, 2, 2, 5] })).toEqual({
      text: '😀 a b',
      pageStarts: [0, 3, 3, 6],
    });
    expect(parse({ text: 'a', pageStarts: [] })).toEqual({ text: 'a' });
  });

  it.each<[string, unknown]>([
    ['that are no list', 3],
    ['that do not begin with 0', [1]],
    ['in no order', [0, 2, 1]],
    ['behind the text, which has 2 code points', [0, 3]],
    ['that are no numbers', [0, '1']],
  ])('refuses pages %s', (_, pageStarts) => {
    expect(() => parse({ text: '😀a', pageStarts })).toThrow(
      expect.objectContaining({
        code: 'FILE_INVALID',
        message: expect.stringContaining('Line 2 of "documents.jsonl" must be an object whose'),
      }),
    );
  });

  it('reads null as not given', () => {
    const nothing = { id: null, externalId: null, title: null, metadata: null, pageStarts: null };

    expect(parse({ ...nothing, text: 'a' })).toEqual({ text: 'a' });
  });

  it.each([
    ['no text', {}],
    ['a text that is a number', { text: 1 }],
    ['an empty external id', { text: 'a', externalId: '' }],
    ['a title that is a list', { text: 'a', title: [] }],
    ['metadata that are a list', { text: 'a', metadata: [] }],
    ['metadata that are a string', { text: 'a', metadata: 'b' }],
  ])('refuses %s', (_, value) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ code: 'FILE_INVALID' }));
  });

  it('refuses a lone surrogate', () => {
    expect(() => parse({ text: 'a\udc00' })).toThrow(
      'Line 2 of "documents.jsonl" must be well-formed Unicode, but got: "a lone surrogate at offset 1 of text".',
    );
  });

  it('keeps other fields as metadata, beneath what metadata say, and notes what these hide', () => {
    const line = { text: 'a', year: 2020, journal: 'B', empty: '', metadata: { journal: 'C' } };

    expect(parse(line)).toEqual({
      text: 'a',
      metadata: { year: 2020, journal: 'C' },
      dropped: [{ reason: 'FIELD_NOT_READ', at: 1, chars: 1, text: 'journal: B' }],
    });
  });

  it('drops a field that is too long to filter by, with its name and length', () => {
    const document = parse({ text: 'ab', full: 'x'.repeat(3_000) });

    expect(document.metadata).toBeUndefined();
    expect(document.dropped).toEqual([
      {
        reason: 'FIELD_NOT_READ',
        at: 2,
        chars: 3_000,
        text: expect.stringMatching(/^full: x{994}$/),
      },
    ]);
  });

  it('reads the field that is asked for', () => {
    const fields = { text: 'not this', body: 'this' };

    const document = parseDocument(JSON.stringify(fields), place, { textField: 'body' });

    expect(document).toEqual({ text: 'this', metadata: { text: 'not this' } });
  });
});
