import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readLines } from '../../../src/formats/lines.ts';
import { parseDocument } from '../../../src/formats/plain/jsonl.ts';
import { Ingest } from '../../../src/ingest/ingest.ts';
import type { Extractor } from '../../../src/ner/extractor.ts';
import { openModel } from '../../../src/ner/open-model.ts';
import {
  createEntityType,
  progressOfTypes,
  updateEntityType,
} from '../../../src/store/entity-types.ts';
import { keepLedgers, ledgerTotals } from '../../../src/store/ledgers.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { countRows, openStore, type TestStore } from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const maxTexts = 4;

/** Texts of one window and of several, with characters of several code units, and one without a token. */
async function someTexts(): Promise<string[]> {
  const read = ['👩‍🔬 Naloxone in the (αβ)-treated rats 한글. 5-HT, x1b2 and e\u0301.', '\u200d'];
  for await (const line of readLines(`${root}samples/bc5cdr-dev.jsonl.gz`, parseDocument)) {
    if (read.length === maxTexts) return read;
    if ('value' in line) read.push(line.value.text);
  }
  return read;
}

const types = [
  { name: 'Chemical', description: 'aspirin, caffeine' },
  { name: 'Disease', description: 'headache, tremor', offset: -0.5 },
  { name: 'Animal', description: 'An animal used in an experiment', offset: 0.25 },
  { name: 'Place', description: '' },
];

// Threads are bundled from sources and databases opened: seconds where others compute too.
jest.setTimeout(120_000);

let model: Extractor;
let texts: readonly string[] = [];
let expected: readonly unknown[] = [];
/** Texts that were read by the encoder. */
let read: string[] = [];
let close: (() => Promise<void>)[] = [];

beforeAll(async () => {
  model = await openModel(`${root}models/tiny`, { threads: 1 });
  texts = await someTexts();
  expected = await mentionsOfTypesFromTheStart();
});

afterEach(async () => {
  for (const each of close) await each();
  close = [];
  read = [];
});

afterAll(() => model.close());

/** The model, which notes what it reads. */
function noting(extractor: Extractor): Extractor {
  return {
    model: extractor.model,
    head: extractor.head,
    extract: (given, asked, options) => {
      read.push(...given);
      return extractor.extract(given, asked, options);
    },
    encodeTypes: (asked) => extractor.encodeTypes(asked),
    encodeMeanings: (forms) => extractor.encodeMeanings(forms),
    close: async () => undefined,
  };
}

interface Reading extends TestStore {
  readonly ingest: Ingest;
}

async function open(batchChars = 20_000): Promise<Reading> {
  const store = await openStore(temporaryFolder(), model.model.id);
  const parts = { ...store, extractor: noting(model), logger: createLogger('silent') };
  const ingest = new Ingest({ ...parts, maxTextChars: 1_000_000, batchChars });
  close.push(() => ingest.close());
  return { ...store, ingest };
}

async function addTypes(
  { database, collectionId, ingest }: Reading,
  wanted: readonly (typeof types)[number][],
): Promise<number[]> {
  const ids: number[] = [];
  for (const type of wanted) {
    ids.push((await createEntityType(database, { collectionId, ...type })).id);
  }
  ingest.typesChanged(ids);
  return ids;
}

/** Waits until every document has been scored for the types. */
async function scored({ database }: Reading, ids: readonly number[]): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(20)) {
    const progress = [...(await progressOfTypes(database, ids)).values()];
    if (progress.every((each) => each.documentsScored === each.documentsTotal)) return;
  }
  throw new Error('The types were not scored in time.');
}

async function readAll({ ingest }: Reading, given: readonly string[]): Promise<void> {
  const accepted = await ingest.accept(
    given.map((text) => ({ text })),
    'bulk',
  );
  await ingest.settled(
    accepted.map((result) => (result as { id: number }).id),
    30_000,
  );
}

/** Every mention without ids, in an order that depends on nothing but itself. */
async function mentionsOf({ database }: Reading): Promise<unknown[]> {
  return database.reader.query(
    `SELECT d.text_hash, s.start, s."end", s.surface, s.window, t.name, m.score, m.threshold, m.margin,
     hex(s.type_vector) AS vector FROM mentions m JOIN spans s ON s.id = m.span_id
     JOIN entity_types t ON t.id = m.entity_type_id JOIN documents d ON d.id = m.document_id
     ORDER BY 1, 2, 3, 6`,
    {},
  );
}

async function mentionsOfTypesFromTheStart(): Promise<unknown[]> {
  const reading = await open();
  await addTypes(reading, types);
  await readAll(reading, texts);
  return mentionsOf(reading);
}

describe('types that are added to documents already read', () => {
  it.each([
    ['one by one', [[0], [1], [2], [3]], 20_000],
    ['all later, in another order', [[], [3, 2, 1, 0]], 20_000],
    ['after another, with documents in batches of one', [[2], [0, 3], [1]], 1],
  ])('have the mentions that they would have had from the start: %s', async (_, order, chars) => {
    const reading = await open(chars);
    await addTypes(
      reading,
      order[0]!.map((type) => types[type]!),
    );
    await readAll(reading, texts.toReversed());
    read = [];

    for (const added of order.slice(1)) {
      await scored(
        reading,
        await addTypes(
          reading,
          added.map((type) => types[type]!),
        ),
      );
    }

    expect(await mentionsOf(reading)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(20);
    expect(read).toEqual([]);
  });

  it('do not change the mentions of other types', async () => {
    const reading = await open();
    await addTypes(reading, types.slice(0, 2));
    await readAll(reading, texts);
    const before = await reading.database.reader.query('SELECT * FROM mentions ORDER BY id', {});

    const ids = await addTypes(reading, types.slice(2));
    await scored(reading, ids);

    const after = await reading.database.reader.query<{ entity_type_id: number }>(
      'SELECT * FROM mentions ORDER BY id',
      {},
    );
    const ofOthers = after.filter(({ entity_type_id: id }) => !ids.includes(id));
    expect(ofOthers).toEqual(before);
    expect(after.length).toBeGreaterThan(before.length);
  });

  it('may be changed, and changed back', async () => {
    const reading = await open();
    const [id = 0] = await addTypes(reading, types);
    await readAll(reading, texts);
    const descriptions = ['Something else altogether', types[0]!.description];

    for (const description of descriptions) {
      await updateEntityType(reading.database, id, { description });
      reading.ingest.typesChanged([id]);
      await scored(reading, [id]);
    }

    expect(await mentionsOf(reading)).toEqual(expected);
    expect(read).toHaveLength(texts.length);
  });

  it('get meaning vectors for the forms that are new', async () => {
    const reading = await open();
    await readAll(reading, texts);

    await scored(reading, await addTypes(reading, types));

    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(20)) {
      if ((await countRows(reading, 'surface_forms WHERE meaning_vector IS NULL')) === 0) break;
    }
    expect(await countRows(reading, 'surface_forms WHERE meaning_vector IS NULL')).toBe(0);
    expect(await countRows(reading, 'surface_forms')).toBeGreaterThan(0);
  });
});

describe('documents without a ledger that can be read', () => {
  it('are read by the encoder in a collection that keeps none', async () => {
    const reading = await open();
    await keepLedgers(reading.database, reading.collectionId, false);
    await addTypes(reading, types.slice(0, 1));
    await readAll(reading, texts);
    read = [];

    await scored(reading, await addTypes(reading, types.slice(1)));

    expect(await mentionsOf(reading)).toEqual(expected);
    expect(new Set(read)).toEqual(new Set(texts));
    expect(await ledgerTotals(reading.database, reading.collectionId)).toMatchObject({ bytes: 0 });
  });

  it('are read by the encoder once and have one afterwards', async () => {
    const reading = await open();
    await addTypes(reading, types.slice(0, 1));
    await readAll(reading, texts);
    await keepLedgers(reading.database, reading.collectionId, false);
    await keepLedgers(reading.database, reading.collectionId, true);
    read = [];

    for (const type of types.slice(1)) await scored(reading, await addTypes(reading, [type]));

    expect(await mentionsOf(reading)).toEqual(expected);
    expect(read).toHaveLength(texts.length);
  });

  it('are read by the encoder when it was damaged', async () => {
    const reading = await open();
    await addTypes(reading, types.slice(0, 1));
    await readAll(reading, texts);
    await reading.database.writer.query(
      'UPDATE ledgers SET checksum = checksum + 1 WHERE document_id = 3 RETURNING 1',
      {},
    );
    read = [];

    await scored(reading, await addTypes(reading, types.slice(1)));

    expect(await mentionsOf(reading)).toEqual(expected);
    expect(read).toEqual([texts[2]]);
    const totals = await ledgerTotals(reading.database, reading.collectionId);
    expect(totals.documents).toBe(texts.length);
  });
});
