import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { IngestSummary } from '../../../src/app/ingest-files.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { fixtureFolder } from '../../support/formats/fixtures.ts';
import { writeRandomBundle } from '../../support/ner/random-bundle.ts';
import { cliResult, runCli, startCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(120_000);

const folder = temporaryFolder();
let model: string;

beforeAll(async () => {
  model = await writeRandomBundle(folder);
});

const jsonlFile = (name: string, documents: readonly object[]): string => {
  const path = join(folder, name);
  writeFileSync(path, documents.map((document) => `${JSON.stringify(document)}\n`).join(''));
  return path;
};

const ingestArgs = (data: string, files: readonly string[]): string[] => [
  'ingest',
  '--model',
  model,
  '--data',
  join(folder, data),
  '--json',
  ...files,
];

const summaryOf = (stdout: string): IngestSummary => JSON.parse(stdout) as IngestSummary;

describe('spandex ingest', () => {
  it('takes documents in once and reads them', async () => {
    const note = join(folder, 'note.md');
    writeFileSync(note, 'Lithium carbonate and tremor.');
    const documents = [
      { externalId: 'a', text: 'Aspirin for the headache.' },
      { id: 'b', text: 'caffeine', title: 'Coffee', metadata: { year: 2026 } },
    ];
    const message = join(fixtureFolder, 'message.eml');
    const files = [jsonlFile('once.jsonl', documents), note, message];
    const first = await runCli(ingestArgs('once', files));
    const changed = [{ ...documents[0], text: 'No aspirin.' }, documents[1]!];

    const again = await runCli(ingestArgs('once', [jsonlFile('changed.jsonl', changed), note]));

    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '' });
    expect(summaryOf(first.stdout)).toEqual({
      created: 4,
      replaced: 0,
      unchanged: 0,
      refused: 0,
      read: 4,
      failed: 0,
      characters: 101,
      charactersDropped: 0,
      droppedByReason: [
        { reason: 'ALTERNATIVE', parts: 1, characters: 31, bytes: 0 },
        { reason: 'ATTACHMENT', parts: 1, characters: 0, bytes: 5 },
      ],
    });
    expect(summaryOf(again.stdout)).toMatchObject({
      created: 0,
      replaced: 1,
      unchanged: 2,
      read: 3,
    });
  });

  it('takes the good documents in, tells the bad ones, and exits with 2', async () => {
    const path = jsonlFile('mixed.jsonl', [{ text: 'aspirin' }, { text: '  ' }, { words: 1 }]);

    const { code, stdout, stderr } = await runCli(
      ingestArgs('mixed', [path, join(folder, 'no.txt')]),
    );

    expect(code).toBe(2);
    expect(summaryOf(stdout)).toMatchObject({ created: 1, read: 1, refused: 3 });
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(stderr).toMatch(/^TEXT_EMPTY: Line 2 of .*mixed\.jsonl"/m);
    expect(stderr).toMatch(/^FILE_INVALID: Line 3 of .*mixed\.jsonl"/m);
    expect(stderr).toMatch(/^FILE_UNREADABLE: .*no\.txt"/m);
  });

  it('exits with 2 when another process has the data folder', async () => {
    const data = join(folder, 'locked');
    const database = await openDatabase({ folder: data, modelId: 'x' });

    const { code, stdout, stderr } = await runCli(
      ingestArgs('locked', [jsonlFile('locked.jsonl', [{ text: 'aspirin' }])]),
    );
    await database.close();

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^STORAGE_LOCKED: .*process ${process.pid} has it open`));
  });

  it('keeps what was taken in when it is interrupted, and reads it the next time', async () => {
    const documents = Array.from({ length: 100 }, (_, id) => ({
      id,
      text: `aspirin ${id} for the headache `.repeat(4),
    }));
    const path = jsonlFile('many.jsonl', documents);
    const child = startCli(ingestArgs('many', [path]));
    child.stdin.end();
    while (!existsSync(join(folder, 'many', 'lock.pid'))) await sleep(20);

    child.kill('SIGINT');
    const interrupted = await cliResult(child);
    const finished = await runCli(ingestArgs('many', [path]));

    expect({ code: interrupted.code, stdout: interrupted.stdout }).toEqual({ code: 4, stdout: '' });
    expect(interrupted.stderr).toMatch(/^Interrupted: .*\nINTERRUPTED: The ingest was interrupted/);
    const { created, unchanged, read } = summaryOf(finished.stdout);
    expect({ known: created + unchanged, read, code: finished.code }).toEqual({
      known: 100,
      read: 100,
      code: 0,
    });
  });

  it('ends when it is interrupted while the last documents are being read', async () => {
    const documents = Array.from({ length: 400 }, (_, id) => ({
      id,
      text: `aspirin ${id} for the headache `.repeat(40),
    }));
    const child = startCli(ingestArgs('waiting', [jsonlFile('waiting.jsonl', documents)]));
    child.stdin.end();
    const result = cliResult(child);
    await new Promise<void>((resolve) => {
      let told = '';
      child.stderr.on('data', (chunk) => {
        told += String(chunk);
        if (/documents read \d+\/400/.test(told)) resolve();
      });
    });

    child.kill('SIGINT');
    const { code, stderr } = await result;

    expect(code).toBe(4);
    expect(stderr).toContain('INTERRUPTED: ');
  });

  it('puts documents into the collection that is named, and into no other', async () => {
    const path = jsonlFile('apart.jsonl', [{ id: 'a', text: 'aspirin' }]);

    const named = await runCli(ingestArgs('apart', ['--collection', 'notes', path]));
    const again = await runCli(ingestArgs('apart', ['--collection', 'notes', path]));
    const other = await runCli(ingestArgs('apart', [path]));

    expect(summaryOf(named.stdout)).toMatchObject({ created: 1, read: 1 });
    expect(summaryOf(again.stdout)).toMatchObject({ created: 0, unchanged: 1 });
    expect(summaryOf(other.stdout)).toMatchObject({ created: 1, read: 1 });
  });

  it('reads changed and new files again when it watches, as the same documents', async () => {
    const watched = join(folder, 'watched');
    mkdirSync(watched);
    writeFileSync(join(watched, 'a.txt'), 'Aspirin for the headache.');
    const child = startCli(ingestArgs('watching', ['--watch', watched]));
    child.stdin.end();
    const summaries: IngestSummary[] = [];
    child.stdout.on('data', (line: Buffer) => summaries.push(summaryOf(line.toString())));
    const written = cliResult(child);
    const told = async (count: number): Promise<void> => {
      while (summaries.length < count) await sleep(50);
    };

    await told(1);
    writeFileSync(join(watched, 'a.txt'), 'No aspirin for the headache.');
    await told(2);
    writeFileSync(join(watched, 'b.html'), '<p>Caffeine.</p><script>track()</script>');
    await told(3);
    child.kill('SIGINT');
    const { code } = await written;

    expect(code).toBe(0);
    expect(summaries).toMatchObject([
      { created: 1, replaced: 0, read: 1, droppedByReason: [] },
      { created: 0, replaced: 1, read: 1, droppedByReason: [] },
      {
        created: 1,
        replaced: 0,
        read: 1,
        droppedByReason: [{ reason: 'NOT_SHOWN', parts: 1, characters: 7, bytes: 0 }],
      },
    ]);
  });
});
