import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { askServer } from '../../support/ask-server.ts';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { writeRandomBundle } from '../../support/ner/random-bundle.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const support = (name: string): string =>
  fileURLToPath(new URL(`../../support/${name}`, import.meta.url));

const ingest = ingestOperation(
  'id state error { code message } coverage { characters windows } mentions { nodes { id text } }',
  30,
);

const texts = ['Aspirin against headache.', 'Caffeine, tremor and lithium carbonate.'];

describe('startServer', () => {
  let modelDirectory: string;

  beforeAll(async () => {
    modelDirectory = await writeRandomBundle(temporaryFolder());
  });

  function start(folder: string, environment: Record<string, string> = {}): ChildProcess {
    const args = ['--import', 'tsx', support('server-process.ts'), folder, modelDirectory];
    return spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    });
  }

  async function addressOf(server: ChildProcess): Promise<string> {
    const [line] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    return line.toString().trim();
  }

  it('reads, searches and ends without reaching for anything outside', async () => {
    const folder = temporaryFolder();
    const watchFile = join(temporaryFolder(), 'connections');
    const server = start(folder, {
      NODE_OPTIONS: `--require ${support('watch-connections.cjs')}`,
      WATCH_FILE: watchFile,
    });
    const url = await addressOf(server);

    const page = await fetch(url);
    const ingested = await askServer(url, ingest, { documents: texts.map((text) => ({ text })) });
    const searched = await askServer(
      url,
      `{ similarMentions(to: { text: "aspirin" }) { edges { similarity } search { scanned } }
         mentionsOfType(description: "a drug") { edges { similarity } search { scanned } }
         extract(text: "Aspirin.") { coverage { tokens } }
         status { model { name } indexes { state } } }`,
    );
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    server.kill('SIGTERM');
    const [code] = await once(server, 'exit');

    expect(page.status).toBe(200);
    expect(ingested.errors).toEqual([]);
    expect(ingested.data.ingestDocuments.documents).toMatchObject([
      { state: 'DONE', coverage: { characters: 25, windows: 1 } },
      { state: 'DONE', coverage: { characters: 39, windows: 1 } },
    ]);
    expect(searched.errors).toEqual([]);
    expect(code).toBe(0);
    expect(existsSync(watchFile) ? readFileSync(watchFile, 'utf8') : '').toBe('');
  }, 60_000);

  it('would be caught reaching for something outside', async () => {
    const watchFile = join(temporaryFolder(), 'connections');
    const script = `require('node:net').connect(9, '192.0.2.1').on('error', () => {}).destroy();
      fetch('http://name.invalid/').catch(() => process.exit());`;

    const child = spawn(process.execPath, ['-e', script], {
      env: {
        ...process.env,
        NODE_OPTIONS: `--require ${support('watch-connections.cjs')}`,
        WATCH_FILE: watchFile,
      },
    });
    await once(child, 'exit');

    const watched = readFileSync(watchFile, 'utf8');
    expect(watched).toContain('connect {"host":"192.0.2.1","port":9}');
    expect(watched).toContain('name.invalid');
  });

  it('finds everything again after a restart', async () => {
    const folder = temporaryFolder();
    const first = start(folder);
    const before = await askServer(await addressOf(first), ingest, {
      documents: texts.map((text) => ({ text })),
    });
    first.kill('SIGINT');
    const [code] = await once(first, 'exit');

    const second = start(folder);
    const after = await askServer(await addressOf(second), ingest, {
      documents: texts.map((text) => ({ text })),
    });
    second.kill('SIGTERM');
    await once(second, 'exit');

    expect(code).toBe(0);
    expect(before.data.ingestDocuments.errors).toEqual([]);
    expect(after.data).toEqual(before.data);
  }, 60_000);
});
