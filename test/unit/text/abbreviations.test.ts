import { describe, expect, it } from '@jest/globals';
import { abbreviationsIn } from '../../../src/text/abbreviations.ts';

describe('abbreviationsIn', () => {
  it.each([
    ['a long form before', 'Toxicity of adriamycin (ADR) in rats', 'ADR', 'adriamycin'],
    ['one of several words', 'an acute renal failure (ARF).', 'ARF', 'acute renal failure'],
    [
      'a long form in the parenthesis',
      'ACE (angiotensin converting enzyme) was',
      'ACE',
      'angiotensin converting enzyme',
    ],
    [
      'brackets and what comes along',
      'with puromycin aminonucleoside [PAN; 10 mg]',
      'PAN',
      'puromycin aminonucleoside',
    ],
    ['a hyphen in the short form', 'of levo-dopa (L-dopa) it', 'L-dopa', 'levo-dopa'],
  ])('finds %s', (_, text, short, long) => {
    expect([...abbreviationsIn(text)]).toEqual([[short, long]]);
  });

  it.each([
    ['a remark', 'in rats (the males)'],
    ['numbers', 'a dose (100 mg) of'],
    ['letters that are not there in order', 'the liver (XYZ)'],
    ['a form that begins within a word', 'cardiotoxic (OT)'],
    ['an explanation in another sentence', 'Adriamycin. Then (ADR)'],
  ])('passes over %s', (_, text) => {
    expect([...abbreviationsIn(text)]).toEqual([]);
  });

  it('keeps the first explanation, whatever comes later', () => {
    const text = 'morphine sulfate (MS), not multiple sclerosis (MS)';

    expect(abbreviationsIn(text).get('MS')).toBe('morphine sulfate');
  });
});
