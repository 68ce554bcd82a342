import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { backUp } from '../../../src/store/backup.ts';
import { deleteDocuments } from '../../../src/store/documents.ts';
import type { DocumentDraft } from '../../../src/store/drafts.ts';
import { pageStartsOfDocuments } from '../../../src/store/page-starts.ts';
import { restore } from '../../../src/store/restore.ts';
import { dictionaryModel } from '../../support/dictionary-extractor.ts';
import {
  claimOne,
  closeStore,
  countRows,
  openStore,
  putDrafts,
  readAll,
  type TestStore,
} from '../../support/store/open-store.ts';
import { openReadStore } from '../../support/store/read-documents.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const text = 'aspirin tremor';
const externalId = 'paper';
const paged: DocumentDraft = { text, externalId, pageStarts: [0, 8, 14] };
const newer: DocumentDraft = { text: 'one two three', externalId, pageStarts: [0, 4] };

const startsOf = async ({ database }: TestStore, id = 1) =>
  (await pageStartsOfDocuments(database, [id])).get(id);

describe('pageStartsOfDocuments', () => {
  it('tells where the pages of those begin that have any', async () => {
    const store = await openStore();

    const ids = await putDrafts(store, paged, { text: 'no pages' }, { text: 'a', pageStarts: [] });

    const starts = await pageStartsOfDocuments(store.database, ids);
    expect(starts).toEqual(new Map([[1, [0, 8, 14]]]));
  });

  it('keeps them for a known text unless it comes with others', async () => {
    const store = await openReadStore(temporaryFolder(), paged);

    await putDrafts(store, { text, externalId, title: 'Title' });
    const same = await startsOf(store);
    await putDrafts(store, { ...paged, pageStarts: [0, 9] });
    const other = await startsOf(store);
    await putDrafts(store, { ...paged, pageStarts: [] });

    expect([same, other, await startsOf(store)]).toEqual([[0, 8, 14], [0, 9], undefined]);
    expect(await countRows(store, 'document_pages')).toBe(0);
  });

  it('gives a text that was read without them its pages, and does not have it read again', async () => {
    const store = await openReadStore(temporaryFolder(), { text, externalId });

    await putDrafts(store, paged);

    expect(await startsOf(store)).toEqual([0, 8, 14]);
    await expect(claimOne(store)).rejects.toThrow('nothing to claim');
  });

  it('changes them with the text, once the new version has been read', async () => {
    const store = await openReadStore(temporaryFolder(), paged);
    await putDrafts(store, newer);
    const waiting = await startsOf(store);
    await putDrafts(store, { ...newer, pageStarts: [0, 4, 8] });

    await readAll(store, []);

    const read = await startsOf(store);
    await putDrafts(store, { text: 'a text without pages', externalId });
    await readAll(store, []);
    expect([waiting, read, await startsOf(store)]).toEqual([[0, 8, 14], [0, 4, 8], undefined]);
  });

  it('keeps those that are there when the version that waits is taken back', async () => {
    const store = await openReadStore(temporaryFolder(), paged);
    await putDrafts(store, newer);

    await putDrafts(store, { text, externalId });

    await readAll(store, []);
    expect(await startsOf(store)).toEqual([0, 8, 14]);
  });

  it('changes them with a text that was never read', async () => {
    const store = await openStore();
    await putDrafts(store, paged);

    await putDrafts(store, newer);

    expect(await startsOf(store)).toEqual([0, 4]);
  });

  it('keeps them when another model reads the text again', async () => {
    const folder = temporaryFolder();
    await closeStore(await openReadStore(folder, paged));

    const store = await openStore(folder, 'another model');
    await readAll(store, []);

    expect(await startsOf(store)).toEqual([0, 8, 14]);
  });

  it('gives them back with a backup', async () => {
    const [folder, target] = [temporaryFolder(), temporaryFolder()];
    const path = join(temporaryFolder(), 'backup.sqlite');
    await closeStore(await openReadStore(folder, paged));

    backUp({ folder, path, version: '1.2.3' });
    restore({ path, folder: target, replace: false });

    expect(await startsOf(await openStore(target, dictionaryModel.id))).toEqual([0, 8, 14]);
  });

  it('has nothing of a document that was deleted', async () => {
    const store = await openReadStore(temporaryFolder(), paged);
    await putDrafts(store, newer);

    await deleteDocuments(store.database, [1]);

    expect(await countRows(store, 'document_pages')).toBe(0);
    expect(await countRows(store, 'document_replacements')).toBe(0);
  });
});
