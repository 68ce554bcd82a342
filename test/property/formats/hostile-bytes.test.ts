import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../../../src/core/errors.ts';
import { openParser } from '../../../src/formats/bounded-parser.ts';
import type { BoundedParser, Format } from '../../../src/formats/format.ts';
import { formats, headOf } from '../../../src/formats/formats.ts';
import { memorySource, type Source } from '../../../src/formats/source.ts';
import type { SourceDocument } from '../../../src/formats/source-document.ts';
import { aDocx, aPaper, fixture } from '../../support/formats/fixtures.ts';
import { folderOf } from '../../support/formats/read-source.ts';

const parser = openParser();
afterAll(() => parser.close());

const samples: Readonly<Record<string, Buffer>> = {
  PDF: aPaper(),
  DOCX: aDocx(),
  'PubMed XML': fixture('pubmed.xml'),
  'BioC XML': fixture('corpus.bioc.xml'),
  brat: fixture('brat.ann'),
  'BioC JSON': fixture('corpus.bioc.json'),
  'annotated JSON lines': fixture('corpus.jsonl'),
  PubTator: fixture('corpus.pubtator'),
  CoNLL: fixture('corpus.conll'),
  'JSON lines': fixture('lines.jsonl'),
  HTML: fixture('page.html'),
  'e-mail': fixture('message.eml'),
  'CSV or TSV': fixture('table.csv'),
  Markdown: fixture('note.md'),
  'plain text': fixture('note.txt'),
};

/** Files that a process parses cost a hundred times as much. */
const runsOf = ({ name }: Format): number => (['PDF', 'HTML', 'e-mail'].includes(name) ? 40 : 250);

interface Change {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

const hostileBytes = fc.oneof(
  fc.uint8Array({ maxLength: 8 }),
  fc
    .constantFrom(
      '<',
      '"',
      '\0',
      '\t',
      '\n',
      '{',
      '[',
      ']]>',
      '&x;',
      '-1',
      '99999999999',
      '\ufeff',
      '😀',
    )
    .map((text) => new Uint8Array(Buffer.from(text))),
);

const changes = fc.array(
  fc.record({ at: fc.nat(), remove: fc.oneof(fc.nat(3), fc.nat(400)), insert: hostileBytes }),
  { minLength: 1, maxLength: 5 },
);

function changed(sample: Buffer, list: readonly Change[]): Buffer {
  let bytes = sample;
  for (const { at, remove, insert } of list) {
    const start = at % (bytes.length + 1);
    bytes = Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + remove)]);
  }
  return bytes;
}

const sourceOf = (format: Format, bytes: Buffer): Source =>
  format.name === 'brat'
    ? folderOf({ 'a.txt': fixture('brat.txt'), 'a.ann': bytes }).get('a.txt')!
    : memorySource('file', bytes);

const isWithin = (low: number, value: number, high: number): boolean =>
  low <= value && value <= high;

/** What a document must be whatever it was read from. */
function check({ text, mentions = [], dropped = [], pageStarts = [] }: SourceDocument): void {
  const { length } = text;
  const good = {
    mentions: mentions.filter(({ start, end }) => isWithin(0, start, end - 1) && end <= length),
    dropped: dropped.filter(({ at }) => isWithin(0, at, length)),
    pageStarts: [...pageStarts].sort((a, b) => a - b),
  };
  expect(good).toEqual({ mentions, dropped, pageStarts });
}

async function readChecked(format: Format, bytes: Buffer, using: BoundedParser): Promise<void> {
  const source = sourceOf(format, bytes);
  format.recognise(await headOf(source));
  try {
    for await (const result of format.read(source, { parser: using })) {
      if ('value' in result) check(result.value);
      else expect(result.error).toBeInstanceOf(AppError);
    }
  } catch (error) {
    // Ends the file, and says so: anything else would end the batch.
    if (!(error instanceof AppError)) throw error;
  }
}

describe.each(formats.map((format) => [format.name, format] as const))('%s', (name, format) => {
  it('makes documents or errors of any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(changes, (list) =>
        readChecked(format, changed(samples[name]!, list), parser),
      ),
      { numRuns: runsOf(format), seed: 5 },
    );
  }, 120_000);
});

describe('formats', () => {
  it('all have a sample here', () => {
    expect(Object.keys(samples).sort()).toEqual(formats.map(({ name }) => name).sort());
  });
});
