import { describe, expect, it } from '@jest/globals';
import { connection, pageRequest, printCursor } from '../../../src/api/page.ts';

const list = { name: 'documents', positionLength: 2 };

describe('pageRequest', () => {
  it('reads the position that a cursor was printed from', () => {
    const after = printCursor('documents', [0.25, 7]);

    expect(pageRequest(list, { first: 5, after })).toEqual({ limit: 5, after: [0.25, 7] });
  });

  it.each([1, 100])('takes a page of %d', (first) => {
    expect(pageRequest(list, { first, after: null })).toEqual({ limit: first, after: null });
  });

  it.each([0, -1, 101, 100_000])('refuses a page of %d', (first) => {
    const request = () => pageRequest(list, { first });

    expect(request).toThrow(expect.objectContaining({ code: 'PAGE_SIZE_INVALID' }));
    expect(request).toThrow(`first must be from 1 to 100, but got: ${first}.`);
  });

  it.each([
    ['empty text', ''],
    ['no base64', '\ud800'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['JSON that is no array', Buffer.from('{"a":1}').toString('base64url')],
    ['null', Buffer.from('null').toString('base64url')],
    ['another list', printCursor('mentions', [1, 2])],
    ['a shorter position', printCursor('documents', [1])],
    ['a longer position', printCursor('documents', [1, 2, 3])],
    ['texts for numbers', Buffer.from('["documents","1","2"]').toString('base64url')],
    ['an infinite number', Buffer.from('["documents",1e999,2]').toString('base64url')],
  ])('refuses a cursor that is %s', (_name, after) => {
    const request = () => pageRequest(list, { first: 5, after });

    expect(request).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
  });
});

describe('connection', () => {
  it('says where its page starts and ends', () => {
    const edges = [
      { cursor: 'a', node: 1 },
      { cursor: 'b', node: 2 },
    ];

    const page = connection(edges, { hasNextPage: true, hasPreviousPage: false });

    expect(page).toEqual({
      edges,
      nodes: [1, 2],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: 'a', endCursor: 'b' },
    });
  });

  it('has no cursors when it is empty', () => {
    const page = connection([], { hasNextPage: false, hasPreviousPage: true });

    expect(page.pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: true,
      startCursor: null,
      endCursor: null,
    });
  });
});
