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

  it('reads null as not given', () => {
    const nothing = { id: null, externalId: null, title: null, metadata: null };

    expect(parse({ ...nothing, text: 'a' })).toEqual({ text: 'a' });
  });

  it.each([
    ['no text', {}],
    ['a text that is a number', { text: 1 }],
    ['a lone surrogate', { text: '\udc00' }],
    ['an empty external id', { text: 'a', externalId: '' }],
    ['a title that is a list', { text: 'a', title: [] }],
    ['metadata that are a list', { text: 'a', metadata: [] }],
    ['metadata that are a string', { text: 'a', metadata: 'b' }],
  ])('refuses %s', (_, value) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ code: 'FILE_INVALID' }));
  });
});
