import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  readAnnotatedDocuments,
  readAnnotatedJsonl,
} from '../../../src/formats/annotated/annotated-jsonl.ts';
import { readDocumentFiles } from '../../../src/formats/document-files.ts';
import { maxRecordBytes } from '../../../src/formats/limits.ts';
import { type LineResult, readLines } from '../../../src/formats/lines.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'formats-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function all<T>(results: AsyncIterable<LineResult<T>>): Promise<LineResult<T>[]> {
  const found: LineResult<T>[] = [];
  for await (const result of results) found.push(result);
  return found;
}

const readText = (path: string) => all(readLines(path, (text) => text));
const values = (results: LineResult<unknown>[]) =>
  results.map((result) => ('value' in result ? result.value : result.error.code));
const annotated = (id: string) => JSON.stringify({ id, text: 'a', entities: [] });

describe('readLines', () => {
  it('numbers lines from 1 and passes over blank ones', async () => {
    const path = await file('blank.txt', 'a\n\n \t\r\nb\r\nc');

    const results = await readText(path);

    expect(results).toEqual([
      { line: 1, value: 'a' },
      { line: 4, value: 'b\r' },
      { line: 5, value: 'c' },
    ]);
  });

  it('does not split at U+2028 or a carriage return', async () => {
    const path = await file('separators.txt', '"a\u2028b\rc"\n"\u0085"\n');

    expect(values(await readText(path))).toEqual(['"a\u2028b\rc"', '"\u0085"']);
  });

  it('joins lines and characters that lie across chunks', async () => {
    const lines = Array.from({ length: 50 }, (_, i) => `${i}${'日😀'.repeat(3_000 + i)}`);
    const path = await file('long.txt', lines.join('\n'));

    expect(values(await readText(path))).toEqual(lines);
  });

  it('reads gzip by its first bytes, whatever the name', async () => {
    const path = await file('zipped.jsonl', gzipSync('a\nb\n'));

    expect(values(await readText(path))).toEqual(['a', 'b']);
  });

  it('takes away a byte order mark', async () => {
    const path = await file('mark.txt', '\ufeffa\n');

    expect(values(await readText(path))).toEqual(['a']);
  });

  it('reports bytes that are not UTF-8 and reads on', async () => {
    const path = await file('latin1.txt', Buffer.from('a\ncaf\xe9\nb\n', 'latin1'));

    const results = await readText(path);

    expect(values(results)).toEqual(['a', 'ENCODING_INVALID', 'b']);
    expect(results[1]).toMatchObject({ error: { details: { line: 2, encoding: 'UTF-8' } } });
  });

  it('reports a line that is too long and reads on', async () => {
    const long = Buffer.alloc(maxRecordBytes + 1, 'x');
    const path = await file('huge.txt', Buffer.concat([long, Buffer.from('\nb\n')]));

    const results = await readText(path);
    await rm(path);

    expect(values(results)).toEqual(['RECORD_TOO_LONG', 'b']);
  });

  it('gives nothing for an empty file', async () => {
    expect(await readText(await file('empty.txt', ''))).toEqual([]);
  });

  it('gives the lines before a gzip stream breaks off, then says so', async () => {
    const content = Array.from({ length: 50_000 }, (_, i) => `${i * 7919} ${i ** 3}`).join('\n');
    const path = await file('broken.gz', gzipSync(content).subarray(0, 100_000));
    const found: unknown[] = [];

    const reading = (async () => {
      for await (const result of readLines(path, (text) => text)) found.push(result);
    })();

    await expect(reading).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    expect(found.length).toBeGreaterThan(100);
  });

  it.each(['nowhere.jsonl', '.'])('refuses to read %s', async (name) => {
    await expect(readText(join(folder, name))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });

  it('passes a bug on', async () => {
    const path = await file('bug.txt', 'a\n');
    const bug = new TypeError('bug');

    const reading = all(
      readLines(path, () => {
        throw bug;
      }),
    );

    await expect(reading).rejects.toBe(bug);
  });

  it('lets go of a file that is not read to its end', async () => {
    const path = await file('many.txt', 'a\n'.repeat(200_000));

    for await (const { line } of readLines(path, (text) => text)) if (line === 3) break;
    await rm(path);

    await expect(readText(path)).rejects.toMatchObject({
      details: { reason: 'it does not exist' },
    });
  });
});

describe('readAnnotatedDocuments', () => {
  it('reads the good lines and reports the bad ones by number', async () => {
    const lines = [annotated('a'), '{', annotated('b'), '{"id":"c"}', annotated('d')];
    const path = await file('mixed.jsonl', lines.join('\n'));

    const results = await all(readAnnotatedDocuments(path));

    expect(results.map((result) => [result.line, 'value' in result])).toEqual([
      [1, true],
      [2, false],
      [3, true],
      [4, false],
      [5, true],
    ]);
    expect(results[3]).toMatchObject({ error: { code: 'FILE_INVALID', details: { line: 4 } } });
  });

  it('reports the second of two documents with one id', async () => {
    const path = await file('twice.jsonl', [annotated('a'), annotated('a')].join('\n'));

    const results = await all(readAnnotatedDocuments(path));

    expect(values(results)[1]).toBe('FILE_INVALID');
  });

  it('lets a good line have the id of a bad one', async () => {
    const bad = JSON.stringify({ id: 'a', text: 1, entities: [] });
    const path = await file('again.jsonl', [bad, annotated('a')].join('\n'));

    const results = await all(readAnnotatedDocuments(path));

    expect(results[1]).toMatchObject({ value: { id: 'a' } });
  });
});

describe('readAnnotatedJsonl', () => {
  it('parts documents and errors', async () => {
    const path = await file('parts.jsonl.gz', gzipSync([annotated('a'), '[]'].join('\n')));

    const { documents, errors } = await readAnnotatedJsonl(path);

    expect(documents.map(({ id }) => id)).toEqual(['a']);
    expect(errors.map(({ code, details }) => [code, details.line])).toEqual([['FILE_INVALID', 2]]);
  });
});

/** Documents and the codes of errors, in order. */
async function read(...paths: string[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const { document } of readDocumentFiles(paths, ({ code }) => found.push(code))) {
    found.push(document);
  }
  return found;
}

describe('readDocumentFiles', () => {
  it('reads one document a line of .jsonl', async () => {
    const path = await file('documents.jsonl', '{"text":"a","id":"1"}\n{"text":2}\n{"text":"b"}');

    expect(await read(path)).toEqual([
      { text: 'a', externalId: '1' },
      'FILE_INVALID',
      { text: 'b' },
    ]);
  });

  it.each(['notes.txt', 'README.MD'])('reads %s as one document', async (name) => {
    const path = await file(name, ' One.\n\nTwo.\r\n');

    expect(await read(path)).toEqual([{ text: ' One.\n\nTwo.\r\n', title: name }]);
  });

  it('reports a text file that is not UTF-8', async () => {
    const path = await file('latin1.md', Buffer.from('caf\xe9', 'latin1'));

    expect(await read(path)).toEqual(['ENCODING_INVALID']);
  });

  it.each(['nowhere.txt', 'nowhere.jsonl'])('reports %s, which is not there', async (name) => {
    expect(await read(join(folder, name))).toEqual(['FILE_UNREADABLE']);
  });

  it('reports a folder that cannot be looked into, and reads what is beside it', async () => {
    const top = join(folder, 'top');
    for (const name of ['a', 'b', 'c']) {
      await mkdir(join(top, name), { recursive: true });
      await file(`top/${name}/note.txt`, name);
    }
    const found: unknown[] = [];

    for await (const { document } of readDocumentFiles([top], ({ code }) => found.push(code))) {
      found.push(document.text);
      // Gone after the folder above was listed, as with one whose permissions forbid it.
      if (document.text === 'a') await rm(join(top, 'b'), { recursive: true });
    }

    expect(found).toEqual(['a', 'FILE_UNREADABLE', 'c']);
  });

  it.each([
    ['the annotations', ['pair.ann']],
    ['both', ['pair.ann', 'pair.txt']],
    ['both the other way round', ['pair.txt', 'pair.ann']],
  ])('reads a text and its annotations once, as the text, when given %s', async (_, names) => {
    await file('pair.txt', 'aspirin');
    await file('pair.ann', 'T1\tdrug 0 7\taspirin\n');
    const paths = names.map((name) => join(folder, name));
    const found: unknown[] = [];

    for await (const { document, place } of readDocumentFiles(paths, (error) => found.push(error)))
      found.push({ path: place.path, mentions: document.mentions });

    expect(found).toEqual([
      { path: join(folder, 'pair.txt'), mentions: [{ start: 0, end: 7, type: 'drug' }] },
    ]);
  });
});
