/** Databases, drafts and readings for the tests of src/store. */
import { afterAll, afterEach } from '@jest/globals';
import { defaultCollection } from '../../../src/store/collections.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { type DocumentDraft, putDocuments } from '../../../src/store/documents.ts';
import { createEntityType } from '../../../src/store/entity-types.ts';
import { type Claim, claimDocuments, finishClaim } from '../../../src/store/jobs.ts';
import type { Reading } from '../../../src/store/reading.ts';
import type { EntityTypeRecord } from '../../../src/store/records.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const opened = new Set<Database>();
const lasting = new Set<Database>();

/** An open database, closed after the test, and its default collection. */
export interface TestStore {
  readonly database: Database;
  readonly collectionId: number;
}

export async function openStore(
  folder: string = temporaryFolder(),
  modelId = 'model',
): Promise<TestStore> {
  const database = await openDatabase({ folder, modelId });
  opened.add(database);
  return { database, collectionId: (await defaultCollection(database)).id };
}

/** A store that the tests of a file share. */
export async function openLastingStore(): Promise<TestStore> {
  const store = await openStore();
  opened.delete(store.database);
  lasting.add(store.database);
  return store;
}

export async function closeStore({ database }: TestStore): Promise<void> {
  opened.delete(database);
  await database.close();
}

afterEach(async () => {
  for (const database of opened) await database.close();
  opened.clear();
});

afterAll(async () => {
  for (const database of lasting) await database.close();
});

/** Puts drafts in; returns their ids. */
export async function putDrafts(
  { database, collectionId }: TestStore,
  ...drafts: readonly DocumentDraft[]
): Promise<number[]> {
  const results = await putDocuments(database, drafts, { collectionId, priority: 'bulk' });
  return results.map(({ id }) => id);
}

export function createType(
  { database, collectionId }: TestStore,
  name: string,
  description = `What is meant by ${name}`,
): Promise<EntityTypeRecord> {
  return createEntityType(database, { collectionId, name, description });
}

/** A word that a reading finds, and as what. */
export interface Find {
  readonly word: string;
  readonly type: string;
  readonly margin?: number;
}

/** A vector that depends on the word and type only. */
const vectorOf = (find: Find): Float32Array =>
  Float32Array.of(find.word.length, find.type.length, 1, 0);

/** What an extractor could read in the text: each word at its first place, in one window. */
export function readingOf(text: string, finds: readonly Find[]): Reading {
  const mentions = finds.map((find) => {
    const start = text.indexOf(find.word);
    const end = start + find.word.length;
    const margin = find.margin ?? 1;
    const scores = { score: 2 + margin, threshold: 2, margin };
    return { start, end, type: find.type, window: 0, vector: vectorOf(find), ...scores };
  });
  return {
    mentions,
    windows: [
      { start: 0, end: text.length, tokens: 7, thresholdVector: Float32Array.of(0, 0, 0, 1) },
    ],
    coverage: {
      characters: text.length,
      charactersRead: text.length,
      tokens: 7,
      unknownTokens: 1,
      dropped: [],
    },
    meanings: new Map(
      finds.map((find) => [find.word.toLowerCase(), Float32Array.of(find.word.length, 1)]),
    ),
  };
}

export const claimOptions = { limit: 100, leaseMs: 60_000 };

/** Claims what waits. */
export const claimAll = ({ database }: TestStore): Promise<Claim[]> =>
  claimDocuments(database, claimOptions);

/** Reads every document that waits; finds what occurs in its text, or what `isIn` says. */
export async function readAll(
  store: TestStore,
  finds: readonly Find[],
  isIn = (text: string, word: string): boolean => text.includes(word),
): Promise<Claim[]> {
  const claims = await claimAll(store);
  for (const claim of claims) {
    const found = finds.filter(({ word }) => isIn(claim.text, word));
    await finishClaim(store.database, claim, readingOf(claim.text, found));
  }
  return claims;
}

/** Claims one document that waits. */
export async function claimOne({ database }: TestStore): Promise<Claim> {
  const [claim] = await claimDocuments(database, { ...claimOptions, limit: 1 });
  if (!claim) throw new Error('There was nothing to claim.');
  return claim;
}

/** Number of rows of a table. */
export async function countRows({ database }: TestStore, table: string): Promise<number> {
  const [row] = await database.reader.query<{ count: number }>(
    `SELECT count(*) AS count FROM ${table}`,
    {},
  );
  return row?.count ?? -1;
}

/** Sets or reads a pragma of the connection that writes. */
export async function readPragma({ writer }: Database, source: string): Promise<unknown> {
  const [row] = await writer.query<Record<string, unknown>>(`PRAGMA ${source}`, {});
  return row && Object.values(row)[0];
}
