import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { listMentions } from '../../../src/store/mentions.ts';
import { reviewMentions } from '../../../src/store/reviews.ts';
import { importVocabulary, putProposals } from '../../../src/store/vocabularies.ts';
import { runCli } from '../../support/run-cli.ts';
import type { TestStore } from '../../support/store/open-store.ts';
import { openReadStore } from '../../support/store/read-documents.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(180_000);

const drafts = [
  { text: 'aspirin, headache', externalId: 'one, "two"' },
  { text: 'caffeine for a tremor', pageStarts: [0, 9] },
];

describe('spandex search', () => {
  let folder = '';
  let store: TestStore;

  beforeAll(async () => {
    folder = temporaryFolder();
    store = await openReadStore(folder, ...drafts);
    const { database, collectionId } = store;
    const { rows } = await listMentions(database, { text: { equals: 'headache' } }, { first: 1 });
    await reviewMentions(database, {
      collectionId,
      mentionIds: rows.map(({ id }) => id),
      decision: { kind: 'REJECT' },
      reviewer: 'Ada',
      note: null,
      expectedCount: 1,
    });
    const caffeine = await listMentions(database, { text: { equals: 'caffeine' } }, { first: 1 });
    const concepts = [{ id: 'D1', name: 'Coffein' }];
    const names = [{ form: 'coffein', concept: 0, method: 'NAME' as const }];
    await importVocabulary(database, { collectionId, name: 'v', typeIds: null, concepts, names });
    const links = caffeine.rows.map(({ id: mentionId }) => ({
      mentionId,
      conceptId: 1,
      matchedBy: 'MEANING' as const,
      similarity: 0.9,
    }));
    await putProposals(database, [{ id: 2, revision: 0, links }]);
  });

  const run = (...args: readonly string[]) => runCli(['search', ...args, '--data', folder]);

  const linesOf = ({ stdout }: { stdout: string }) =>
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));

  it('prints mentions as JSON, while the database is in use', async () => {
    const all = await run('--json');
    const some = await run('--json', '--types', 'Chemical', '--text', 'CAFF', '--limit', '5');
    const rejected = await run('--json', '--state', 'rejected');
    const linked = await run('--json', '--concept', 'D0', 'D1');

    expect(linesOf(all).map(({ text, page }) => [text, page])).toEqual([
      ['aspirin', null],
      ['caffeine', 1],
      ['tremor', 2],
    ]);
    expect(linesOf(some)).toEqual([
      {
        document: 'document-2',
        start: 0,
        end: 8,
        page: 1,
        type: 'Chemical',
        text: 'caffeine',
        similarity: null,
        score: expect.any(Number),
        threshold: expect.any(Number),
        margin: expect.any(Number),
        source: 'MODEL',
        state: 'UNREVIEWED',
        concept: 'D1',
      },
    ]);
    expect(linesOf(linked)).toEqual(linesOf(some));
    expect(linesOf(rejected).map(({ text, state }) => [text, state])).toEqual([
      ['headache', 'REJECTED'],
    ]);
  });

  it('prints CSV that is read back as it was, and lines for people', async () => {
    const csv = await run('--csv', '--limit', '1');
    const paged = await run('--csv', '--text', 'tremor');
    const lines = await run('--limit', '1');
    const onPage = await run('--text', 'tremor');
    const sure = await run('--json', '--min-margin', '1e9');

    expect(parse(csv.stdout, { columns: true, record_delimiter: '\r\n' })).toEqual([
      expect.objectContaining({
        document: 'one, "two"',
        text: 'aspirin',
        page: '',
        similarity: '',
      }),
    ]);
    expect(parse(paged.stdout, { columns: true })).toMatchObject([{ text: 'tremor', page: '2' }]);
    expect(onPage.stdout).toMatch(/^"document-2" p\. 2 {2}15-21 +"Disease"/);
    expect(lines.stdout).toMatch(/^"one, \\"two\\"" 0-7 +"Chemical" +[\d.]+ {2}"aspirin"\n$/);
    expect(sure.stdout).toBe('');
  });

  it('ranks by meaning, with the model that read the documents only', async () => {
    const data = temporaryFolder();
    const file = join(temporaryFolder(), 'text.txt');
    writeFileSync(file, 'Naloxone reverses the effect of clonidine. Hypotension was treated.');
    const model = ['--model', 'models/tiny', '--data', data];
    await runCli(['ingest', file, ...model]);

    const near = await runCli(['search', '--similar', 'naloxone', '--json', ...model]);
    const other = await run('--similar', 'aspirin', '--model', 'models/tiny');

    const found = linesOf(near);
    expect(found.length).toBeGreaterThan(0);
    const similarities = found.map(({ similarity }) => similarity);
    expect(similarities).toEqual(similarities.toSorted((a, b) => b - a));
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('ARGUMENT_INVALID: --model');
  });

  it.each<[string, readonly string[], string]>([
    ['an unknown type', ['--types', 'Ghost'], 'ENTITY_TYPE_UNKNOWN'],
    ['an unknown collection', ['--collection', 'ghost'], 'COLLECTION_UNKNOWN'],
    ['an empty text', ['--text', ' '], 'ARGUMENT_INVALID: --text'],
    ['too many similar ones', ['--similar', 'x', '--limit', '10001'], 'ARGUMENT_INVALID: --limit'],
    ['a margin that is none', ['--min-margin', 'x'], 'finite number'],
    ['two forms at once', ['--json', '--csv'], 'cannot be used with'],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await run(...args);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
