import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readDocumentFiles } from '../../../src/formats/document-files.ts';
import { annotatedFormats } from '../../../src/formats/formats.ts';
import type { ImportedDocument } from '../../../src/formats/source-document.ts';
import { listEntityTypes } from '../../../src/store/entity-types.ts';
import { exportedDocuments } from '../../../src/store/exported-documents.ts';
import { claimRescores, finishClaim } from '../../../src/store/jobs.ts';
import { openReader } from '../../../src/store/maintenance.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import { formsToEncode } from '../../../src/store/vectors.ts';
import {
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

const text = '💊 Aspirin for pain';
const mentions = [
  { start: 3, end: 10, type: 'Chemical' },
  { start: 15, end: 19, type: 'Symptom' },
];
const aspirin = { word: 'Aspirin', type: 'Chemical' };

async function stored({ database }: TestStore): Promise<unknown[]> {
  const { rows } = await listMentions(database, {}, { first: 10 });
  return rows.map((mention) => [mention.source, mention.type, mention.text, mention.margin]);
}

const imported = [
  ['IMPORT', 'Chemical', 'Aspirin', 0],
  ['IMPORT', 'Symptom', 'pain', 0],
];

describe('putDocuments, of a document with mentions', () => {
  it('has them at once, and makes the types that were not there', async () => {
    const store = await openStore();
    await createType(store, 'Chemical');

    await putDrafts(store, { text, mentions });

    expect(await stored(store)).toEqual(imported);
    const types = await listEntityTypes(store.database, store.collectionId);
    expect(types.map(({ name, description }) => [name, description])).toEqual([
      ['Chemical', 'What is meant by Chemical'],
      ['Symptom', ''],
    ]);
    expect((await formsToEncode(store.database, 9)).map((form) => form.text)).toEqual([
      'aspirin',
      'pain',
    ]);
  });

  it('keeps them beside the model’s, whatever that reads again', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    await createType(store, 'Chemical');
    await putDrafts(store, { text, mentions });
    await readAll(store, [aspirin]);
    const model = ['MODEL', 'Chemical', 'Aspirin', 1];
    const read = await stored(store);
    await createType(store, 'Late');
    for (const claim of await claimRescores(store.database, claimOptions)) {
      await finishClaim(store.database, claim, readingOf(text, []));
    }
    const rescored = await stored(store);
    await closeStore(store);

    const another = await openStore(folder, 'another model');
    await readAll(another, []);

    expect(read).toEqual([...imported, model]);
    expect(rescored).toEqual(read);
    expect(await stored(another)).toEqual(imported);
  });

  it('replaces them when the document is given again with others, and keeps them without', async () => {
    const store = await openStore();
    await putDrafts(store, { text, mentions });

    await putDrafts(store, { text });
    const kept = await stored(store);
    await putDrafts(store, { text, mentions: mentions.slice(1) });

    expect(kept).toEqual(imported);
    expect(await stored(store)).toEqual(imported.slice(1));
    expect(await countRows(store, 'spans')).toBe(1);
    await putDrafts(store, { text, mentions: [] });
    expect(await countRows(store, 'surface_forms')).toBe(0);
  });

  it('replaces them with the text, in the transaction in which the new one was read', async () => {
    const store = await openStore();
    await createType(store, 'Chemical');
    await putDrafts(store, { text, externalId: 'a', mentions });
    await readAll(store, [aspirin]);

    await putDrafts(store, {
      text: 'No pain',
      externalId: 'a',
      mentions: [{ start: 3, end: 7, type: 'New' }],
    });
    const before = await stored(store);
    await readAll(store, []);

    expect(before).toHaveLength(3);
    expect(await stored(store)).toEqual([['IMPORT', 'New', 'pain', 0]]);
  });

  it('takes nothing of a document with a mention outside its text', async () => {
    const store = await openStore();

    const put = putDrafts(store, { text, mentions: [{ start: 15, end: 20, type: 'X' }] });

    await expect(put).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      details: { argument: 'mentions.0' },
    });
    expect(await countRows(store, 'documents')).toBe(0);
    expect(await countRows(store, 'entity_types')).toBe(0);
  });
});

/** The documents of a store as an export takes them. */
function exported({ database, collectionId }: TestStore, typeIds: readonly number[]) {
  const connection = openReader(database.folder);
  try {
    const choice = { collectionId, typeIds, states: ['UNREVIEWED'] as const, onlyReviewed: false };
    return [...exportedDocuments(connection, { ...choice, withConcepts: true, withPages: false })];
  } finally {
    connection.close();
  }
}

describe('the concepts of imported mentions', () => {
  const document: ImportedDocument = {
    id: '7',
    text: 'Aspirin for pain\nIt helps.',
    mentions: [
      { start: 0, end: 7, type: 'Chemical', concept: 'MESH:D001241' },
      { start: 12, end: 16, type: 'Symptom' },
    ],
  };
  const holding = annotatedFormats.filter(({ name }) => name !== 'CoNLL');

  it.each(holding.map((format) => [format.name, format] as const))(
    'come through the store from %s and back',
    async (_, format) => {
      const folder = temporaryFolder();
      const files = format.print([document]);
      for (const { name, text: content } of files) writeFileSync(join(folder, name), content);
      const store = await openStore();
      for await (const read of readDocumentFiles([folder], (error) => {
        throw error;
      }))
        await putDrafts(store, { ...read.document, externalId: '7' });

      const types = await listEntityTypes(store.database, store.collectionId);
      const [found] = exported(
        store,
        types.map(({ id }) => id),
      );

      const kept = found?.mentions.map(({ state: _state, ...mention }) => mention);
      expect({ ...found, mentions: kept }).toEqual(document);
      expect(format.print([{ ...document, mentions: kept ?? [] }])).toEqual(files);
    },
  );

  it('are those of the text that is there, also after another has taken its place', async () => {
    const store = await openStore();
    const given = { text, externalId: 'a', mentions: [{ ...mentions[0]!, concept: 'MESH:1' }] };
    await putDrafts(store, given);
    await readAll(store, []);
    const later = { start: 0, end: 7, type: 'Chemical' };
    await putDrafts(store, {
      text: 'Aspirin, later',
      externalId: 'a',
      mentions: [
        { ...later, concept: 'MESH:2' },
        { ...later, concept: 'MESH:3' },
      ],
    });
    const before = await listMentions(store.database, {}, { first: 10 });
    await readAll(store, []);

    const after = await listMentions(store.database, {}, { first: 10 });

    expect(before.rows.map(({ statedConcept }) => statedConcept)).toEqual(['MESH:1']);
    expect(after.rows.map(({ statedConcept }) => statedConcept)).toEqual(['MESH:2|MESH:3']);
  });
});
