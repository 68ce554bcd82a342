import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { loggedVectors } from '../../../src/store/index-log.ts';
import {
  closeStore,
  openStore,
  readPragma,
  type TestStore,
} from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const script = fileURLToPath(new URL('../../support/store/ingest-process.ts', import.meta.url));

const wordsOfEach = 3;

function startIngest(folder: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed = { text: '' };
  child.stdout.on('data', (part: Buffer) => {
    printed.text += part.toString();
  });
  return { child, printed };
}

/** Runs the ingesting process and kills it after some time of work; returns what it acknowledged. */
async function runAndKill(folder: string, workMs: number): Promise<string[]> {
  const { child, printed } = startIngest(folder);
  while (!printed.text.includes('open')) await sleep(5);
  await sleep(workMs);
  child.kill('SIGKILL');
  await once(child, 'close');
  return printed.text.split('\n').slice(0, -1);
}

const idsOf = (lines: readonly string[], word: string): number[] =>
  lines.filter((line) => line.startsWith(`${word} `)).map((line) => Number(line.split(' ')[1]));

const rowsOf = <Row>({ database }: TestStore, sql: string): Promise<Row[]> =>
  database.reader.query<Row>(sql, {});

const documentsWith = (store: TestStore, columns: string) =>
  rowsOf<{ id: number; state: string; mentions: number; windows: number }>(
    store,
    `SELECT d.id, d.state, ${columns},
     (SELECT count(*) FROM mentions m WHERE m.document_id = d.id) AS mentions,
     (SELECT count(*) FROM windows w WHERE w.document_id = d.id) AS windows FROM documents d`,
  );

/** Ids that an index would have after it has read the log. */
async function loggedIds(store: TestStore, space: 'TYPE' | 'MEANING'): Promise<number[]> {
  const changes = await loggedVectors(store.database, space).changesAfter(0, 1_000_000);
  const ids = new Set<number>();
  for (const { id, vector } of changes ?? []) {
    if (vector) ids.add(id);
    else ids.delete(id);
  }
  return [...ids].sort((a, b) => a - b);
}

async function expectWhole(store: TestStore): Promise<void> {
  for (const { id, state, mentions, windows } of await documentsWith(store, '1 AS one')) {
    const expected = state === 'DONE' ? [wordsOfEach, 1] : [0, 0];
    expect([id, state, mentions, windows]).toEqual([id, state, ...expected]);
    expect(['QUEUED', 'DONE']).toContain(state);
  }
  const spans = await rowsOf<{ id: number }>(store, 'SELECT id FROM spans ORDER BY id');
  const forms = await rowsOf<{ id: number }>(store, 'SELECT id FROM surface_forms ORDER BY id');
  expect(await loggedIds(store, 'TYPE')).toEqual(spans.map(({ id }) => id));
  expect(await loggedIds(store, 'MEANING')).toEqual(forms.map(({ id }) => id));
  expect(await readPragma(store.database, 'integrity_check')).toBe('ok');
  expect(await rowsOf(store, 'PRAGMA foreign_key_check')).toEqual([]);
}

describe('openDatabase, after its process was killed in the middle of writes', () => {
  it('has everything that was acknowledged, and nothing by halves', async () => {
    const folder = temporaryFolder();
    const lines: string[] = [];
    let acknowledged = 0;

    for (const workMs of [150, 290, 410]) {
      lines.push(...(await runAndKill(folder, workMs)));
      const store = await openStore(folder);
      const deleting = new Set(idsOf(lines, 'deleting'));
      const documents = new Map(
        (await documentsWith(store, '1 AS one')).map((row) => [row.id, row]),
      );
      const lost = idsOf(lines, 'put').filter((id) => !documents.has(id) && !deleting.has(id));
      const undone = idsOf(lines, 'done').filter(
        (id) => documents.has(id) && documents.get(id)?.state !== 'DONE',
      );
      expect(lost).toEqual([]);
      expect(undone).toEqual([]);
      expect(idsOf(lines, 'deleted').filter((id) => documents.has(id))).toEqual([]);
      await expectWhole(store);
      acknowledged = idsOf(lines, 'done').length;
      await closeStore(store);
    }

    expect(acknowledged).toBeGreaterThan(10);
  });
});
