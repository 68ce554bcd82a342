import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

describe('pages of rankings over HTTP', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
    await server.ask(
      `mutation {
        ingestDocuments(input: { documents: [{ text: "Aspirin, caffeine, tremor." }] }, waitSeconds: 20) {
          errors { code }
        }
      }`,
    );
  });

  afterAll(() => server.close());

  it.each([
    ['similarMentions', 'to: { text: "aspirin" }, distinct: NONE'],
    ['mentionsOfType', 'type: "Chemical"'],
    ['searchDocuments', 'query: "aspirin"'],
    ['hybridDocuments', 'query: "aspirin"'],
  ])('of %s are of the moment of the first, whatever comes between', async (list, asked) => {
    const collection = `pages of ${list}`;
    const ingest = async (...numbers: readonly number[]) => {
      const documents = numbers.map((number) => ({ text: `${number} aspirin, aspirin.` }));
      const { errors } = await server.ask(
        `mutation ($input: IngestDocumentsInput!) {
          ingestDocuments(input: $input, waitSeconds: 20) { errors { message } }
        }`,
        { input: { collection, documents } },
      );
      expect(errors).toEqual([]);
    };
    const page = async (after: string | null) => {
      const { data } = await server.ask(
        `query ($after: String) {
          ${list}(collection: "${collection}", ${asked}, first: 3, after: $after) {
            nodes { id } pageInfo { hasNextPage endCursor }
          }
        }`,
        { after },
      );
      return data[list] as {
        nodes: { id: string }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    };
    await ingest(1, 2, 3, 4, 5);
    const all = async () => {
      const query = `{ ${list}(collection: "${collection}", ${asked}, first: 100) { nodes { id } } }`;
      return (await server.ask(query)).data[list].nodes as { id: string }[];
    };
    const whole = await all();

    const first = await page(null);
    await ingest(6, 7, 8);
    const nodes = [...first.nodes];
    for (let last = first; last.pageInfo.hasNextPage; nodes.push(...last.nodes)) {
      last = await page(last.pageInfo.endCursor);
    }

    expect(nodes).toEqual(whole);
    expect((await all()).length).toBeGreaterThan(whole.length);
  });

  it('of another start of the server have expired', async () => {
    const other = await startTestServer();
    const query = `query ($after: String) {
      similarMentions(to: { text: "a" }, first: 1, after: $after) { pageInfo { endCursor } }
    }`;
    const { data } = await server.ask(query);
    const after = data.similarMentions.pageInfo.endCursor;
    const known = await server.ask(query, { after });
    const elsewhere = await other.ask(query, { after });
    await other.close();

    expect(known.errors).toEqual([]);
    expect(elsewhere.errors).toMatchObject([
      { extensions: { code: 'CURSOR_EXPIRED', kind: 'conflict' } },
    ]);
  });

  it('are refused to another question', async () => {
    const query = `query ($text: String!, $after: String) {
      similarMentions(to: { text: $text }, first: 1, after: $after) { pageInfo { endCursor } }
    }`;
    const { data } = await server.ask(query, { text: 'a' });
    const after = data.similarMentions.pageInfo.endCursor;

    const { errors } = await server.ask(query, { text: 'b', after });

    expect(errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
  });
});
