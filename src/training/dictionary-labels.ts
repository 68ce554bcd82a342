/**
 * Distant supervision: mentions of a term list found in texts, to train on without human labels.
 *
 * A term matches word by word, whatever white space is between them. Short terms in capitals match in
 * capitals only ("AIDS" is not "aids"), others in any case; the last word may be in the other number.
 * A match does not cut a run of letters and digits ("COX" is not in "COX2"). Of matches that overlap
 * the longest counts, then the first. What the stop list has is matched like a term and not labelled.
 *
 * Cost: one step of a trie a word, and a few more where a term begins; about a million words a second.
 */
import type { GoldMention } from '../core/document.ts';
import type { Span } from '../core/span.ts';
import { flat } from '../ner/overlap.ts';
import { isWordEdge, wordSpans } from '../text/words.ts';
import { numberForms } from './plural.ts';
import type { Term } from './term-list.ts';

/** What is looked for. */
export interface DictionaryOptions {
  /** A term of several types is labelled with each. */
  readonly terms: Iterable<Term>;
  /** Never labelled. */
  readonly stopTerms?: Iterable<string>;
}

/** Terms with at most so many letters and digits, all capitals, match as they are written. */
const longestExactChars = 5;

/** Stands for "matched, and not labelled". */
const stopped = '';

/** Terms that begin with the same words. */
interface Node {
  readonly next: Map<string, Node>;
  /** Types of the term that ends here in any case. */
  readonly anyCase: Set<string>;
  /** Types of the terms that end here as they are written. */
  readonly exact: Map<string, Set<string>>;
}

const createNode = (): Node => ({ next: new Map(), anyCase: new Set(), exact: new Map() });

const wordsOf = (text: string): string[] =>
  wordSpans(text).map(({ start, end }) => text.slice(start, end).normalize('NFC'));

const joined = (words: readonly string[]): string => words.join(' ');

/** The words of a text, by which terms are compared: composed, lower-case, with a space between. */
export const normalizedTerm = (text: string): string =>
  joined(wordsOf(text).map((word) => word.toLowerCase()));

/** True for what is spelt in capitals and so short that it could be another word in lower case. */
function matchesExactly(term: string): boolean {
  const letters = term.replace(/[^\p{L}\p{N}]/gu, '');
  const isCapital = term === term.toUpperCase() && term !== term.toLowerCase();
  return isCapital && letters.length <= longestExactChars;
}

/** The forms of a term that match, as it is written or in any case: as its words, each a list. */
export function termForms(term: string, isExact = matchesExactly(term)): string[][] {
  const words = wordsOf(term);
  const before = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  if (isExact) return [words, ...(hasLetter(last) ? [[...before, `${last}s`]] : [])];
  const folded = before.map((word) => word.toLowerCase());
  const ends = hasLetter(last) ? numberForms(last.toLowerCase()) : [last];
  return ends.map((end) => [...folded, end]);
}

const hasLetter = (word: string): boolean => /\p{L}/u.test(word);

/** Adds every form of a term. */
function addTerm(root: Node, { term, type, exact }: Term): void {
  const isExact = exact ?? matchesExactly(term);
  for (const words of termForms(term, isExact)) {
    let node = root;
    for (const word of words) {
      const key = word.toLowerCase();
      const next = node.next.get(key) ?? createNode();
      node.next.set(key, next);
      node = next;
    }
    const written = joined(words);
    if (!isExact) node.anyCase.add(type);
    else node.exact.set(written, (node.exact.get(written) ?? new Set()).add(type));
  }
}

/** A text as its words. */
interface ReadText {
  readonly text: string;
  readonly words: readonly Span[];
  readonly keys: readonly string[];
}

const isAlphanumeric = (character: string): boolean => /[\p{L}\p{M}\p{N}]/u.test(character);

/** True where a mention may begin or end: not between a letter and a digit. */
function isTermEdge(text: string, offset: number): boolean {
  if (!isWordEdge(text, offset)) return false;
  if (offset === 0 || offset === text.length) return true;
  const before = Array.from(text.slice(Math.max(0, offset - 2), offset)).at(-1)!;
  return !(
    isAlphanumeric(before) && isAlphanumeric(String.fromCodePoint(text.codePointAt(offset)!))
  );
}

/** A term in a text, with all its types. */
interface Match extends Span {
  readonly types: ReadonlySet<string>;
}

/** The longest of matches that overlap, then the first. */
const longest = (matches: readonly Match[]): Match[] =>
  flat(matches.map((match) => ({ ...match, type: '', margin: match.end - match.start })));

/** The types of the term that is exactly these words, none if there is no such term. */
function typesAt(node: Node, { text, words }: ReadText, [first, last]: [number, number]) {
  if (node.exact.size === 0) return node.anyCase;
  const written = words.slice(first, last + 1).map(({ start, end }) => text.slice(start, end));
  return node.exact.get(joined(written.map((word) => word.normalize('NFC')))) ?? node.anyCase;
}

/** Every term that begins with one of the words. */
function matchesFrom(root: Node, read: ReadText, first: number): Match[] {
  const { text, words, keys } = read;
  const found: Match[] = [];
  const { start } = words[first]!;
  let node = root.next.get(keys[first]!);
  if (node === undefined || !isTermEdge(text, start)) return found;
  for (let last = first; node !== undefined; last += 1) {
    const { end } = words[last]!;
    const types = typesAt(node, read, [first, last]);
    if (types.size > 0 && isTermEdge(text, end)) found.push({ start, end, types });
    node = last + 1 < words.length ? node.next.get(keys[last + 1]!) : undefined;
  }
  return found;
}

/** Labels texts with a dictionary. The mentions are in order; only those of one term overlap. */
export function createLabeller(options: DictionaryOptions): (text: string) => GoldMention[] {
  const root = createNode();
  for (const term of options.stopTerms ?? []) addTerm(root, { term, type: stopped });
  for (const term of options.terms) addTerm(root, term);
  return (text) => {
    const words = wordSpans(text);
    const keys = words.map(({ start, end }) =>
      text.slice(start, end).normalize('NFC').toLowerCase(),
    );
    const read = { text, words, keys };
    const matches = words.flatMap((_, first) => matchesFrom(root, read, first));
    return longest(matches)
      .filter(({ types }) => !types.has(stopped))
      .flatMap(({ start, end, types }) => [...types].map((type) => ({ start, end, type })));
  };
}
