import { cpSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { SqlConnection } from '../../../src/store/connection.ts';
import { databaseFile } from '../../../src/store/maintenance.ts';
import { checkErased, checkFolder } from '../../support/crash/check-folder.ts';
import { checkServer } from '../../support/crash/check-server.ts';
import { CrashingServer, runBuilt } from '../../support/crash/crashing-server.ts';
import { Expectation } from '../../support/crash/expectation.ts';
import { Report } from '../../support/crash/report.ts';
import { canaryOf, textOf } from '../../support/crash/texts.ts';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { describeWithProcesses } from '../../support/optional.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Servers and commands are processes of their own.
jest.setTimeout(120_000);

/** Indexes look at the log every second. */
const longEnoughToFollowMs = 3_000;

const names = ['a0', 'a1', 'a2', 'b0'];
const version = 3;

const log = join(temporaryFolder(), 'server.log');
const whole = join(temporaryFolder(), 'data');
const backup = join(temporaryFolder(), 'backup.sqlite');
let folder = '';
let expected = new Expectation();
let report = new Report();

async function withServer(work: (server: CrashingServer) => Promise<unknown>): Promise<void> {
  const server = CrashingServer.start(folder, log);
  try {
    await server.listens();
    await work(server);
  } finally {
    await server.stop();
  }
}

function damage(...statements: readonly string[]): void {
  const connection = new SqlConnection({ folder, path: databaseFile(folder), readonly: false });
  for (const sql of statements) connection.execute(sql);
  connection.close();
}

const look = (server: CrashingServer, settleMs = 60_000) =>
  checkServer({
    ask: (query, variables) => server.ask(query, variables),
    dataFolder: folder,
    expectation: expected,
    report,
    ids: new Map(),
    readings: new Map(),
    seed: 1,
    settleMs,
  });

const expectingDocuments = (): Expectation => {
  const expectation = new Expectation();
  for (const name of names) expectation.documents.known(name, version);
  return expectation;
};

/** A mention, its span and what the index knows of it: as if they had never been stored. */
const withoutOneMention = [
  'CREATE TEMP TABLE one AS SELECT span_id AS id FROM mentions ORDER BY id LIMIT 1',
  'DELETE FROM mentions WHERE span_id IN (SELECT id FROM one)',
  `INSERT INTO index_log (space, op, vector_id) SELECT 'TYPE', 'REMOVE', id FROM one`,
  'DELETE FROM spans WHERE id IN (SELECT id FROM one)',
];

describeWithProcesses('the checks of a crash test', () => {
  beforeAll(async () => {
    folder = whole;
    await withServer((server) =>
      server.ask(ingestOperation(), {
        wait: 30,
        documents: names.map((name) => ({ externalId: name, text: textOf(name, version) })),
      }),
    );
    await runBuilt(['backup', backup, '--data', whole]);
  });

  beforeEach(() => {
    folder = join(temporaryFolder(), 'data');
    cpSync(whole, folder, { recursive: true });
    expected = expectingDocuments();
    report = new Report();
  });

  it('find nothing wrong where nothing is', async () => {
    expected.backup = { path: backup, documents: expected.documents.watch().end() };

    await checkFolder(folder, expected, report);
    await withServer(look);
    checkErased(folder, expected, report);

    expect(report.losses).toEqual([]);
    expect(report.checks).toBeGreaterThan(100);
  });

  it.each([
    ['a document that is gone', `DELETE FROM documents WHERE external_id = 'a1'`, 'a1 should be 3'],
    [
      'an older text',
      `UPDATE documents SET text = 'older' WHERE external_id = 'a1'`,
      'a1 should be',
    ],
    [
      'a document that nobody gave',
      `UPDATE documents SET external_id = 'b9' WHERE external_id = 'a1'`,
      'b9 should be',
    ],
    [
      'a half-written document',
      `DELETE FROM windows WHERE document_id = (SELECT min(id) FROM documents)`,
      'written by halves',
    ],
    [
      'a mention without its row',
      'DELETE FROM mentions WHERE id = (SELECT min(id) FROM mentions)',
      'has no mention',
    ],
    [
      'a vector that the index has lost',
      `INSERT INTO index_log (space, op, vector_id) SELECT 'TYPE', 'REMOVE', min(id) FROM spans`,
      'TYPE index',
    ],
    [
      'a vector that only the index has',
      'DELETE FROM surface_forms WHERE id = (SELECT max(id) FROM surface_forms)',
      'not clean',
    ],
  ])('report %s in the files', async (_what, sql, message) => {
    damage('PRAGMA foreign_keys = OFF', sql);

    await checkFolder(folder, expected, report);

    expect(report.losses.join('\n')).toContain(message);
  });

  it('report a mention that was never stored, whatever agrees with that', async () => {
    damage(...withoutOneMention);

    await withServer(look);

    expect(report.losses.join('\n')).toMatch(/mentions of a\d: missing 1/);
  });

  it('report a vector that cannot be reached, and a document that never came', async () => {
    await withServer(async (server) => {
      await look(server);
      expect(report.losses).toEqual([]);
      expected.documents.known('b5', 1);
      await look(server);
      damage(
        `INSERT INTO index_log (space, op, vector_id) SELECT 'MEANING', 'REMOVE', min(id) FROM surface_forms`,
      );
      await sleep(longEnoughToFollowMs);
      await look(server, 3_000);
    });

    expect(report.losses[0]).toContain('b5 should be 1 and is not there');
    expect(report.losses.join('\n')).toMatch(/still something to be done|did not find: [1-9]/);
  });

  it('report a backup that is not what was there then', async () => {
    const documents = expected.documents.watch().end();
    expected.backup = { path: backup, documents: new Map([...documents, ['b1', new Set([1])]]) };
    await checkFolder(folder, expected, report);
    const cut = join(temporaryFolder(), 'cut.sqlite');
    cpSync(backup, cut);
    cpSync(`${backup}.manifest.json`, `${cut}.manifest.json`);
    truncateSync(cut, 10_000);
    expected.backup = { path: cut, documents };

    await checkFolder(folder, expected, report);

    expect(report.losses[0]).toContain('b1 of a backup should be 1');
    expect(report.losses[1]).toContain('could not be restored');
  });

  it('report what is left of a purged document', () => {
    expected.purgeAsked('a1');
    expected.purgeDone('a1');

    checkErased(folder, expected, report);

    expect(textOf('a1', version)).toContain(canaryOf('a1', version));
    expect(report.losses[0]).toContain('spandex.sqlite');
  });
});
