import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import type { PrintedExtraction } from '../../../src/cli/printed-extraction.ts';
import { readAnnotatedJsonl } from '../../../src/formats/annotated/annotated-jsonl.ts';
import { writeRandomBundle } from '../../support/ner/random-bundle.ts';
import { runCli, startCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(120_000);

const folder = temporaryFolder();
const text = 'Aspirin 😀 for the headache and caffeine.';
let model: string;

beforeAll(async () => {
  model = await writeRandomBundle(folder);
});

const parseLines = (stdout: string): PrintedExtraction[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as PrintedExtraction);

const inFile = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('spandex extract', () => {
  it('prints the mentions of standard input as a line of JSON', async () => {
    const { code, stdout, stderr } = await runCli(['extract', '--model', model, '--json'], {
      input: text,
    });

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [extraction] = parseLines(stdout);
    expect(extraction!.mentions.length).toBeGreaterThan(0);
    for (const { start, end, text: form } of extraction!.mentions)
      expect(text.slice(start, end)).toBe(form);
    expect(extraction!.coverage.characters).toBe(text.length);
  });

  it('counts code points on request', async () => {
    const { stdout } = await runCli(
      ['extract', '--model', model, '--json', '--offsets', 'code-points', '--overlap', 'flat'],
      { input: text },
    );

    const [{ mentions }] = parseLines(stdout) as [PrintedExtraction];
    expect(mentions.some(({ start }) => start > text.indexOf('😀'))).toBe(true);
    for (const { start, end, text: form } of mentions)
      expect([...text].slice(start, end).join('')).toBe(form);
  });

  it('prints documents that evaluate and train read', async () => {
    const file = inFile(
      'some.jsonl',
      `${JSON.stringify({ id: 'a', text })}\n{"text":"caffeine"}\n`,
    );

    const { code, stdout, stderr } = await runCli([
      'extract',
      '--model',
      model,
      '--annotated',
      '--overlap',
      'flat',
      file,
    ]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const out = inFile('predicted.jsonl', stdout);
    const { documents, errors } = await readAnnotatedJsonl(out);
    expect(errors).toEqual([]);
    expect(documents.map(({ id, text: kept }) => [id, kept])).toEqual([
      ['a', text],
      [`${file}:2`, 'caffeine'],
    ]);
    const plain = await runCli(['extract', '--model', model, '--json', '--overlap', 'flat', file]);
    const spans = ({ mentions }: Pick<PrintedExtraction, 'mentions'>) =>
      mentions.map(({ start, end, type }) => ({ start, end, type }));
    expect(documents.map(({ mentions }) => mentions)).toEqual(parseLines(plain.stdout).map(spans));
    expect(documents[0]!.mentions.length).toBeGreaterThan(0);
    expect(JSON.parse(stdout.split('\n')[0]!)).toMatchObject({
      entities: expect.arrayContaining([expect.objectContaining({ margin: expect.any(Number) })]),
    });
  });

  it('counts in code points where others read, and refuses to count otherwise', async () => {
    const { code, stderr } = await runCli(['extract', '--annotated', '--offsets', 'utf16']);

    expect(code).toBe(2);
    expect(stderr).toMatch(/'--annotated' cannot be used with option '--offsets <unit>'/);
  });

  it('prints a line a mention for people', async () => {
    const { stdout } = await runCli(['extract', '--model', model, '--overlap', 'flat'], {
      input: text,
    });

    for (const line of stdout.trimEnd().split('\n'))
      expect(line).toMatch(/^\d+-\d+ +(Chemical|Disease) +\d+\.\d\d {2}".*"$/);
  });

  it('asks as much more or less than the threshold as is said of a type', async () => {
    const count = async (...args: readonly string[]): Promise<number> => {
      const { stdout } = await runCli(['extract', '--model', model, '--json', ...args], {
        input: text,
      });
      return parseLines(stdout)[0]!.mentions.filter(({ type }) => type === 'Disease').length;
    };

    const counts = [
      await count('--offset', 'Disease=100'),
      await count(),
      await count('--offset', 'Disease=-3'),
    ];

    expect(counts[0]).toBe(0);
    expect(counts[1]).toBeGreaterThan(0);
    expect(counts[2]).toBeGreaterThan(counts[1]!);
  });

  it('asks for other types', async () => {
    const types = inFile('types.json', '[{"name":"Drink","description":"caffeine and tea"}]');

    const { stdout } = await runCli(['extract', '--model', model, '--types', types, '--json'], {
      input: text,
    });

    const [{ mentions }] = parseLines(stdout) as [PrintedExtraction];
    expect(new Set(mentions.map(({ type }) => type))).toEqual(new Set(['Drink']));
  });

  it('reads other formats, and the column that is asked for', async () => {
    const rows = inFile('rows.csv', 'id,finding,text\n1,Aspirin.,no\n');
    const fixtures = 'test/fixtures/formats/corpus.pubtator';

    const { code, stdout } = await runCli([
      'extract',
      '--model',
      model,
      '--json',
      '--column',
      'finding',
      rows,
      fixtures,
    ]);

    expect(code).toBe(0);
    expect(parseLines(stdout).map(({ file, line, id }) => ({ file, line, id }))).toEqual([
      { file: rows, line: 2, id: '1' },
      { file: fixtures, line: 1, id: '1' },
      { file: fixtures, line: 7, id: '2' },
    ]);
  });

  it('reads what is good of several files and tells the rest', async () => {
    const lines = ['{"id": "a", "text": "Aspirin."}', 'no JSON', '{"id": 3, "text": " "}'];
    const files = [
      inFile('a.jsonl.gz', gzipSync(`${lines.join('\n')}\n`)),
      inFile('b.md', '# Caffeine'),
      inFile('c.pdf', '%PDF'),
      join(folder, 'missing.txt'),
      inFile('latin1.txt', Uint8Array.of(0x66, 0xfc, 0x72)),
      inFile('d.txt', 'a headache\u0000'),
    ];

    const { code, stdout, stderr } = await runCli([
      'extract',
      '--model',
      model,
      '--json',
      ...files,
    ]);

    expect(code).toBe(2);
    expect(parseLines(stdout).map(({ file, line, id }) => ({ file, line, id }))).toEqual([
      { file: files[0], line: 1, id: 'a' },
      { file: files[1], line: 1, id: null },
      { file: files[5], line: 1, id: null },
    ]);
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^FILE_INVALID: Line 2 of .*a\.jsonl\.gz" must be a JSON object/),
      expect.stringMatching(/^TEXT_EMPTY: Line 3 of .*a\.jsonl\.gz": A text must/),
      expect.stringMatching(/^FORMAT_UNKNOWN: .*c\.pdf" \(its ending promises/),
      expect.stringMatching(/^FILE_UNREADABLE: .*missing\.txt" \(it does not exist\)/),
      expect.stringMatching(/^ENCODING_INVALID: Line 1 of .*latin1\.txt" must be UTF-8/),
    ]);
  });

  it('refuses a folder that is no model', async () => {
    const { code, stdout, stderr } = await runCli(['extract', '--model', join(folder, 'none')]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^BUNDLE_INVALID: .*\n$/);
  });

  it('ends in silence when its reader has seen enough', async () => {
    const lines = Array.from({ length: 300 }, (_, id) => JSON.stringify({ id, text }));
    const child = startCli([
      'extract',
      '--model',
      model,
      '--json',
      inFile('many.jsonl', lines.join('\n')),
    ]);
    child.stdin.end();

    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [stderr] = await Promise.all([readText(child.stderr), once(child, 'close')]);

    expect({ code: child.exitCode, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
