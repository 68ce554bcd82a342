/**
 * The syntax of full-text queries: words, "phrases", prefixes*, AND (or nothing), OR, NOT (or -) and
 * parentheses. Any text is a query or is refused with the rule that it breaks.
 */
import { appError } from '../core/errors.ts';
import type { TextQuery } from '../store/text-query.ts';

/** Longest query. Units: UTF-16 code units. */
const maxChars = 1_000;

/** Most words and phrases. */
const maxTerms = 50;

/** Deepest parentheses. */
const maxDepth = 10;

type Token =
  | { readonly kind: '(' | ')' | 'OR' | 'AND' | 'NOT' }
  | { readonly kind: 'TERM'; readonly words: string; readonly isPrefix: boolean };

/** A quoted phrase, a parenthesis, a minus before something, or a word up to any of these. */
const token = /"(?<phrase>[^"]*)"(?<star>\*?)|(?<sign>[()]|-(?=[^\s)]))|(?<word>[^\s()"]+)/gu;

const invalid = (rule: string, value: string): Error => appError('QUERY_INVALID', { rule, value });

function wordToken(word: string): Token {
  if (word === 'OR' || word === 'AND' || word === 'NOT') return { kind: word };
  const isPrefix = word.endsWith('*');
  return { kind: 'TERM', words: isPrefix ? word.slice(0, -1) : word, isPrefix };
}

function toToken({ phrase, star, sign, word = '' }: Record<string, string | undefined>): Token {
  if (phrase !== undefined) return { kind: 'TERM', words: phrase, isPrefix: star === '*' };
  if (sign === '(' || sign === ')') return { kind: sign };
  return sign === '-' ? { kind: 'NOT' } : wordToken(word);
}

/** Throws: QUERY_INVALID. */
function tokensOf(text: string): Token[] {
  if (text.length > maxChars) {
    throw invalid(`have at most ${maxChars} characters`, `${text.length} characters`);
  }
  if (/\p{Surrogate}/u.test(text)) throw invalid('be well-formed Unicode', text);
  if ((text.split('"').length - 1) % 2 !== 0) throw invalid('close every quotation mark', text);
  const tokens = [...text.matchAll(token)].map(({ groups }) => toToken(groups ?? {}));
  const terms = tokens.filter(({ kind }) => kind === 'TERM').length;
  if (terms > maxTerms) throw invalid(`have at most ${maxTerms} words and phrases`, `${terms}`);
  return tokens;
}

/** A part of a query; null for one without words, such as "+", which texts do not have either. */
type Part = TextQuery | null;

const joined = (kind: 'ALL' | 'ANY', parts: readonly Part[]): Part => {
  const of = parts.filter((part) => part !== null);
  return of.length > 1 ? { kind, of } : (of[0] ?? null);
};

/** Reads tokens from left to right; each method takes what it is named after. */
class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  whole(): Part {
    const part = this.#any();
    if (this.#tokens[this.#next]) throw this.#invalid('open every parenthesis that it closes');
    return part;
  }

  #any(): Part {
    const parts = [this.#all()];
    while (this.#take('OR')) parts.push(this.#all());
    return joined('ANY', parts);
  }

  #all(): Part {
    const keep: Part[] = [];
    const drop: Part[] = [];
    do {
      const side = this.#take('NOT') ? drop : keep;
      side.push(this.#one());
    } while (this.#take('AND') || this.#goesOn());
    const kept = joined('ALL', keep);
    const dropped = joined('ANY', drop);
    if (keep.length === 0) throw this.#invalid('say what to find besides what NOT leaves out');
    return kept && dropped ? { kind: 'WITHOUT', keep: kept, drop: dropped } : kept;
  }

  #one(): Part {
    const next = this.#tokens[this.#next];
    this.#next += 1;
    if (next?.kind === '(') return this.#group();
    if (next?.kind !== 'TERM') {
      throw this.#invalid('have words on both sides of OR and AND, after NOT and in parentheses');
    }
    const { words, isPrefix } = next;
    return /[\p{L}\p{N}\p{Co}]/u.test(words) ? { kind: 'PHRASE', words, isPrefix } : null;
  }

  #group(): Part {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw this.#invalid(`have at most ${maxDepth} nested parentheses`);
    const part = this.#any();
    if (!this.#take(')')) throw this.#invalid('close every parenthesis');
    this.#depth -= 1;
    return part;
  }

  #take(kind: Token['kind']): boolean {
    if (this.#tokens[this.#next]?.kind !== kind) return false;
    this.#next += 1;
    return true;
  }

  #goesOn(): boolean {
    const kind = this.#tokens[this.#next]?.kind;
    return kind === 'TERM' || kind === '(' || kind === 'NOT';
  }

  #invalid(rule: string): Error {
    return invalid(rule, this.#text);
  }
}

/** What a query asks for. Throws: QUERY_INVALID. */
export function parseTextQuery(text: string): TextQuery {
  const part = /\S/.test(text) ? new Parser(text).whole() : null;
  if (part === null) throw invalid('have at least one word', text);
  return part;
}
