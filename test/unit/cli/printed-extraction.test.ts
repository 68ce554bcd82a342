import {
  annotatedLine,
  mentionLine,
  printedExtraction,
} from '../../../src/cli/printed-extraction.ts';
import type { Extraction } from '../../../src/ner/extractor.ts';

const text = '😀 aspirin\u0000 for 😀 gout';
const vector = new Float32Array();

const aMention = (form: string, type: string, margin: number) => ({
  start: text.indexOf(form),
  end: text.indexOf(form) + form.length,
  type,
  score: margin + 1,
  threshold: 1,
  margin,
  confidence: margin / 10,
  window: 0,
  vector,
});

const extraction: Extraction = {
  mentions: [
    aMention('aspirin', 'Drug', 3),
    aMention('spirin', 'Drug', 5),
    aMention('gout', 'Disease', 1),
  ],
  windows: [],
  coverage: {
    characters: text.length,
    charactersRead: text.length - 1,
    tokens: 5,
    words: 1,
    unknownTokens: 0,
    windows: 1,
    dropped: [{ start: 10, end: 11, reason: 'CONTROL_CHARACTER' }],
  },
  ledger: null,
};

const placed = { document: { text, externalId: 'a' }, place: { path: 'x.jsonl', line: 2 } };

describe('printedExtraction', () => {
  it('counts UTF-16 code units', () => {
    const printed = printedExtraction(placed, extraction, { overlap: 'NESTED', unit: 'utf16' });

    for (const { start, end, text: form } of printed.mentions)
      expect(text.slice(start, end)).toBe(form);
    expect(printed).toMatchObject({ file: 'x.jsonl', line: 2, id: 'a' });
  });

  it('counts code points, of dropped parts too', () => {
    const unit = 'code-points';

    const { mentions, coverage } = printedExtraction(placed, extraction, {
      overlap: 'NESTED',
      unit,
    });

    const characters = [...text];
    for (const { start, end, text: form } of mentions)
      expect(characters.slice(start, end).join('')).toBe(form);
    expect(characters[coverage.dropped[0]!.start]).toBe('\u0000');
  });

  it('keeps the surest of mentions that overlap under the flat policy', () => {
    const { mentions } = printedExtraction(placed, extraction, { overlap: 'FLAT', unit: 'utf16' });

    expect(mentions.map(({ text: form }) => form)).toEqual(['spirin', 'gout']);
  });

  it('tells what the file holds beside the text, in the same unit', () => {
    const part = {
      reason: 'ATTACHMENT',
      at: text.length,
      chars: 0,
      bytes: 5,
      text: 'a.pdf',
    } as const;
    const document = { ...placed.document, dropped: [part] };

    const { coverage } = printedExtraction({ ...placed, document }, extraction, {
      overlap: 'NESTED',
      unit: 'code-points',
    });

    expect(coverage.droppedOfFile).toEqual([{ ...part, at: [...text].length }]);
  });

  it('tells the page of each mention, and where pages begin in the same unit', () => {
    const at = text.lastIndexOf('😀');
    const document = { ...placed.document, pageStarts: [0, 4, at] };

    const printed = printedExtraction({ ...placed, document }, extraction, {
      overlap: 'NESTED',
      unit: 'code-points',
    });

    const pages = printed.mentions.map(({ text: form, page }) => [form, page]);
    expect(Object.fromEntries(pages)).toEqual({ aspirin: 1, spirin: 2, gout: 3 });
    expect(printed.pageStarts).toEqual([0, 3, [...text].indexOf('😀', 1)]);
    expect(annotatedLine(printed, text)).toMatchObject({ pageStarts: printed.pageStarts });
  });

  it('says that a text has no pages', () => {
    const printed = printedExtraction(placed, extraction, { overlap: 'FLAT', unit: 'utf16' });

    expect(printed).toMatchObject({ pageStarts: null, mentions: [{ page: null }, { page: null }] });
    expect(annotatedLine(printed, text)).not.toHaveProperty('pageStarts');
  });

  it('leaves vectors out', () => {
    const { mentions } = printedExtraction(placed, extraction, { overlap: 'FLAT', unit: 'utf16' });

    expect(mentions[0]).not.toHaveProperty('vector');
  });
});

describe('mentionLine', () => {
  it('escapes what a document says', () => {
    const mention = { ...aMention('aspirin', 'Drug', 3), page: null, text: 'as\u001bpirin' };

    const line = mentionLine(mention);

    expect(line).toContain('"as\\u001bpirin"');
  });

  it('gives the confidence behind the margin, where there is one', () => {
    const mention = { ...aMention('aspirin', 'Drug', 3), page: null, text: 'aspirin' };

    expect(mentionLine(mention)).toMatch(/ 3\.00 {2}0\.30 {2}"aspirin"$/);
    expect(mentionLine({ ...mention, confidence: null })).toMatch(/ 3\.00 {2}"aspirin"$/);
  });

  it('gives the page where there is one', () => {
    const mention = { ...aMention('aspirin', 'Drug', 3), page: 12, text: 'aspirin' };

    expect(mentionLine(mention)).toMatch(/^p\. 12 {2}3-10 /);
  });
});
