/**
 * Files sent to POST /ingest and taken in as a job. They go to a folder on the disk first, because
 * formats are recognised by what comes first and archives are read from their end; memory holds a part
 * of a file and a hundred documents at most, fewer of long ones. The answer comes when every document is in
 * the database.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { diskFailure } from '../core/disk-failure.ts';
import { AppError, appError } from '../core/errors.ts';
import { makeFolder } from '../core/make-folder.ts';
import { acceptFiles } from '../ingest/accept-files.ts';
import { findJob } from '../store/ingest-jobs.ts';
import type { JobRecord } from '../store/job-records.ts';
import { uploadsFolder } from '../store/leftover-files.ts';
import type { ApiParts } from './context.ts';
import { answerError } from './errors.ts';
import { badForm, readForm } from './form.ts';
import { printGlobalId } from './global-id.ts';

/** Where uploads go. */
export const uploadUrl = '/ingest';

/** Longest request. Units: bytes. */
const maxUploadBytes = 16 * 1024 ** 3;

/** Most files of one request. */
const maxFiles = 10_000;

const maxNameChars = 150;

/** Types of content that a page elsewhere may send without asking the server first. */
const simpleTypes = /^\s*(?:multipart\/form-data|text\/plain|application\/x-www-form-urlencoded)/i;

/**
 * Refuses what a page elsewhere could have sent through its visitor's browser, as GraphQL does.
 *
 * Throws: ARGUMENT_INVALID.
 */
function checkPreflighted(headers: IncomingHttpHeaders): void {
  const type = headers['content-type'];
  if (type !== undefined && !simpleTypes.test(type)) return;
  if (headers['apollo-require-preflight']) return;
  const rule = `given (any value) with the content type ${type ?? 'left out'}, so that browsers ask first`;
  throw appError('ARGUMENT_INVALID', { argument: 'Apollo-Require-Preflight', rule, value: null });
}

/** A name that is only a name, on every system. */
function safeName(name: string, number: number): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const plain = last.replace(/[^\p{L}\p{N} ._()+-]/gu, '_').replace(/^[. ]+/, '');
  return plain.slice(-maxNameChars) || `upload-${number}`;
}

/** Files of a request, in a folder of their own. */
class Spool {
  readonly folder: string;
  readonly #names = new Set<string>();
  #bytes = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Writes a file. Throws: REQUEST_TOO_LARGE, and what the disk throws. */
  async add(name: string, content: Readable): Promise<void> {
    const number = this.#names.size + 1;
    const safe = safeName(name, number);
    let own = safe;
    for (let at = number; this.#names.has(own); at += 1) own = `${at}-${safe}`;
    this.#names.add(own);
    const counted = new Transform({
      transform: (part: Buffer, _encoding, done) => {
        this.#bytes += part.length;
        if (this.#bytes <= maxUploadBytes) done(null, part);
        else done(appError('REQUEST_TOO_LARGE', { maxBytes: maxUploadBytes }));
      },
    });
    await pipeline(content, counted, createWriteStream(join(this.folder, own), { flags: 'wx' }));
  }
}

/** What stands in the address: a list where it stands there several times. */
type UploadQuery = Partial<Record<'collection' | 'field' | 'name', string | readonly string[]>>;

/** Throws: ARGUMENT_INVALID. */
function onceGiven(query: UploadQuery, argument: keyof UploadQuery): string | undefined {
  const value = query[argument];
  if (value === undefined || typeof value === 'string') return value;
  throw appError('ARGUMENT_INVALID', { argument, rule: 'given once', value });
}

const isForm = ({ 'content-type': type = '' }: IncomingHttpHeaders): boolean =>
  /^\s*multipart\/form-data/i.test(type);

async function takeIn(
  { ingest, database }: ApiParts,
  request: FastifyRequest<{ Querystring: UploadQuery }>,
  folder: string,
): Promise<JobRecord | undefined> {
  checkPreflighted(request.headers);
  const collection = onceGiven(request.query, 'collection');
  const textField = onceGiven(request.query, 'field');
  const name = onceGiven(request.query, 'name') ?? '';
  const body = request.body as Readable | undefined;
  if (body === undefined) throw badForm(new Error('no file'));
  const spool = new Spool(folder);
  makeFolder(folder);
  if (isForm(request.headers)) {
    const { headers } = request;
    await readForm(body, { headers, maxFiles, onFile: (...file) => spool.add(...file) });
  } else await spool.add(name, body);
  const collectionId = await ingest.collection(collection);
  return findJob(database, await acceptFiles(ingest, { paths: [folder], collectionId, textField }));
}

/** Names for a sender that went away. */
const brokenOff = ['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'];

/** What went wrong, as the caller is told; null for a bug. */
function toAppError(error: unknown, folder: string): AppError | null {
  const told = error instanceof AppError ? error : diskFailure(error, folder);
  if (told !== null) return told;
  const { code = '' } = error as NodeJS.ErrnoException;
  return brokenOff.includes(code) ? appError('INTERRUPTED', { what: 'upload' }, error) : null;
}

/** Takes a request in, and leaves nothing of it in the folder. */
async function takeInAndTidy(...upload: Parameters<typeof takeIn>) {
  try {
    return await takeIn(...upload);
  } finally {
    await rm(upload[2], { recursive: true, force: true });
  }
}

/** Serves POST /ingest. */
export function serveUploads(fastify: FastifyInstance, parts: ApiParts): void {
  const uploads = uploadsFolder(parts.database.folder);
  void fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.post<{ Querystring: UploadQuery }>(uploadUrl, async (request, reply) => {
      const folder = join(uploads, randomUUID());
      try {
        const job = await takeInAndTidy(parts, request, folder);
        return job && { job: { ...job, id: printGlobalId('IngestJob', job.id) } };
      } catch (error) {
        const known = toAppError(error, uploads);
        if (known === null) throw error;
        return answerError(reply, known);
      }
    });
  });
}
