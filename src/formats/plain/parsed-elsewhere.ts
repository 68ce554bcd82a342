/**
 * Formats that are parsed as a whole in a child process: PDF, HTML, e-mail.
 */
import { AppError, appError } from '../../core/errors.ts';
import type { Format, ParsedElsewhere, ReadOptions } from '../format.ts';
import { maxWholeFileBytes } from '../limits.ts';
import type { LineResult } from '../lines.ts';
import { beginsAsPage } from '../markup-head.ts';
import { readWhole, type Source } from '../source.ts';
import type { SourceDocument } from '../source-document.ts';

async function* readElsewhere(
  kind: ParsedElsewhere,
  source: Source,
  { parser }: ReadOptions,
): AsyncGenerator<LineResult<SourceDocument>> {
  const { path, name } = source;
  try {
    const bytes = await readWhole(source, maxWholeFileBytes);
    if (bytes === null)
      throw appError('RECORD_TOO_LONG', { path, line: 1, maxBytes: maxWholeFileBytes });
    yield { line: 1, value: { title: name, ...(await parser.parse(kind, path, bytes)) } };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield { line: 1, error };
  }
}

/** Readers accept bytes before it, and so do files; within a line of text it is spoken of. */
const pdfHeader = /(?:^|[^\x20-\x7e])%PDF-\d/;

/** PDF with a text layer. */
export const pdfFormat: Format = {
  name: 'PDF',
  mediaTypes: ['application/pdf'],
  recognise: ({ bytes }) => pdfHeader.test(bytes.toString('latin1', 0, 1_024)),
  read: (source, options) => readElsewhere('pdf', source, options),
};

/** A web page. */
export const htmlFormat: Format = {
  name: 'HTML',
  mediaTypes: ['text/html', 'application/xhtml+xml'],
  recognise: ({ name, text }) => /\.x?html?$/.test(name) || beginsAsPage(text),
  read: (source, options) => readElsewhere('html', source, options),
};

const header =
  /^(?:from|to|cc|subject|date|message-id|mime-version|received|return-path|delivered-to|reply-to|x-[\w-]+|content-[\w-]+|dkim-signature|arc-[\w-]+|user-agent):/i;

/** Two or more header lines of a message before anything else. */
function looksLikeEmail(text: string): boolean {
  const lines = text.split(/\r?\n/, 30);
  const end = lines.findIndex(
    (line) => !/^(?:[!-9;-~]+:|[ \t]\S)/.test(line) && !line.startsWith('From '),
  );
  const headers = (end < 0 ? lines : lines.slice(0, end)).filter((line) => header.test(line));
  return (
    headers.length >= 3 && headers.some((line) => /^(?:from|received|message-id):/i.test(line))
  );
}

/** An e-mail message. */
export const emailFormat: Format = {
  name: 'e-mail',
  mediaTypes: ['message/rfc822'],
  recognise: ({ name, text }) => name.endsWith('.eml') || looksLikeEmail(text),
  read: (source, options) => readElsewhere('email', source, options),
};
