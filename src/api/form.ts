/**
 * Forms of files: multipart/form-data. All of a form is read, or it is refused.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import { AppError, appError } from '../core/errors.ts';

/** How to read a form. */
export interface FormOptions {
  readonly headers: IncomingHttpHeaders;
  readonly maxFiles: number;
  /** Takes the content of a file; the form waits for it. */
  readonly onFile: (name: string, content: Readable) => Promise<void>;
}

/** The error of a form that is none. */
export const badForm = (cause: unknown): AppError => {
  const value = cause instanceof Error ? cause.message : cause;
  const rule = 'well-formed multipart/form-data with at least one file';
  return appError('ARGUMENT_INVALID', { argument: 'body', rule, value }, cause);
};

const refusal = (rule: string, value: string): AppError =>
  appError('ARGUMENT_INVALID', { argument: 'body', rule, value });

/** Refuses what would else be passed over: files beyond the limit, and values that are no files. */
function refuseOthers(form: InstanceType<typeof Busboy>, maxFiles: number): void {
  form.on('filesLimit', () => form.destroy(refusal(`a form of at most ${maxFiles} files`, 'more')));
  form.on('field', (name) => {
    const rule = 'a form of files only (collection, field and name belong in the address)';
    form.destroy(refusal(rule, name));
  });
}

/** Reads the files of a form, one after the other. Throws: ARGUMENT_INVALID, and what `onFile` throws. */
export async function readForm(
  body: Readable,
  { headers, maxFiles, onFile }: FormOptions,
): Promise<void> {
  const written: Promise<void>[] = [];
  const contents: Readable[] = [];
  const limits = { files: maxFiles, fields: 1, fieldSize: 1_000 };
  const form = new Busboy({ headers: headers as BusboyHeaders, limits });
  refuseOthers(form, maxFiles);
  form.on('file', (_field, content, name) => {
    const done = onFile(name ?? '', content);
    // Awaited below; a form must not go on when a file cannot be written.
    done.catch((error: Error) => form.destroy(error));
    written.push(done);
    contents.push(content);
  });
  await pipeline(body, form).catch(async (error: Error) => {
    // A file of a form that breaks off would never end.
    for (const content of contents) content.destroy(error);
    await Promise.allSettled(written);
    throw error instanceof AppError || 'code' in error ? error : badForm(error);
  });
  await Promise.all(written);
  if (written.length === 0) throw badForm(new Error('no file'));
}
