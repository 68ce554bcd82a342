/**
 * The child's side of `bounded-parser.ts`. A thread beside the parser, which may be busy for good, ends
 * the process when it has taken too much memory.
 */
import { Worker } from 'node:worker_threads';
import { hostMethods } from '../ipc/host.ts';
import { parseEmail } from './email-document.ts';
import { parseHtml } from './html-document.ts';
import { parsePdf } from './pdf/pdf-document.ts';

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

hostMethods<{ readonly memoryBytes: number }>(({ memoryBytes }) => {
  const watcher = new Worker(watch, { eval: true, workerData: memoryBytes, execArgv: [] });
  watcher.unref();
  return Promise.resolve({
    methods: {
      pdf: ({ path, bytes }: File) => parsePdf(bytes, path),
      html: ({ path, bytes }: File) => parseHtml(Buffer.from(bytes), path),
      email: ({ path, bytes }: File) => parseEmail(Buffer.from(bytes), path),
    },
    close: async () => {
      await watcher.terminate();
    },
  });
});
