import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { PrismaClient } from '../../../src/generated/prisma/client.ts';
import { SqlConnection } from '../../../src/store/connection.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { type Migration, migrate, readMigrations } from '../../../src/store/migrate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let folder = '';
let connection: SqlConnection;

beforeEach(() => {
  folder = temporaryFolder();
  connection = new SqlConnection({ folder, path: join(folder, 'spandex.sqlite'), readonly: false });
});
afterEach(() => connection.close());

interface AppliedRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly applied_steps_count: number;
  readonly started_at: number;
  readonly finished_at: number;
}

const applied = () => connection.query<AppliedRow>('SELECT * FROM _prisma_migrations', {});

const tables = (): string[] =>
  connection
    .query<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
      {},
    )
    .map(({ name }) => name);

const one: Migration = {
  name: '0001_one',
  sql: 'CREATE TABLE one (a); INSERT INTO one VALUES (1);',
};
const two: Migration = { name: '0002_two', sql: 'CREATE TABLE two (b);' };
const broken: Migration = { name: '0002_broken', sql: 'CREATE TABLE three (c); NONSENSE;' };

describe('migrate', () => {
  it('applies every migration once, in order, and writes down what Prisma would', () => {
    migrate(connection, folder, [one]);
    migrate(connection, folder, [one, two]);
    migrate(connection, folder, [one, two]);

    const rows = applied();
    expect(rows.map((row) => row.migration_name)).toEqual(['0001_one', '0002_two']);
    expect(rows.map((row) => row.applied_steps_count)).toEqual([1, 1]);
    // printf 'CREATE TABLE two (b);' | sha256sum
    expect(rows[1]?.checksum).toBe(
      '41066faaa966f4038203cf411407167632c0f2d67111ecbbd6ac3de93eeec163',
    );
    expect(rows.every((row) => row.finished_at >= row.started_at)).toBe(true);
    expect(connection.query('SELECT a FROM one', {})).toEqual([{ a: 1 }]);
  });

  it('leaves nothing of a migration that fails, and can go on when it is right', () => {
    migrate(connection, folder, [one]);

    expect(() => migrate(connection, folder, [one, broken])).toThrow('NONSENSE');

    expect(tables()).not.toContain('three');
    expect(applied()).toHaveLength(1);
    migrate(connection, folder, [one, two]);
    expect(tables()).toContain('two');
  });

  it.each<[string, () => readonly Migration[], string]>([
    [
      'a migration that was changed after it was applied',
      () => [{ ...one, sql: `${one.sql} ` }, two],
      '0001_one was changed after it was applied',
    ],
    ['migrations of a newer version', () => [one], '0002_two is unknown to this version'],
    [
      'a migration before one that was applied',
      () => [{ name: '0000_zero', sql: 'SELECT 1;' }, one, two],
      '0001_one is unknown to this version',
    ],
  ])('refuses %s', (_, migrations, message) => {
    migrate(connection, folder, [one, two]);

    expect(() => migrate(connection, folder, migrations())).toThrow(
      expect.objectContaining({
        code: 'STORAGE_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });

  it('refuses a migration that Prisma left half-way', () => {
    migrate(connection, folder, [one]);
    connection.execute('UPDATE _prisma_migrations SET finished_at = NULL');

    expect(() => migrate(connection, folder, [one])).toThrow('0001_one failed half-way');
  });

  it('passes over a migration that was rolled back', () => {
    migrate(connection, folder, [one]);
    connection.execute(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, rolled_back_at) VALUES ('x', 'y', '0002_two', 1)",
    );

    migrate(connection, folder, [one, two]);

    expect(tables()).toContain('two');
  });
});

describe('readMigrations', () => {
  it('makes tables that accept every model of the generated client', async () => {
    migrate(connection, folder, readMigrations());
    const url = `file:${join(folder, 'spandex.sqlite')}`;
    const prisma = new PrismaClient({
      adapter: new PrismaBetterSqlite3({ url }, { timestampFormat: 'unixepoch-ms' }),
    });
    const at = new Date(1_700_000_000_123);
    const vector = new Uint8Array([0, 0, 128, 63]);

    const collection = await prisma.collection.create({ data: { name: 'c', createdAt: at } });
    const document = await prisma.document.create({
      data: {
        collectionId: collection.id,
        externalId: 'e',
        textHash: 'h',
        title: 't',
        metadata: '{}',
        state: 'DONE',
        queuedAt: at,
        availableAt: at,
        leaseUntil: at,
        readAt: at,
        createdAt: at,
        updatedAt: at,
        text: 'text',
        windows: { create: { position: 0, start: 0, end: 4, tokens: 1, thresholdVector: vector } },
      },
    });
    const type = await prisma.entityType.create({
      data: {
        collectionId: collection.id,
        name: 'n',
        description: 'd',
        vector,
        createdAt: at,
        updatedAt: at,
      },
    });
    await prisma.documentType.create({
      data: { documentId: document.id, entityTypeId: type.id, version: 1 },
    });
    const span = await prisma.mentionSpan.create({
      data: {
        documentId: document.id,
        start: 0,
        end: 4,
        window: 0,
        surface: 'text',
        typeVector: vector,
        surfaceFormId: (
          await prisma.surfaceForm.create({ data: { text: 'text', meaningVector: vector } })
        ).id,
      },
    });
    await prisma.mention.create({
      data: {
        spanId: span.id,
        documentId: document.id,
        entityTypeId: type.id,
        typeVersion: 1,
        score: 1.5,
        threshold: 1,
        margin: 0.5,
        source: 'HUMAN',
        createdAt: at,
      },
    });
    await prisma.indexLogEntry.create({ data: { space: 'TYPE', op: 'PUT', vectorId: span.id } });
    await prisma.model.create({ data: { id: 1, bundleId: 'b', state: 'READY', changedAt: at } });
    const read = await prisma.document.findFirst({
      include: {
        collection: { include: { entityTypes: true } },
        windows: true,
        documentTypes: true,
        mentions: { include: { entityType: true } },
        spans: { include: { surfaceForm: true } },
      },
    });

    expect(read).toMatchObject({
      queuedAt: at,
      typesRevision: -1,
      collection: { name: 'c', entityTypes: [{ name: 'n' }] },
      windows: [{ thresholdVector: vector }],
      documentTypes: [{ version: 1 }],
      mentions: [{ score: 1.5, entityType: { description: 'd' } }],
      spans: [{ typeVector: vector, surfaceForm: { text: 'text' } }],
    });
    expect(await prisma.indexSpace.count()).toBe(2);
    await prisma.$disconnect();
  });

  it('makes the columns and no others that the models have', async () => {
    const database = await openDatabase({ folder: temporaryFolder(), modelId: 'model' });
    const { prisma } = database;

    const selections = await Promise.all([
      prisma.collection.findMany(),
      prisma.document.findMany(),
      prisma.window.findMany(),
      prisma.entityType.findMany(),
      prisma.documentType.findMany(),
      prisma.surfaceForm.findMany(),
      prisma.mentionSpan.findMany(),
      prisma.mention.findMany(),
      prisma.indexLogEntry.findMany(),
      prisma.indexSpace.findMany(),
      prisma.model.findMany(),
      prisma.collectionTotal.findMany(),
      prisma.documentReplacement.findMany(),
      prisma.purge.findMany(),
      prisma.vocabulary.findMany(),
      prisma.vocabularyType.findMany(),
      prisma.concept.findMany(),
      prisma.conceptName.findMany(),
      prisma.mentionConcept.findMany(),
      prisma.unlinkedDocument.findMany(),
      prisma.fileDrops.findMany(),
      prisma.documentDrop.findMany(),
      prisma.collectionDrop.findMany(),
      prisma.documentPages.findMany(),
    ]);

    expect(selections.map((rows) => rows.length)).toEqual([
      1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    await database.close();
  });
});
