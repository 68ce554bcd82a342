import { describe, expect, it } from '@jest/globals';
import { findDocuments } from '../../../src/store/documents.ts';
import { claimRescores, failClaim, finishClaim } from '../../../src/store/jobs.ts';
import {
  claimAll,
  claimOne,
  claimOptions,
  countRows,
  createType,
  openStore,
  putDrafts,
  readingOf,
  type TestStore,
} from '../../support/store/open-store.ts';

const dayMs = 86_400_000;
const aspirin = { word: 'Aspirin', type: 'Chemical' };
const failure = { code: 'CHILD_PROCESS_DOWN', message: 'It was down.', retry: true };

/** What a clock that was set by so much makes of the times that were noted before. */
async function setClock({ database }: TestStore, byMs: number): Promise<void> {
  await database.writer.query(
    `UPDATE documents SET available_at = iif(available_at > 0, available_at - :byMs, 0),
     lease_until = lease_until - :byMs RETURNING id`,
    { byMs },
  );
}

async function storeWithOne(): Promise<TestStore & { readonly id: number }> {
  const store = await openStore();
  await createType(store, 'Chemical');
  const [id = 0] = await putDrafts(store, { text: 'Aspirin' });
  return { ...store, id };
}

describe('a clock that is set', () => {
  it.each([-1, -1 / 24, 1])('by %d days ends back-offs, and the document is read', async (days) => {
    const store = await storeWithOne();
    await failClaim(store.database, await claimOne(store), failure);
    expect(await claimAll(store)).toEqual([]);

    await setClock(store, days * dayMs);
    const claim = await claimOne(store);
    await finishClaim(store.database, claim, readingOf('Aspirin', [aspirin]));

    const document = (await findDocuments(store.database, [store.id])).get(store.id);
    expect(document).toMatchObject({ state: 'DONE', error: null, attempts: 0 });
  });

  it.each([-1, 1])('by %d days ends leases, and one reading is stored', async (days) => {
    const store = await storeWithOne();
    const first = await claimOne(store);

    await setClock(store, days * dayMs);
    const second = await claimOne(store);
    const isStored = [
      await finishClaim(store.database, first, readingOf('Aspirin', [aspirin])),
      await finishClaim(store.database, second, readingOf('Aspirin', [aspirin])),
    ];

    expect(isStored).toEqual([false, true]);
    expect(await countRows(store, 'mentions')).toBe(1);
  });

  it.each([-1, 1])('by %d days ends leases of documents that lack a type', async (days) => {
    const store = await storeWithOne();
    await finishClaim(store.database, await claimOne(store), readingOf('Aspirin', [aspirin]));
    await createType(store, 'Disease');
    await claimRescores(store.database, claimOptions);
    expect(await claimRescores(store.database, claimOptions)).toEqual([]);

    await setClock(store, days * dayMs);

    expect(await claimRescores(store.database, claimOptions)).toHaveLength(1);
  });

  it('by some seconds takes no document from who is reading it', async () => {
    const store = await storeWithOne();
    await claimOne(store);

    await setClock(store, -5_000);

    expect(await claimAll(store)).toEqual([]);
  });
});
