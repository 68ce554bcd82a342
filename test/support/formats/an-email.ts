/** E-mail messages put together. */

/** A part that is not divided. */
export interface LeafPart {
  readonly type: string;
  readonly content: string;
  /** Attached under this name. */
  readonly file?: string;
}

/** A part that is divided into others. */
export interface DividedPart {
  /** 'mixed', 'alternative' or 'related'. */
  readonly kind: string;
  readonly parts: readonly EmailPart[];
}

/** A part of a message. */
export type EmailPart = LeafPart | DividedPart;

const printLeaf = ({ type, content, file }: LeafPart): string =>
  [
    `Content-Type: ${type}`,
    'Content-Transfer-Encoding: base64',
    ...(file === undefined ? [] : [`Content-Disposition: attachment; filename="${file}"`]),
    '',
    Buffer.from(content).toString('base64'),
    '',
  ].join('\r\n');

/** A part as it is written; boundaries are named by where they are. */
function printPart(part: EmailPart, name: string): string {
  if (!('parts' in part)) return printLeaf(part);
  return [
    `Content-Type: multipart/${part.kind}; boundary=${name}`,
    '',
    ...part.parts.map((each, i) => `--${name}\r\n${printPart(each, `${name}.${i}`)}`),
    `--${name}--`,
    '',
  ].join('\r\n');
}

/** The bytes of a message of such parts. */
export const aMessage = (part: EmailPart): Buffer =>
  Buffer.from(
    `From: Jo Doe <jo@example.org>\r\nSubject: Parts\r\nMIME-Version: 1.0\r\n${printPart(part, 'b')}`,
  );

export const plainPart = (content: string): LeafPart => ({
  type: 'text/plain; charset=utf-8',
  content,
});

export const htmlPart = (content: string): LeafPart => ({
  type: 'text/html; charset=utf-8',
  content,
});

/** What a usual message has. */
export interface EmailParts {
  readonly plain: string;
  /** The same in another form. */
  readonly html?: string | undefined;
  readonly files: readonly { readonly name: string; readonly content: string }[];
}

/** The bytes of a message; its files are called `name.bin`. */
export function anEmail({ plain, html, files }: EmailParts): Buffer {
  const forms = html === undefined ? [plainPart(plain)] : [plainPart(plain), htmlPart(html)];
  const attached = files.map(({ name, content }) => ({
    type: 'application/octet-stream',
    content,
    file: `${name}.bin`,
  }));
  return aMessage({ kind: 'mixed', parts: [{ kind: 'alternative', parts: forms }, ...attached] });
}
