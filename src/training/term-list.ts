/**
 * A term list: names of things with the type each is of, as a user has them for distant supervision.
 * Tab-separated (term, type) or JSON lines ({"term", "type"}), plain or gzipped; and a stop list, one
 * term a line.
 */
import { parseObject, requireRule, takeString } from '../formats/fields.ts';
import { type LinePlace, type LineResult, readLines } from '../formats/lines.ts';

/** A name and the type of what it names. */
export interface Term {
  readonly term: string;
  readonly type: string;
  /** It names that only as it is written. Left out: in any case, if it is no short word in capitals. */
  readonly exact?: true;
}

/** A term without a letter, say "5" or "-", would label what nobody means. */
function checkTerm(term: string | undefined, place: LinePlace): string {
  const trimmed = term?.trim() ?? '';
  requireRule(place, /\p{L}/u.test(trimmed), { rule: 'a term with a letter', value: term });
  return trimmed;
}

function checkType(type: string | undefined, place: LinePlace): string {
  const trimmed = type?.trim() ?? '';
  const rule = 'a term, a tab and its type, or {"term", "type"}';
  requireRule(place, trimmed !== '', { rule, value: type });
  return trimmed;
}

function parseTsv(line: string, place: LinePlace): Term {
  const [term, type] = line.split('\t');
  return { term: checkTerm(term, place), type: checkType(type, place) };
}

function parseJson(line: string, place: LinePlace): Term {
  const fields = parseObject(line, place);
  return {
    term: checkTerm(takeString(fields, 'term', place), place),
    type: checkType(takeString(fields, 'type', place), place),
  };
}

/** The terms of a file, JSON lines if it ends in .jsonl or .jsonl.gz. Throws: FILE_UNREADABLE. */
export const readTerms = (path: string): AsyncGenerator<LineResult<Term>> =>
  readLines(path, /\.jsonl(\.gz)?$/i.test(path) ? parseJson : parseTsv);

/** The terms of a stop list; what follows a tab is passed over. Throws: FILE_UNREADABLE. */
export const readStopTerms = (path: string): AsyncGenerator<LineResult<string>> =>
  readLines(path, (line, place) => checkTerm(line.split('\t')[0], place));
