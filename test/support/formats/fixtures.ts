/** The fixtures of formats, and those that are built because they are bytes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aColumn, aPdf } from './a-pdf.ts';
import { aZip } from './a-zip.ts';

export const fixtureFolder = 'test/fixtures/formats';

export const fixture = (name: string): Buffer => readFileSync(join(fixtureFolder, name));

const paragraph = (text: string): string =>
  `<w:p><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;

/** A Word file with what one may have beside its paragraphs. */
export const aDocx = (body = paragraph('Aspirin eases headache.')): Buffer =>
  aZip([
    { name: '[Content_Types].xml', content: '<Types/>' },
    {
      name: 'word/document.xml',
      content: `<w:document xmlns:w="w" xmlns:mc="mc"><w:body>${body}<w:tbl><w:tr><w:tc>${paragraph('left')}</w:tc><w:tc>${paragraph('right')}</w:tc></w:tr></w:tbl><w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>the</w:t><w:tab/><w:t>end</w:t></w:r></w:p></w:body></w:document>`,
    },
    {
      name: 'word/header1.xml',
      content: `<w:hdr xmlns:w="w">${paragraph('Confidential')}</w:hdr>`,
    },
    {
      name: 'word/footnotes.xml',
      content: `<w:footnotes xmlns:w="w">${paragraph('A note.')}</w:footnotes>`,
    },
    {
      name: 'docProps/core.xml',
      content:
        '<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>On aspirin</dc:title><dc:creator>Jo Doe; Al Roe</dc:creator></cp:coreProperties>',
    },
  ]);

/** Lines of the left column of `aPaper`'s pages. */
const leftColumn = [
  'Aspirin is a drug that is used against',
  'pain. It was first made in the nine-',
  'teenth century, and it is well-',
  'known in all countries, say those who',
];
const rightColumn = [
  'have been there. A second column begins',
  'here and it is not much shorter. IL-',
  '2 is a well-known protein, and it may',
  'be that 5 of 7 know it.',
];

/** Three pages in two columns, with a title across them, running heads and page numbers. */
export const aPaper = (): Buffer =>
  aPdf(
    [1, 2, 3].map((page) => [
      { text: 'Journal of Examples', x: 50, y: 800 },
      { text: `Page ${page} of 3`, x: 270, y: 30 },
      ...(page === 1
        ? [{ text: 'A title that goes across both of the columns', x: 60, y: 760, size: 16 }]
        : []),
      ...aColumn(leftColumn, 50, 720),
      ...aColumn(rightColumn, 320, 720),
    ]),
    'On aspirin',
  );
