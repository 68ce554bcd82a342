import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openParser } from '../../../src/formats/bounded-parser.ts';
import { readDocumentFiles } from '../../../src/formats/document-files.ts';
import { maxDepth, maxPdfObjects } from '../../../src/formats/limits.ts';
import { pdfOf } from '../../support/formats/a-pdf.ts';
import { aZip } from '../../support/formats/a-zip.ts';
import { aPaper } from '../../support/formats/fixtures.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Texts, cut short, and codes of errors in the order they come: a good file stands behind the bad one. */
async function readWithGoodOne(name: string, content: string | Buffer): Promise<string[]> {
  const found: string[] = [];
  const paths = [file(name, content), file('good.txt', 'the rest of the batch')];
  for await (const { document } of readDocumentFiles(paths, ({ code }) => found.push(code))) {
    found.push(document.text.slice(0, 30));
  }
  return found;
}

const good = 'the rest of the batch';
const spaces = (megabytes: number): Buffer => Buffer.alloc(megabytes * 1e6, ' ');

const laughs = (declarations: string): string =>
  `<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [${declarations}]><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>&b;</PMID></MedlineCitation></PubmedArticle></PubmedArticleSet>`;
const entityBomb = laughs('<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">');
const externalEntity = laughs('<!ENTITY b SYSTEM "file:///etc/passwd">');
const parameterEntity = laughs('<!ENTITY % b SYSTEM "http://127.0.0.1/b.dtd"> %b;');

const anEmail = (levels: number): string => {
  const parts = Array.from(
    { length: levels },
    (_, level) => `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`,
  );
  return `From: a@b.c\r\nTo: d@e.f\r\nMessage-ID: <1>\r\n${parts.join('')}Content-Type: text/plain\r\n\r\nhello`;
};

describe('readDocumentFiles', () => {
  it.each<[string, string, () => string | Buffer, string[]]>([
    ['a gzip bomb', 'a.jsonl.gz', () => gzipSync(spaces(100)), ['ARCHIVE_TOO_LARGE']],
    [
      'a zip bomb',
      'b.zip',
      () => aZip([{ name: 'a.txt', content: spaces(100) }]),
      ['ARCHIVE_TOO_LARGE'],
    ],
    [
      'a bomb of many entries',
      'c.zip',
      () => aZip(Array.from({ length: 20 }, (_, i) => ({ name: `${i}.txt`, content: spaces(5) }))),
      [...Array.from({ length: 13 }, () => ' '.repeat(30)).slice(0, 13), 'ARCHIVE_TOO_LARGE'],
    ],
    [
      'names that lead out of an archive',
      'd.zip',
      () =>
        aZip([
          { name: '../evil.txt', content: 'evil' },
          { name: 'a.txt', content: 'inside' },
        ]),
      ['ARCHIVE_PATH_UNSAFE', 'inside'],
    ],
    [
      'an absolute name',
      'e.zip',
      () => aZip([{ name: '/etc/passwd', content: 'evil' }]),
      ['ARCHIVE_PATH_UNSAFE'],
    ],
    [
      'a name of Windows',
      'f.zip',
      () => aZip([{ name: 'a\\..\\..\\b.txt', content: 'evil' }]),
      ['ARCHIVE_PATH_UNSAFE'],
    ],
    [
      'a link',
      'g.zip',
      () => aZip([{ name: 'link', content: '/etc/passwd', mode: 0o120777 }]),
      ['ARCHIVE_PATH_UNSAFE'],
    ],
    [
      'an encrypted entry',
      'h.zip',
      () => aZip([{ name: 'a.txt', content: 'x', isEncrypted: true }]),
      ['FILE_UNREADABLE'],
    ],
    [
      'an archive in an archive',
      'i.zip',
      () => aZip([{ name: 'a.zip', content: aZip([]) }]),
      ['FORMAT_UNKNOWN'],
    ],
    [
      'an archive that is cut off',
      'j.zip',
      () => aZip([{ name: 'a.txt', content: 'x' }]).subarray(0, 60),
      ['FILE_UNREADABLE'],
    ],
    ['entities that grow', 'a.xml', () => entityBomb, ['XML_ENTITY_REFUSED']],
    ['entities from outside', 'b.xml', () => externalEntity, ['XML_ENTITY_REFUSED']],
    ['parameter entities from outside', 'c.xml', () => parameterEntity, ['XML_ENTITY_REFUSED']],
    [
      'entities in a DOCX',
      'a.docx',
      () =>
        aZip([
          { name: '[Content_Types].xml', content: '' },
          { name: 'word/document.xml', content: entityBomb },
        ]),
      ['XML_ENTITY_REFUSED'],
    ],
    [
      'XML that is too deep',
      'd.xml',
      () => `<PubmedArticleSet>${'<a>'.repeat(maxDepth)}`,
      ['FILE_TOO_COMPLEX'],
    ],
    ['XML without an end', 'e.xml', () => '<PubmedArticleSet><PubmedArticle>', ['FILE_INVALID']],
    [
      'an XML record without an end',
      'f.xml',
      () => Buffer.concat([Buffer.from('<PubmedArticleSet><PubmedArticle>'), spaces(80)]),
      ['RECORD_TOO_LONG'],
    ],
    [
      '100 MB on one line of JSON',
      'a.jsonl',
      () => `{"text":"${'x'.repeat(100e6)}"}\n{"text":"fine"}`,
      ['RECORD_TOO_LONG', 'fine'],
    ],
    [
      '100 MB in one record of JSON',
      'b.json',
      () => `{"documents":[{"passages":[],"x":"${'x'.repeat(100e6)}`,
      ['RECORD_TOO_LONG'],
    ],
    [
      'JSON that is too deep',
      'c.jsonl',
      () => `{"text":"a","metadata":{"x":${'['.repeat(1e5)}${']'.repeat(1e5)}}}\n{"text":"fine"}`,
      ['FILE_INVALID', 'fine'],
    ],
    [
      'a quote that never closes',
      'a.csv',
      () => `text\n"${'a,b\n'.repeat(5e6)}`,
      ['RECORD_TOO_LONG'],
    ],
    [
      'bytes that are no UTF-8',
      'a.txt',
      () => Buffer.from('caf\xe9 \xff', 'latin1'),
      ['ENCODING_INVALID'],
    ],
    [
      'a lone surrogate',
      'd.jsonl',
      () => '{"text":"a\\ud83d"}\n{"text":"fine"}',
      ['ENCODING_INVALID', 'fine'],
    ],
    [
      'half a pair in UTF-16',
      'b.txt',
      () => Buffer.from('\ufeffa text \ud83d of sorts', 'utf16le'),
      ['ENCODING_INVALID'],
    ],
    [
      'a page that is too deep',
      'a.html',
      () => `<html>${'<div>'.repeat(1e5)}`,
      ['FILE_TOO_COMPLEX'],
    ],
    [
      'a page with too many elements',
      'b.html',
      () => `<html>${'<b>a</b>'.repeat(300_000)}`,
      ['FILE_TOO_COMPLEX'],
    ],
    ['a message with parts in parts', 'a.eml', () => anEmail(2_000), ['FILE_TOO_COMPLEX']],
    [
      'a PDF with a million objects',
      'a.pdf',
      () =>
        pdfOf([
          '<< /Type /Catalog /Pages 2 0 R >>',
          '<< /Type /Pages /Kids [] /Count 0 >>',
          ...Array.from({ length: maxPdfObjects }, () => 'null'),
        ]),
      ['FILE_TOO_COMPLEX'],
    ],
    ['a PDF of brackets', 'b.pdf', () => `%PDF-1.7\n${'['.repeat(1e6)}`, ['FILE_INVALID']],
    ['a PDF that is cut off', 'c.pdf', () => aPaper().subarray(0, 300), ['FILE_INVALID']],
    [
      'a PDF without text',
      'd.pdf',
      () =>
        pdfOf([
          '<< /Type /Catalog /Pages 2 0 R >>',
          '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
          '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>',
        ]),
      ['FILE_WITHOUT_TEXT'],
    ],
    [
      'pages that are their own parents',
      'e.pdf',
      () =>
        pdfOf([
          '<< /Type /Catalog /Pages 2 0 R >>',
          '<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>',
        ]),
      ['FILE_INVALID'],
    ],
  ])(
    'survives %s, and reads what is behind it',
    async (_, name, content, expected) => {
      expect(await readWithGoodOne(name, content())).toEqual([...expected, good]);
    },
    60_000,
  );

  it.each([
    ['NUL in a text', 'nul.txt', 'a\0b and more of it'],
    ['UTF-16 with a mark', 'little.txt', Buffer.from('\ufeffpain, and more', 'utf16le')],
    [
      'UTF-16 with a mark, big end first',
      'big.txt',
      Buffer.from('\ufeffpain, and more', 'utf16le').swap16(),
    ],
    ['UTF-16 without a mark', 'bare.txt', Buffer.from('pain, and more', 'utf16le')],
    [
      'UTF-16 without a mark, big end first',
      'bare-big.txt',
      Buffer.from('pain, and more', 'utf16le').swap16(),
    ],
    ['UTF-16 of another script', 'japanese.txt', Buffer.from('頭が痛い。 薬を飲む。', 'utf16le')],
  ])('reads %s', async (_, name, content) => {
    const [text] = await readWithGoodOne(name, content);

    expect(text).toBe(
      name === 'nul.txt'
        ? content
        : name === 'japanese.txt'
          ? '頭が痛い。 薬を飲む。'
          : 'pain, and more',
    );
  });

  it('reads JSON lines in UTF-16', async () => {
    const lines = Buffer.from('{"text":"日本"}\n{"text":"😀"}\n', 'utf16le');

    expect(await readWithGoodOne('lines.jsonl', lines)).toEqual(['日本', '😀', good]);
  });
});

describe('openParser', () => {
  const bomb = deflateSync(deflateSync(Buffer.alloc(500e6, ' ')));
  const inflating = pdfOf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R >>',
    Buffer.concat([
      Buffer.from(`<< /Length ${bomb.length} /Filter [/FlateDecode /FlateDecode] >>\nstream\n`),
      bomb,
      Buffer.from('\nendstream'),
    ]),
  ]);
  const parsers = [
    openParser({ timeMs: 60_000, memoryBytes: 400e6 }),
    openParser({ timeMs: 300, memoryBytes: 2e9 }),
  ] as const;
  afterAll(() => Promise.all(parsers.map((parser) => parser.close())));

  it('stops a file that takes too much memory, and reads the next', async () => {
    const [parser] = parsers;

    const parsed = parser.parse('pdf', 'bomb.pdf', inflating);

    await expect(parsed).rejects.toMatchObject({
      code: 'FILE_TOO_COMPLEX',
      details: { what: 'bytes of memory' },
    });
    expect((await parser.parse('pdf', 'paper.pdf', aPaper())).title).toBe('On aspirin');
  }, 60_000);

  it('stops a file that takes too long', async () => {
    const [, parser] = parsers;

    const parsed = parser.parse('pdf', 'bomb.pdf', inflating);

    await expect(parsed).rejects.toMatchObject({
      code: 'FILE_TOO_COMPLEX',
      details: { what: 'seconds' },
    });
  }, 60_000);
});
