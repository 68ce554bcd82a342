/** E-mail messages put together. */

/** What a message has. */
export interface EmailParts {
  readonly plain: string;
  /** The same in another form. */
  readonly html?: string | undefined;
  readonly files: readonly { readonly name: string; readonly content: string }[];
}

interface Part {
  readonly type: string;
  readonly content: string;
  readonly file?: string;
}

const printPart = ({ type, content, file }: Part): string =>
  [
    `Content-Type: ${type}`,
    'Content-Transfer-Encoding: base64',
    ...(file === undefined ? [] : [`Content-Disposition: attachment; filename="${file}"`]),
    '',
    Buffer.from(content).toString('base64'),
    '',
  ].join('\r\n');

const printParts = (kind: string, boundary: string, parts: readonly string[]): string =>
  [
    `Content-Type: multipart/${kind}; boundary=${boundary}`,
    '',
    ...parts.map((part) => `--${boundary}\r\n${part}`),
    `--${boundary}--`,
    '',
  ].join('\r\n');

/** The bytes of a message; its files are called `name.bin`. */
export function anEmail({ plain, html, files }: EmailParts): Buffer {
  const text = [
    printPart({ type: 'text/plain; charset=utf-8', content: plain }),
    ...(html === undefined ? [] : [printPart({ type: 'text/html; charset=utf-8', content: html })]),
  ];
  const attached = files.map(({ name, content }) =>
    printPart({ type: 'application/octet-stream', content, file: `${name}.bin` }),
  );
  const head = 'From: Jo Doe <jo@example.org>\r\nSubject: Parts\r\nMIME-Version: 1.0\r\n';
  const whole = printParts('mixed', 'm', [printParts('alternative', 'a', text), ...attached]);
  return Buffer.from(head + whole);
}
