import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { pageNumber } from '../../../src/core/page-starts.ts';
import { readDocumentFiles } from '../../../src/formats/document-files.ts';
import { fileSource } from '../../../src/formats/file-source.ts';
import { headOf, recogniseFormat } from '../../../src/formats/formats.ts';
import { memorySource } from '../../../src/formats/source.ts';
import type { SourceDocument } from '../../../src/formats/source-document.ts';
import { aZip } from '../../support/formats/a-zip.ts';
import { aDocx, aPaper, fixture, fixtureFolder } from '../../support/formats/fixtures.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();

function file(name: string, content: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function read(path: string, textField?: string) {
  const documents: SourceDocument[] = [];
  const errors: [string, unknown][] = [];
  const options = { textField };
  const found = readDocumentFiles(
    [path],
    ({ code, details }) => errors.push([code, details.line]),
    options,
  );
  for await (const { document } of found) documents.push(document);
  return { documents, errors };
}

const readFixture = (name: string, textField?: string) =>
  read(join(fixtureFolder, name), textField);

const drug = { start: 0, end: 7, type: 'Drug', concept: 'MESH:D001241' };
const disease = { start: 17, end: 25, type: 'Disease' };

describe('recogniseFormat', () => {
  it.each<[string, string, string]>([
    ['a PDF', 'It begins with %PDF-1.4 or the like.\n', 'plain text'],
    ['PubMed XML', 'Each <PubmedArticle> has an id.\n', 'plain text'],
    ['PubMed XML', '{"text": "Each <PubmedArticle> has an id."}\n', 'JSON lines'],
    ['BioC XML', 'A <collection> has a <source> and a <key>.\n', 'plain text'],
    ['PubMed XML', '<!-- -->\n<!doctype html><p><PubmedArticle></p>', 'HTML'],
  ])('does not take a file that speaks of %s for one: %s', async (_, content, format) => {
    expect(recogniseFormat(await headOf(memorySource('file', content)))?.name).toBe(format);
  });

  it.each(['\ufeff', '\u001b%-12345X@PJL\r\n', '\0\0\n'])(
    'knows a PDF behind %j, as readers do',
    async (before) => {
      const content = Buffer.concat([Buffer.from(before), aPaper()]);

      expect(recogniseFormat(await headOf(memorySource('file', content)))?.name).toBe('PDF');
    },
  );

  it.each([
    ['note.txt', 'plain text'],
    ['page.html', 'HTML'],
    ['message.eml', 'e-mail'],
    ['table.csv', 'CSV or TSV'],
    ['table.tsv', 'CSV or TSV'],
    ['lines.jsonl', 'JSON lines'],
    ['pubmed.xml', 'PubMed XML'],
    ['corpus.pubtator', 'PubTator'],
    ['corpus.conll', 'CoNLL'],
    ['corpus.jsonl', 'annotated JSON lines'],
    ['corpus.bioc.xml', 'BioC XML'],
    ['corpus.bioc.json', 'BioC JSON'],
  ])('knows %s by its content, whatever its name', async (name, format) => {
    const named = memorySource('file', fixture(name));

    const recognised = [
      recogniseFormat(await headOf(named))?.name,
      recogniseFormat(await headOf({ ...named, name: 'file.txt' }))?.name,
    ];

    expect(recognised).toEqual([format, format]);
  });

  it.each([
    ['a PDF', aPaper(), 'PDF'],
    ['a DOCX', aDocx(), 'DOCX'],
    ['front matter', fixture('note.md'), 'Markdown'],
  ])('knows %s called .txt', async (_, content, format) => {
    const source = memorySource('file.txt', content);

    expect(recogniseFormat(await headOf(source))?.name).toBe(format);
  });

  it('takes a text with annotations beside it for brat', async () => {
    const source = fileSource(join(fixtureFolder, 'brat.txt'));

    expect(recogniseFormat(await headOf(source))?.name).toBe('brat');
  });

  it.each([
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01', 'latin1'), 'picture.png'],
    ['XML of another kind', '<rss><channel/></rss>', 'feed.xml'],
    ['JSON that is no document', '{\n  "version": 1\n}\n', 'package.json'],
  ])('knows nothing of %s', async (_, content, name) => {
    expect(recogniseFormat(await headOf(memorySource(name, content)))).toBeUndefined();
  });
});

describe('plain formats', () => {
  it('keep a text as it is', async () => {
    const { documents } = await readFixture('note.txt');

    expect(documents).toEqual([{ text: fixture('note.txt').toString(), title: 'note.txt' }]);
  });

  it('take the front matter of Markdown for metadata', async () => {
    const { documents } = await readFixture('note.md');

    expect(documents).toEqual([
      {
        text: fixture('note.md').toString(),
        title: 'On aspirin',
        metadata: { date: '2020-05-07', author: 'Jo Doe' },
      },
    ]);
  });

  it('read the main content of a page', async () => {
    const { documents, errors } = await readFixture('page.html');

    expect(errors).toEqual([]);
    expect(documents[0]).toMatchObject({ title: 'On aspirin', metadata: { language: 'en' } });
    expect(documents[0]?.text).toMatch(
      /^What it does\n\nAspirin eases headache and fever,[^\n]*\nOne line more\.\n\nIt also[\s\S]*case by case\.$/,
    );
    expect(documents[0]?.dropped).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ reason: 'NOT_MAIN_CONTENT', text: 'Buy now' }),
        expect.objectContaining({ reason: 'NOT_SHOWN', text: 'Nobody sees this sentence.' }),
        expect.objectContaining({ reason: 'NOT_SHOWN', text: 'track()' }),
      ]),
    );
  });

  it('read the plain text of a message', async () => {
    const { documents } = await readFixture('message.eml');

    expect(documents).toMatchObject([
      {
        text: 'Aspirin eases headache, says the café.\n',
        title: 'Café',
        externalId: '<1@example.org>',
        metadata: { authors: ['Jo Doe <jo@example.org>'], date: '2020-05-07T12:00:00.000Z' },
        dropped: [
          { reason: 'ALTERNATIVE', at: 39 },
          { reason: 'ATTACHMENT', at: 39, chars: 0, bytes: 5, text: 'paper.pdf' },
        ],
      },
    ]);
  });

  it('read rows of a table, and tell of one without a text', async () => {
    const { documents, errors } = await readFixture('table.csv');

    expect(documents).toEqual([
      {
        text: 'Aspirin eases\nheadache, mostly.',
        externalId: '1',
        title: 'First',
        metadata: { year: '2019' },
      },
      { text: 'Says "ibuprofen".', externalId: '3', title: 'Third' },
    ]);
    expect(errors).toEqual([['FILE_INVALID', 4]]);
  });

  it('read the column that is asked for, and say when there is none', async () => {
    const asked = await readFixture('table.csv', 'title');
    const missing = await readFixture('table.csv', 'body');

    expect(asked.documents.map(({ text }) => text)).toEqual(['First', 'Second', 'Third']);
    expect(missing).toEqual({ documents: [], errors: [['FILE_INVALID', 1]] });
  });

  it('read TSV', async () => {
    const { documents } = await readFixture('table.tsv');

    expect(documents).toEqual([
      { text: 'Aspirin eases headache.', externalId: '7', metadata: { journal: 'Examples' } },
    ]);
  });

  it('read PubMed articles with what their records say', async () => {
    const { documents, errors } = await readFixture('pubmed.xml');

    expect(documents).toEqual([
      {
        text: 'Uptake of H2O & aspirin.\nAIM: To see whether 😀 helps.\nRESULT: It does (p < 0.05).',
        externalId: '101',
        title: 'Uptake of H2O & aspirin.',
        metadata: {
          source: 'Journal of Examples',
          language: 'eng',
          publicationTypes: ['Journal Article'],
          meshTerms: ['Aspirin'],
          doi: '10.1000/1',
          date: '2020-05-07',
          authors: ['Jo Doe', 'Example Group'],
        },
        dropped: [{ reason: 'FIELD_NOT_READ', at: 82, chars: 9, text: 'J Roe 1999' }],
      },
      { text: 'A title alone.', externalId: '103', title: 'A title alone.', metadata: {} },
    ]);
    expect(errors).toEqual([['FILE_WITHOUT_TEXT', 31]]);
  });

  it('read the paragraphs, tables and notes of a DOCX', async () => {
    const { documents } = await read(file('report.docx', aDocx()));

    expect(documents).toEqual([
      {
        text: 'Aspirin eases headache.\nleft\tright\nthe\tend\nA note.',
        title: 'On aspirin',
        metadata: { authors: ['Jo Doe', 'Al Roe'] },
        dropped: [
          { reason: 'REVISION', at: 34, chars: 4, text: 'gone' },
          { reason: 'FIELD_CODE', at: 34, chars: 4, text: 'PAGE' },
          { reason: 'HEADER_OR_FOOTER', at: 50, chars: 12, text: 'Confidential' },
        ],
      },
    ]);
  });

  it('read a PDF column by column, without hyphens of line ends and running heads', async () => {
    const { documents } = await read(file('paper.pdf', aPaper()));

    const page =
      'Aspirin is a drug that is used against pain. It was first made in the nineteenth century, and it is well-known in all countries, say those who have been there. A second column begins here and it is not much shorter. IL-2 is a well-known protein, and it may be that 5 of 7 know it.';
    const [paper] = documents;
    expect(paper?.text).toBe(
      `A title that goes across both of the columns\n\n${[page, page, page].join('\n')}`,
    );
    expect(paper).toMatchObject({
      title: 'On aspirin',
      metadata: { authors: ['A. Writer', 'B. Writer'], date: '2020-05-07' },
    });
    const reasons = paper?.dropped?.map(({ reason }) => reason) ?? [];
    expect(reasons.filter((reason) => reason === 'RUNNING_HEAD')).toHaveLength(3);
    expect(reasons.filter((reason) => reason === 'PAGE_NUMBER')).toHaveLength(3);
    expect(reasons.filter((reason) => reason === 'LINE_END_HYPHEN')).toHaveLength(3);
  });

  it('say on which page of a PDF each character is', async () => {
    const { documents } = await read(file('pages.pdf', aPaper()));

    const [paper] = documents as [SourceDocument];
    const pageOf = (offset: number) => pageNumber(paper.pageStarts ?? [], offset);
    const starts = [...paper.text.matchAll(/Aspirin is/g)].map(({ index }) => index);
    const ends = [...paper.text.matchAll(/know it\./g)].map(({ index }) => index + 7);
    expect(starts.map(pageOf)).toEqual([1, 2, 3]);
    expect(ends.map(pageOf)).toEqual([1, 2, 3]);
  });
});

describe('annotated formats', () => {
  it('read brat, mentions in parts noted as dropped', async () => {
    const { documents, errors } = await readFixture('brat.txt');

    expect(errors).toEqual([]);
    expect(documents).toEqual([
      {
        text: fixture('brat.txt').toString(),
        title: 'brat',
        mentions: [drug, disease],
        dropped: [{ reason: 'DISCONTINUOUS_MENTION', at: 0, chars: 9, text: 'head cure' }],
      },
    ]);
  });

  it('read PubTator, whose offsets count code points', async () => {
    const { documents } = await readFixture('corpus.pubtator');

    expect(documents).toEqual([
      {
        externalId: '1',
        title: 'Aspirin 😀 eases headache.',
        text: 'Aspirin 😀 eases headache.\nIt does not cure it.',
        mentions: [drug, disease],
      },
      {
        externalId: '2',
        title: 'Ibuprofen.',
        text: 'Ibuprofen.',
        mentions: [{ start: 0, end: 9, type: 'Drug' }],
      },
    ]);
  });

  it('read CoNLL with other columns between token and tag', async () => {
    const { documents } = await readFixture('corpus.conll');

    expect(documents).toEqual([
      {
        text: 'Aspirin eases bad headache .\nIt helps',
        mentions: [
          { start: 0, end: 7, type: 'Drug' },
          { start: 14, end: 26, type: 'Disease' },
        ],
      },
    ]);
  });

  it('read JSON lines with entities', async () => {
    const { documents } = await readFixture('corpus.jsonl');

    expect(documents).toEqual([
      {
        externalId: '1',
        title: 'On aspirin',
        text: 'Aspirin 😀 eases headache.',
        mentions: [drug, disease],
      },
    ]);
  });

  it('read BioC XML with passages and sentences', async () => {
    const { documents, errors } = await readFixture('corpus.bioc.xml');

    expect(errors).toEqual([]);
    expect(documents).toEqual([
      {
        externalId: '1',
        title: 'Aspirin 😀 eases headache.',
        text: 'Aspirin 😀 eases headache.\nIt does not <cure> it.',
        metadata: { journal: 'Examples', license: 'Apache-2.0' },
        mentions: [drug, disease],
        dropped: [{ reason: 'DISCONTINUOUS_MENTION', at: 49, chars: 9, text: 'does cure' }],
      },
    ]);
  });

  it('read BioC JSON whose offsets count UTF-16 units, and tell of a bad document', async () => {
    const { documents, errors } = await readFixture('corpus.bioc.json');

    expect(documents).toEqual([
      {
        externalId: '1',
        title: 'Aspirin 😀 eases headache.',
        text: 'Aspirin 😀 eases headache.',
        metadata: { year: '2020' },
        mentions: [drug, disease],
      },
    ]);
    expect(errors).toEqual([['FILE_INVALID', 6]]);
  });

  it.each([
    ['PubTator', '1|t|Aspirin.\n1\t0\t7\tIbuprof\tDrug\n'],
    [
      'BioC JSON',
      '{"id":"1","passages":[{"text":"Aspirin.","annotations":[{"infons":{"type":"Drug"},"text":"Ibuprof","locations":[{"offset":0,"length":7}]}]}]}',
    ],
    ['CoNLL', '# newdoc id = 1\n# text = Aspirin.\nIbuprof\tB-Drug\n'],
  ])('refuse a mention of %s whose text is not at its offsets', async (name, content) => {
    const { documents, errors } = await read(file(`mismatch-${name}`, content));

    expect(documents).toEqual([]);
    expect(errors.map(([code]) => code)).toEqual(['ANNOTATION_MISMATCH']);
  });

  it('refuse a mention of brat whose text is not at its offsets', async () => {
    file('mismatch.ann', 'T1\tDrug 0 7\tIbuprof\n');

    const { errors } = await read(file('mismatch.txt', 'Aspirin.'));

    expect(errors.map(([code]) => code)).toEqual(['ANNOTATION_MISMATCH']);
  });
});

describe('archives and folders', () => {
  it('read the entries of a ZIP archive, gzipped ones too', async () => {
    const path = file(
      'corpus.zip',
      aZip([
        { name: 'b/lines.jsonl.gz', content: gzipSync(fixture('lines.jsonl')) },
        { name: 'b/brat.txt', content: fixture('brat.txt') },
        { name: 'b/brat.ann', content: fixture('brat.ann') },
        { name: 'a.docx', content: aDocx() },
      ]),
    );

    const { documents, errors } = await read(path);

    expect(errors).toEqual([]);
    expect(
      documents.map(({ title, externalId, mentions }) => [title ?? externalId, mentions?.length]),
    ).toEqual([
      ['On aspirin', undefined],
      ['brat', 2],
      ['a', undefined],
      ['Second', undefined],
    ]);
  });

  it.each<[string, Buffer]>([
    ['a PDF', aPaper()],
    ['PubMed XML', fixture('pubmed.xml')],
    ['a DOCX', aDocx()],
  ])(
    'read every file of a ZIP archive that holds %s as it is, not compressed',
    async (_, content) => {
      const alone = await read(file('alone', content));
      const entries = [
        { name: '1', content, isStored: true },
        { name: '2.txt', content: 'another file', isStored: true },
      ];

      const { documents, errors } = await read(file('stored.zip', aZip(entries)));

      const texts = (found: readonly SourceDocument[]) => found.map(({ text }) => text);
      expect(texts(documents)).toEqual([...texts(alone.documents), 'another file']);
      expect(errors).toEqual(alone.errors);
    },
    60_000,
  );

  it('pass over what is hidden in a ZIP archive, as in a folder', async () => {
    const forks = Buffer.concat([Buffer.from([0, 5, 0x16, 7, 0, 2, 0, 0]), Buffer.alloc(200)]);
    const names = ['__MACOSX/._a.txt', '.DS_Store', 'notes/.hidden/b.txt', '._c.txt'];
    const hidden = names.map((name) => ({ name, content: forks }));
    const shown = [{ name: 'notes/a.txt', content: 'shown' }];

    const { documents, errors } = await read(file('mac.zip', aZip([...hidden, ...shown])));

    expect(errors).toEqual([]);
    expect(documents.map(({ text }) => text)).toEqual(['shown']);
  });

  it('read a folder and what is below it, and tell of what is no document', async () => {
    const { documents, errors } = await read(fixtureFolder);

    expect(errors.map(([code]) => code).sort()).toEqual([
      'FILE_INVALID',
      'FILE_INVALID',
      'FILE_WITHOUT_TEXT',
    ]);
    expect(documents).toHaveLength(19);
  });
});
