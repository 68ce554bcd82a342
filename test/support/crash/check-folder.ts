/**
 * What must hold of the files of a data folder that no process uses, whatever was killed before: all
 * looked at in a copy, so that the server finds the folder as the crash has left it.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SqlConnection } from '../../../src/store/connection.ts';
import { withReader } from '../../../src/store/maintenance.ts';
import { restore } from '../../../src/store/restore.ts';
import { filesHolding } from '../store/canary.ts';
import { runBuilt } from './crashing-server.ts';
import type { BackupExpectation, Expectation, Version } from './expectation.ts';
import type { Report } from './report.ts';
import { canaryOf, textOf } from './texts.ts';

interface StoredDocument {
  readonly name: string;
  readonly state: string;
  readonly isRead: 0 | 1;
  readonly text: string;
  /** The version that waits to be read. */
  readonly next: string | null;
  readonly hasWords: 0 | 1;
  readonly characters: number;
  readonly windows: number;
  readonly lastWindow: number | null;
  readonly types: number;
  readonly mentions: number;
}

const storedDocuments = `SELECT d.external_id AS name, d.state, d.read_at IS NOT NULL AS isRead, d.text,
  r.text AS next, w.document_id IS NOT NULL AS hasWords, d.characters,
  (SELECT count(*) FROM windows w WHERE w.document_id = d.id) AS windows,
  (SELECT max(position) FROM windows w WHERE w.document_id = d.id) AS lastWindow,
  (SELECT count(*) FROM document_types t WHERE t.document_id = d.id) AS types,
  (SELECT count(*) FROM mentions m WHERE m.document_id = d.id) AS mentions
  FROM documents d LEFT JOIN document_replacements r ON r.document_id = d.id
  LEFT JOIN document_words w ON w.document_id = d.id ORDER BY d.id`;

const readDocuments = (connection: SqlConnection): StoredDocument[] =>
  connection.query<StoredDocument>(storedDocuments, {});

/** What a document has of a reading is all of it or nothing. */
function checkWhole(document: StoredDocument, report: Report): void {
  const { name, state, isRead, text, characters, windows, lastWindow, types } = document;
  const { mentions, hasWords } = document;
  const parts = JSON.stringify({ state, isRead, characters, windows, lastWindow, types, mentions });
  const isWhole = isRead
    ? characters === text.length && windows > 0 && lastWindow === windows - 1 && hasWords === 1
    : characters + windows + types + mentions + hasWords === 0;
  report.check(isWhole, `${name} is written by halves: ${parts}`);
  report.check(isRead === 1 || state !== 'DONE', `${name} is DONE and was not read`);
}

/** The version that a document has, or will have when what waits was read. */
function versionOf({ name, text, next }: StoredDocument, possible: readonly Version[]): Version {
  const last = next ?? text;
  const found = possible.find((version) => version !== null && textOf(name, version) === last);
  return found ?? null;
}

/** Every document that was acknowledged, and no other. */
function checkDocuments(connection: SqlConnection, expected: Expectation, report: Report): void {
  const stored = new Map(readDocuments(connection).map((each) => [each.name, each]));
  for (const document of stored.values()) checkWhole(document, report);
  for (const name of new Set([...stored.keys(), ...expected.documents.names])) {
    const possible = expected.documents.possible(name);
    const document = stored.get(name);
    const holds = document ? versionOf(document, possible) !== null : possible.includes(null);
    const found = document ? (document.next ?? document.text).slice(-40) : 'not there';
    report.check(holds, `${name} should be ${possible.join(' or ')} and is ${found}`);
  }
}

async function checkVerified(folder: string, report: Report, what: string): Promise<void> {
  const { code, stdout, stderr } = await runBuilt(['verify', '--data', folder, '--json']);
  report.check(code === 0, `${what} is not clean: ${stdout || stderr}`);
}

/** What must be in a backup, less what was purged since. */
function checkBackedUp(
  rows: readonly StoredDocument[],
  { backup, expectation }: { backup: BackupExpectation; expectation: Expectation },
  report: Report,
): void {
  const stored = new Map(rows.map((each) => [each.name, each]));
  for (const document of rows) checkWhole(document, report);
  for (const name of new Set([...stored.keys(), ...backup.documents.keys()])) {
    const possible = [...(backup.documents.get(name) ?? [null])];
    const document = stored.get(name);
    const version = document ? versionOf(document, possible) : null;
    const mayBeGone =
      possible.some((one) => one === null || expectation.isPurged(name, one)) ||
      expectation.isPurging(name);
    const holds = document ? version !== null && !expectation.isPurged(name, version) : mayBeGone;
    report.check(holds, `${name} of a backup should be ${possible.join(' or ')}, is ${version}`);
  }
}

function checkBackup(folder: string, expectation: Expectation, report: Report): void {
  const { backup } = expectation;
  if (!backup) return;
  try {
    restore({ path: backup.path, folder, replace: true });
  } catch (error) {
    report.check(false, `a backup could not be restored: ${String(error)}`);
    return;
  }
  withReader(folder, (connection) =>
    checkBackedUp(readDocuments(connection), { backup, expectation }, report),
  );
}

/** Looks at everything that must hold of the folder; the newest backup is restored into the copy. */
export async function checkFolder(
  folder: string,
  expectation: Expectation,
  report: Report,
): Promise<void> {
  const copy = join(folder, '..', 'copy');
  rmSync(copy, { recursive: true, force: true });
  cpSync(folder, copy, { recursive: true });
  withReader(copy, (connection) => checkDocuments(connection, expectation, report));
  await checkVerified(copy, report, 'the data folder');
  checkBackup(copy, expectation, report);
  rmSync(copy, { recursive: true, force: true });
}

/** No file may hold anything of what was purged; holds once a server has started, which ends purges. */
export function checkErased(folder: string, expectation: Expectation, report: Report): void {
  const words = expectation.purged.map(([name, version]) => canaryOf(name, version));
  if (words.length === 0) return;
  const holding = filesHolding(folder, words);
  report.check(holding.length === 0, `purged words are in ${holding.join(', ')}`);
}
