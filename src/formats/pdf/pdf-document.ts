/**
 * The text layer of a PDF. Runs in the child process of `bounded-parser.ts`: a PDF is a program of
 * somebody else's.
 */
import { getDocumentProxy } from 'unpdf';
import { type AppError, appError } from '../../core/errors.ts';
import { maxDocumentChars, maxPdfObjects, maxPdfPages } from '../limits.ts';
import type { SourceDocument } from '../source-document.ts';
import { joinPages } from './join-lines.ts';
import { fromTop, inReadingOrder, linesOf, type TextRun } from './reading-order.ts';
import { type PageLines, runningHeads } from './running-heads.ts';

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;

/** A run of text as pdf.js gives it; marks of structure have no `str`. */
interface TextItem {
  readonly str?: string;
  readonly transform: readonly number[];
  readonly width: number;
  readonly height: number;
}

/** Objects that stand in the file as such; those in compressed streams cost time and memory only. */
function checkObjects(bytes: Uint8Array, path: string): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = file.indexOf(' obj'); at >= 0; at = file.indexOf(' obj', at + 4)) count += 1;
  if (count > maxPdfObjects) {
    throw appError('FILE_TOO_COMPLEX', { path, what: 'objects', max: maxPdfObjects });
  }
}

function refusal(cause: unknown, path: string): AppError {
  const { name, message } = cause as Error;
  if (name === 'PasswordException') {
    return appError('FILE_UNREADABLE', { path, reason: 'it needs a password' }, cause);
  }
  return appError('FILE_INVALID', { path, line: 1, rule: 'a PDF', value: message }, cause);
}

async function openPdf(bytes: Uint8Array, path: string): Promise<Pdf> {
  try {
    return await getDocumentProxy(new Uint8Array(bytes), {
      isEvalSupported: false,
      disableFontFace: true,
      enableXfa: false,
      verbosity: 0,
    });
  } catch (cause) {
    throw refusal(cause, path);
  }
}

interface ReadPage extends PageLines {
  readonly chars: number;
}

async function readPage(pdf: Pdf, number: number): Promise<ReadPage> {
  const page = await pdf.getPage(number);
  const [left = 0, bottom = 0, , top = 0] = page.view as readonly number[];
  const content = await page.getTextContent();
  const runs = (content.items as readonly TextItem[]).flatMap((item): TextRun[] => {
    if (item.str === undefined) return [];
    const [a = 0, b = 0, , , x = 0, y = 0] = item.transform;
    const height = item.height || Math.hypot(a, b);
    return [{ text: item.str, x: x - left, y: y - bottom, width: item.width, height }];
  });
  page.cleanup();
  const chars = runs.reduce((sum, { text }) => sum + text.length, 0);
  return { lines: linesOf(runs), height: top - bottom, chars };
}

/** Throws: FILE_TOO_COMPLEX. */
async function readPages(pdf: Pdf, path: string): Promise<ReadPage[]> {
  if (pdf.numPages > maxPdfPages) {
    throw appError('FILE_TOO_COMPLEX', { path, what: 'pages', max: maxPdfPages });
  }
  const pages: ReadPage[] = [];
  let chars = 0;
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await readPage(pdf, number);
    chars += page.chars;
    if (chars > maxDocumentChars) {
      throw appError('FILE_TOO_COMPLEX', { path, what: 'characters', max: maxDocumentChars });
    }
    pages.push(page);
  }
  return pages;
}

/** "D:20200507120000Z" as "2020-05-07". */
function dateOf(written: unknown): string | undefined {
  const [, year, month, day] = /^D:(\d{4})(\d{2})?(\d{2})?/.exec(String(written)) ?? [];
  return year && [year, month, day].filter(Boolean).join('-');
}

async function propertiesOf(pdf: Pdf): Promise<Pick<SourceDocument, 'title' | 'metadata'>> {
  const { info } = await pdf.getMetadata();
  const { Title, Author, CreationDate, Keywords, Subject } = info as Record<string, unknown>;
  const named = (value: unknown): string | undefined =>
    typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  const author = named(Author);
  const pairs = {
    authors: author?.split(/\s*[;,]\s*/),
    date: dateOf(CreationDate),
    keywords: named(Keywords),
    subject: named(Subject),
  };
  const title = named(Title);
  return {
    ...(title !== undefined && { title }),
    metadata: Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== undefined)),
  };
}

/**
 * The document of a PDF.
 *
 * Throws: FILE_INVALID, FILE_UNREADABLE (encrypted), FILE_TOO_COMPLEX, FILE_WITHOUT_TEXT.
 */
export async function parsePdf(bytes: Uint8Array, path: string): Promise<SourceDocument> {
  checkObjects(bytes, path);
  const pdf = await openPdf(bytes, path);
  try {
    const pages = await readPages(pdf, path).catch((cause: unknown) => {
      throw cause instanceof Error && cause.name === 'AppError' ? cause : refusal(cause, path);
    });
    const heads = runningHeads(pages);
    const ordered = pages.map(({ lines, height }) => {
      const apart = fromTop(lines.filter((line) => heads.has(line)));
      return [
        ...apart.filter(({ y }) => y > height / 2),
        ...inReadingOrder(lines.filter((line) => !heads.has(line))),
        ...apart.filter(({ y }) => y <= height / 2),
      ];
    });
    const { builder, pageStarts } = joinPages(ordered, heads);
    const { text, dropped } = builder.finish();
    if (text.trim() === '') {
      throw appError('FILE_WITHOUT_TEXT', { path, line: 1, reason: 'no text layer, as in a scan' });
    }
    const properties = await propertiesOf(pdf);
    return { text, ...properties, pageStarts, ...(dropped.length > 0 && { dropped }) };
  } finally {
    await pdf.cleanup();
  }
}
