/**
 * What was read plus what was dropped is the whole document: put back at its place, every dropped part
 * makes the text what the file holds, white space aside. For records: every value is in the text, in
 * the metadata or in a dropped part.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseEmail } from '../../../src/formats/email-document.ts';
import { readHtml } from '../../../src/formats/html-document.ts';
import { joinPages } from '../../../src/formats/pdf/join-lines.ts';
import type { TextLine } from '../../../src/formats/pdf/reading-order.ts';
import { type HeadKind, runningHeads } from '../../../src/formats/pdf/running-heads.ts';
import { csvFormat } from '../../../src/formats/plain/csv.ts';
import { docxFormat } from '../../../src/formats/plain/docx.ts';
import { parseDocument } from '../../../src/formats/plain/jsonl.ts';
import { pubmedXmlFormat } from '../../../src/formats/plain/pubmed-xml.ts';
import { textFormat } from '../../../src/formats/plain/text.ts';
import type { SourceDocument } from '../../../src/formats/source-document.ts';
import { aZip } from '../../support/formats/a-zip.ts';
import {
  aMessage,
  anEmail,
  type EmailPart,
  htmlPart,
  plainPart,
} from '../../support/formats/an-email.ts';
import { readAll } from '../../support/formats/read-source.ts';
import { restored, withoutSpace } from '../../support/formats/restored.ts';
import { anyText } from '../../support/text/any-text.ts';

const withoutHyphens = (text: string): string => withoutSpace(text).replaceAll('-', '');

const word = fc.stringMatching(/^[a-zé日]{1,9}$/);
const words = fc.array(word, { minLength: 1, maxLength: 8 }).map((list) => list.join(' '));

describe('PDF', () => {
  const line = fc.oneof(
    words,
    fc.tuple(words, word).map(([start, end]) => `${start} ${end}-`),
    fc.constantFrom('Journal of Examples', '12', 'well-known it is', 'IL-'),
  );
  const hyphenated = words.map((text) => `${text}-`);
  const page = fc.array(line, { minLength: 1, maxLength: 12 });

  /** Lines of a page from its top to its bottom. */
  const linesOf = (texts: readonly string[]): TextLine[] =>
    texts.map((text, at) => ({
      text,
      left: 50,
      right: 300,
      height: 10,
      y: 830 - (at * 820) / texts.length,
    }));

  it('drops hyphens and running heads, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(page, { minLength: 1, maxLength: 6 }), (texts) => {
        const pages = texts.map((lines) => ({ height: 842, lines: linesOf(lines) }));
        const heads: ReadonlyMap<TextLine, HeadKind> = runningHeads(pages);

        const { builder, pageStarts } = joinPages(
          pages.map(({ lines }) => lines),
          heads,
        );

        const { text, dropped } = builder.finish();
        expect(restored(text, dropped)).toBe(withoutSpace(texts.flat().join('')));
        expect(pageStarts).toHaveLength(pages.length);
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  it('begins each page where its first character is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.oneof(words, hyphenated), { minLength: 1, maxLength: 5 }), {
          minLength: 1,
          maxLength: 5,
        }),
        (texts) => {
          const pages = texts.map(linesOf);

          const { builder, pageStarts } = joinPages(pages, new Map());

          const { text } = builder.finish();
          const parts = pageStarts.map((start, at) =>
            withoutHyphens(text.slice(start, pageStarts[at + 1])),
          );
          expect(parts).toEqual(texts.map((lines) => withoutHyphens(lines.join(''))));
        },
      ),
      { numRuns: 300, seed: 12 },
    );
  });
});

describe('HTML', () => {
  const inline = fc.oneof(
    words,
    words.map((text) => `<b>${text}</b>`),
    words.map((text) => `${text}<br class="x">`),
    fc.constant('<img src="a.png" alt="">'),
  );
  const block = fc
    .tuple(
      fc.constantFrom(
        'p',
        'div',
        'h2',
        'li',
        'td',
        'pre',
        'nav',
        'aside',
        'footer',
        'p hidden',
        'section',
      ),
      fc.array(inline, { maxLength: 6 }),
    )
    .map(([tag, parts]) => `<${tag}>${parts.join(' ')}</${tag.split(' ')[0]}>`);
  const code = fc
    .tuple(fc.constantFrom('script', 'style'), words)
    .map(([tag, text]) => `<${tag}>${text}</${tag}>`);
  const long = fc.constant(
    `<article>${'<p>It is, as they say, a long and winding text, with commas.</p>'.repeat(9)}</article>`,
  );

  it('reads or drops every text of a page', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 5, arbitrary: block }, code), { minLength: 1, maxLength: 12 }),
        fc.option(long),
        (blocks, article) => {
          const body = `<p>Seen.</p>${blocks.slice(0, 5).join('\n')}${article ?? ''}${blocks.slice(5).join('\n')}`;
          const texts = body.replace(/<[^>]*>/g, '');

          const { text, dropped } = readHtml(
            `<!doctype html><html><head></head><body>${body}</body></html>`,
            'page.html',
          );

          expect(restored(text, dropped)).toBe(withoutSpace(texts));
        },
      ),
      { numRuns: 150, seed: 13 },
    );
  }, 60_000);
});

describe('DOCX', () => {
  const run = fc.tuple(fc.constantFrom('t', 'delText', 'instrText'), words);
  const paragraph = fc.array(run, { maxLength: 4 });

  it('reads or drops every text of its parts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(paragraph, { minLength: 1, maxLength: 6 }),
        words,
        async (paragraphs, head) => {
          const body = paragraphs.map(
            (runs) =>
              `<w:p>${runs.map(([kind, text]) => `<w:r><w:${kind}>${text}</w:${kind}></w:r>`).join('<w:tab/>')}</w:p>`,
          );
          const zip = aZip([
            { name: '[Content_Types].xml', content: '' },
            {
              name: 'word/document.xml',
              content: `<w:document><w:p><w:t>Seen.</w:t></w:p>${body.join('')}</w:document>`,
            },
            { name: 'word/header1.xml', content: `<w:hdr><w:p><w:t>${head}</w:t></w:p></w:hdr>` },
          ]);

          const { documents } = await readAll(docxFormat, zip);

          const [document] = documents as [SourceDocument];
          const whole = ['Seen.', ...paragraphs.flat().map(([, text]) => text), head].join('');
          expect(restored(document.text, document.dropped)).toBe(withoutSpace(whole));
        },
      ),
      { numRuns: 150, seed: 14 },
    );
  });
});

/** How a message is divided: kinds of leaves, and of what is divided. */
type Tree = string | { readonly kind: string; readonly parts: readonly Tree[] };

/** A part of that shape whose leaves have a mark each, which are gathered. */
function withMarks(shape: Tree, marks: string[]): EmailPart {
  if (typeof shape !== 'string') {
    return { kind: shape.kind, parts: shape.parts.map((each) => withMarks(each, marks)) };
  }
  const mark = `mark${marks.length}x`;
  marks.push(mark);
  if (shape === 'plain') return plainPart(mark);
  if (shape === 'html') return htmlPart(`<p>${mark}</p>`);
  return { type: 'application/octet-stream', content: 'x', file: `${mark}.bin` };
}

describe('e-mail', () => {
  it('reads plain text and tells of its HTML and of each attachment, with its size', async () => {
    const attachments = fc.array(fc.record({ name: word, content: fc.string() }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(words, fc.option(words), attachments, async (plain, shown, files) => {
        const html = shown === null ? undefined : `<p>${shown}</p>`;

        const { text, dropped } = await parseEmail(anEmail({ plain, html, files }), 'mail.eml');

        const left = [html ?? '', ...files.map(({ name }) => `${name}.bin`)].join('');
        expect(restored(text, dropped)).toBe(withoutSpace(plain + left));
        const sizes = (dropped ?? []).flatMap(({ bytes }) => bytes ?? []);
        expect(sizes).toEqual(files.map(({ content }) => Buffer.byteLength(content)));
      }),
      { numRuns: 200, seed: 19 },
    );
  });

  it('reads each of its parts or tells of it, once', async () => {
    const leaf = fc.constantFrom('plain', 'html', 'file');
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        leaf,
        fc.record({
          kind: fc.constantFrom('mixed', 'alternative', 'related'),
          parts: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
        }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async (shape) => {
        const marks: string[] = [];
        const part = { kind: 'mixed', parts: [plainPart('Seen.'), withMarks(shape, marks)] };

        const { text, dropped = [] } = await parseEmail(aMessage(part), 'mail.eml');

        const told = [text, ...dropped.map((each) => each.text)].join(' ');
        expect(told.match(/mark\d+x/g)?.toSorted()).toEqual(marks.toSorted());
        const files = dropped.filter(({ reason }) => reason === 'ATTACHMENT');
        expect(files.every(({ text: name }) => name.endsWith('.bin'))).toBe(true);
        expect(text).not.toMatch(/\.bin|<p>/);
      }),
      { numRuns: 200, seed: 20 },
    );
  });
});

describe('plain text', () => {
  it('is read as it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText.filter((text) => !text.includes('\0') && !text.startsWith('\ufeff')),
        async (text) => {
          const { documents } = await readAll(textFormat, text);

          expect(documents.map((document) => document.text)).toEqual([text]);
        },
      ),
      { numRuns: 200, seed: 15 },
    );
  });
});

/** Everything that a document holds, as one string to look in. */
const holdings = (document: SourceDocument): string =>
  [
    document.text,
    document.title,
    document.externalId,
    JSON.stringify(document.metadata),
    ...(document.dropped ?? []).map(({ text }) => text),
  ].join('\n');

describe('records', () => {
  const name = fc
    .stringMatching(/^[a-z]{3,8}$/)
    .filter(
      (text) =>
        ![
          'text',
          'title',
          'metadata',
          'pmid',
          'doi',
          'entities',
          'body',
          'abstract',
          'content',
          'document',
        ].includes(text),
    );
  const long = words.map((text) => `${text} `.repeat(200).trim());
  const fields = fc.dictionary(name, fc.oneof(words, long), { maxKeys: 6 });

  it('keep a field and the metadata of its name, and entities of a line that is read as plain', () => {
    fc.assert(
      fc.property(words, fields, fields, words, (text, others, metadata, surface) => {
        const entities = [{ start: 0, end: 1, type: surface }];
        const line = JSON.stringify({ text, ...others, metadata, entities });

        const document = parseDocument(line, { path: 'x', line: 1 });

        const all = holdings(document);
        for (const value of [...Object.values(others), ...Object.values(metadata), surface])
          expect(all).toContain(value.slice(0, 900));
      }),
      { numRuns: 200, seed: 21 },
    );
  });

  it('keep every field of a line of JSON', () => {
    fc.assert(
      fc.property(words, fields, (text, others) => {
        const document = parseDocument(JSON.stringify({ text, ...others }), { path: 'x', line: 1 });

        const all = holdings(document);
        expect(document.text).toBe(text);
        for (const value of Object.values(others)) expect(all).toContain(value.slice(0, 900));
        for (const { chars, text: shown } of document.dropped ?? [])
          expect(chars).toBeGreaterThan(shown.length);
      }),
      { numRuns: 200, seed: 16 },
    );
  });

  it('keep every column of a row', async () => {
    await fc.assert(
      fc.asyncProperty(words, fields, async (text, others) => {
        const names = ['text', ...Object.keys(others)];
        const row = [text, ...Object.values(others)].map((value) => `"${value}"`);

        const { documents } = await readAll(csvFormat, `${names.join(',')}\n${row.join(',')}\n`);

        const all = holdings(documents[0]!);
        for (const value of [text, ...Object.values(others)])
          expect(all).toContain(value.slice(0, 900));
      }),
      { numRuns: 100, seed: 17 },
    );
  });

  it('keep every cell of a row, whatever the header has twice or lacks', async () => {
    const columns = fc.array(fc.constantFrom('note', 'source', 'text', 'title', 'id', ''), {
      minLength: 1,
      maxLength: 5,
    });
    const cells = fc.array(fc.oneof(words, long), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(columns, cells, async (names, row) => {
        const header = ['text', ...names].join(',');

        const { documents } = await readAll(csvFormat, `${header}\n${row.join(',')}\n`);

        const all = holdings(documents[0]!);
        expect(documents[0]!.text).toBe(row[0]);
        for (const value of row) expect(all).toContain(value.slice(0, 900));
      }),
      { numRuns: 50, seed: 22 },
    );
  });

  it('keep every value of a PubMed record that is there twice', async () => {
    const values = fc.array(
      fc.tuple(
        fc.constantFrom('Language', 'Title', 'doi', 'Season', 'Suffix', 'Affiliation'),
        word,
      ),
      { maxLength: 8 },
    );
    const xmlOf = ([kind, value]: readonly [string, string]): string => {
      if (kind === 'Title') return `<Journal><Title>${value}</Title></Journal>`;
      if (kind === 'doi') return `<ELocationID EIdType="doi">${value}</ELocationID>`;
      if (kind === 'Season') return `<PubDate><Year>2020</Year><Season>${value}</Season></PubDate>`;
      return `<${kind}>${value}</${kind}>`;
    };
    await fc.assert(
      fc.asyncProperty(values, async (list) => {
        const isOfAuthor = ([kind]: readonly [string, string]) =>
          kind === 'Suffix' || kind === 'Affiliation';
        const own = list.filter((each) => !isOfAuthor(each)).map(xmlOf);
        const author = `<Author><LastName>Doe</LastName>${list.filter(isOfAuthor).map(xmlOf).join('')}</Author>`;
        const xml = `<PubmedArticleSet><PubmedArticle><MedlineCitation><Article><ArticleTitle>Seen</ArticleTitle>${own.join('\n')}${author}</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>`;

        const { documents } = await readAll(pubmedXmlFormat, xml);

        const all = holdings(documents[0]!);
        for (const [, value] of list) expect(all).toContain(value);
      }),
      { numRuns: 150, seed: 23 },
    );
  });

  it('keep every text of a PubMed record', async () => {
    const elements = fc.array(
      fc.tuple(
        fc.constantFrom('CopyrightInformation', 'VernacularTitle', 'Grant', 'Keyword', 'Citation'),
        words,
      ),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(words, words, elements, async (title, abstract, list) => {
        const others = list
          .map(([element, text]) => `<X><${element}>${text}</${element}></X>`)
          .join('\n');
        const xml = `<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>${title}</ArticleTitle><Abstract><AbstractText>${abstract}</AbstractText></Abstract></Article>${others}</MedlineCitation></PubmedArticle></PubmedArticleSet>`;

        const { documents } = await readAll(pubmedXmlFormat, xml);

        const [document] = documents as [SourceDocument];
        expect(document.text).toBe(`${title}\n${abstract}`);
        expect(document.dropped?.map(({ text }) => text).join(' ') ?? '').toBe(
          list.map(([, text]) => text).join(' '),
        );
      }),
      { numRuns: 150, seed: 18 },
    );
  });
});
