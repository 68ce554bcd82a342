import { describe, expect, it } from '@jest/globals';
import {
  inReadingOrder,
  linesOf,
  type TextRun,
} from '../../../../src/formats/pdf/reading-order.ts';

const run = (text: string, x: number, y: number, height = 10): TextRun => ({
  text,
  x,
  y,
  width: text.length * 5,
  height,
});

/** Lines of one length, one below the other. */
const column = (name: string, x: number, top: number, count: number): TextRun[] =>
  Array.from({ length: count }, (_, at) => run(`${name}${at} ${'x'.repeat(30)}`, x, top - 12 * at));

/** The first word of each line. */
const order = (runs: readonly TextRun[]): string =>
  inReadingOrder(linesOf(runs))
    .map(({ text }) => text.split(' ')[0])
    .join(' ');

describe('linesOf', () => {
  it('joins runs on a baseline, with a blank where there is a gap', () => {
    const lines = linesOf([run('head', 50, 700), run('ache', 70, 700), run('eased', 93, 700)]);

    expect(lines.map(({ text }) => text)).toEqual(['headache eased']);
  });

  it('takes raised characters for part of their line', () => {
    const lines = linesOf([run('10', 50, 700), run('-3', 60, 704, 6), run('mol', 75, 700)]);

    expect(lines.map(({ text, y }) => [text, y])).toEqual([['10-3 mol', 700]]);
  });

  it('cuts a baseline at a gap that no two words have', () => {
    const lines = linesOf([run('right', 320, 700), run('left', 50, 700)]);

    expect(lines.map(({ text }) => text)).toEqual(['left', 'right']);
  });

  it('leaves out blank runs', () => {
    expect(linesOf([run(' ', 50, 700), run('', 60, 700)])).toEqual([]);
  });
});

describe('inReadingOrder', () => {
  it('reads one column from the top', () => {
    expect(order(column('a', 50, 700, 4).reverse())).toBe('a0 a1 a2 a3');
  });

  it('reads two columns one after the other', () => {
    const runs = [...column('b', 320, 700, 4), ...column('a', 50, 700, 4)];

    expect(order(runs)).toBe('a0 a1 a2 a3 b0 b1 b2 b3');
  });

  it('reads three columns one after the other', () => {
    const runs = [50, 250, 450].flatMap((x, at) => column('abc'[at]!, x, 700, 4));

    expect(order(runs)).toBe('a0 a1 a2 a3 b0 b1 b2 b3 c0 c1 c2 c3');
  });

  it('reads what goes across columns before what is below it', () => {
    const across = (name: string, y: number) => run(`${name} ${'x'.repeat(80)}`, 50, y);
    const runs = [
      across('title', 760),
      ...column('a', 50, 700, 4),
      ...column('b', 320, 700, 4),
      across('middle', 640),
      ...column('c', 50, 600, 4),
      ...column('d', 320, 600, 4),
    ];

    expect(order(runs)).toBe('title a0 a1 a2 a3 b0 b1 b2 b3 middle c0 c1 c2 c3 d0 d1 d2 d3');
  });

  it('reads a table row by row', () => {
    const words = ['Drug', 'Aspirin', 'A-very-long-name-of-a-drug', 'Codeine', 'Zinc'];
    const runs = words.flatMap((word, at) => [
      run(word, 50, 700 - 12 * at),
      run(`${at}mg`, 320, 700 - 12 * at),
    ]);

    expect(order(runs)).toBe(
      'Drug 0mg Aspirin 1mg A-very-long-name-of-a-drug 2mg Codeine 3mg Zinc 4mg',
    );
  });
});
