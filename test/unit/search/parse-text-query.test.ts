import { describe, expect, it } from '@jest/globals';
import { parseTextQuery } from '../../../src/search/parse-text-query.ts';
import { printFts5 } from '../../../src/store/text-query.ts';

const parsed = (text: string): string => printFts5(parseTextQuery(text));

describe('parseTextQuery', () => {
  it.each([
    ['a word', 'kidney', '"kidney"'],
    ['all of some words', 'kidney failure', '("kidney" AND "failure")'],
    ['AND between them', 'kidney AND failure', '("kidney" AND "failure")'],
    ['a phrase', '"kidney failure"', '"kidney failure"'],
    ['a prefix', 'nephro*', '"nephro" *'],
    ['a phrase whose last word goes on', '"kidney fail"*', '"kidney fail" *'],
    ['any of some words', 'kidney OR renal OR "nephro"', '("kidney" OR "renal" OR "nephro")'],
    ['AND before OR', 'a b OR c d', '(("a" AND "b") OR ("c" AND "d"))'],
    ['parentheses', 'a (b OR c)', '("a" AND ("b" OR "c"))'],
    ['NOT', 'a NOT b c -d', '(("a" AND "c") NOT ("b" OR "d"))'],
    ['NOT before what is found', '-b a', '("a" NOT "b")'],
    [
      'minus before a phrase or parenthesis',
      'a -"b c" -(d e)',
      '("a" NOT ("b c" OR ("d" AND "e")))',
    ],
    ['a minus within a word', 'calcium-channel', '"calcium-channel"'],
    ['words of AND, OR and NOT in small letters', 'and or not', '("and" AND "or" AND "not")'],
    ['words together with quotation marks', 'a"b"c', '("a" AND "b" AND "c")'],
    ['signs that no word has', 'kidney + & (-) failure', '("kidney" AND "failure")'],
    ['NUL', 'kid\0ney', '"kid ney"'],
    ['other scripts', 'مرحبا 腎不全*', '("مرحبا" AND "腎不全" *)'],
  ])('reads %s', (_, text, expected) => {
    expect(parsed(text)).toBe(expected);
  });

  it.each([
    ['nothing', '', 'have at least one word'],
    ['white space', ' \n', 'have at least one word'],
    ['signs only', '+ "…" *', 'have at least one word'],
    ['an open quotation mark', 'a "b', 'close every quotation mark'],
    ['an open parenthesis', '(a b', 'close every parenthesis'],
    ['a parenthesis too many', 'a) b', 'open every parenthesis that it closes'],
    ['nothing in parentheses', 'a ()', 'have words on both sides'],
    ['OR at the end', 'a OR', 'have words on both sides'],
    ['OR at the beginning', 'OR a', 'have words on both sides'],
    ['AND at the end', 'a AND', 'have words on both sides'],
    ['NOT at the end', 'a NOT', 'have words on both sides'],
    ['NOT NOT', 'a NOT NOT b', 'have words on both sides'],
    ['NOT only', 'NOT a', 'say what to find besides what NOT leaves out'],
    ['NOT only on a side of OR', 'a OR NOT b', 'say what to find besides what NOT leaves out'],
    ['half a character', 'a\ud800', 'be well-formed Unicode'],
    ['too many characters', 'a'.repeat(1_001), 'have at most 1000 characters'],
    ['too many words', 'a '.repeat(51), 'have at most 50 words and phrases'],
    ['too many parentheses', `${'('.repeat(11)}a${')'.repeat(11)}`, 'have at most 10 nested'],
  ])('refuses %s', (_, text, rule) => {
    const parse = () => parseTextQuery(text);

    expect(parse).toThrow(expect.objectContaining({ code: 'QUERY_INVALID' }));
    expect(parse).toThrow(`A full-text query must ${rule}`);
  });

  it('takes the most words in the deepest parentheses', () => {
    const text = `${'(-x '.repeat(9)}${'a '.repeat(41)}${')'.repeat(9)}`;

    expect(parsed(text)).toContain('NOT "x"');
  });
});
