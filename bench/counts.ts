/**
 * Full text, counts and what occurs together over 10,000 documents, the sample texts again and again, with
 * 100,000 mentions, ten words of each, and metadata: the time of a first page in process, in milliseconds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSamples } from '../src/app/samples.ts';
import { parseTextQuery } from '../src/search/parse-text-query.ts';
import { findCoOccurrences } from '../src/store/co-occurrences.ts';
import { SqlConnection } from '../src/store/connection.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { findPassages, searchFullText } from '../src/store/full-text.ts';
import { databaseFile } from '../src/store/maintenance.ts';
import { contrastMentions } from '../src/store/mention-contrast.ts';
import { type CountBy, countMentionsBy } from '../src/store/mention-counts.ts';
import { ownersOfMentions } from '../src/store/mention-owners.ts';
import { countMentions } from '../src/store/mentions.ts';
import { migrate } from '../src/store/migrate.ts';
import { listedStates } from '../src/store/records.ts';
import { surfaceForm } from '../src/store/surface-form.ts';
import { seededRandom } from '../test/support/vectors/random-vectors.ts';

export const name = 'counts';
export const unit = 'ms';

const documents = 10_000;
const mentionsEach = 10;
/** Asked so often, or for so long. */
const runs = 100;
const longestMs = 5_000;
const collectionId = 1;

const insertForm = `INSERT INTO surface_forms (text) VALUES (:text)
  ON CONFLICT (text) DO UPDATE SET text = text RETURNING id`;
const insertSpan = `INSERT INTO spans (document_id, start, "end", window, surface, surface_form_id, type_vector)
  VALUES (:documentId, :start, :end, 0, :surface, :formId, zeroblob(512)) RETURNING id`;
const insertMention = `INSERT INTO mentions (span_id, document_id, entity_type_id, type_version, score,
  threshold, margin, source, created_at) VALUES (:spanId, :documentId, :typeId, 1, 2, 1, 1, 'MODEL', 1)`;

type Word = RegExpMatchArray;

function putMention(connection: SqlConnection, documentId: number, word: Word): void {
  const [surface] = word;
  const start = word.index ?? 0;
  const [form] = connection.query<{ id: number }>(insertForm, { text: surfaceForm(surface) });
  const formId = form?.id ?? 0;
  const span = { documentId, start, end: start + surface.length, surface, formId };
  const [row] = connection.query<{ id: number }>(insertSpan, span);
  const typeId = 1 + (formId % 2);
  connection.change(insertMention, { spanId: row?.id ?? 0, documentId, typeId });
}

function putDocument(connection: SqlConnection, text: string, random: () => number): void {
  const row = { collectionId, externalId: null, textHash: String(random()), title: null };
  const oneOf = (count: number) => Math.floor(count * random());
  const published = `${1990 + oneOf(30)}-0${1 + oneOf(9)}-1${oneOf(10)}`;
  const metadata = JSON.stringify({ journal: `Journal ${oneOf(200)}`, published });
  const values = { ...row, metadata, priority: 0, now: 1, text };
  const { lastId } = connection.run('insertDocument', values);
  connection.run('insertSentences', { id: lastId, text });
  const words = [...text.matchAll(/\p{L}{5,}/gu)];
  const chosen = new Set(
    Array.from({ length: mentionsEach }, () => Math.floor(random() * words.length)),
  );
  for (const i of chosen) if (words[i]) putMention(connection, lastId, words[i]);
}

async function fill(folder: string): Promise<void> {
  const samples = await readSamples();
  const connection = new SqlConnection({ folder, path: databaseFile(folder), readonly: false });
  migrate(connection, folder);
  const random = seededRandom(1);
  connection.transaction(() => {
    for (const type of ['One', 'Other']) {
      connection.run('insertType', {
        collectionId,
        name: type,
        description: '',
        examples: '[]',
        offset: 0,
        now: 1,
      });
    }
    for (let i = 0; i < documents; i += 1) {
      putDocument(connection, samples[i % samples.length]?.text ?? '', random);
    }
  });
  connection.close();
}

/** Median and 99th percentile. */
async function times(ask: () => Promise<unknown>): Promise<readonly [number, number]> {
  const milliseconds: number[] = [];
  const end = performance.now() + longestMs;
  for (let i = 0; i < runs && performance.now() < end; i += 1) {
    const start = performance.now();
    await ask();
    milliseconds.push(performance.now() - start);
  }
  milliseconds.sort((a, b) => a - b);
  const at = (share: number) => milliseconds[Math.floor(share * (milliseconds.length - 1))] ?? 0;
  return [at(0.5), at(0.99)];
}

const first = 20;
const filter = { collectionId, states: listedStates };
const ofType = { ...filter, typeIds: [1] };

const counted = (database: Database, by: CountBy) => () =>
  countMentionsBy(database, { by, filter }, { first, after: null, order: 'COUNT' });

function together(database: Database, text: string, by: 'PARTNER' | 'PAIR') {
  const of = by === 'PAIR' ? { typeIds: [1] } : { text: { contains: text } };
  const other = by === 'PAIR' ? { typeIds: [2] } : {};
  const query = {
    collectionId,
    of: { ...filter, ...of },
    with: { ...filter, ...other },
    minCount: 1,
  };
  return () =>
    findCoOccurrences(
      database,
      { ...query, by, within: 'SENTENCE' },
      { first, after: null, order: 'COUNT' },
    );
}

function searched(database: Database, text: string) {
  const query = parseTextQuery(text);
  return async () => {
    const page = { first, shown: [] };
    const { rows } = await searchFullText(database, { query, collectionId }, page);
    await findPassages(database, query, { ids: rows.map(({ id }) => id), count: 3, chars: 200 });
  };
}

type Questions = Readonly<Record<string, () => Promise<unknown>>>;

const countings = (database: Database): Questions => ({
  'mentionCounts by type': counted(database, { kind: 'TYPE' }),
  'mentionCounts by form': counted(database, { kind: 'SURFACE_FORM', prefix: '' }),
  'mentionCounts by document': counted(database, { kind: 'DOCUMENT' }),
  'mentionCounts by journal': counted(database, { kind: 'METADATA', key: 'journal' }),
  'mentionCounts by month of publication': counted(database, {
    kind: 'TIME',
    key: 'published',
    bucket: 'MONTH',
  }),
  'mentionCounts by day of acceptance': counted(database, {
    kind: 'TIME',
    key: null,
    bucket: 'DAY',
  }),
  'mentions that pass, counted': () => countMentions(database, filter),
  'forms of the mentions of a type, listed': () => ownersOfMentions(database, ofType, 'FORM'),
  'spans of the mentions of a type, listed': () => ownersOfMentions(database, ofType, 'SPAN'),
  'surfaceForms, neph': counted(database, { kind: 'SURFACE_FORM', prefix: 'neph' }),
});

const questions = (database: Database): Questions => ({
  'searchDocuments, "renal failure"': searched(database, '"renal failure"'),
  'searchDocuments, patients (a word of half the documents)': searched(database, 'patients'),
  ...countings(database),
  'coOccurrences, nephrotoxicity in a sentence': together(database, 'nephrotoxicity', 'PARTNER'),
  'coOccurrences, pairs of two types in a sentence': together(database, '', 'PAIR'),
  'compareMentions, two types': () =>
    contrastMentions(
      database,
      {
        by: { kind: 'SURFACE_FORM', prefix: '' },
        left: { ...filter, typeIds: [1] },
        right: { ...filter, typeIds: [2] },
      },
      { first, after: null },
    ),
});

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'spandex-bench-'));
  try {
    await fill(folder);
    const database = await openDatabase({ folder, modelId: undefined });
    const figures: Record<string, number> = {};
    for (const [question, ask] of Object.entries(questions(database))) {
      const [median, p99] = await times(ask);
      figures[`${question}, median`] = median;
      figures[`${question}, p99`] = p99;
    }
    await database.close();
    return figures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
