import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { askServer } from '../../support/ask-server.ts';
import { processDown } from '../../support/dictionary-extractor.ts';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { freePages, leavePages } from '../../support/store/disk-space.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { startTestServer } from '../../support/test-server.ts';

const ingest = ingestOperation('id state attempts error { code message }', 0);

const states = '{ status { counts { documents documentsDone documentsFailed mentions } } }';

const texts = Array.from({ length: 30 }, (_, i) => ({ text: `aspirin number ${i}` }));

const bugs: Record<string, () => void> = {
  'a bug': () => {
    throw new Error('secret detail');
  },
};

describe('an interruption of the reading', () => {
  it('keeps what was accepted when the process is killed, and reads it after a restart', async () => {
    const folder = temporaryFolder();
    const script = fileURLToPath(new URL('../../support/slow-server-process.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const accepted = await askServer(line.toString().trim(), ingest, { documents: texts });
    await sleep(300);

    child.kill('SIGKILL');
    await once(child, 'exit');
    const server = await startTestServer({ folder });
    const restarted = await server.ask(ingest, { documents: texts, wait: 20 });
    const { data } = await server.ask(states);
    await server.close();

    expect(accepted.data.ingestDocuments.documents).toHaveLength(30);
    expect(restarted.data.ingestDocuments.documents.map(({ id }: { id: string }) => id)).toEqual(
      accepted.data.ingestDocuments.documents.map(({ id }: { id: string }) => id),
    );
    expect(data.status.counts).toEqual({
      documents: 30,
      documentsDone: 30,
      documentsFailed: 0,
      mentions: 30,
    });
  });

  it('reads documents again after the model’s process has died', async () => {
    let deaths = 2;
    const server = await startTestServer({
      before: () => {
        deaths -= 1;
        if (deaths >= 0) throw processDown();
      },
    });

    const { data } = await server.ask(ingest, { documents: texts.slice(0, 3), wait: 20 });
    await server.close();

    expect(data.ingestDocuments.documents).toMatchObject(
      Array(3).fill({ state: 'DONE', error: null }),
    );
  });

  it('fails one document and not those that were read with it', async () => {
    const server = await startTestServer({
      before: ([first = '', ...others]) => {
        if ([first, ...others].some((text) => text.includes('poison'))) bugs['a bug']?.();
      },
      settings: { SPANDEX_BATCH_CHARS: '100000' },
    });
    const documents = [texts[0], { text: 'poison', externalId: 'p' }, texts[1]];

    const { data } = await server.ask(ingest, { documents, wait: 3 });
    const queued = await server.ask(
      '{ document(externalId: "p") { state attempts error { code } } }',
    );
    await server.close();

    const [first, , third] = data.ingestDocuments.documents;
    expect([first.state, third.state]).toEqual(['DONE', 'DONE']);
    expect(queued.data.document).toMatchObject({ state: expect.stringMatching(/QUEUED|RUNNING/) });
    expect(queued.data.document.attempts).toBeGreaterThan(0);
    expect(server.log.join('')).toContain('reading failed by a bug');
  });

  it('gives a document up after its last attempt, with a code and no secrets', async () => {
    const server = await startTestServer({
      before: (given) => {
        if (given.includes('doomed')) throw processDown();
      },
    });

    const { data } = await server.ask(ingest, {
      documents: [{ text: 'doomed', externalId: 'd' }],
      wait: 30,
    });
    await server.close();

    expect(data.ingestDocuments.documents).toMatchObject([
      { state: 'FAILED', error: { code: 'CHILD_PROCESS_DOWN' } },
    ]);
  }, 60_000);

  it('refuses documents when the disk is full, keeps what it has and goes on when there is space', async () => {
    const server = await startTestServer();
    await server.ask(ingest, { documents: texts.slice(0, 2), wait: 20 });
    const { database } = server.app.parts;
    await leavePages(database, 0);
    const large = { text: 'aspirin '.repeat(50_000), externalId: 'large' };

    const full = await server.ask(ingest, { documents: [large] });
    const kept = await server.ask(states);
    await freePages(database);
    const again = await server.ask(ingest, { documents: [{ text: 'caffeine' }], wait: 20 });
    await server.close();

    expect(full.data).toBeNull();
    expect(full.errors).toMatchObject([
      { extensions: { code: 'STORAGE_FULL', kind: 'unavailable' } },
    ]);
    expect(kept.data.status.counts).toMatchObject({ documents: 2, documentsDone: 2, mentions: 2 });
    expect(again.data.ingestDocuments.documents).toMatchObject([{ state: 'DONE' }]);
  });

  it('reads on after the disk was full in the middle of a reading', async () => {
    let reached = (): void => undefined;
    const reading = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let free = false;
    const server = await startTestServer({
      before: async () => {
        reached();
        while (!free) await sleep(20);
      },
    });
    const text = Array.from({ length: 2_000 }, (_, i) => `aspirin ${i}`).join(' ');
    await server.ask(ingest, { documents: [{ text, externalId: 'x' }] });
    await reading;
    const { database } = server.app.parts;
    await leavePages(database, 0);
    free = true;
    await sleep(1_500);
    const during = await server.ask('{ document(externalId: "x") { state } }');

    await freePages(database);
    const { data } = await server.ask(ingest, { documents: [{ text, externalId: 'x' }], wait: 30 });
    await server.close();

    expect(during.data.document.state).toMatch(/QUEUED|RUNNING/);
    expect(server.log.join('')).toContain('STORAGE_FULL');
    expect(data.ingestDocuments.documents).toMatchObject([{ state: 'DONE' }]);
  }, 60_000);

  it('closes at once in the middle of a long reading and takes it up again', async () => {
    const folder = temporaryFolder();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = await startTestServer({
      folder,
      before: async () => {
        await held;
        throw processDown();
      },
    });
    await first.ask(ingest, { documents: texts.slice(0, 2) });
    await sleep(100);
    const closing = first.close();
    release();
    await closing;

    const second = await startTestServer({ folder });
    const { data } = await second.ask(ingest, { documents: texts.slice(0, 2), wait: 20 });
    await second.close();

    expect(data.ingestDocuments.documents).toMatchObject([
      { state: 'DONE', attempts: 0 },
      { state: 'DONE', attempts: 0 },
    ]);
  });

  it('answers a query while a long text is being read', async () => {
    const server = await startTestServer({ before: () => sleep(1_500) });
    await server.ask(ingest, { documents: texts.slice(0, 2) });
    await sleep(50);

    const startedAt = performance.now();
    const { data } = await server.ask(states);
    const elapsedMs = performance.now() - startedAt;
    await server.close();

    expect(data.status.counts.documents).toBe(2);
    expect(elapsedMs).toBeLessThan(500);
  });

  it('stops waiting when the time is over and says how far it is', async () => {
    const server = await startTestServer({ before: () => sleep(3_000) });

    const startedAt = performance.now();
    const { data } = await server.ask(ingest, { documents: texts.slice(0, 1), wait: 0.5 });
    const elapsedMs = performance.now() - startedAt;
    await server.close();

    expect(data.ingestDocuments.documents).toMatchObject([{ state: 'RUNNING' }]);
    expect(elapsedMs).toBeGreaterThan(450);
    expect(elapsedMs).toBeLessThan(2_500);
  });
});
