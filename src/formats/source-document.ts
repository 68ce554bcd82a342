/**
 * A document as a file gives it.
 */
import type { GoldMention } from '../core/document.ts';
import type { Fields } from './fields.ts';

/** A mention that the file says is there. Offsets are UTF-16 code units of the document's text. */
export interface ImportedMention extends GoldMention {
  /** What it denotes in some vocabulary, as the file writes it: 'MESH:D003000'. */
  readonly concept?: string;
}

/** An annotated document with what files know of its mentions. */
export interface ImportedDocument {
  readonly id: string;
  readonly text: string;
  readonly mentions: readonly ImportedMention[];
  /** Where its pages begin, as `core/page-starts` has it; left out for a text without pages. */
  readonly pageStarts?: readonly number[];
}

/** Why something that a file holds is not in the text. */
export type DroppedTextReason =
  /** A line at the top or bottom that pages have in common. */
  | 'RUNNING_HEAD'
  | 'PAGE_NUMBER'
  /** A hyphen that a line end made. */
  | 'LINE_END_HYPHEN'
  /** Outside the main content: navigation, advertisements, comments. */
  | 'NOT_MAIN_CONTENT'
  /** Scripts, styles and what is never shown. */
  | 'NOT_SHOWN'
  /** The same content in another form: the HTML of an e-mail beside its plain text. */
  | 'ALTERNATIVE'
  | 'ATTACHMENT'
  /** Headers and footers of a DOCX. */
  | 'HEADER_OR_FOOTER'
  /** Notes of reviewers and what they deleted. */
  | 'REVISION'
  /** The formula behind what is shown, such as a link's address. */
  | 'FIELD_CODE'
  /** A field of a record that is neither text nor metadata. */
  | 'FIELD_NOT_READ'
  /** A mention in several parts, which a span cannot be. */
  | 'DISCONTINUOUS_MENTION';

/** Something the file holds that is not in the text. */
export interface DroppedText {
  readonly reason: DroppedTextReason;
  /** Where in the text it would stand: a UTF-16 offset. */
  readonly at: number;
  /** Its length in UTF-16 code units; 0 for what is no text. */
  readonly chars: number;
  /** Its length in bytes, of what is no text. */
  readonly bytes?: number;
  /** Its beginning, at most 1,000 characters, or its name. */
  readonly text: string;
}

/** A document as a file gives it. */
export interface SourceDocument {
  readonly text: string;
  /** What the file calls it: reading it again under the same one replaces its text. */
  readonly externalId?: string;
  readonly title?: string;
  /** `date`, `authors`, `source` (journal, site, sender), `language`, and any key with its value. */
  readonly metadata?: Fields;
  readonly mentions?: readonly ImportedMention[];
  /** In order of `at`. */
  readonly dropped?: readonly DroppedText[];
  /** Where its pages begin, as `core/page-starts` has it; left out for a text without pages. */
  readonly pageStarts?: readonly number[];
}

/** An object's properties that have a value. */
export type Defined<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The properties that have a value: absent and undefined are two things under our compiler. */
export const withoutUndefined = <T extends object>(properties: T): Defined<T> =>
  Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
