import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, jest } from '@jest/globals';
import { CrashingServer, runBuilt, serveArguments } from '../../support/crash/crashing-server.ts';
import { type FaultyDisk, openFaultyDisk, openFullDisk } from '../../support/faults/faulty-disk.ts';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { describeWithCompiler } from '../../support/optional.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Servers are processes of their own.
jest.setTimeout(120_000);

const ingest = ingestOperation('externalId state', 0);
const state = `{ documents(first: 100) { nodes { externalId text state } }
  status { counts { documents documentsDone mentions } } }`;

const aDocument = (externalId: string) => ({
  externalId,
  text: `Naloxone reverses the hypotension of clonidine in ${externalId}.`,
});
const aLargeOne = { externalId: 'large', text: 'Naloxone and clonidine. '.repeat(40_000) };

const log = join(temporaryFolder(), 'server.log');
const opened: (FaultyDisk | CrashingServer)[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) {
    if (one instanceof CrashingServer) await one.stop();
    else one.close();
  }
});

async function start({ dataFolder, environment }: FaultyDisk): Promise<CrashingServer> {
  const server = CrashingServer.start(dataFolder, log, environment);
  opened.push(server);
  await server.listens();
  return server;
}

/** Ends a server as a power cut would. */
async function killed(server: CrashingServer): Promise<void> {
  server.kill('server', 0);
  await server.ended();
}

/** A disk and a server on it that has read two documents. */
async function startWithTwo(disk: FaultyDisk): Promise<CrashingServer> {
  opened.push(disk);
  const server = await start(disk);
  await server.ask(ingest, { documents: [aDocument('one'), aDocument('two')], wait: 30 });
  return server;
}

const verified = async ({ dataFolder }: FaultyDisk): Promise<number | null> =>
  (await runBuilt(['verify', '--data', dataFolder, '--json'])).code;

describeWithCompiler('a disk that fails', (compiler) => {
  it.each([
    ['full', 'STORAGE_FULL', openFullDisk],
    ['fsync', 'STORAGE_FAILED', openFaultyDisk],
    ['readonly', 'STORAGE_FAILED', openFaultyDisk],
  ] as const)(
    'refuses what it cannot keep and keeps what it has: %s',
    async (fault, code, open) => {
      const disk = open(compiler, temporaryFolder());
      const server = await startWithTwo(disk);
      const before = await server.ask(state);

      disk.fail(fault);
      const refused = await server.ask(ingest, { documents: [aLargeOne] });
      const meanwhile = await server.ask(state);
      disk.recover();
      const again = await server.ask(ingest, { documents: [aDocument('three')], wait: 30 });
      await killed(server);
      const afterwards = await (await start(disk)).ask(state);

      expect(refused).toMatchObject({
        data: null,
        errors: [{ extensions: { code, kind: 'unavailable' } }],
      });
      expect(meanwhile.data).toEqual(before.data);
      expect(again.data.ingestDocuments.documents).toMatchObject([{ state: 'DONE' }]);
      expect(afterwards.data.documents.nodes.slice(0, 2)).toEqual(before.data.documents.nodes);
      expect(afterwards.data.documents.nodes.at(-1)).toMatchObject({ ...aDocument('three') });
      expect(await verified(disk)).toBe(0);
    },
  );

  it('is read on from after it failed in the middle of a reading', async () => {
    const disk = openFaultyDisk(compiler, temporaryFolder());
    const server = await startWithTwo(disk);
    const documents = Array.from({ length: 40 }, (_, i) => aDocument(`more ${i}`));
    await server.ask(ingest, { documents });

    disk.fail('fsync');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    disk.recover();
    const { data } = await server.ask(ingest, { documents, wait: 30 });

    const states = data.ingestDocuments.documents.map((each: { state: string }) => each.state);
    expect(states).toEqual(Array(40).fill('DONE'));
  });

  it('is refused at the start when it cannot be written', async () => {
    const disk = openFaultyDisk(compiler, temporaryFolder());
    mkdirSync(disk.dataFolder);
    disk.fail('readonly');

    const { code, stderr } = await runBuilt(serveArguments(disk.dataFolder), disk.environment);

    expect(code).toBe(2);
    expect(stderr).toMatch(/^STORAGE_INVALID: .*must be a folder that can be written/m);
  });

  it('is refused at the start when it is full', async () => {
    const disk = openFullDisk(compiler, temporaryFolder());
    opened.push(disk);
    mkdirSync(disk.dataFolder);
    disk.fail('full');

    const { code, stderr } = await runBuilt(serveArguments(disk.dataFolder), disk.environment);

    expect(code).toBe(4);
    expect(stderr).toContain('STORAGE_FULL');
  });

  it('has one server: a second one is told which process has the folder', async () => {
    const disk = openFaultyDisk(compiler, temporaryFolder());
    const server = await startWithTwo(disk);

    const { code, stderr } = await runBuilt(serveArguments(disk.dataFolder));
    const { data } = await server.ask(state);

    expect(code).toBe(2);
    expect(stderr).toMatch(/^STORAGE_LOCKED: .*process \d+ has it open/m);
    expect(data.status.counts.documents).toBe(2);
  });
});
