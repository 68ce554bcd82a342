import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { findDocuments, putDocuments, readTexts } from '../../../src/store/documents.ts';
import { finishClaim } from '../../../src/store/jobs.ts';
import { freePages, leavePages } from '../../support/store/disk-space.ts';
import {
  claimOne,
  closeStore,
  countRows,
  createType,
  openStore,
  putDrafts,
  readingOf,
  readPragma,
} from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const script = fileURLToPath(new URL('../../support/store/ingest-process.ts', import.meta.url));

describe('openDatabase', () => {
  it('makes the folder, and has afterwards what it had before', async () => {
    const folder = join(temporaryFolder(), 'a', 'b');
    const store = await openStore(folder);
    const ids = await putDrafts(store, { text: 'kept' });
    await closeStore(store);

    const again = await openStore(folder);

    expect([...(await readTexts(again.database, ids)).values()]).toEqual(['kept']);
  });

  it('is safe against power cuts and lets nothing but the writer write', async () => {
    const { database } = await openStore();

    const settings = [
      await readPragma(database, 'journal_mode'),
      await readPragma(database, 'synchronous'),
      await readPragma(database, 'foreign_keys'),
    ];

    expect(settings).toEqual(['wal', 2, 1]);
    const remove = database.reader.query('DELETE FROM documents RETURNING id', {});
    await expect(remove).rejects.toThrow('readonly');
    await expect(database.prisma.document.deleteMany()).rejects.toThrow(/readonly/);
  });

  it('refuses a folder that this process has open', async () => {
    const folder = temporaryFolder();
    await openStore(folder);

    await expect(openStore(folder)).rejects.toMatchObject({
      code: 'STORAGE_LOCKED',
      details: { folder, pid: process.pid },
    });
  });

  it('refuses a folder that another process has open, naming it, until that is gone', async () => {
    const folder = temporaryFolder();
    const other = spawn(process.execPath, ['--import', 'tsx', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(other.stdout, 'data');

    await expect(openStore(folder)).rejects.toThrow(`process ${other.pid} has it open`);

    other.kill('SIGKILL');
    await once(other, 'close');
    await expect(openStore(folder)).resolves.toBeDefined();
  });

  it('refuses a file that is not a database, and lets go of the folder', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'spandex.sqlite'),
      'This is a text, and no database at all. '.repeat(50),
    );

    const opening = () => openStore(folder);

    await expect(opening()).rejects.toMatchObject({ code: 'STORAGE_INVALID' });
    await expect(opening()).rejects.toMatchObject({ code: 'STORAGE_INVALID' });
  });

  it('refuses a folder that is a file', async () => {
    const folder = join(temporaryFolder(), 'file');
    writeFileSync(folder, '');

    await expect(openStore(folder)).rejects.toMatchObject({ code: 'STORAGE_INVALID' });
  });

  it('refuses a place that takes no folders', async () => {
    await expect(openStore('/proc/none/data')).rejects.toMatchObject({
      code: 'STORAGE_INVALID',
      details: { value: expect.stringContaining('ENOENT') },
    });
  });
});

describe('putDocuments, on a full disk', () => {
  it('says so, stores no half document, and goes on when there is space', async () => {
    const store = await openStore();
    const { database, collectionId } = store;
    const [before = 0] = await putDrafts(store, { text: 'before' });
    await leavePages(database, 20);
    const large = { text: 'large '.repeat(100_000) };

    const put = putDocuments(database, [{ text: 'small' }, large], {
      collectionId,
      priority: 'bulk',
    });

    await expect(put).rejects.toMatchObject({ code: 'STORAGE_FULL', kind: 'unavailable' });
    expect(await countRows(store, 'documents')).toBe(1);
    expect(await findDocuments(database, [before])).toHaveProperty('size', 1);
    await freePages(database);
    await expect(putDrafts(store, { text: 'small' }, large)).resolves.toHaveLength(2);
    expect(await readPragma(database, 'integrity_check')).toBe('ok');
  });
});

describe('finishClaim, on a full disk', () => {
  it('says so and leaves the document as it was', async () => {
    const store = await openStore();
    await createType(store, 'Word');
    const words = Array.from({ length: 2_000 }, (_, i) => `word${i}x`);
    await putDrafts(store, { text: words.join(' ') });
    const claim = await claimOne(store);
    const reading = readingOf(
      claim.text,
      words.map((word) => ({ word, type: 'Word' })),
    );
    await leavePages(store.database, 20);

    await expect(finishClaim(store.database, claim, reading)).rejects.toMatchObject({
      code: 'STORAGE_FULL',
    });

    for (const table of ['mentions', 'spans', 'windows', 'surface_forms', 'index_log']) {
      expect([table, await countRows(store, table)]).toEqual([table, 0]);
    }
    await freePages(store.database);
    await expect(finishClaim(store.database, claim, reading)).resolves.toBe(true);
    expect(await countRows(store, 'mentions')).toBe(2_000);
  });
});
