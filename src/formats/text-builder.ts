/**
 * Puts a document's text together and remembers what was left out and where.
 *
 * Invariant: the text with every dropped part put back at its place is what the file holds, but for
 * white space.
 */
import { excerpt } from '../core/excerpt.ts';
import { maxDroppedExcerptChars } from './limits.ts';
import type { DroppedText, DroppedTextReason } from './source-document.ts';

/** What has been built. */
export interface BuiltText {
  readonly text: string;
  readonly dropped: readonly DroppedText[];
}

/** How much a dropped part is. */
type DroppedSize = Pick<DroppedText, 'chars' | 'bytes'>;

/** What may stand between two pieces, the weakest first. */
export type Separator = ' ' | '\t' | '\n' | '\n\n';

const separators: readonly (Separator | '')[] = ['', ' ', '\t', '\n', '\n\n'];

/** What is kept of a dropped part. */
const shown = (text: string): string => excerpt(text, maxDroppedExcerptChars);

/** A text that grows. */
export class TextBuilder {
  readonly #parts: string[] = [];
  readonly #dropped: DroppedText[] = [];
  #length = 0;
  #separator: Separator | '' = '';

  /** UTF-16 code units so far. */
  get length(): number {
    return this.#length;
  }

  /** Appends a piece, after the separator that is due. */
  add(text: string): void {
    if (text === '') return;
    if (this.#length > 0 && this.#separator !== '') this.#push(this.#separator);
    this.#separator = '';
    this.#push(text);
  }

  /** What stands before the next piece, if there is one; the strongest of several holds. */
  separate(separator: Separator): void {
    if (separators.indexOf(separator) > separators.indexOf(this.#separator))
      this.#separator = separator;
  }

  /** Notes a piece that is not read; one of white space alone is nothing. */
  drop(reason: DroppedTextReason, text: string, size: DroppedSize = { chars: text.length }): void {
    if (text.trim() === '') return;
    const part = { reason, at: this.#length, ...size, text: shown(text) };
    const last = this.#dropped.at(-1);
    // Fields of a record come by dozens: one note tells of those that stand together.
    if (reason === 'FIELD_NOT_READ' && last?.reason === reason && last.at === part.at) {
      const joined = shown(`${last.text} ${part.text}`);
      this.#dropped[this.#dropped.length - 1] = {
        ...last,
        chars: last.chars + size.chars,
        text: joined,
      };
    } else this.#dropped.push(part);
  }

  /** Takes the last character back and notes it, before what has been noted behind it. */
  dropLast(reason: DroppedTextReason): void {
    const last = this.#parts.pop() ?? '';
    this.#parts.push(last.slice(0, -1));
    const end = this.#length;
    this.#length -= Math.min(1, last.length);
    const behind = this.#dropped.findIndex(({ at }) => at === end);
    const later = behind < 0 ? [] : this.#dropped.splice(behind);
    this.drop(reason, last.slice(-1));
    this.#dropped.push(...later.map((part) => ({ ...part, at: this.#length })));
  }

  finish(): BuiltText {
    return { text: this.#parts.join(''), dropped: this.#dropped };
  }

  #push(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
  }
}
