import { describe, expect, it } from '@jest/globals';
import { parseEmail } from '../../../src/formats/email-document.ts';
import { aMessage, type EmailPart, htmlPart, plainPart } from '../../support/formats/an-email.ts';

const mixed = (...parts: EmailPart[]): EmailPart => ({ kind: 'mixed', parts });
const alternative = (...parts: EmailPart[]): EmailPart => ({ kind: 'alternative', parts });
const related = (...parts: EmailPart[]): EmailPart => ({ kind: 'related', parts });
const image: EmailPart = { type: 'image/png; name=dot.png', content: 'dot' };
const html = '<p>In HTML.</p>';

/** The text, and what of the message is not in it, with its place. */
async function read(part: EmailPart): Promise<[string, ...(readonly [string, number, string])[]]> {
  const { text, dropped = [] } = await parseEmail(aMessage(part), 'mail.eml');
  return [text, ...dropped.map((each) => [each.reason, each.at, each.text] as const)];
}

/** A message within another. */
const forwarded = (content: string): EmailPart => ({
  type: 'message/rfc822',
  content: `From: Al <al@example.org>\r\nSubject: Before\r\n${content}`,
});

describe('parseEmail', () => {
  it.each<[string, EmailPart, unknown]>([
    [
      'plain text before HTML',
      alternative(plainPart('Plain.'), htmlPart(html)),
      ['Plain.', ['ALTERNATIVE', 6, html]],
    ],
    [
      'plain text after HTML',
      alternative(htmlPart(html), plainPart('Plain.')),
      ['Plain.', ['ALTERNATIVE', 0, html]],
    ],
    [
      'HTML beside plain text that is empty',
      alternative(plainPart(' \n'), htmlPart(html)),
      ['In HTML.'],
    ],
    [
      'the last of two pages',
      alternative(htmlPart('<p>Simple.</p>'), htmlPart(html)),
      ['In HTML.', ['ALTERNATIVE', 0, '<p>Simple.</p>']],
    ],
    [
      'plain text beside a page with its images',
      alternative(plainPart('Plain.'), related(htmlPart(html), image)),
      ['Plain.', ['ALTERNATIVE', 6, html], ['ATTACHMENT', 6, 'dot.png']],
    ],
    [
      'a page with its images beside plain text that is empty',
      alternative(plainPart(''), related(htmlPart(html), image)),
      ['In HTML.', ['ATTACHMENT', 8, 'dot.png']],
    ],
  ])('reads one of several forms: %s', async (_name, part, expected) => {
    expect(await read(part)).toEqual(expected);
  });

  it('tells of another form without what is read behind it (a footer of a mailing list)', async () => {
    const part = mixed(alternative(plainPart('Plain.'), htmlPart(html)), plainPart('The list.'));

    expect(await read(part)).toEqual(['Plain.\nThe list.', ['ALTERNATIVE', 6, html]]);
  });

  it('reads what comes one after the other, whatever its form', async () => {
    const page = '<p>One.</p><script>track()</script>';
    const part = mixed(htmlPart(page), plainPart('Two.'), htmlPart('<p>Three.</p>'));

    expect(await read(part)).toEqual(['One.\n\nTwo.\n\nThree.', ['NOT_SHOWN', 4, 'track()']]);
  });

  it('notes a page that shows nothing', async () => {
    const page = '<script>track()</script>';

    expect(await read(mixed(plainPart('One.'), htmlPart(page)))).toEqual([
      'One.',
      ['NOT_SHOWN', 4, page],
    ]);
  });

  it('reads a message within, below its headers, in one of its forms', async () => {
    const inner = aMessage(alternative(plainPart('Plain.'), htmlPart(html))).toString();
    const part = mixed(plainPart('See below.'), { type: 'message/rfc822', content: inner });

    const [text, ...dropped] = await read(part);

    expect(text).toBe('See below.\nFrom: Jo Doe <jo@example.org>\nSubject: Parts\n\nPlain.');
    expect(dropped).toEqual([['ALTERNATIVE', text.length, html]]);
  });

  it('does not read the message that a report is about', async () => {
    const status = { type: 'message/delivery-status', content: 'Status: 5.0.0' };
    const part = mixed(plainPart('Not delivered.'), status, forwarded('\r\nLost.'));

    expect(await read(part)).toEqual([
      'Not delivered.',
      ['ATTACHMENT', 14, 'message/delivery-status'],
      ['ATTACHMENT', 14, 'message/rfc822'],
    ]);
  });

  it('reads a message that is cut off in its last part', async () => {
    const whole = aMessage(mixed(plainPart('One.'), plainPart('Two.')));

    const { text } = await parseEmail(whole.subarray(0, -12), 'mail.eml');

    expect(text).toBe('One.\nTwo.');
  });

  it.each<[string, EmailPart]>([
    ['attachments alone', mixed(image)],
    ['a page that shows nothing', htmlPart('<script>track()</script>')],
  ])('refuses a message of %s', async (_name, part) => {
    await expect(read(part)).rejects.toMatchObject({ code: 'FILE_WITHOUT_TEXT' });
  });

  it('refuses messages in messages in messages', async () => {
    const levels = Array.from({ length: 60 }).reduce<string>(
      (inside) => `Content-Type: message/rfc822\r\n\r\n${inside}`,
      'Deep.',
    );

    await expect(parseEmail(Buffer.from(levels), 'mail.eml')).rejects.toMatchObject({
      code: 'FILE_TOO_COMPLEX',
      details: { what: 'levels of parts', max: 50 },
    });
  });
});
