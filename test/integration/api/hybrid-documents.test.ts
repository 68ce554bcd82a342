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

const hybrid = `query ($query: String!, $similarTo: String, $types: [String!], $first: Int! = 20, $after: String) {
  hybridDocuments(query: $query, similarTo: $similarTo, types: $types, first: $first, after: $after) {
    edges {
      score textRank similarityRank similarity mention { text document { externalId } }
      titleMatches { start } matches passages { text }
      node { externalId }
    }
    nodes { externalId }
    pageInfo { hasNextPage hasPreviousPage endCursor }
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
      documents: texts.map((text, i) => ({ text, externalId: `d${i}` })),
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

  it('keeps to mentions of the types, and goes on after a cursor', async () => {
    const variables = { query: 'headache', types: ['Disease'] };
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

  it.each([
    [{ query: '' }, 'A full-text query must have at least one word, but got: "".'],
    [
      { query: 'a', similarTo: ' ' },
      'similarTo must be 1 to 1000 characters of well-formed Unicode, but got: " ".',
    ],
    [{ query: 'a', types: ['Nope'] }, 'An entity type must exist, but got: "Nope".'],
    [{ query: 'a', first: 0 }, 'first must be from 1 to 100, but got: 0.'],
  ])('refuses %o', async (variables, message) => {
    const { errors } = await server.ask(hybrid, variables);

    expect(errors).toMatchObject([{ message }]);
  });
});
