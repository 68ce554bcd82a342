import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const documents = [
  {
    text: 'Acute kidney failure 👩‍🔬 after aspirin. The kidney recovered.',
    title: 'A failing kidney',
  },
  { text: 'Aspirin and caffeine.', title: 'Nothing of the sort' },
  { text: 'Failure of the kidney, of nephrons and of the nephrologist.' },
];

const pointsBefore = (text: string, end: number): number => Array.from(text.slice(0, end)).length;

const search = `query ($query: String!, $passages: Int! = 3, $passageChars: Int! = 200, $first: Int! = 20,
    $after: String, $filter: DocumentFilter) {
  searchDocuments(query: $query, passages: $passages, passageChars: $passageChars, first: $first,
    after: $after, filter: $filter) {
    edges {
      score matches
      titleMatches { start end }
      passages { text start end points: end(unit: CODE_POINT) matches { start end(unit: CODE_POINT) } }
      node { externalId }
    }
    nodes { externalId }
    pageInfo { hasNextPage hasPreviousPage endCursor }
    totalCount
    explain { path scanned timeMs estimatedRecall passing }
  }
}`;

describe('searchDocuments', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
    await server.ask(ingestOperation(), {
      documents: documents.map((document, i) => ({ ...document, externalId: `d${i}` })),
    });
  });

  afterAll(() => server.close());

  const idsOf = async (query: string): Promise<string[]> => {
    const { data } = await server.ask(search, { query });
    expect(data.searchDocuments.totalCount).toBe(data.searchDocuments.nodes.length);
    return data.searchDocuments.nodes.map((node: { externalId: string }) => node.externalId);
  };

  it.each([
    ['kidney', ['d0', 'd2']],
    ['"kidney failure"', ['d0']],
    ['failure kidney', ['d2', 'd0']],
    ['nephro*', ['d2']],
    ['caffeine OR nephrons', ['d2', 'd1']],
    ['aspirin NOT kidney', ['d1']],
    ['sort', ['d1']],
    ['nowhere', []],
  ])('answers %s', async (query, expected) => {
    expect((await idsOf(query)).toSorted()).toEqual(expected.toSorted());
  });

  it('shows what was found, as offsets of either unit', async () => {
    const { data } = await server.ask(search, { query: 'kidney aspirin', passageChars: 40 });

    const [edge] = data.searchDocuments.edges;
    const [{ text, title }] = documents as [{ text: string; title: string }];
    expect(edge).toMatchObject({ matches: 3, node: { externalId: 'd0' } });
    expect(edge.score).toBeGreaterThan(0);
    expect(title.slice(edge.titleMatches[0].start, edge.titleMatches[0].end)).toBe('kidney');
    const [passage] = edge.passages;
    expect(passage.text).toBe(text.slice(passage.start, passage.end));
    expect(passage.points).toBe(pointsBefore(text, passage.end));
    const points = passage.matches.map((match: { end: number }) => match.end);
    expect(points).toEqual([
      ...(passage.start <= 6 ? [12] : []),
      pointsBefore(text, text.indexOf('aspirin') + 7),
    ]);
  });

  it('goes on after a cursor', async () => {
    const whole = await server.ask(search, { query: 'aspirin OR kidney' });
    const first = await server.ask(search, { query: 'aspirin OR kidney', first: 2 });
    const after = first.data.searchDocuments.pageInfo.endCursor;
    const second = await server.ask(search, { query: 'aspirin OR kidney', first: 2, after });

    expect(first.data.searchDocuments.pageInfo.hasNextPage).toBe(true);
    expect(second.data.searchDocuments.pageInfo).toMatchObject({
      hasNextPage: false,
      hasPreviousPage: true,
    });
    expect([...first.data.searchDocuments.edges, ...second.data.searchDocuments.edges]).toEqual(
      whole.data.searchDocuments.edges,
    );
  });

  it('says how many documents were ranked, and how many of them pass', async () => {
    const all = await server.ask(search, { query: 'kidney', first: 1 });
    const some = await server.ask(search, { query: 'kidney', filter: { externalIds: ['d1'] } });
    const none = await server.ask(search, { query: 'nowhere' });

    const exact = { path: 'FULL_TEXT', timeMs: expect.any(Number), estimatedRecall: 1 };
    expect(all.data.searchDocuments.explain).toEqual({ ...exact, scanned: 2, passing: 2 });
    expect(some.data.searchDocuments.explain).toEqual({ ...exact, scanned: 2, passing: 0 });
    expect(none.data.searchDocuments.explain).toEqual({ ...exact, scanned: 0, passing: 0 });
  });

  it('keeps documents in the states that are asked for', async () => {
    const failed = await server.ask(search, { query: 'kidney', filter: { states: ['FAILED'] } });

    expect(failed.data.searchDocuments).toMatchObject({ edges: [], totalCount: 0 });
  });

  it.each([
    [
      { query: ' ' },
      'QUERY_INVALID',
      'A full-text query must have at least one word, but got: " ".',
    ],
    [
      { query: '"a' },
      'QUERY_INVALID',
      'A full-text query must close every quotation mark, but got: "\\"a".',
    ],
    [
      { query: 'a', passages: 11 },
      'ARGUMENT_INVALID',
      'passages must be from 0 to 10, but got: 11.',
    ],
    [
      { query: 'a', passageChars: 39 },
      'ARGUMENT_INVALID',
      'passageChars must be from 40 to 1000, but got: 39.',
    ],
    [{ query: 'a', first: 101 }, 'PAGE_SIZE_INVALID', 'first must be from 1 to 100, but got: 101.'],
    [
      { query: 'a', after: 'x' },
      'CURSOR_INVALID',
      'after must be a cursor that this query returned, but got: "x".',
    ],
  ])('refuses %o', async (variables, code, message) => {
    const { errors } = await server.ask(search, variables);

    expect(errors).toMatchObject([{ message, extensions: { code } }]);
  });
});
