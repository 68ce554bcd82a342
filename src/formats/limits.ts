/**
 * How much of a file is held at once or followed at all, so that no file takes the program with it.
 */

/** Longest record (line, XML record, JSON object, row) that is read; what is behind it is not kept. */
export const maxRecordBytes = 64 * 1024 * 1024;

/** Longest row of a table: one with a quote that never closes would be all that follows. */
export const maxRowBytes = 16 * 1024 * 1024;

/** Largest file of a format that is read as a whole: PDF, DOCX, HTML, e-mail, text. */
export const maxWholeFileBytes = 128 * 1024 * 1024;

/** Bytes at the start of a file that its format is recognised by. */
export const headBytes = 64 * 1024;

/** Entries of an archive. */
export const maxArchiveEntries = 1_000_000;

/** Bytes an archive may become, whatever its ratio. */
export const freeInflatedBytes = 64 * 1024 * 1024;

/** Beyond that: bytes out of a byte in. Text and XML come to 50 at most, a bomb of zeros to 1,000. */
export const maxInflationRatio = 250;

/** Mentions of one document. */
export const maxMentions = 1_000_000;

/** Nesting of elements in XML and HTML. */
export const maxDepth = 2_000;

/** Elements of a web page: trees are costly. */
export const maxHtmlElements = 200_000;

/** Parts of a PDF. */
export const maxPdfObjects = 500_000;
export const maxPdfPages = 20_000;

/** Characters that one document may become. */
export const maxDocumentChars = 64 * 1024 * 1024;

/** Title and metadata of a document, these as JSON: what is kept beside its text. */
export const maxTitleChars = 1_000;
export const maxMetadataJsonChars = 100_000;

/** Characters of documents that are taken in together; one document may have more. */
export const maxGroupChars = 8 * 1024 * 1024;

/** What a parser in the child process may take. */
export const parserLimits = { timeMs: 60_000, memoryBytes: 1_500 * 1024 * 1024 } as const;

/** Characters of a dropped part that are kept to show what it was. */
export const maxDroppedExcerptChars = 1_000;
