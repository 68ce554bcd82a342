import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withReader } from '../../../src/store/maintenance.ts';
import { runCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(120_000);

const folder = temporaryFolder();
const data = ['--data', join(folder, 'data'), '--model', 'models/tiny'];

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const proposals = () =>
  withReader(join(folder, 'data'), (connection) =>
    connection.query<{ text: string; id: string; matchedBy: string }>(
      `SELECT DISTINCT s.surface AS text, c.key AS id, l.matched_by AS matchedBy
       FROM mention_concepts l JOIN concepts c ON c.id = l.concept_id
       JOIN mentions m ON m.id = l.mention_id JOIN spans s ON s.id = m.span_id ORDER BY 1`,
      {},
    ),
  );

describe('spandex import-vocabulary', () => {
  beforeAll(async () => {
    const line = { text: 'ADR hurts.', entities: [{ start: 0, end: 3, type: 'Chemical' }] };
    const path = file('documents.jsonl', `${JSON.stringify({ id: 'a', ...line })}\n`);
    const { code, stderr } = await runCli(['ingest', ...data, path]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('keeps the vocabulary of a file and links what is stored', async () => {
    const path = file('drugs.tsv', 'id\tname\tsynonyms\nD1\tDoxorubicin\tadr|ADM\n');

    const { code, stdout, stderr } = await runCli([
      'import-vocabulary',
      path,
      '--name',
      'drugs',
      '--types',
      'Chemical',
      '--json',
      ...data,
    ]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ name: 'drugs', concepts: 1, names: 3 });
    expect(proposals()).toContainEqual({ text: 'ADR', id: 'D1', matchedBy: 'SYNONYM' });
  });

  it.each([
    ['an id that comes twice', 'id,name\nD1,a\nD1,b\n', [], 'FILE_INVALID: Line 3 of'],
    ['a line without a name', 'id,name\nD1,\n', [], 'FILE_INVALID: Line 2 of'],
    ['no concepts', 'id,name\n', [], 'FILE_INVALID: Line 1 of'],
    ['a type that is not there', 'id,name\nD1,a\n', ['--types', 'X'], 'ENTITY_TYPE_UNKNOWN:'],
    ['no such collection', 'id,name\nD1,a\n', ['--collection', 'x'], 'COLLECTION_UNKNOWN:'],
  ])('refuses %s and keeps nothing', async (_name, text, args, message) => {
    const path = file('bad.csv', text);

    const { code, stderr } = await runCli([
      'import-vocabulary',
      path,
      '--name',
      'bad',
      ...args,
      ...data,
    ]);

    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
    const kept = withReader(join(folder, 'data'), (connection) =>
      connection.query(`SELECT 1 FROM vocabularies WHERE name = 'bad'`, {}),
    );
    expect(kept).toEqual([]);
  });
});
