import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { readForm } from '../../../src/api/form.ts';

const headers = { 'content-type': 'multipart/form-data; boundary=x' };

/** A form of parts, each with what its header says besides that it is one. */
const aForm = (parts: readonly string[]): Readable =>
  Readable.from(
    [
      ...parts.map((part) => `--x\r\nContent-Disposition: form-data; ${part}\r\n\r\naspirin\r\n`),
      '--x--\r\n',
    ].map((part) => Buffer.from(part)),
  );

const aFile = (name: string): string => `name="f"; filename="${name}"`;

describe('readForm', () => {
  it('reads every file up to the limit', async () => {
    const read: string[] = [];

    await readForm(aForm([aFile('a'), aFile('b')]), {
      headers,
      maxFiles: 2,
      onFile: async (name, content) => {
        read.push(`${name}: ${await text(content)}`);
      },
    });

    expect(read).toEqual(['a: aspirin', 'b: aspirin']);
  });

  it.each([
    ['one file too many', [aFile('a'), aFile('b'), aFile('c')], 'a form of at most 2 files'],
    ['a value that is no file', [aFile('a'), 'name="collection"'], 'but got: "collection"'],
    ['a value before a file', ['name="collection"', aFile('a')], 'but got: "collection"'],
    ['no file', [], 'at least one file'],
  ])('refuses a form with %s', async (_, parts, said) => {
    const reading = readForm(aForm(parts), {
      headers,
      maxFiles: 2,
      onFile: async (_name, content) => {
        await text(content);
      },
    });

    await expect(reading).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    await expect(reading).rejects.toThrow(said);
  });
});
