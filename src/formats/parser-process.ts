/**
 * The child's side of `bounded-parser.ts`. A thread beside the parser, which may be busy for good, ends
 * the process when it has taken too much memory.
 */
import { Worker } from 'node:worker_threads';
import { AppError, appError } from '../core/errors.ts';
import { hostMethods } from '../ipc/host.ts';
import { parseEmail } from './email-document.ts';
import { parseHtml } from './html-document.ts';
import { parsePdf } from './pdf/pdf-document.ts';
import type { SourceDocument } from './source-document.ts';

interface File {
  readonly path: string;
  /** Bytes; the channel makes a plain array of octets of a Buffer. */
  readonly bytes: Uint8Array;
}

const watch = `
const { workerData } = require('node:worker_threads');
setInterval(() => {
  if (process.memoryUsage.rss() > workerData) process.kill(process.pid, 'SIGKILL');
}, 20);
`;

/** What a library throws at a file that it does not understand is the file's fault. */
const parsing =
  (kind: string, parse: (file: File) => SourceDocument | Promise<SourceDocument>) =>
  async (file: File): Promise<SourceDocument> => {
    try {
      return await parse(file);
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      const rule = `${kind} that a parser can follow`;
      const value = (cause as Error).message;
      throw appError('FILE_INVALID', { path: file.path, line: 1, rule, value }, cause);
    }
  };

// pdf.js leaves promises behind that nobody waits for; the call that they belong to fails by itself,
// or is stopped when its time is up.
process.on('unhandledRejection', () => undefined);

hostMethods<{ readonly memoryBytes: number }>(({ memoryBytes }) => {
  const watcher = new Worker(watch, { eval: true, workerData: memoryBytes, execArgv: [] });
  watcher.unref();
  return Promise.resolve({
    methods: {
      pdf: parsing('a PDF', ({ path, bytes }) => parsePdf(bytes, path)),
      html: parsing('a page', ({ path, bytes }) => parseHtml(Buffer.from(bytes), path)),
      email: parsing('a message', ({ path, bytes }) => parseEmail(Buffer.from(bytes), path)),
    },
    close: async () => {
      await watcher.terminate();
    },
  });
});
