import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const texts = [
  'Aspirin against headache.',
  'Nothing is said of headache here, only that pain is there.',
  'Caffeine and tremor: lithium toxicity.',
  'Lithium carbonate and caffeine.',
  'No mention at all, and no such word.',
];

const hybrid = `query ($query: String!, $similarTo: String, $filter: MentionFilter, $documents: DocumentFilter,
    $first: Int! = 20, $after: String, $passages: Int! = 3) {
  hybridDocuments(query: $query, similarTo: $similarTo, filter: $filter, documents: $documents, first: $first,
    after: $after, passages: $passages) {
    edges {
      score textRank similarityRank similarity mention { text document { externalId } }
      titleMatches { start } matches passages { text }
      node { externalId }
    }
    nodes { externalId }
    pageInfo { hasNextPage hasPreviousPage endCursor }
    explain {
      timeMs
      text { path scanned timeMs estimatedRecall passing }
      similarity { path scanned k ef timeMs estimatedRecall estimatedSelectivity passing }
    }
  }
}`;

interface Edge {
  readonly score: number;
  readonly textRank: number | null;
  readonly similarityRank: number | null;
  readonly similarity: number | null;
  readonly mention: { readonly text: string; readonly document: object } | null;
  readonly matches: number;
  readonly node: { readonly externalId: string };
}

const share = (rank: number | null): number => (rank === null ? 0 : 1 / (60 + rank));

describe('hybridDocuments', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
    await server.ask(ingestOperation(), {
      documents: texts.map((text, i) => ({ text, externalId: `d${i}`, metadata: { place: i } })),
    });
    await server.ask(ingestOperation(), {
      documents: [{ text: 'Caffeine and headache.', externalId: 'elsewhere' }],
      collection: 'other',
    });
  });

  afterAll(() => server.close());

  const edgesOf = async (variables: object): Promise<readonly Edge[]> =>
    (await server.ask(hybrid, { ...variables })).data.hybridDocuments.edges;

  it('fuses the rankings of searchDocuments and similarMentions', async () => {
    const edges = await edgesOf({ query: 'caffeine OR pain', similarTo: 'caffeine' });
    const { data } = await server.ask(`{
      searchDocuments(query: "caffeine OR pain") { nodes { externalId } }
      similarMentions(to: { text: "caffeine" }, distinct: DOCUMENT) {
        edges { similarity node { text document { externalId } } }
      }
    }`);

    const byWords = data.searchDocuments.nodes.map((node: Edge['node']) => node.externalId);
    const similar = data.similarMentions.edges;
    const byMeaning = similar.map(
      (edge: { node: { document: Edge['node'] } }) => edge.node.document.externalId,
    );
    expect(edges.map(({ node }) => node.externalId).toSorted()).toEqual(
      [...new Set([...byWords, ...byMeaning])].toSorted(),
    );
    for (const [i, edge] of edges.entries()) {
      const { externalId } = edge.node;
      expect(edge.textRank ?? 0).toBe(byWords.indexOf(externalId) + 1);
      expect(edge.similarityRank ?? 0).toBe(byMeaning.indexOf(externalId) + 1);
      expect(edge.score).toBeCloseTo(share(edge.textRank) + share(edge.similarityRank), 12);
      expect(edge.score).toBeLessThanOrEqual(edges[i - 1]?.score ?? 1);
      const best = similar[byMeaning.indexOf(externalId)];
      expect(edge.mention).toEqual(best?.node ?? null);
      expect(edge.similarity).toBe(best?.similarity ?? null);
      expect(edge.matches > 0).toBe(edge.textRank !== null);
    }
    expect(edges[0]).toMatchObject({ similarity: 1 });
  });

  it('compares mentions with the words that are looked for', async () => {
    const asked = await edgesOf({ query: '"lithium carbonate" -aspirin' });
    const said = await edgesOf({
      query: '"lithium carbonate" -aspirin',
      similarTo: 'lithium carbonate',
    });

    expect(asked).toEqual(said);
    expect(asked[0]).toMatchObject({ textRank: 1, similarityRank: 1, node: { externalId: 'd3' } });
  });

  it('keeps to mentions that pass, and goes on after a cursor', async () => {
    const variables = { query: 'headache', filter: { types: ['Disease'] } };
    const whole = await server.ask(hybrid, variables);
    const first = await server.ask(hybrid, { ...variables, first: 2 });
    const { endCursor: after } = first.data.hybridDocuments.pageInfo;
    const second = await server.ask(hybrid, { ...variables, after });

    expect(whole.data.hybridDocuments.nodes.length).toBeGreaterThan(2);
    expect([...first.data.hybridDocuments.edges, ...second.data.hybridDocuments.edges]).toEqual(
      whole.data.hybridDocuments.edges,
    );
    expect(first.data.hybridDocuments.pageInfo).toMatchObject({ hasNextPage: true });
    const found = whole.data.hybridDocuments.edges.flatMap(({ mention }: Edge) => mention ?? []);
    expect(found.map(({ text }: { text: string }) => text)).not.toContain('Aspirin');
  });

  it('has a document that does not pass in neither ranking', async () => {
    const query = 'caffeine OR headache OR aspirin';
    const late = { metadata: [{ key: 'place', number: { min: 2 } }] };

    const all = await edgesOf({ query });
    const some = await edgesOf({ query, documents: late });
    const both = await edgesOf({
      query,
      documents: late,
      filter: { documents: { externalIds: ['d0', 'd3'] } },
    });

    const idsOf = (edges: readonly Edge[]) => edges.map(({ node }) => node.externalId).toSorted();
    expect(idsOf(all)).toEqual(['d0', 'd1', 'd2', 'd3']);
    expect(idsOf(some)).toEqual(['d2', 'd3']);
    expect(some.map(({ textRank }) => textRank).toSorted()).toEqual([1, 2]);
    expect(some.map(({ similarityRank }) => similarityRank).toSorted()).toEqual([1, 2]);
    // A document none of whose mentions pass is still found by its words.
    const ranks = both.map(({ node, ...edge }) => [node.externalId, edge.similarityRank]);
    expect(ranks.toSorted()).toEqual([
      ['d2', null],
      ['d3', 1],
    ]);
  });

  it('compares what the whole filter keeps', async () => {
    const filter = { textMatch: { prefix: 'lith' }, sources: ['MODEL'], minMargin: 0 };

    const edges = await edgesOf({ query: 'nowhere', similarTo: 'caffeine', filter });

    const found = edges.map(({ node, mention }) => [node.externalId, mention?.text]);
    expect(found.toSorted()).toEqual([
      ['d2', 'lithium toxicity'],
      ['d3', 'Lithium carbonate'],
    ]);
  });

  it('says how both rankings were found, on the page that found them', async () => {
    const variables = {
      query: 'headache OR caffeine',
      filter: { types: ['Chemical'] },
      documents: { externalIds: ['d0', 'd1', 'd3', 'd4'] },
      first: 1,
    };
    const first = await server.ask(hybrid, variables);
    const { explain, pageInfo } = first.data.hybridDocuments;
    const second = await server.ask(hybrid, { ...variables, after: pageInfo.endCursor });

    const took = { timeMs: expect.any(Number), estimatedRecall: 1 };
    expect(explain).toMatchObject({
      // Five have the words, one of them in another collection.
      text: { ...took, path: 'FULL_TEXT', scanned: 5, passing: 3 },
      similarity: { ...took, path: 'SQL', k: null, ef: null, scanned: 3, passing: 3 },
    });
    expect(explain.timeMs).toBeGreaterThanOrEqual(
      Math.max(explain.text.timeMs, explain.similarity.timeMs),
    );
    expect(second.data.hybridDocuments).toMatchObject({ explain: null, edges: [{}] });
  });

  it.each([
    [{ query: '' }, 'A full-text query must have at least one word, but got: "".'],
    [
      { query: 'a', similarTo: ' ' },
      'similarTo must be 1 to 1000 characters of well-formed Unicode, but got: " ".',
    ],
    [{ query: 'a', filter: { types: ['Nope'] } }, 'An entity type must exist, but got: "Nope".'],
    [
      { query: 'a', filter: { minMargin: 2, maxMargin: 1 } },
      'minMargin and maxMargin must be in this order, but got: [2,1].',
    ],
    [
      { query: 'a', filter: { minConfidence: -0.5 } },
      'minConfidence must be from 0 to 1, but got: -0.5.',
    ],
    [
      { query: 'a', documents: { title: { prefix: '' } } },
      'documents.title.prefix must be 1 to 1000 characters of well-formed Unicode, but got: "".',
    ],
    [
      {
        query: 'a',
        documents: { createdSince: '2021-01-01T00:00:00Z', createdBefore: '2020-01-01T00:00:00Z' },
      },
      'documents.createdSince and documents.createdBefore must be in this order, but got: ["2021-01-01T00:00:00.000Z","2020-01-01T00:00:00.000Z"].',
    ],
    [{ query: 'a', passages: 11 }, 'passages must be from 0 to 10, but got: 11.'],
    [{ query: 'a', first: 0 }, 'first must be from 1 to 100, but got: 0.'],
  ])('refuses %o', async (variables, message) => {
    const { errors } = await server.ask(hybrid, variables);

    expect(errors).toMatchObject([{ message }]);
  });
});
