import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever they asked for.
  readonly body: any;
}

const binary = { 'content-type': 'application/octet-stream' };

describe('POST /ingest', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({ settings: { SPANDEX_MAX_BODY_BYTES: '100000' } });
  });

  afterAll(() => server.close());

  async function post(
    query: string,
    body: string | Buffer | FormData,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(`${server.url}/ingest${query}`, { method: 'POST', headers, body });
    return { status: response.status, body: await response.json() };
  }

  const leftovers = (): string[] => {
    const folder = join(server.folder, 'uploads');
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  it('takes one file in, by its content, and answers the job', async () => {
    const lines = Array.from({ length: 3_000 }, (_, id) =>
      JSON.stringify({ id, text: `caffeine ${id}` }),
    );

    const { status, body } = await post(
      '?collection=large&name=many.jsonl.gz',
      gzipSync(lines.join('\n')),
      binary,
    );
    const { data } = await server.ask(
      `query ($id: ID!) { job(id: $id) { kind isOpen given { created } documents { total } }
        documents(collection: "large") { totalCount } }`,
      { id: body.job.id },
    );

    expect({ status, drafts: body.job.drafts.created }).toEqual({ status: 200, drafts: 3_000 });
    expect(data).toEqual({
      job: {
        kind: 'INGEST',
        isOpen: false,
        given: { created: 3_000 },
        documents: { total: 3_000 },
      },
      documents: { totalCount: 3_000 },
    });
    expect(leftovers()).toEqual([]);
  });

  it('takes the files of a form in together, larger than any other request, and says what it refused', async () => {
    const form = new FormData();
    form.append('a', new Blob([`aspirin ${'and so on '.repeat(20_000)}`]), '../../a.txt');
    form.append('b', new Blob([Buffer.from([0, 1, 2, 255, 254, 0, 0])]), 'b.bin');
    form.append('c', new Blob(['text,id\nlithium carbonate,7\n']), 'c.csv');

    const { status, body } = await post('?collection=form', form, {
      'apollo-require-preflight': '1',
    });
    const { data } = await server.ask(
      `query ($id: ID!) { job(id: $id) { failures { nodes { code } } }
        documents(collection: "form") { nodes { externalId } } }`,
      { id: body.job.id },
    );

    expect(status).toBe(200);
    expect(body.job.drafts).toMatchObject({ created: 2, refused: 1 });
    expect(data.job.failures.nodes).toEqual([{ code: 'FORMAT_UNKNOWN' }]);
    expect(data.documents.nodes).toEqual([{ externalId: null }, { externalId: '7' }]);
    expect(leftovers()).toEqual([]);
  });

  it('takes every file of a form in, whatever their names make of each other', async () => {
    const form = new FormData();
    for (const name of ['a.txt', '3-a.txt', 'a.txt', 'a.txt', '5-a.txt'])
      form.append('f', new Blob([`aspirin ${[...form].length}`]), name);

    const { status, body } = await post('?collection=names', form, {
      'apollo-require-preflight': '1',
    });

    expect({ status, created: body.job?.drafts.created }).toEqual({ status: 200, created: 5 });
  });

  it.each(['collection', 'field', 'name'])('refuses a %s that is given twice', async (argument) => {
    const answer = await post(`?${argument}=a&${argument}=b`, 'aspirin', binary);

    expect(answer.status).toBe(400);
    expect(answer.body.errors[0]).toMatchObject({
      message: expect.stringContaining(argument),
      extensions: { code: 'ARGUMENT_INVALID' },
    });
    expect(leftovers()).toEqual([]);
  });

  it.each([
    ['a form', { 'content-type': 'multipart/form-data; boundary=x' }, 400, 'ARGUMENT_INVALID'],
    ['plain text', { 'content-type': 'text/plain' }, 400, 'ARGUMENT_INVALID'],
    ['another origin', { ...binary, origin: 'http://evil.example' }, 403, 'REQUEST_NOT_LOCAL'],
  ])('refuses what a page elsewhere could send: %s', async (_, headers, status, code) => {
    const answer = await post('?collection=evil', 'aspirin', headers);

    const { data } = await server.ask('{ collections { name } }');
    expect({ status: answer.status, code: answer.body.errors[0].extensions.code }).toEqual({
      status,
      code,
    });
    expect(data.collections).not.toContainEqual({ name: 'evil' });
    expect(leftovers()).toEqual([]);
  });

  it.each([
    ['no file', '--x--\r\n'],
    [
      'a value that is no file',
      '--x\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\naspirin\r\n--x\r\nContent-Disposition: form-data; name="collection"\r\n\r\ntrials\r\n--x--\r\n',
    ],
    [
      'a file that breaks off',
      '--x\r\nContent-Disposition: form-data; name="a"; filename="a.txt"\r\n\r\nasp',
    ],
  ])('refuses a form with %s', async (_, body) => {
    const answer = await post('', body, {
      'content-type': 'multipart/form-data; boundary=x',
      'apollo-require-preflight': '1',
    });

    expect({ status: answer.status, code: answer.body.errors[0].extensions.code }).toEqual({
      status: 400,
      code: 'ARGUMENT_INVALID',
    });
    expect(leftovers()).toEqual([]);
  });
});

describe('a slow request', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({
      settings: { SPANDEX_MAX_BODY_SECONDS: '1', SPANDEX_MAX_UPLOAD_SILENCE_SECONDS: '1' },
    });
  });

  afterAll(() => server.close());

  /** Sends the parts of a body one after the other, and says what the answer is, if there is one. */
  async function dribble(path: string, parts: readonly string[], pauseMs: number): Promise<Answer> {
    const length = parts.join('').length;
    const headers = { 'content-type': 'application/json', 'content-length': length };
    const sent = httpRequest(`${server.url}${path}`, { method: 'POST', headers });
    // The end of the connection is told by its answer.
    sent.on('error', () => undefined);
    const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
    for (const part of parts) {
      sent.write(part);
      await sleep(pauseMs);
    }
    const [response] = await answered;
    return { status: response.statusCode ?? 0, body: JSON.parse(await textOf(response)) };
  }

  const emptied = async (): Promise<void> => {
    const folder = join(server.folder, 'uploads');
    while (existsSync(folder) && readdirSync(folder).length > 0) await sleep(20);
  };

  const bugs = (): string[] => server.log.filter((line) => line.includes('bug'));

  it('may take longer than any other as an upload, while it goes on', async () => {
    const { status, body } = await dribble(
      '/ingest?collection=slow&name=a.jsonl',
      ['{"te', 'xt":', '"asp', 'irin"', '}'],
      400,
    );

    expect({ status, created: body.job?.drafts.created }).toEqual({ status: 200, created: 1 });
  });

  it('is ended as an upload when nothing more of it comes', async () => {
    const { status, body } = await dribble('/ingest?collection=silent', ['{"te', 'xt'], 2_100);

    const { data } = await server.ask('{ collections { name } }');
    await emptied();
    expect({ status, code: body.errors[0].extensions.code }).toEqual({
      status: 408,
      code: 'REQUEST_TOO_SLOW',
    });
    expect(data.collections).not.toContainEqual({ name: 'silent' });
    expect(bugs()).toEqual([]);
  });

  it('is ended elsewhere when it is not whole in time', async () => {
    const { status, body } = await dribble(
      '/graphql',
      ['{"query":', '"{ status', ' { versio', 'n } }"}'],
      400,
    );

    expect({ status, code: body.errors[0].extensions.code }).toEqual({
      status: 408,
      code: 'REQUEST_TOO_SLOW',
    });
    expect(bugs()).toEqual([]);
  });

  it('is no bug when its sender goes away', async () => {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': 100 };
    const sent = httpRequest(`${server.url}/ingest`, { method: 'POST', headers });
    sent.on('error', () => undefined);
    sent.write('aspirin');
    const folder = join(server.folder, 'uploads');
    while (!existsSync(folder) || readdirSync(folder).length === 0) await sleep(20);

    sent.destroy();

    await emptied();
    expect(bugs()).toEqual([]);
  });
});
