import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { printGlobalId } from '../../../src/api/global-id.ts';
import { ensureCollection } from '../../../src/store/collections.ts';
import { SqlConnection } from '../../../src/store/connection.ts';
import { putDocuments } from '../../../src/store/documents.ts';
import { databaseFile } from '../../../src/store/maintenance.ts';
import { runCli } from '../../support/run-cli.ts';
import { filesHolding } from '../../support/store/canary.ts';
import { closeStore, openStore } from '../../support/store/open-store.ts';
import { openReadStore, someDrafts } from '../../support/store/read-documents.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(180_000);

let folder = '';

beforeEach(async () => {
  folder = temporaryFolder();
  await closeStore(await openReadStore(folder, ...someDrafts));
});

const run = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await runCli([...args, '--data', folder, '--json']);
  return { code, answer: stdout === '' ? null : JSON.parse(stdout), stderr };
};

function damage(sql: string): void {
  const connection = new SqlConnection({ folder, path: databaseFile(folder), readonly: false });
  connection.execute(sql);
  connection.close();
}

describe('spandex verify and repair', () => {
  it('say what is wrong by exit code and name, and mend it', async () => {
    const whole = await run('verify');
    damage(`UPDATE spans SET surface = 'something else' WHERE id = 2`);

    const damaged = await run('verify');
    const repaired = await run('repair');
    const again = await run('verify');

    expect(whole).toMatchObject({ code: 0, answer: { folder, isWhole: true } });
    expect(whole.answer.checks.map(({ name }: { name: string }) => name)).toContain('VECTOR_INDEX');
    expect(damaged.code).toBe(2);
    expect(damaged.stderr).toContain('STORAGE_DAMAGED');
    expect(damaged.answer).toMatchObject({ isWhole: false });
    expect(damaged.answer.checks).toContainEqual({
      name: 'MENTIONS',
      checked: expect.any(Number),
      faultCount: 1,
      faults: [{ table: 'spans', id: 2, what: 'is not what its text says there' }],
    });
    expect(repaired).toMatchObject({ code: 0, answer: { isWhole: true } });
    expect(again).toMatchObject({ code: 0, answer: { isWhole: true } });
  });

  it('verifies beside a server, and repairs only without one', async () => {
    const store = await openStore(folder);
    writeFileSync(join(folder, 'type.hnsw'), 'what the server has written');

    const verified = await run('verify');
    const repaired = await run('repair');

    await closeStore(store);
    expect(verified).toMatchObject({ code: 0, answer: { isWhole: true } });
    expect(verified.stderr).toContain('A server uses the folder');
    expect(repaired.code).toBe(2);
    expect(repaired.stderr).toContain('STORAGE_LOCKED');
  });

  it('needs a database', async () => {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);

    const { code, stderr } = await run('verify');

    expect(code).toBe(2);
    expect(stderr).toContain('STORAGE_INVALID');
  });
});

describe('spandex backup, purge and restore', () => {
  it('bring back everything but what was purged', async () => {
    const file = join(temporaryFolder(), 'backup.sqlite');
    const store = await openStore(folder);
    const backup = await run('backup', file);
    await closeStore(store);

    const unknown = await run('purge', 'one', 'two');
    const purged = await run('purge', 'one');
    const holding = filesHolding(folder, ['headache']);
    const refused = await run('restore', file);
    const restored = await run('restore', file, '--replace');
    const verified = await run('verify');

    expect(backup).toMatchObject({ code: 0, answer: { manifest: { rows: { documents: 3 } } } });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('DOCUMENT_UNKNOWN');
    expect(purged).toMatchObject({ code: 0, answer: { purged: 1 } });
    // The description of the type Disease has the word too.
    expect(holding.map((path) => path.split('/').at(-1))).toEqual(['spandex.sqlite']);
    expect(filesHolding(folder, ['for a headache'])).toEqual([]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('FILE_EXISTS');
    expect(restored).toMatchObject({ code: 0, answer: { purgedAgain: 1 } });
    expect(verified).toMatchObject({ code: 0, answer: { isWhole: true } });
  });
});

describe('spandex purge', () => {
  it('deletes documents of one collection, or of all, or by the ids that the API has for them', async () => {
    const { database, ...store } = await openStore(folder);
    const collectionId = await ensureCollection(database, 'other', []);
    const again = [{ text: 'Elsewhere', externalId: 'one' }];
    await putDocuments(database, again, { collectionId, priority: 'bulk' });
    await closeStore({ database, ...store });

    const ghost = await run('purge', 'one', '--collection', 'ghost');
    const elsewhere = await run('purge', 'three', '--collection', 'other');
    const both = await run('purge', 'one', '--collection', 'other', '--all-collections');
    const here = await run('purge', 'one', printGlobalId('Document', 2));
    const holding = filesHolding(folder, ['Elsewhere']).length;
    const everywhere = await run('purge', 'one', '--all-collections');

    expect(ghost.stderr).toContain('COLLECTION_UNKNOWN');
    expect(elsewhere.stderr).toContain('DOCUMENT_UNKNOWN');
    expect(both.stderr).toContain('--all-collections');
    expect([ghost.code, elsewhere.code, both.code]).toEqual([2, 2, 2]);
    expect(here).toMatchObject({ code: 0, answer: { purged: 2 } });
    expect(holding).toBeGreaterThan(0);
    expect(everywhere).toMatchObject({ code: 0, answer: { purged: 1 } });
    expect(filesHolding(folder, ['Elsewhere', 'for a headache', 'and tremor'])).toEqual([]);
  });
});
