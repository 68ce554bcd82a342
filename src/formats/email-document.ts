/**
 * An e-mail message: its plain text, or the main content of its HTML when it has no other. The other
 * form and attachments are noted as dropped; headers are metadata.
 */
import PostalMime, { type Address, type Email } from 'postal-mime';
import { appError } from '../core/errors.ts';
import { readHtml } from './html-document.ts';
import { type DroppedText, type SourceDocument, withoutUndefined } from './source-document.ts';
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

/** What is beside the text, all of it behind it. */
function droppedOf({ html, attachments }: Email, text: string, isPlain: boolean): DroppedText[] {
  const builder = new TextBuilder();
  if (isPlain && html !== undefined) builder.drop('ALTERNATIVE', html);
  for (const { filename, mimeType, content } of attachments) {
    const bytes = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
    builder.drop('ATTACHMENT', filename || mimeType, { chars: 0, bytes });
  }
  return builder.finish().dropped.map((part) => ({ ...part, at: text.length }));
}

async function parsed(bytes: Buffer, path: string): Promise<Email> {
  try {
    return await PostalMime.parse(new Uint8Array(bytes), limits);
  } catch (cause) {
    const value = (cause as Error).message;
    throw appError('FILE_INVALID', { path, line: 1, rule: 'an e-mail message', value }, cause);
  }
}

/** The text, and what of it is not main content. Throws: FILE_WITHOUT_TEXT, FILE_TOO_COMPLEX. */
function bodyOf(
  { text = '', html }: Email,
  path: string,
): Pick<SourceDocument, 'text' | 'dropped'> {
  if (text.trim() !== '') return { text };
  if (html) return readHtml(html, path);
  throw appError('FILE_WITHOUT_TEXT', { path, line: 1, reason: 'a message without a body' });
}

/** Throws: FILE_INVALID, FILE_WITHOUT_TEXT, FILE_TOO_COMPLEX. */
export async function parseEmail(bytes: Buffer, path: string): Promise<SourceDocument> {
  const email = await parsed(bytes, path);
  const { text, dropped: left = [] } = bodyOf(email, path);
  const dropped = [...left, ...droppedOf(email, text, text === email.text)];
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
