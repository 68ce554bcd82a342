import { describe, expect, it } from '@jest/globals';
import { joinPages } from '../../../../src/formats/pdf/join-lines.ts';
import type { TextLine } from '../../../../src/formats/pdf/reading-order.ts';

const line = (text: string, y: number, more: Partial<TextLine> = {}): TextLine => ({
  text,
  y,
  left: 50,
  right: 250,
  height: 10,
  ...more,
});

const joined = (...pages: TextLine[][]) => joinPages(pages, new Map()).builder.finish().text;

describe('joinPages', () => {
  it.each([
    ['a hyphen that a line end made', ['head-', 'ache'], 'headache'],
    [
      'a hyphen of a word that has one elsewhere',
      ['well-', 'known and well-known'],
      'well-known and well-known',
    ],
    ['a hyphen before a capital', ['anti-', 'VEGF'], 'anti-VEGF'],
    ['a hyphen before a number', ['IL-', '2'], 'IL-2'],
    ['a dash', ['pain -', 'and more'], 'pain - and more'],
    ['no hyphen', ['head', 'ache'], 'head ache'],
  ])('joins two lines at %s', (_, [first = '', second = ''], expected) => {
    expect(joined([line(first, 700), line(second, 688)])).toBe(expected);
  });

  it('parts paragraphs by their distance', () => {
    expect(joined([line('One.', 700), line('Two.', 670)])).toBe('One.\n\nTwo.');
  });

  it('parts a heading by its size', () => {
    expect(joined([line('Methods', 700, { height: 14 }), line('We asked.', 685)])).toBe(
      'Methods\n\nWe asked.',
    );
  });

  it('begins a line at an indent behind a sentence', () => {
    expect(joined([line('One.', 700), line('Two.', 688, { left: 62 })])).toBe('One.\nTwo.');
  });

  it('keeps cells of a row apart', () => {
    expect(joined([line('left', 700, { right: 80 }), line('right', 700, { left: 200 })])).toBe(
      'left\tright',
    );
  });

  it('goes on with a sentence in the next column and on the next page', () => {
    expect(joined([line('It goes', 100), line('on', 700)], [line('and on', 700)])).toBe(
      'It goes on and on',
    );
  });

  it('joins a word that a page cuts, and counts its end to the next page', () => {
    const { builder, pageStarts } = joinPages(
      [[line('head-', 100)], [line('ache', 700)]],
      new Map(),
    );

    expect(builder.finish().text).toBe('headache');
    expect(pageStarts).toEqual([0, 4]);
  });
});
