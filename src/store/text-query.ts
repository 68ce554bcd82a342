/**
 * What a full-text search looks for, in no database's own syntax, and the same as SQLite's FTS5 has it.
 */

/** A condition on the words of a document. */
export type TextQuery =
  /** These words, one after the other; with `isPrefix` the last one may go on. */
  | { readonly kind: 'PHRASE'; readonly words: string; readonly isPrefix: boolean }
  | { readonly kind: 'ALL'; readonly of: readonly TextQuery[] }
  | { readonly kind: 'ANY'; readonly of: readonly TextQuery[] }
  | { readonly kind: 'WITHOUT'; readonly keep: TextQuery; readonly drop: TextQuery };

/** In a string of FTS5 only `"` has a meaning, and NUL ends it: both part words in a text, too. */
const printPhrase = (words: string): string => `"${words.replaceAll(/["\0]/g, ' ')}"`;

/** The query as FTS5 reads it. Whatever the words are, it is well-formed. */
export function printFts5(query: TextQuery): string {
  if (query.kind === 'PHRASE') return `${printPhrase(query.words)}${query.isPrefix ? ' *' : ''}`;
  if (query.kind === 'ALL') return `(${query.of.map(printFts5).join(' AND ')})`;
  if (query.kind === 'ANY') return `(${query.of.map(printFts5).join(' OR ')})`;
  return `(${printFts5(query.keep)} NOT ${printFts5(query.drop)})`;
}
