import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

type Result = Readonly<Record<string, unknown>>;

describe('GraphQL over WebSocket', () => {
  let server: TestServer;
  let client: Client;

  beforeAll(async () => {
    server = await startTestServer({
      settings: {
        SPANDEX_MAX_CONNECTIONS: '3',
        SPANDEX_MAX_SUBSCRIPTIONS: '2',
        SPANDEX_MAX_MESSAGE_BYTES: '5000',
      },
      before: ([text = '']) => {
        if (text.includes('bug')) throw new Error('a secret of the server');
      },
    });
    client = createClient({ url: address(), webSocketImpl: WebSocket, retryAttempts: 0 });
  });

  afterAll(async () => {
    await client.dispose();
    await server.close();
  });

  const address = (): string => `${server.url.replace('http', 'ws')}/graphql`;

  /** The results of an operation up to the first that is enough. */
  async function take(
    query: string,
    isEnough: (result: string) => boolean = () => true,
    act?: () => Promise<unknown>,
  ): Promise<Result[]> {
    const results: Result[] = [];
    const iterator = client.iterate({ query });
    const first = iterator.next();
    // Awaited below, after the act; until then a refusal is nobody's unhandled one.
    first.catch(() => undefined);
    await act?.();
    for (let next = await first; !next.done; next = await iterator.next()) {
      results.push(next.value as Result);
      if (isEnough(JSON.stringify(next.value))) break;
    }
    await iterator.return?.();
    return results;
  }

  /** Errors that end an operation before it runs. */
  async function refusal(query: string): Promise<readonly { extensions: { code: string } }[]> {
    try {
      await take(query);
    } catch (errors) {
      return errors as readonly { extensions: { code: string } }[];
    }
    throw new Error('The operation was not refused.');
  }

  /** Waits until the server has seen the subscription: its news begins then. */
  const subscribed = () => take('{ status { version } }');

  it('answers queries', async () => {
    const [result] = await take('{ status { model { name } } }');

    expect(result).toEqual({ data: { status: { model: { name: 'dictionary' } } } });
  });

  it('tells each state of a document, with its mentions when they are there', async () => {
    const results = await take(
      'subscription { documentChanged { state externalId mentions { nodes { text } } } }',
      (result) => result.includes('DONE'),
      async () => {
        await subscribed();
        await server.ask(`mutation { ingestDocuments(input: { documents: [
          { text: "aspirin", externalId: "live" }
        ] }) { errors { code } } }`);
      },
    );

    expect(results.length).toBeGreaterThan(1);
    expect(results[0]).toMatchObject({ data: { documentChanged: { externalId: 'live' } } });
    expect(results.at(-1)).toEqual({
      data: {
        documentChanged: {
          state: 'DONE',
          externalId: 'live',
          mentions: { nodes: [{ text: 'aspirin' }] },
        },
      },
    });
  });

  it('tells how far a new type is', async () => {
    const results = await take(
      'subscription { entityTypeProgress { name documentsScored documentsTotal } }',
      (result) => result.includes('Drink') && result.includes('"documentsScored":1'),
      async () => {
        await subscribed();
        await server.ask(`mutation { createEntityType(input: { name: "Drink", description: "tea" }) {
          errors { code }
        } }`);
      },
    );

    expect(results.at(-1)).toEqual({
      data: { entityTypeProgress: { name: 'Drink', documentsScored: 1, documentsTotal: 1 } },
    });
  });

  it.each([
    ['a syntax error', '{', 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['too many tokens', `{ ${'a '.repeat(2_001)} }`, 'OPERATION_TOO_COMPLEX'],
    [
      'too high a cost',
      '{ documents(first: 100) { nodes { mentions { nodes { document { mentions { nodes { id } } } } } } } }',
      'OPERATION_TOO_COMPLEX',
    ],
  ])('refuses %s as HTTP does', async (_name, query, code) => {
    const [error] = await refusal(query);

    expect(error?.extensions.code).toBe(code);
    expect(JSON.stringify(error)).not.toMatch(/stack|"http"/);
  });

  it('gives the codes of errors and masks bugs', async () => {
    const [invalid] = await take('{ documents(first: 0) { nodes { id } } }');
    const [bug] = await take('{ extract(text: "a bug") { coverage { tokens } } }');

    expect(invalid).toMatchObject({ errors: [{ extensions: { code: 'PAGE_SIZE_INVALID' } }] });
    expect(bug).toMatchObject({
      errors: [{ message: 'Internal error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    expect(JSON.stringify(bug)).not.toContain('secret');
  });

  it('allows so many operations on a socket and no more', async () => {
    const query = 'subscription { documentChanged { id } }';
    const held = [client.iterate({ query }), client.iterate({ query })];
    const pending = held.map((iterator) => iterator.next());

    const [error] = await refusal('{ status { version } }');
    for (const iterator of held) await iterator.return?.();
    await Promise.all(pending);

    expect(error?.extensions.code).toBe('TOO_MANY_AT_ONCE');
  });

  it.each([
    ['a foreign Origin', { origin: 'http://evil.example' }, '/graphql', 403],
    ['a foreign Host', { headers: { host: 'evil.example' } }, '/graphql', 403],
    ['another path', {}, '/other', 404],
  ])('refuses to open for %s', async (...[, options, path, status]) => {
    const socket = new WebSocket(
      address().replace('/graphql', path),
      'graphql-transport-ws',
      options,
    );

    const [, response] = (await once(socket, 'unexpected-response')) as [
      unknown,
      { statusCode: number },
    ];

    expect(response.statusCode).toBe(status);
    socket.on('error', () => undefined).terminate();
  });

  it('allows so many connections and no more', async () => {
    const sockets = Array.from(
      { length: 4 },
      () => new WebSocket(address(), 'graphql-transport-ws'),
    );
    const outcomes = await Promise.all(
      sockets.map((socket) =>
        Promise.race([
          once(socket, 'open').then(() => 'open'),
          once(socket, 'unexpected-response').then(() => 'refused'),
        ]),
      ),
    );
    for (const socket of sockets) socket.on('error', () => undefined).terminate();

    expect(outcomes).toContain('refused');
    expect(outcomes).toContain('open');
  });

  it('ends a connection that sends too long a message', async () => {
    const other = await startTestServer({ settings: { SPANDEX_MAX_MESSAGE_BYTES: '5000' } });
    const socket = new WebSocket(
      `${other.url.replace('http', 'ws')}/graphql`,
      'graphql-transport-ws',
    );
    await once(socket, 'open');
    socket.send('x'.repeat(6_000));

    const [code] = (await once(socket, 'close')) as [number];
    await other.close();

    expect(code).toBe(1009);
  });
});
