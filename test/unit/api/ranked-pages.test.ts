import { describe, expect, it } from '@jest/globals';
import { fingerprint, RankedPages } from '../../../src/api/ranked-pages.ts';

const items = [9, 8, 7].map((id) => ({ id, similarity: id / 10, key: 10 * id }));
const asked = 'a question';

describe('RankedPages', () => {
  it('has nothing before the first page', () => {
    const pages = new RankedPages<string>('list');

    const { page } = pages.request({ first: 5, asked });

    expect(page).toEqual({ limit: 5, after: null, moment: undefined, shown: new Set() });
  });

  it('gives the next page its position, its moment and what was shown', () => {
    const pages = new RankedPages<string>('list');
    const first = pages.request({ first: 3, asked }).cursors('then', items);

    const second = pages.request({ first: 2, after: first(1), asked });
    const next = second.cursors('then', [{ id: 1, similarity: 0.1, key: 5 }]);
    const third = pages.request({ first: 2, after: next(0), asked });

    expect(second.page).toEqual({
      limit: 2,
      after: { similarity: 0.8, id: 8 },
      moment: 'then',
      shown: new Set([90, 80]),
    });
    expect(third.page).toEqual({
      limit: 2,
      after: { similarity: 0.1, id: 1 },
      moment: 'then',
      shown: new Set([90, 80, 5]),
    });
  });

  it('gives one page as often as it is asked for', () => {
    const pages = new RankedPages<string>('list');
    const cursor = pages.request({ first: 3, asked }).cursors('then', items);

    const [one, other] = [cursor(0), cursor(0)];

    expect(one).toBe(other);
    expect(pages.request({ first: 3, after: one, asked }).page).toEqual(
      pages.request({ first: 3, after: one, asked }).page,
    );
  });

  it.each([
    ['another question', { asked: 'another' }, 'CURSOR_INVALID'],
    ['a text that is no cursor', { after: 'x' }, 'CURSOR_INVALID'],
    ['a page that is too long', { first: 101 }, 'PAGE_SIZE_INVALID'],
  ])('refuses %s', (_name, change, code) => {
    const pages = new RankedPages<string>('list');
    const after = pages.request({ first: 3, asked }).cursors('then', items)(2);

    const request = () => pages.request({ first: 3, after, asked, ...change });

    expect(request).toThrow(expect.objectContaining({ code }));
  });

  it('refuses a cursor of another list, or of an item that there is not', () => {
    const pages = new RankedPages<string>('list');
    const cursor = pages.request({ first: 3, asked }).cursors('then', items);
    const elsewhere = new RankedPages<string>('other').request({ first: 3, asked });

    for (const after of [cursor(3), elsewhere.cursors('then', items)(0)]) {
      const request = () => pages.request({ first: 3, after, asked });
      expect(request).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
    }
  });

  it('says that a cursor has expired when its page is not among the last ones, or of another start', () => {
    const pages = new RankedPages<string>('list');
    const old = pages.request({ first: 3, asked }).cursors('then', items)(2);
    const other = new RankedPages<string>('list').request({ first: 3, asked });
    const foreign = other.cursors('then', items)(2);

    for (let i = 0; i < 1_999; i += 1) pages.request({ first: 3, asked }).cursors('', items)(0);
    expect(pages.request({ first: 3, after: old, asked }).page.moment).toBe('then');
    pages.request({ first: 3, asked }).cursors('', items)(0);

    for (const after of [old, foreign]) {
      const request = () => pages.request({ first: 3, after, asked });
      expect(request).toThrow(expect.objectContaining({ code: 'CURSOR_EXPIRED' }));
      expect(request).toThrow('one of the last 2000 pages since the start of the server');
    }
  });

  it('keeps no page that nobody asks a cursor of', () => {
    const pages = new RankedPages<string>('list');
    const old = pages.request({ first: 3, asked }).cursors('then', items)(2);

    for (let i = 0; i < 3_000; i += 1) pages.request({ first: 3, asked }).cursors('', items);

    expect(pages.request({ first: 3, after: old, asked }).page.moment).toBe('then');
  });
});

describe('fingerprint', () => {
  it('tells collections and questions apart', () => {
    const prints = [
      fingerprint(1, { to: 'a' }),
      fingerprint(2, { to: 'a' }),
      fingerprint(1, { to: 'b' }),
    ];

    expect(new Set(prints).size).toBe(3);
    expect(fingerprint(1, { to: 'a' })).toBe(prints[0]);
  });
});
