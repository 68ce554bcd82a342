import { describe, expect, it } from '@jest/globals';
import type { TextLine } from '../../../../src/formats/pdf/reading-order.ts';
import { runningHeads } from '../../../../src/formats/pdf/running-heads.ts';

const line = (text: string, y: number): TextLine => ({ text, y, left: 50, right: 250, height: 10 });

/** Texts of the lines that are heads, with their kinds. */
function headsOf(...pages: TextLine[][]): string[] {
  const heads = runningHeads(pages.map((lines) => ({ height: 842, lines })));
  return [...heads].map(([{ text }, kind]) => `${kind} ${text}`);
}

describe('runningHeads', () => {
  it('finds what stands at one place of several pages', () => {
    const page = (number: number) => [
      line('Journal of Examples', 810),
      line(`Text ${number}`, 400),
      line(`– ${number} –`, 30),
    ];

    expect(headsOf(page(1), page(2))).toEqual([
      'RUNNING_HEAD Journal of Examples',
      'PAGE_NUMBER – 1 –',
      'RUNNING_HEAD Journal of Examples',
      'PAGE_NUMBER – 2 –',
    ]);
  });

  it('finds the heads of left and of right pages', () => {
    const pages = [1, 2, 3, 4, 5, 6].map((page) => [
      line(page % 2 ? 'The title' : 'Doe et al.', 810),
    ]);

    expect(headsOf(...pages)).toHaveLength(6);
  });

  it.each([
    ['what one page has', [[line('A title', 810)], [line('Another', 810)]]],
    ['what stands in the middle', [[line('The same', 400)], [line('The same', 400)]]],
    ['what stands at other places', [[line('The same', 830)], [line('The same', 760)]]],
  ])('leaves %s', (_, pages) => {
    expect(headsOf(...pages)).toEqual([]);
  });
});
