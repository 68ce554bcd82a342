import { describe, expect, it } from '@jest/globals';
import { Pace, spoken } from '../../../src/cli/progress.ts';

describe('Pace', () => {
  it('says the rate and the time left, of the last half minute only', () => {
    let now = 0;
    const pace = new Pace(() => now);
    const texts: string[] = [pace.text(0, 1_000)];
    now = 10_000;
    texts.push(pace.text(100, 1_000));
    now = 100_000;
    texts.push(pace.text(110, 1_000));
    now = 130_000;
    texts.push(pace.text(410, 1_000));
    now = 131_000;
    texts.push(pace.text(1_000, 1_000));

    expect(texts).toEqual([
      '',
      '10.0/s, 90 s left',
      '0.1/s, 2.2 h left',
      '10.0/s, 59 s left',
      '28.7/s',
    ]);
  });
});

describe('spoken', () => {
  it.each([
    [0.4, '0 s'],
    [99, '99 s'],
    [100, '2 min'],
    [7_200, '2.0 h'],
  ])('says %s seconds as %s', (seconds, text) => {
    expect(spoken(seconds)).toBe(text);
  });
});
