import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

interface RawAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A request with exactly these headers: `fetch` would not send a false Host. */
function send(
  server: TestServer,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<RawAnswer> {
  const { method = 'GET', headers = {}, body = '' } = options;
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(parts).toString(),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const json = { 'content-type': 'application/json' };
const question = JSON.stringify({ query: '{ status { version } }' });

describe('the server', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({
      settings: { SPANDEX_MAX_BODY_BYTES: '200000', SPANDEX_ALLOWED_HOSTS: 'desk.example' },
      before: ([text = '']) => {
        if (text.includes('bug')) throw new Error('a secret of the server');
      },
    });
  });

  afterAll(() => server.close());

  it('listens on this machine only', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it.each([
    ['a foreign Host', { host: 'evil.example' }],
    ['a foreign Origin', { origin: 'http://evil.example' }],
    ['the origin of a file', { origin: 'null' }],
  ])('refuses %s everywhere', async (_name, headers) => {
    for (const path of ['/', '/graphql', '/ide/main.js', '/healthz', '/nowhere']) {
      const { status, body } = await send(server, path, { headers });

      expect(status).toBe(403);
      expect(JSON.parse(body).errors[0].extensions.code).toBe('REQUEST_NOT_LOCAL');
    }
    const posted = await send(server, '/graphql', {
      method: 'POST',
      headers: { ...json, ...headers },
      body: question,
    });
    expect(posted.status).toBe(403);
  });

  it('answers a host that the settings allow, and pages of this machine', async () => {
    const { port } = new URL(server.url);
    for (const headers of [
      { host: 'desk.example' },
      { host: `localhost:${port}`, origin: 'http://localhost:5173' },
    ]) {
      const { status } = await send(server, '/graphql', {
        method: 'POST',
        headers: { ...json, ...headers },
        body: question,
      });

      expect(status).toBe(200);
    }
  });

  it('gives no page of another origin leave to read its answers', async () => {
    const headers = { ...json, origin: 'http://localhost:5173' };

    const { headers: answered } = await send(server, '/graphql', {
      method: 'POST',
      headers,
      body: question,
    });

    expect(answered['access-control-allow-origin']).toBeUndefined();
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'refuses a body of type %s, which a page elsewhere could send without asking',
    async (type) => {
      const { status } = await send(server, '/graphql', {
        method: 'POST',
        headers: { 'content-type': type },
        body: question,
      });

      expect(status).toBe(415);
    },
  );

  it('refuses a GET that a page elsewhere could send without asking', async () => {
    const { status, body } = await send(server, '/graphql?query=%7Bstatus%7Bversion%7D%7D');

    expect(status).toBe(400);
    expect(body).toContain('CSRF');
  });

  it('changes nothing on GET', async () => {
    const query = encodeURIComponent('mutation { ingestSampleDocuments { accepted } }');

    const { status } = await send(server, `/graphql?query=${query}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });

    expect(status).toBe(405);
  });

  it('refuses a body that is too long', async () => {
    const { status, body } = await send(server, '/graphql', {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ query: '{ a }', variables: { text: 'x'.repeat(200_000) } }),
    });

    expect(status).toBe(413);
    expect(JSON.parse(body).errors[0].extensions.code).toBe('REQUEST_TOO_LARGE');
  });

  it.each([
    ['no JSON', '{'],
    ['a polluted prototype', '{"query":"{ status { version } }","__proto__":{"a":1}}'],
    ['a list of operations', `[${question}]`],
  ])('refuses a body that is %s', async (_name, body) => {
    const answer = await send(server, '/graphql', { method: 'POST', headers: json, body });

    expect(answer.status).toBe(400);
  });

  it('masks a bug and logs it under the id that it answers', async () => {
    const { data, errors } = await server.ask('{ extract(text: "a bug") { coverage { tokens } } }');

    expect(data).toBeNull();
    expect(errors).toMatchObject([
      { message: 'Internal error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    expect(JSON.stringify(errors)).not.toMatch(/secret|stack|\.ts/);
    const logged = server.log.find((line) =>
      line.includes(String(errors[0]?.extensions['requestId'])),
    );
    expect(logged).toContain('a secret of the server');
  });

  it.each([
    ['a syntax error', '{', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ sttaus { version } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['too many tokens', `{ ${'status { version } '.repeat(600)} }`, 'OPERATION_TOO_COMPLEX'],
    [
      'too many aliases',
      `{ ${Array.from({ length: 16 }, (_, i) => `a${i}: status { version }`).join(' ')} }`,
      'OPERATION_TOO_COMPLEX',
    ],
    [
      'too many directives',
      `{ status { version ${'@include(if: true) '.repeat(51)} } }`,
      'OPERATION_TOO_COMPLEX',
    ],
    [
      'too deep a selection',
      `{ mentions { nodes { ${'document { mentions { nodes { '.repeat(4)} id ${'} } } '.repeat(4)} } } }`,
      'OPERATION_TOO_COMPLEX',
    ],
    [
      'three nested pages',
      '{ documents(first: 100) { nodes { mentions { nodes { document { mentions { nodes { id } } } } } } } }',
      'OPERATION_TOO_COMPLEX',
    ],
  ])('refuses %s with status 400 and a stable code', async (_name, query, code) => {
    const { status, errors } = await server.ask(query);

    expect(status).toBe(400);
    expect(errors.map(({ extensions }) => extensions.code)).toContain(code);
    expect(JSON.stringify(errors)).not.toMatch(/stacktrace|Did you mean/);
  });

  it('says both numbers of a limit, and the cost of what it answers', async () => {
    const refused = await server.ask(
      '{ documents(first: 100) { nodes { mentions { nodes { document { mentions { nodes { id } } } } } } } }',
    );
    const answered = await server.ask('{ documents(first: 10) { nodes { id } } }');

    expect(refused.errors[0]?.message).toMatch(
      /^An operation's cost must be at most 50000, but got: \d+\.$/,
    );
    expect(answered.extensions['cost']).toBe(11);
  });

  it('lets an IDE ask for the schema', async () => {
    const { data, errors } = await server.ask(getIntrospectionQuery());

    expect(errors).toEqual([]);
    expect(data.__schema.queryType.name).toBe('Query');
  });

  it('says that it lives', async () => {
    const alive = await send(server, '/healthz');
    const ready = await send(server, '/readyz');

    expect([alive.status, ready.status]).toEqual([200, 200]);
    expect(JSON.parse(ready.body)).toEqual({ status: 'ready', model: 'dictionary' });
  });

  it('serves an IDE that may load from and speak to this server only', async () => {
    const page = await send(server, '/', { headers: { accept: 'text/html' } });
    const tabs = await send(server, '/ide/tabs.js');
    const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, path]) => path ?? '',
    );

    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['content-security-policy']).toContain("connect-src 'self'");
    expect(tabs.body).toContain('similarMentions');
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources.filter((path) => path !== '/ide/')) {
      expect(source).not.toMatch(/^(https?:)?\/\//);
      const file = await send(server, `/ide/${source}`);
      expect([source, file.status]).toEqual([source, 200]);
    }
  });

  it.each([
    '/ide/../package.json',
    '/ide/%2e%2e/package.json',
    '/ide/..%2f..%2fpackage.json',
    '/ide/',
  ])('serves no file but those of the IDE: %s', async (path) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    const parts: Buffer[] = [];
    socket.on('data', (part: Buffer) => parts.push(part));
    await once(socket, 'close');

    expect(Buffer.concat(parts).toString()).toMatch(/^HTTP\/1\.1 404 /);
  });
});

describe('startServer', () => {
  it('refuses a port that is taken and leaves nothing open', async () => {
    const first = await startTestServer();
    const { port } = new URL(first.url);

    const second = startTestServer({ settings: { SPANDEX_PORT: port } });

    await expect(second).rejects.toMatchObject({ code: 'ADDRESS_UNAVAILABLE' });
    await first.close();
  });

  it('refuses a data folder that another server uses', async () => {
    const first = await startTestServer();

    const second = startTestServer({ folder: first.folder });

    await expect(second).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
    await first.close();
  });

  it('takes the sample documents in when asked to', async () => {
    const server = await startTestServer({ sample: true });

    const { data } = await server.ask('{ status { counts { documents } } }');
    await server.close();

    expect(data.status.counts.documents).toBe(500);
  });
});
