import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

interface RankedPage {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

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

  async function ingest(collection: string, ...numbers: readonly number[]): Promise<void> {
    const documents = numbers.map((number) => ({ text: `${number} aspirin, aspirin.` }));
    const { errors } = await server.ask(
      `mutation ($input: IngestDocumentsInput!) {
        ingestDocuments(input: $input, waitSeconds: 20) { errors { message } }
      }`,
      { input: { collection, documents } },
    );
    expect(errors).toEqual([]);
  }

  /** A page of a list with these arguments. */
  async function pageOf(list: string, asked: string): Promise<RankedPage> {
    const { data, errors } = await server.ask(
      `{ ${list}(${asked}) { nodes { id } pageInfo { hasNextPage endCursor } } }`,
    );
    expect(errors).toEqual([]);
    return data[list] as RankedPage;
  }

  const rankings = [
    ['similarMentions', 'to: { text: "aspirin" }, distinct: NONE'],
    ['mentionsOfType', 'type: "Chemical"'],
    ['searchDocuments', 'query: "aspirin"'],
    ['hybridDocuments', 'query: "aspirin"'],
  ] as const;

  it.each(rankings)(
    'of %s are of the moment of the first, whatever comes between',
    async (...of) => {
      const [list, query] = of;
      const collection = `pages of ${list}`;
      const asked = `collection: "${collection}", ${query}`;
      await ingest(collection, 1, 2, 3, 4, 5);
      const { nodes: whole } = await pageOf(list, `${asked}, first: 100`);

      const first = await pageOf(list, `${asked}, first: 3`);
      await ingest(collection, 6, 7, 8);
      const nodes = [...first.nodes];
      for (let last = first; last.pageInfo.hasNextPage; nodes.push(...last.nodes)) {
        last = await pageOf(list, `${asked}, first: 3, after: "${last.pageInfo.endCursor}"`);
      }

      expect(nodes).toEqual(whole);
      const { nodes: now } = await pageOf(list, `${asked}, first: 100`);
      expect(now.length).toBeGreaterThan(whole.length);
    },
  );

  it.each(rankings)(
    'of %s have what was stored at one moment, once, also while more is stored',
    async (...of) => {
      const [list, query] = of;
      const collection = `ingest beside ${list}`;
      const asked = `collection: "${collection}", ${query}`;
      await ingest(collection, 1, 2, 3, 4, 5, 6, 7, 8);
      const { nodes: before } = await pageOf(list, `${asked}, first: 100`);
      let isStored = false;
      const storing = (async () => {
        for (let i = 0; i < 8; i += 1) await ingest(collection, 100 + 2 * i, 101 + 2 * i);
        isStored = true;
      })();

      // Each walk begins and ends while something is stored.
      const walks: (readonly { id: string }[])[] = [];
      while (!isStored || walks.length < 2) {
        let last = await pageOf(list, `${asked}, first: 2`);
        const nodes = [...last.nodes];
        while (last.pageInfo.hasNextPage) {
          last = await pageOf(list, `${asked}, first: 2, after: "${last.pageInfo.endCursor}"`);
          nodes.push(...last.nodes);
        }
        walks.push(nodes);
      }
      await storing;

      const inOrder = list.endsWith('Documents') ? 'documents' : 'mentions';
      const { nodes: stored } = await pageOf(inOrder, `collection: "${collection}", first: 100`);
      const lengths = walks.map((nodes) => nodes.length);
      for (const nodes of walks) {
        const ids = nodes.map(({ id }) => id);
        expect(ids.toSorted()).toEqual(ids.map((_, i) => stored[i]?.id).toSorted());
      }
      expect(Math.min(...lengths)).toBeGreaterThanOrEqual(before.length);
      expect(Math.max(...lengths)).toBeGreaterThan(before.length);
    },
  );

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
