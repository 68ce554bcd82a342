/**
 * A CoNLL document as its lines come in: puts the text together and follows mentions from token to token.
 */
import { type AppError, appError } from '../../core/errors.ts';
import { maxRecordBytes } from '../limits.ts';
import type { ImportedMention } from '../source-document.ts';

interface Tag {
  readonly prefix: string;
  readonly type: string;
}

const tagOf = (tag: string): Tag => ({ prefix: tag[0] ?? 'O', type: tag.slice(2) });

/** A mention that may go on at the next token. */
interface OpenMention {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

/** A document as far as it has been read. */
export class ConllDocument {
  readonly #path: string;
  readonly id: string | undefined;
  readonly line: number;
  readonly mentions: ImportedMention[] = [];
  readonly #parts: string[] = [];
  #length = 0;
  #open: (OpenMention | undefined)[] = [];
  /** The sentence's text where the file states it, and how far its tokens have come. */
  #stated: string | undefined;
  #at = 0;
  #hasSentence = false;
  #isBetween = true;
  error: AppError | undefined;

  constructor(path: string, id: string | undefined, line: number) {
    this.#path = path;
    this.id = id;
    this.line = line;
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0 && this.error === undefined;
  }

  get text(): string {
    return this.#parts.join('');
  }

  /** `# text = …` begins a sentence. */
  state(text: string): void {
    this.#begin();
    this.#stated = text;
    this.#at = this.#length;
    this.#push(text);
  }

  take(form: string, tags: readonly string[], line: number): void {
    if (this.#isBetween) this.#begin();
    const start = this.#place(form, line);
    const end = start + form.length;
    this.#at = end;
    this.#open = tags.map((tag, layer) =>
      this.#follow(this.#open[layer], tagOf(tag), { start, end }),
    );
  }

  /** A blank line. */
  endSentence(): void {
    for (const open of this.#open) if (open) this.mentions.push(open);
    this.#open = [];
    this.#stated = undefined;
    this.#isBetween = true;
  }

  #begin(): void {
    this.endSentence();
    if (this.#hasSentence) this.#push('\n');
    this.#hasSentence = true;
    this.#isBetween = false;
    this.#at = this.#length;
  }

  #push(text: string): void {
    this.#length += text.length;
    if (this.#length > maxRecordBytes) {
      throw appError('RECORD_TOO_LONG', {
        path: this.#path,
        line: this.line,
        maxBytes: maxRecordBytes,
      });
    }
    this.#parts.push(text);
  }

  /** Where a token is. Throws: ANNOTATION_MISMATCH when it is not the next of the stated text. */
  #place(form: string, line: number): number {
    if (this.#stated === undefined) {
      const isFirst = this.#length === this.#at && !this.#hasTokens();
      if (!isFirst) this.#push(' ');
      const start = this.#length;
      this.#push(form);
      return start;
    }
    const from = this.#at - (this.#length - this.#stated.length);
    const found = this.#stated.indexOf(form, from);
    if (found < 0 || this.#stated.slice(from, found).trim() !== '') {
      const place = { path: this.#path, line };
      throw appError('ANNOTATION_MISMATCH', {
        ...place,
        stated: form,
        found: this.#stated.slice(from, from + 80),
      });
    }
    return this.#length - this.#stated.length + found;
  }

  #hasTokens = (): boolean => this.#parts.length > 0 && this.#parts.at(-1) !== '\n';

  #follow(
    open: OpenMention | undefined,
    { prefix, type }: Tag,
    { start, end }: Omit<OpenMention, 'type'>,
  ) {
    const goesOn = open?.type === type && ['I', 'E', 'L'].includes(prefix);
    if (open && !goesOn) this.mentions.push(open);
    if (prefix === 'O') return undefined;
    return { start: goesOn ? open.start : start, end, type };
  }
}
