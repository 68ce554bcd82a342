import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { readAnnotatedJsonl } from '../../../src/formats/annotated/annotated-jsonl.ts';
import { readDocumentFiles } from '../../../src/formats/document-files.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import { addMention, reviewMentions } from '../../../src/store/reviews.ts';
import { importVocabulary, putProposals } from '../../../src/store/vocabularies.ts';
import { readTypes } from '../../../src/training/inputs.ts';
import { aPdf } from '../../support/formats/a-pdf.ts';
import { runCli } from '../../support/run-cli.ts';
import { closeStore, putDrafts, type TestStore } from '../../support/store/open-store.ts';
import { openReadStore, readWithDictionary } from '../../support/store/read-documents.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(180_000);

const drafts = [
  { text: '👩‍🔬 gave aspirin, caffeine and tea\nagainst headache', externalId: 'one' },
  { text: 'lithium carbonate, then tremor' },
  { text: 'caffeine\n\nin three lines', externalId: 'three' },
];

let folder = '';
let store: TestStore;

beforeEach(async () => {
  folder = temporaryFolder();
  store = await openReadStore(folder, ...drafts);
});

const run = (...args: readonly string[]) => runCli(['export', ...args, '--data', folder]);

/** Accepts or rejects the mentions of a text. */
async function decide(text: string, kind: 'ACCEPT' | 'REJECT'): Promise<void> {
  const { database, collectionId } = store;
  const filter = { text: { equals: text } };
  const { rows } = await listMentions(database, filter, { first: 1 });
  await reviewMentions(database, {
    collectionId,
    mentionIds: rows.map(({ id }) => id),
    decision: { kind },
    reviewer: 'Ada',
    note: null,
    expectedCount: 1,
  });
}

const fail = (error: unknown): never => {
  throw error;
};

/** Documents of files with their mentions, as they are read back. */
async function readBack(...paths: readonly string[]): Promise<unknown[]> {
  const errors: unknown[] = [];
  const documents: unknown[] = [];
  for await (const { document } of readDocumentFiles(paths, (error) => errors.push(error), {})) {
    const { externalId, title, text, mentions = [] } = document;
    const found = mentions.map((each) => `${text.slice(each.start, each.end)} ${each.type}`);
    documents.push([externalId ?? title, text, found]);
  }
  expect(errors).toEqual([]);
  return documents;
}

const [one, two, three] = drafts.map(({ text }) => text);
const everything = [
  ['one', one, ['aspirin Chemical', 'caffeine Chemical', 'headache Disease']],
  ['document-2', two, ['lithium carbonate Chemical', 'tremor Disease']],
  ['three', three, ['caffeine Chemical']],
];

describe('spandex export', () => {
  it.each(['jsonl', 'bioc', 'bioc-xml', 'conll'])('writes %s that is read back', async (format) => {
    const out = join(temporaryFolder(), `documents.${format}`);

    const { code, stderr } = await run('--format', format, '--out', out);

    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: '3 documents with 6 mentions written\n',
    });
    expect(await readBack(out)).toEqual(everything);
  });

  it('writes where the pages of a PDF begin as JSON lines, which are read back, and in no other format', async () => {
    const data = ['--data', temporaryFolder()];
    const [paper, out] = ['paper.pdf', 'documents.jsonl'].map((name) =>
      join(temporaryFolder(), name),
    ) as [string, string];
    const sentence = 'Naloxone reverses the effect of clonidine. Hypotension was treated.';
    writeFileSync(paper, aPdf([1, 2].map(() => [{ text: sentence, x: 50, y: 700 }])));
    await runCli(['ingest', paper, '--model', 'models/tiny', ...data]);

    const lines = await runCli(['export', '--out', out, ...data]);
    const bioc = await runCli(['export', '--format', 'bioc', ...data]);
    const found = await runCli(['search', '--csv', ...data]);

    expect([lines.code, bioc.code]).toEqual([0, 0]);
    expect(bioc.stdout).toContain(sentence);
    const starts: unknown[] = [];
    for await (const { document } of readDocumentFiles([out], fail))
      starts.push(document.pageStarts);
    expect(starts).toEqual([[0, sentence.length + 1]]);
    const rows = parse<{ page: string; start: string }>(found.stdout, { columns: true });
    expect(new Set(rows.map(({ page }) => page))).toEqual(new Set(['1', '2']));
    const isAfter = ({ start }: { readonly start: string }) => Number(start) > sentence.length;
    expect(rows.map((row) => row.page)).toEqual(rows.map((row) => (isAfter(row) ? '2' : '1')));
  });

  it('writes a folder of brat files', async () => {
    const out = join(temporaryFolder(), 'brat');

    const { code } = await run('--format', 'brat', '--out', out);

    expect(code).toBe(0);
    expect(readdirSync(out)).toHaveLength(6);
    const texts = ['one', 'document-2', 'three'].map((id) => join(out, `${id}.txt`));
    expect(await readBack(...texts)).toEqual(everything);
  });

  it('leaves out of a folder what has too long a name for a file, and writes the rest', async () => {
    const out = join(temporaryFolder(), 'brat');
    await putDrafts(store, { text: 'tremor', externalId: 'é'.repeat(126) });
    await readWithDictionary(store);

    const { code, stderr } = await run('--format', 'brat', '--out', out);

    expect(code).toBe(2);
    expect(stderr).toContain('FORMAT_CANNOT_HOLD');
    expect(readdirSync(out)).toHaveLength(6);
  });

  it('tells what a format cannot hold, and writes the rest to standard output', async () => {
    const { code, stdout, stderr } = await run('--format', 'pubtator');

    expect(code).toBe(2);
    expect(stderr).toContain('FORMAT_CANNOT_HOLD: Line 1 of "three"');
    expect(stderr).toContain('2 documents with 5 mentions written');
    expect(stdout).toContain('one|t|👩‍🔬 gave aspirin');
    expect(stdout).not.toContain('three|');
  });

  it('keeps the types and states that are asked for, while the database is in use', async () => {
    await decide('aspirin', 'REJECT');
    await decide('headache', 'ACCEPT');

    const listed = await run('--types', 'Chemical');
    const rejected = await run('--state', 'rejected', 'accepted');

    const textsOf = ({ stdout }: { stdout: string }) =>
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).entities.length);
    expect(textsOf(listed)).toEqual([1, 1, 1]);
    expect(textsOf(rejected)).toEqual([2, 0, 0]);
    await closeStore(store);
  });

  it('writes what people have reviewed as training data', async () => {
    const out = join(temporaryFolder(), 'training');
    await decide('aspirin', 'ACCEPT');
    await decide('caffeine', 'REJECT');
    const start = drafts[0]?.text.indexOf('tea') ?? 0;
    const added = { documentId: 1, start, end: start + 3, typeId: 1 };
    await addMention(store.database, { ...added, reviewer: 'Ada', note: null });

    const { code, stderr } = await run('--training', '--out', out);
    const strict = await run('--training', '--only-accepted', '--out', `${out}-strict`, '--json');

    expect(code).toBe(0);
    expect(stderr).toContain('1 documents: 2 mentions accepted, 1 rejected, 0 not reviewed');
    const { documents, errors } = await readAnnotatedJsonl(join(out, 'documents.jsonl'));
    expect(errors).toEqual([]);
    expect(
      documents.map(({ id, text, mentions }) => [
        id,
        mentions.map((each) => `${text.slice(each.start, each.end)} ${each.type}`),
      ]),
    ).toEqual([['one', ['aspirin Chemical', 'tea Chemical']]]);
    // Nobody has said anything about diseases: a reader must not take their absence for one.
    expect((await readTypes(join(out, 'types.json'))).map(({ name }) => name)).toEqual([
      'Chemical',
    ]);
    expect(strict.code).toBe(0);
    const counts = { documents: 1, accepted: 2, rejected: 1, unreviewed: 0 };
    expect(JSON.parse(strict.stdout)).toEqual(counts);
    expect(existsSync(join(`${out}-strict`, 'types.json'))).toBe(true);
  });

  it('writes as training data what is left without a mention, because a person rejected it', async () => {
    const out = join(temporaryFolder(), 'training');
    await decide('aspirin', 'REJECT');
    await decide('tremor', 'REJECT');
    const lost = { surfaces: JSON.stringify(['aspirin', 'tremor']) };
    // As a model leaves it that finds neither when it reads the documents again.
    const sql = `DELETE FROM mentions WHERE span_id IN (SELECT id FROM spans
      WHERE surface IN (SELECT value FROM json_each(:surfaces))) RETURNING id`;
    await store.database.writer.query(sql, lost);

    const { code } = await run('--training', '--out', out);

    expect(code).toBe(0);
    const { documents } = await readAnnotatedJsonl(join(out, 'documents.jsonl'));
    expect(documents.map(({ id }) => id)).toEqual(['one', 'document-2']);
    expect((await readTypes(join(out, 'types.json'))).map(({ name }) => name)).toEqual([
      'Chemical',
      'Disease',
    ]);
  });

  it('gives training data that evaluate reads', async () => {
    const out = temporaryFolder();
    await decide('aspirin', 'ACCEPT');
    await run('--training', '--out', out);

    const { code, stdout } = await runCli([
      'evaluate',
      '--model',
      'models/tiny',
      '--data',
      join(out, 'documents.jsonl'),
      '--types',
      join(out, 'types.json'),
      '--json',
    ]);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ documents: 1, perType: { Chemical: {} } });
    expect(readFileSync(join(out, 'documents.jsonl'), 'utf8')).toContain('"id":"one"');
  });

  it('writes ids of stored vocabularies where the format has a place for them', async () => {
    const { database, collectionId } = store;
    const { rows } = await listMentions(database, { text: { equals: 'caffeine' } }, { first: 1 });
    const concepts = [{ id: 'D002110', name: 'Coffein' }];
    const names = [{ form: 'coffein', concept: 0, method: 'NAME' as const }];
    await importVocabulary(database, { collectionId, name: 'v', typeIds: null, concepts, names });
    const links = rows.map(({ id: mentionId }) => ({
      mentionId,
      conceptId: 1,
      matchedBy: 'MEANING' as const,
      similarity: 0.9,
    }));
    await putProposals(database, [{ id: 1, revision: 0, links }]);
    await decide('caffeine', 'ACCEPT');
    const out = temporaryFolder();

    const lines = await run('--types', 'Chemical');
    const conll = await run('--format', 'conll');
    await run('--training', '--out', out);

    const [first] = lines.stdout.split('\n').map((line) => line && JSON.parse(line));
    expect(first.entities).toEqual([
      { start: 9, end: 16, type: 'Chemical' },
      { start: 18, end: 26, type: 'Chemical', concept: 'D002110' },
    ]);
    expect({ code: conll.code, stdout: conll.stdout }).toMatchObject({ code: 0 });
    const training = readFileSync(join(out, 'documents.jsonl'), 'utf8');
    expect(training).toContain('Chemical');
    expect(training).not.toContain('D002110');
  });

  it('writes ids of a vocabulary where the format has a place for them', async () => {
    const vocabulary = join(temporaryFolder(), 'terms.csv');
    writeFileSync(vocabulary, 'id,name,synonyms\nD001241,Aspirin,ASA\nD002110,Coffein,caffeine\n');
    const args = ['--vocabulary', vocabulary, '--model', 'models/tiny'];

    const { code, stdout } = await run('--types', 'Chemical', ...args);
    const refused = await run('--format', 'conll', ...args);

    expect(code).toBe(0);
    const [first] = stdout.split('\n').map((line) => line && JSON.parse(line));
    expect(first.entities).toEqual([
      { start: 9, end: 16, type: 'Chemical', concept: 'D001241' },
      { start: 18, end: 26, type: 'Chemical', concept: 'D002110' },
    ]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('ARGUMENT_INVALID: --vocabulary');
  });

  it.each<[string, readonly string[], string]>([
    ['an unknown collection', ['--collection', 'ghost'], 'COLLECTION_UNKNOWN'],
    ['an unknown type', ['--types', 'Ghost'], 'ENTITY_TYPE_UNKNOWN'],
    ['brat without a folder', ['--format', 'brat'], 'ARGUMENT_INVALID: --out'],
    ['training data without a folder', ['--training'], 'ARGUMENT_INVALID: --out'],
    ['an option of training alone', ['--only-accepted'], 'ARGUMENT_INVALID: --only-accepted'],
    ['JSON beside the documents', ['--json'], 'ARGUMENT_INVALID: --json'],
    ['a file that cannot be written', ['--out', '/nowhere/x'], 'FILE_UNREADABLE'],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await run(...args);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
