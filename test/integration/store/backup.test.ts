import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { backUp, checkBackup, manifestFile } from '../../../src/store/backup.ts';
import { deleteDocuments, readTexts } from '../../../src/store/documents.ts';
import { databaseFile, withReader, withWriter } from '../../../src/store/maintenance.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import { findExternalIds, purgeOffline } from '../../../src/store/purge-offline.ts';
import { restore } from '../../../src/store/restore.ts';
import { isWhole, verifyDatabase } from '../../../src/store/verify/verify.ts';
import { dictionaryModel } from '../../support/dictionary-extractor.ts';
import {
  closeStore,
  countRows,
  openStore,
  putDrafts,
  type TestStore,
} from '../../support/store/open-store.ts';
import {
  openReadStore,
  readWithDictionary,
  someDrafts,
} from '../../support/store/read-documents.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const version = '1.2.3';

const mentionsOf = async ({ database }: TestStore) =>
  (await listMentions(database, {}, { first: 100 })).rows;

const open = (folder: string) => openStore(folder, dictionaryModel.id);

async function backedUp(): Promise<{ folder: string; path: string; mentions: readonly unknown[] }> {
  const folder = temporaryFolder();
  const path = join(temporaryFolder(), 'backup.sqlite');
  const store = await openReadStore(folder, ...someDrafts);
  const mentions = await mentionsOf(store);
  backUp({ folder, path, version });
  await closeStore(store);
  return { folder, path, mentions };
}

describe('backUp', () => {
  it('copies one moment of a database that is open and written to', async () => {
    const folder = temporaryFolder();
    const path = join(temporaryFolder(), 'backup.sqlite');
    const store = await openReadStore(folder, ...someDrafts);
    const mentions = await mentionsOf(store);
    const writing = Array.from({ length: 30 }, (_, i) =>
      putDrafts(store, { text: `aspirin ${i}` }),
    );

    const manifest = backUp({ folder, path, version });
    await Promise.all(writing);
    await readWithDictionary(store);
    await closeStore(store);

    expect(checkBackup(path)).toEqual(manifest);
    expect(manifest).toMatchObject({ version, modelId: dictionaryModel.id, format: 1 });
    expect(manifest.migrations).toContain('0001_initial');
    const target = temporaryFolder();
    restore({ path, folder: target, replace: false });
    const restored = await open(target);
    expect(manifest.rows['documents']).toBe(await countRows(restored, 'documents'));
    expect(await mentionsOf(restored)).toEqual(mentions);
    expect(isWhole(withReader(target, verifyDatabase))).toBe(true);
  });

  it('overwrites nothing, writes nothing into the data folder, and needs a database', async () => {
    const { folder, path } = await backedUp();

    expect(() => backUp({ folder, path, version })).toThrow(
      expect.objectContaining({ code: 'FILE_EXISTS' }),
    );
    expect(() => backUp({ folder, path: join(folder, 'backup'), version })).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID' }),
    );
    const none = temporaryFolder();
    expect(() => backUp({ folder: none, path: `${path}.2`, version })).toThrow(
      expect.objectContaining({ code: 'STORAGE_INVALID' }),
    );
    expect(existsSync(`${path}.2`)).toBe(false);
    const nowhere = join(none, 'missing', 'backup');
    expect(() => backUp({ folder, path: nowhere, version })).toThrow(
      expect.objectContaining({
        code: 'FILE_UNREADABLE',
        details: expect.objectContaining({ path: nowhere }),
      }),
    );
  });
});

describe('restore', () => {
  it.each<[string, (path: string) => void, string]>([
    ['a file that is not there', (path) => rmSync(path), 'FILE_UNREADABLE'],
    ['no manifest', (path) => rmSync(manifestFile(path)), 'BACKUP_INVALID'],
    [
      'a manifest that is none',
      (path) => writeFileSync(manifestFile(path), '[]'),
      'BACKUP_INVALID',
    ],
    ['a manifest cut off', (path) => truncateSync(manifestFile(path), 40), 'BACKUP_INVALID'],
    ['a file cut off', (path) => truncateSync(path, 10_000), 'BACKUP_INVALID'],
    ['one byte changed', (path) => changeByte(path), 'BACKUP_INVALID'],
    ['migrations of a newer version', (path) => addMigration(path), 'BACKUP_INVALID'],
    ['a backup that is not whole', (path) => addFault(path), 'BACKUP_INVALID'],
  ])('refuses %s, and leaves the database that is there', async (_, damage, code) => {
    const { folder, path, mentions } = await backedUp();
    damage(path);

    expect(() => restore({ path, folder, replace: true })).toThrow(
      expect.objectContaining({ code }),
    );

    expect(await mentionsOf(await open(folder))).toEqual(mentions);
    expect(existsSync(join(folder, 'restoring.sqlite'))).toBe(false);
  });

  it('replaces a database only when it is told to, and one that nobody uses', async () => {
    const { folder, path, mentions } = await backedUp();
    const store = await open(folder);
    await deleteDocuments(store.database, [1, 2]);

    expect(() => restore({ path, folder, replace: true })).toThrow(
      expect.objectContaining({ code: 'STORAGE_LOCKED' }),
    );
    await closeStore(store);
    expect(() => restore({ path, folder, replace: false })).toThrow(
      expect.objectContaining({ code: 'FILE_EXISTS' }),
    );
    writeFileSync(join(folder, 'type.hnsw'), 'of the database of before');
    restore({ path, folder, replace: true });

    expect(existsSync(join(folder, 'type.hnsw'))).toBe(false);
    expect(await mentionsOf(await open(folder))).toEqual(mentions);
  });

  it('does not bring back what was purged since, also when only the file remembers it', async () => {
    const { folder, path } = await backedUp();
    withWriter(folder, (writer) => {
      const known = findExternalIds(writer, { externalIds: ['one'], collectionId: null });
      purgeOffline(writer, folder, known.get('one') ?? []);
    });
    writeFileSync(databaseFile(folder), 'This was a database. '.repeat(1_000));

    const { purgedAgain } = restore({ path, folder, replace: true });

    expect(purgedAgain).toBe(1);
    const store = await open(folder);
    expect([...(await readTexts(store.database, [1, 2, 3])).keys()]).toEqual([2, 3]);
    await closeStore(store);
    expect(readFileSync(databaseFile(folder)).includes('said to be poison')).toBe(true);
    expect(readFileSync(databaseFile(folder)).includes('for a headache')).toBe(false);
  });

  it('brings back a document that was given again after it was purged', async () => {
    const { folder } = await backedUp();
    withWriter(folder, (writer) => purgeOffline(writer, folder, [1]));
    const store = await open(folder);
    const [id = 0] = await putDrafts(store, someDrafts[0] ?? { text: '' });
    await readWithDictionary(store);
    const path = join(temporaryFolder(), 'later');
    backUp({ folder, path, version });
    await closeStore(store);

    const { purgedAgain } = restore({ path, folder, replace: true });

    expect(purgedAgain).toBe(0);
    const texts = await readTexts((await open(folder)).database, [id]);
    expect(texts.get(id)).toBe(someDrafts[0]?.text);
  });
});

function changeByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[20_000] = (bytes[20_000] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

/** Changes a backup as somebody would who can write a manifest. */
function rewrite(path: string, sql: string): void {
  const folder = temporaryFolder();
  copyFileSync(path, databaseFile(folder));
  withWriter(folder, (writer) => writer.execute(sql));
  for (const file of [path, manifestFile(path)]) rmSync(file);
  withCopy(folder, path);
}

function withCopy(folder: string, path: string): void {
  // backUp refuses what is of another version: the manifest is made of what is there.
  copyFileSync(databaseFile(folder), path);
  const manifest = { format: 1, version, createdAt: '', migrations: [], modelId: null, rows: {} };
  const bytes = readFileSync(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(manifestFile(path), JSON.stringify({ ...manifest, bytes: bytes.length, sha256 }));
}

const addMigration = (path: string): void =>
  rewrite(
    path,
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
     VALUES ('x', 'y', '9999_future', 1)`,
  );

const addFault = (path: string): void =>
  rewrite(path, `UPDATE spans SET surface = 'something else' WHERE id = 2`);
