/**
 * An e-mail message: its texts one after the other, those in HTML by their main content. Of what comes in
 * several forms one is read, plain text first, and the others are noted as dropped, as attachments are.
 * Headers are metadata; those of a message within are text.
 */
import PostalMime, { type Address, type Email } from 'postal-mime';
import { AppError, appError } from '../core/errors.ts';
import { readHtml } from './html-document.ts';
import { headOf, type MimePart, splitMessage } from './mime-parts.ts';
import { type SourceDocument, withoutUndefined } from './source-document.ts';
import { TextBuilder } from './text-builder.ts';

const limits = { maxNestingDepth: 50, maxHeadersSize: 2 * 1024 * 1024 };

const addressOf = ({ name, address }: Address): string =>
  [name, address && `<${address}>`].filter(Boolean).join(' ');

function metadataOf({ from, to, date, messageId }: Email): Record<string, unknown> {
  const pairs = {
    authors: from && [addressOf(from)],
    source: from?.address,
    to: to?.map(addressOf),
    date,
    messageId,
  };
  return Object.fromEntries(Object.entries(pairs).filter(([, value]) => value));
}

/** What a message is made of, in order. */
type Piece =
  | { readonly kind: 'PLAIN' | 'HTML' | 'OTHER_FORM'; readonly text: string }
  | { readonly kind: 'FILE'; readonly name: string; readonly bytes: number };

/** How a message is read. */
interface Reading {
  readonly path: string;
  /** How deep in other messages it is. */
  readonly level: number;
  /** What a report is about is evidence, and no part of its text. */
  readonly isReport: boolean;
}

async function decoded(bytes: Buffer, path: string): Promise<Email> {
  try {
    const options = { ...limits, forceRfc822Attachments: true };
    return await PostalMime.parse(new Uint8Array(bytes), options);
  } catch (cause) {
    const value = (cause as Error).message;
    throw appError('FILE_INVALID', { path, line: 1, rule: 'an e-mail message', value }, cause);
  }
}

/** What a reader of a message within another sees above its text. */
function shownHeaders({ from, to, date, subject }: Email): string {
  const pairs = {
    From: from && addressOf(from),
    To: to?.map(addressOf).join(', '),
    Date: date,
    Subject: subject,
  };
  const shown = Object.entries(pairs).filter(([, value]) => value);
  return shown.map(([name, value]) => `${name}: ${value}\n`).join('');
}

const isReport = ({ type, parts }: MimePart): boolean =>
  type === 'message/delivery-status' || type === 'message/feedback-report' || parts.some(isReport);

/** A message within another. */
async function piecesOfMessage(bytes: Buffer, { path, level }: Reading): Promise<Piece[]> {
  const message = splitMessage(bytes, { path, level });
  const text = shownHeaders(await decoded(headOf(bytes), path));
  const reading = { path, level, isReport: isReport(message) };
  return [{ kind: 'PLAIN', text }, ...(await piecesOf(message, reading))];
}

async function piecesOfLeaf({ bytes }: MimePart, reading: Reading): Promise<Piece[]> {
  const { text, html, attachments } = await decoded(bytes, reading.path);
  const pieces: Piece[] = [];
  if (html !== undefined) pieces.push({ kind: 'HTML', text: html });
  else if (text !== undefined) pieces.push({ kind: 'PLAIN', text });
  for (const { filename, mimeType, disposition, content } of attachments) {
    const file = Buffer.from(content as ArrayBuffer);
    const isShown = disposition !== 'attachment' && !reading.isReport;
    if (mimeType === 'message/rfc822' && isShown) {
      pieces.push(...(await piecesOfMessage(file, { ...reading, level: reading.level + 1 })));
    } else pieces.push({ kind: 'FILE', name: filename || mimeType, bytes: file.length });
  }
  return pieces;
}

const has = (kind: Piece['kind']) => (pieces: readonly Piece[]) =>
  pieces.some((piece) => piece.kind === kind && 'text' in piece && piece.text.trim() !== '');

/** One of several forms as it is, and the texts of the others as such; the last form is the richest. */
function oneForm(forms: readonly (readonly Piece[])[]): Piece[] {
  const chosen = forms.find(has('PLAIN')) ?? forms.findLast(has('HTML')) ?? forms[0];
  return forms.flatMap((form) =>
    form.map((piece): Piece => {
      const isKept = form === chosen || piece.kind === 'FILE';
      return isKept ? piece : { ...piece, kind: 'OTHER_FORM' };
    }),
  );
}

async function piecesOf(part: MimePart, reading: Reading): Promise<Piece[]> {
  if (part.parts.length === 0) return piecesOfLeaf(part, reading);
  const pieces: Piece[][] = [];
  for (const each of part.parts) pieces.push(await piecesOf(each, reading));
  return part.type === 'multipart/alternative' ? oneForm(pieces) : pieces.flat();
}

/** Adds the main content of a page; one that shows nothing is noted. Throws: FILE_TOO_COMPLEX. */
function addPage(builder: TextBuilder, html: string, path: string): void {
  let page: SourceDocument;
  try {
    page = readHtml(html, path);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'FILE_WITHOUT_TEXT') throw error;
    builder.drop('NOT_SHOWN', html);
    return;
  }
  let from = 0;
  for (const { reason, at, text, ...size } of page.dropped ?? []) {
    builder.add(page.text.slice(from, at));
    builder.drop(reason, text, size);
    from = at;
  }
  builder.add(page.text.slice(from));
}

/** Puts the pieces together. Throws: FILE_TOO_COMPLEX. */
function builtOf(pieces: readonly Piece[], path: string): TextBuilder {
  const builder = new TextBuilder();
  for (const piece of pieces) {
    if (piece.kind === 'FILE') {
      builder.drop('ATTACHMENT', piece.name, { chars: 0, bytes: piece.bytes });
    } else if (piece.kind === 'OTHER_FORM') builder.drop('ALTERNATIVE', piece.text);
    else if (piece.text.trim() !== '') {
      builder.separate(piece.kind === 'HTML' ? '\n\n' : '\n');
      if (piece.kind === 'PLAIN') builder.add(piece.text);
      else {
        addPage(builder, piece.text, path);
        builder.separate('\n\n');
      }
    }
  }
  return builder;
}

/** Throws: FILE_INVALID, FILE_WITHOUT_TEXT, FILE_TOO_COMPLEX. */
export async function parseEmail(bytes: Buffer, path: string): Promise<SourceDocument> {
  const message = splitMessage(bytes, { path });
  const email = await decoded(headOf(bytes), path);
  const reading = { path, level: 0, isReport: isReport(message) };
  const { text, dropped } = builtOf(await piecesOf(message, reading), path).finish();
  if (text.trim() === '') {
    throw appError('FILE_WITHOUT_TEXT', { path, line: 1, reason: 'a message without a body' });
  }
  return {
    text,
    ...withoutUndefined({
      title: email.subject || undefined,
      externalId: email.messageId || undefined,
    }),
    metadata: metadataOf(email),
    ...(dropped.length > 0 && { dropped }),
  };
}
