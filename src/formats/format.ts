/**
 * What a format is: how it is recognised, and how its documents are read one after the other.
 */
import type { LineResult } from './lines.ts';
import type { Source } from './source.ts';
import type { ImportedDocument, SourceDocument } from './source-document.ts';

/** The beginning of a file, by which its format is recognised. */
export interface Head {
  /** Its name in lower case, without folders and without .gz. */
  readonly name: string;
  readonly bytes: Buffer;
  /** The bytes as text; empty when they are none. */
  readonly text: string;
  /** True when the file goes on behind these bytes. */
  readonly isCut: boolean;
  /** True when a file of this name lies beside it. */
  hasSibling(name: string): boolean;
}

/** Formats whose libraries a file could make slow, large or fall: they run in a child process. */
export type ParsedElsewhere = 'pdf' | 'html' | 'email';

/** Parses whole files within a bound of time and memory. */
export interface BoundedParser {
  /**
   * The document of a file.
   *
   * Throws: what the parser throws (FILE_INVALID, FILE_WITHOUT_TEXT, …); FILE_TOO_COMPLEX when it was
   *         stopped.
   */
  parse(kind: ParsedElsewhere, path: string, bytes: Buffer): Promise<SourceDocument>;
}

/** What reading needs to know beside the file. */
export interface ReadOptions {
  /** Column of a table or field of an object that is the text; found by its name unless given. */
  readonly textField?: string;
  readonly parser: BoundedParser;
}

/** A kind of file that documents are read from. */
export interface Format {
  /** As the documentation calls it: 'PubMed XML'. */
  readonly name: string;
  readonly mediaTypes: readonly string[];
  /** True when a file that begins like this is of the format. Asked in the order of `formats`. */
  recognise(head: Head): boolean;
  /**
   * The documents in order, each with the line where it begins; an error stands for the one that it
   * is of, and the rest goes on unless nothing tells where that begins.
   *
   * Throws: FILE_UNREADABLE and what else ends the file, after what came before.
   */
  read(source: Source, options: ReadOptions): AsyncGenerator<LineResult<SourceDocument>>;
}

/** A file to be written. */
export interface PrintedFile {
  readonly name: string;
  readonly text: string;
}

/**
 * How a file with any number of documents is put together, one after the other, so that none but the one in
 * hand is in memory.
 */
export interface DocumentPrinting {
  /** Name of the file. */
  readonly name: string;
  readonly head: string;
  /** What stands between two documents. */
  readonly between: string;
  readonly tail: string;
  /** A document. Throws: FORMAT_CANNOT_HOLD. */
  readonly document: (document: ImportedDocument) => string;
}

/** A format that also says where mentions are. */
export interface AnnotatedFormat extends Format {
  /** How a file of it is written document by document; null where each document has files of its own. */
  readonly printing: DocumentPrinting | null;
  /**
   * Files with these documents; `read` gives the same documents.
   *
   * Throws: FORMAT_CANNOT_HOLD for what the format has no place for: nothing is left out in silence.
   */
  print(documents: readonly ImportedDocument[]): readonly PrintedFile[];
}
