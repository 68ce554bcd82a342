import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { appError } from '../../../src/core/errors.ts';
import { type BeforeExtract, processDown } from '../../support/dictionary-extractor.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const fields = `id kind state isOpen secondsLeft documentsPerSecond finishedAt
  given { created replaced retried unchanged refused }
  documents { total queued running done failed cancelled }`;

const ingest = `mutation ($documents: [DocumentInput!]!, $wait: Float! = 0) {
  ingestDocuments(input: { documents: $documents }, waitSeconds: $wait) {
    documents { id state } job { ${fields} } errors { code }
  }
}`;

const change = (name: string): string =>
  `mutation ($id: ID!) { ${name}(id: $id) { job { ${fields} } errors { code path } } }`;

const rerun = `mutation ($filter: RerunFilter!) {
  rerunDocuments(filter: $filter) { job { ${fields} } errors { code path } }
}`;

const oneJob = `query ($id: ID!) { job(id: $id) { ${fields}
  failures { nodes { code place attempts document { externalId } } } } }`;

const texts = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ externalId: `d${i}`, text: `aspirin number ${i}` }));

let server: TestServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(before?: BeforeExtract, folder = temporaryFolder()): Promise<TestServer> {
  server = await startTestServer({ folder, ...(before && { before }) });
  return server;
}

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever they asked for.
async function ended(on: TestServer, id: string): Promise<any> {
  for (;;) {
    const { data } = await on.ask(oneJob, { id });
    if (data.job.finishedAt !== null) return data.job;
    await sleep(50);
  }
}

/** What is told of a job until it has ended; `during` is called each time. */
async function followed(on: TestServer, id: string, during: () => unknown): Promise<unknown[]> {
  const client = createClient({
    url: `${on.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    lazy: false,
  });
  const query = `subscription ($id: ID!) { jobProgress(id: $id) { state documents { done } } }`;
  const news: unknown[] = [];
  for await (const { data } of client.iterate({ query, variables: { id } })) {
    news.push(data);
    await during();
  }
  await client.dispose();
  return news;
}

/** A gate that reading waits at. */
function aGate(): { open: () => void; wait: () => Promise<void> } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), wait: () => opened };
}

describe('a job', () => {
  it('counts what became of documents and says why some failed', async () => {
    const on = await start((given) => {
      if (given.includes('poison')) throw appError('TEXT_NOT_UNICODE', { offset: 1 });
    });
    await on.ask(ingest, { documents: [{ text: 'known', externalId: 'k' }], wait: 20 });
    const documents = [
      { text: 'known', externalId: 'k' },
      { text: 'aspirin', externalId: 'a' },
      { text: '   ' },
      { text: 'poison', externalId: 'p' },
    ];

    const { data } = await on.ask(ingest, { documents, wait: 20 });
    const job = await ended(on, data.ingestDocuments.job.id);

    expect(job).toMatchObject({
      kind: 'INGEST',
      state: 'DONE',
      isOpen: false,
      secondsLeft: 0,
      given: { created: 2, replaced: 0, retried: 0, unchanged: 1, refused: 1 },
      documents: { total: 2, queued: 0, running: 0, done: 1, failed: 1, cancelled: 0 },
      failures: {
        nodes: [
          { code: 'TEXT_EMPTY', place: '2', attempts: 0, document: null },
          {
            code: 'TEXT_NOT_UNICODE',
            place: null,
            attempts: 1,
            document: { externalId: 'p' },
          },
        ],
      },
    });
  });

  it('waits while it is paused and goes on when it is resumed', async () => {
    const gate = aGate();
    const on = await start(gate.wait);
    const { data } = await on.ask(ingest, { documents: texts(60) });
    const { id } = data.ingestDocuments.job;

    const paused = await on.ask(change('pauseJob'), { id });
    gate.open();
    await sleep(1_500);
    const meanwhile = (await on.ask(oneJob, { id })).data.job;
    const resumed = await on.ask(change('resumeJob'), { id });
    const job = await ended(on, id);

    expect(paused.data.pauseJob).toMatchObject({ job: { state: 'PAUSED' }, errors: [] });
    expect(meanwhile.state).toBe('PAUSED');
    expect(meanwhile.documents.running).toBe(0);
    expect(meanwhile.documents.queued).toBeGreaterThan(30);
    expect(resumed.data.resumeJob.job.state).toBe('RUNNING');
    expect(job.documents).toMatchObject({ total: 60, done: 60 });
  });

  it('reads a document of a paused job when another one asks for it', async () => {
    const gate = aGate();
    const on = await start(gate.wait);
    const { data } = await on.ask(ingest, { documents: texts(60) });
    await on.ask(change('pauseJob'), { id: data.ingestDocuments.job.id });
    gate.open();

    const other = await on.ask(ingest, { documents: texts(60).slice(-1), wait: 20 });

    expect(other.data.ingestDocuments).toMatchObject({
      documents: [{ state: 'DONE' }],
      job: { state: 'DONE', documents: { total: 1, done: 1 } },
    });
  });

  it('gives up what nobody else waits for when it is cancelled, and can be run again', async () => {
    const gate = aGate();
    const on = await start(gate.wait);
    const { data } = await on.ask(ingest, { documents: texts(60) });
    const { id } = data.ingestDocuments.job;

    const cancelled = await on.ask(change('cancelJob'), { id });
    const again = await on.ask(change('cancelJob'), { id });
    gate.open();
    const counts = cancelled.data.cancelJob.job.documents;
    const rest = await on.ask(rerun, { filter: { onlyFailed: true } });
    const job = await ended(on, rest.data.rerunDocuments.job.id);

    expect(cancelled.data.cancelJob.job).toMatchObject({
      state: 'CANCELLED',
      documents: { total: 60, cancelled: 60, queued: 0 },
    });
    expect(counts.failed).toBe(0);
    expect(again.data.cancelJob).toEqual({
      job: null,
      errors: [{ code: 'JOB_ENDED', path: ['id'] }],
    });
    expect(job).toMatchObject({ kind: 'RERUN', state: 'DONE' });
    expect(job.documents.done).toBe(job.documents.total);
    expect(job.documents.total).toBeGreaterThan(30);
  });

  it('keeps the old text when the reading of a new one is cancelled', async () => {
    const gate = aGate();
    const on = await start(([first = '']) => (first.includes('second') ? gate.wait() : undefined));
    const versions = (word: string) =>
      texts(60).map(({ externalId }) => ({ externalId, text: `${word} ${externalId}` }));
    await on.ask(ingest, { documents: versions('first'), wait: 30 });
    const { data } = await on.ask(ingest, { documents: versions('second') });

    await on.ask(change('cancelJob'), { id: data.ingestDocuments.job.id });
    gate.open();
    const { data: found } = await on.ask('{ document(externalId: "d59") { text state } }');

    expect(found.document).toEqual({ text: 'first d59', state: 'DONE' });
  });

  it('goes on after a restart', async () => {
    const folder = temporaryFolder();
    const first = await start(() => sleep(400), folder);
    const { data } = await first.ask(ingest, { documents: texts(60) });
    await first.close();

    const second = await start(undefined, folder);
    const job = await ended(second, data.ingestDocuments.job.id);

    expect(job).toMatchObject({ state: 'DONE', documents: { total: 60, done: 60, failed: 0 } });
  });

  it('is listed, newest first, and found as a node', async () => {
    const on = await start();
    const ids: string[] = [];
    for (const document of texts(3)) {
      const { data } = await on.ask(ingest, { documents: [document], wait: 20 });
      ids.unshift(data.ingestDocuments.job.id);
    }

    const page =
      '{ jobs(first: 2) { nodes { id } totalCount pageInfo { hasNextPage endCursor } } }';
    const { data } = await on.ask(page);
    const next = await on.ask('query ($after: String!) { jobs(after: $after) { nodes { id } } }', {
      after: data.jobs.pageInfo.endCursor,
    });
    const node = await on.ask('query ($id: ID!) { node(id: $id) { __typename id } }', {
      id: ids[0]!,
    });

    expect(data.jobs).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    expect([...data.jobs.nodes, ...next.data.jobs.nodes].map(({ id }) => id)).toEqual(ids);
    expect(node.data.node).toEqual({ __typename: 'IngestJob', id: ids[0] });
  });

  it('can be followed to its end', async () => {
    const gate = aGate();
    const on = await start(gate.wait);
    const { data } = await on.ask(ingest, { documents: texts(20) });

    const news = await followed(on, data.ingestDocuments.job.id, gate.open);

    expect(news[0]).toEqual({ jobProgress: { state: 'RUNNING', documents: { done: 0 } } });
    expect(news.at(-1)).toEqual({ jobProgress: { state: 'DONE', documents: { done: 20 } } });
  });

  it('is followed to its end when its type is deleted while a document waits to be tried again', async () => {
    let fails = false;
    const on = await start(() => {
      if (fails) throw processDown();
    });
    await on.ask(ingest, { documents: texts(1), wait: 20 });
    const types = await on.ask('{ entityTypes { nodes { id name } } }');
    const [type] = types.data.entityTypes.nodes;
    fails = true;
    const { data } = await on.ask(rerun, { filter: { type: type.name } });
    await sleep(300);

    const news = await followed(on, data.rerunDocuments.job.id, () =>
      on.ask('mutation ($id: ID!) { deleteEntityType(id: $id) { deletedId } }', { id: type.id }),
    );

    expect(news.at(-1)).toEqual({ jobProgress: { state: 'DONE', documents: { done: 1 } } });
  });

  it('is refused by its id where there is none', async () => {
    const on = await start();

    const paused = await on.ask(change('pauseJob'), { id: 'nonsense' });
    const { data } = await on.ask(oneJob, { id: 'nonsense' });

    expect(paused.data.pauseJob).toEqual({
      job: null,
      errors: [{ code: 'JOB_UNKNOWN', path: ['id'] }],
    });
    expect(data.job).toBeNull();
  });
});

describe('rerunDocuments', () => {
  it('reads every document again for one type, and for no other', async () => {
    const asked: string[][] = [];
    const on = await start((_texts, types) => {
      asked.push(types.map(({ name }) => name));
    });
    await on.ask(ingest, { documents: texts(5), wait: 20 });
    asked.length = 0;

    const { data } = await on.ask(rerun, { filter: { type: 'Chemical' } });
    const job = await ended(on, data.rerunDocuments.job.id);

    const { data: after } = await on.ask('{ status { counts { mentions documentsDone } } }');
    expect(job.documents).toMatchObject({ total: 5, done: 5, failed: 0 });
    expect(new Set(asked.flat())).toEqual(new Set(['Chemical']));
    expect(after.status.counts).toEqual({ mentions: 5, documentsDone: 5 });
  });

  it('finds nothing to do when all was read by the model in use', async () => {
    const on = await start();
    await on.ask(ingest, { documents: texts(5), wait: 20 });

    const { data } = await on.ask(rerun, { filter: { onlyOlderModel: true } });

    expect(data.rerunDocuments.job).toMatchObject({ state: 'DONE', documents: { total: 0 } });
  });

  it('refuses a type that there is not, and a filter that says nothing', async () => {
    const on = await start();

    const unknown = await on.ask(rerun, { filter: { type: 'Planet' } });
    const empty = await on.ask(rerun, { filter: { onlyFailed: false } });

    expect(unknown.data.rerunDocuments.errors).toMatchObject([
      { code: 'ENTITY_TYPE_UNKNOWN', path: ['filter', 'type'] },
    ]);
    expect(empty.data.rerunDocuments.errors).toMatchObject([
      { code: 'ARGUMENT_INVALID', path: ['filter'] },
    ]);
  });
});
