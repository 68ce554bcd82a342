import { describe, expect, it } from '@jest/globals';
import { SqlConnection } from '../../../src/store/connection.ts';
import { deleteDocuments, putDocuments } from '../../../src/store/documents.ts';
import { claimRescores, finishClaim, finishRescores } from '../../../src/store/jobs.ts';
import {
  keepLedgers,
  ledgerTotals,
  readLedger,
  sampleToPreview,
} from '../../../src/store/ledgers.ts';
import { databaseFile, withReader, withWriter } from '../../../src/store/maintenance.ts';
import { packMentions } from '../../../src/store/packed-reading.ts';
import { purgeDocuments } from '../../../src/store/purge.ts';
import { repairFolder } from '../../../src/store/verify/repair-folder.ts';
import { verifyDatabase } from '../../../src/store/verify/verify.ts';
import { filesHolding } from '../../support/store/canary.ts';
import {
  claimAll,
  claimOptions,
  closeStore,
  countRows,
  createType,
  openStore,
  putDrafts,
  readAll,
  readingOf,
  type TestStore,
} from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const finds = [{ word: 'Aspirin', type: 'Chemical' }];

/** Bytes that nothing else has, in pages of their own. */
const ledgerOf = (text: string): Uint8Array =>
  new TextEncoder().encode(`Ledger of ${text}. `.repeat(500));

async function readWithLedgers(store: TestStore): Promise<void> {
  for (const claim of await claimAll(store)) {
    const { text, keepsLedger } = claim;
    const ledger = keepsLedger ? ledgerOf(text) : null;
    await finishClaim(store.database, claim, { ...readingOf(text, finds), ledger });
  }
}

interface ReadStore extends TestStore {
  readonly folder: string;
  readonly ids: readonly number[];
}

async function openRead(folder = temporaryFolder(), modelId = 'model'): Promise<ReadStore> {
  const store = await openStore(folder, modelId);
  await createType(store, 'Chemical');
  const ids = await putDrafts(
    store,
    { text: 'Aspirin', externalId: 'one' },
    { text: 'Aspirin again', externalId: 'two' },
  );
  await readWithLedgers(store);
  return { ...store, folder, ids };
}

/** The ledgers as texts, by document. */
const kept = ({ folder }: ReadStore, ids: readonly number[]): (string | null)[] => {
  const connection = new SqlConnection({ folder, path: databaseFile(folder), readonly: true });
  const ledgers = ids.map((id) => readLedger(connection, id));
  connection.close();
  return ledgers.map((ledger) => ledger && new TextDecoder().decode(ledger).slice(0, 25));
};

describe('the ledgers of documents', () => {
  it('are kept with what was read, and counted', async () => {
    const store = await openRead();

    expect(kept(store, store.ids)).toEqual([
      'Ledger of Aspirin. Ledger',
      'Ledger of Aspirin again. ',
    ]);
    expect(await ledgerTotals(store.database, store.collectionId)).toMatchObject({
      documents: 2,
      bytes: ledgerOf('Aspirin').length + ledgerOf('Aspirin again').length,
    });
  });

  it('go with their documents', async () => {
    const store = await openRead();

    await deleteDocuments(store.database, store.ids.slice(0, 1));

    expect(await countRows(store, 'ledgers')).toBe(1);
  });

  it('are those of the text that is there: another text has another, or none', async () => {
    const store = await openRead();
    const { database, collectionId, ids } = store;
    await putDocuments(
      database,
      [
        { text: 'Aspirin new', externalId: 'one' },
        { text: 'Aspirin newer', externalId: 'two' },
      ],
      { collectionId, priority: 'bulk' },
    );
    const before = kept(store, ids);

    const [first, second] = await claimAll(store);
    const read = readingOf('Aspirin', finds);
    if (first) await finishClaim(database, first, { ...read, ledger: ledgerOf(first.text) });
    if (second) await finishClaim(database, second, { ...read, ledger: null });

    expect(before[0]).toBe('Ledger of Aspirin. Ledger');
    expect(kept(store, ids)).toEqual(['Ledger of Aspirin new. Le', null]);
  });

  it('go with a change of model', async () => {
    const store = await openRead();
    await closeStore(store);

    const other = await openStore(store.folder, 'other');

    expect(await countRows(other, 'ledgers')).toBe(0);
  });

  it('go when the collection keeps none any more, also of a reading that is under way', async () => {
    const store = await openRead();
    const { database, collectionId } = store;
    await putDrafts(store, { text: 'Aspirin, a third time' });
    const [claim] = await claimAll(store);

    await keepLedgers(database, collectionId, false);
    const read = { ...readingOf('Aspirin', finds), ledger: ledgerOf('third') };
    if (claim) await finishClaim(database, claim, read);

    expect(claim?.keepsLedger).toBe(true);
    expect(await countRows(store, 'ledgers')).toBe(0);
    await putDrafts(store, { text: 'Aspirin, a fourth time' });
    expect((await claimAll(store)).map(({ keepsLedger }) => keepsLedger)).toEqual([false]);
  });

  it('leave nothing in any file when their documents are purged', async () => {
    const store = await openRead();
    const canary = 'Ledger of Aspirin again.';
    const before = filesHolding(store.folder, [canary]);

    await purgeDocuments(store.database, [store.ids[1] ?? 0], async () => undefined);

    expect(before.length).toBeGreaterThan(0);
    expect(filesHolding(store.folder, [canary])).toEqual([]);
    expect(await countRows(store, 'ledgers')).toBe(1);
  });
});

describe('claimRescores', () => {
  it('hands out documents with a ledger without their texts, many at once', async () => {
    const store = await openRead();
    const { database } = store;
    await keepLedgers(database, store.collectionId, true);
    await putDrafts(store, { text: 'no ledger' }, { text: 'none either' });
    for (const claim of await claimAll(store)) {
      await finishClaim(database, claim, readingOf(claim.text, []));
    }
    await createType(store, 'Disease');

    const claims = await claimRescores(database, { ...claimOptions, limit: 1, ledgerLimit: 10 });

    expect(claims.map(({ kind, from, text }) => [kind, from, text])).toEqual([
      ['RESCORE', 'LEDGER', ''],
      ['RESCORE', 'LEDGER', ''],
      ['RESCORE', 'TEXT', 'no ledger'],
    ]);
  });
});

describe('finishRescores', () => {
  it('stores the mentions of held claims only, and counts the documents', async () => {
    const store = await openRead();
    const { database, ids } = store;
    await createType(store, 'Disease');
    const claims = await claimRescores(database, { ...claimOptions, ledgerLimit: 10 });
    const found = (text: string) =>
      packMentions(readingOf(text, [{ word: 'Asp', type: 'Disease' }]).mentions);
    await deleteDocuments(database, ids.slice(1));

    const stored = await finishRescores(
      database,
      claims[0]?.types ?? [],
      claims.map((claim) => ({ claim, found: found('Aspirin') })),
    );

    expect(claims).toHaveLength(2);
    expect(stored).toEqual(ids.slice(0, 1));
    expect(await countRows(store, 'mentions')).toBe(2);
    expect(await claimRescores(database, claimOptions)).toEqual([]);
  });
});

describe('verifyDatabase and repairFolder', () => {
  it('find a ledger that was damaged, and have its document read again', async () => {
    const store = await openRead();
    const { folder } = store;
    await closeStore(store);
    const path = databaseFile(folder);
    const connection = new SqlConnection({ folder, path, readonly: false });
    connection.change(
      "UPDATE ledgers SET rows = cast('X' || substr(rows, 2) AS BLOB) WHERE document_id = 2",
      {},
    );
    connection.close();

    const checks = withReader(folder, verifyDatabase);
    const left = withWriter(folder, (writer) => repairFolder(writer, folder, () => undefined));

    const ofLedgers = { name: 'LEDGERS', checked: 2 };
    const faults = [{ table: 'ledgers', id: 2, what: 'has bytes of another checksum' }];
    expect(checks).toContainEqual({ ...ofLedgers, faults });
    expect(left).toContainEqual({ name: 'LEDGERS', checked: 1, faults: [] });
    const again = await openStore(folder);
    expect((await claimAll(again)).map(({ documentId }) => documentId)).toContain(2);
  });
});

describe('sampleToPreview', () => {
  it('draws as many documents as are asked for, from all over the collection', async () => {
    const store = await openStore();
    const texts = Array.from({ length: 29 }, (_, i) => ({ text: `Aspirin ${i}` }));
    const ids = await putDrafts(store, ...texts);
    await readAll(store, []);
    const sample = (size: number) => sampleToPreview(store.database, store.collectionId, size);

    const twenty = await sample(20);

    expect(new Set(twenty).size).toBe(20);
    for (const from of [0, 10, 20]) {
      const third = ids.slice(from, from + 10);
      const drawn = third.filter((id) => twenty.includes(id)).length;
      expect(drawn).toBeGreaterThanOrEqual(5);
      expect(drawn).toBeLessThanOrEqual(8);
    }
    expect(await sample(29)).toEqual(ids);
    expect(await sample(100)).toEqual(ids);
  });
});
