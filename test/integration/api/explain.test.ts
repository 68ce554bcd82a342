import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { untilIndexed } from '../../support/until-indexed.ts';

const texts = [
  'Aspirin against headache.',
  'Caffeine and tremor: lithium toxicity, tremor.',
  'Lithium carbonate, tremor, headache.',
];

const search = 'explain { path scanned k ef timeMs estimatedRecall estimatedSelectivity passing }';
const why = `explain {
  similarity score threshold margin confidence window
  nearestAccepted(first: 2) { similarity node { text type { name } } }
}`;

describe('explain', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
    const documents = [
      ...texts.map((text, i) => ({ text, externalId: `t${i}` })),
      { text: 'Nothing.', mentions: [{ start: 0, end: 7, type: 'Disease' }] },
    ];
    for (const collection of ['default', 'other']) {
      await server.ask(
        `mutation ($input: IngestDocumentsInput!) {
          ingestDocuments(input: $input, waitSeconds: 20) { errors { code } }
        }`,
        { input: { documents, collection } },
      );
    }
    // Vectors of forms that nobody's model has read come after the documents.
    await untilIndexed(server, { spans: 18, forms: 7 });
  });

  afterAll(() => server.close());

  it('says how each kind of page was found', async () => {
    const { data, errors } = await server.ask(`{
      all: mentions(first: 2) { ${search} }
      some: mentions(filter: { types: ["Chemical"] }) { ${search} }
      similar: similarMentions(to: { text: "tremor" }, filter: { types: ["Disease"] }) { ${search} }
      ofType: mentionsOfType(type: "Disease") { ${search} }
    }`);

    expect(errors).toEqual([]);
    const exact = { ef: null, estimatedRecall: 1, timeMs: expect.any(Number) };
    const listed = { ...exact, path: 'SQL', k: null };
    expect(data.all.explain).toEqual({
      ...listed,
      scanned: 2,
      estimatedSelectivity: 1,
      passing: 10,
    });
    expect(data.some.explain).toMatchObject({ ...listed, scanned: 3, passing: 3 });
    // Few mentions are all looked at, some of them twice.
    expect(data.some.explain.estimatedSelectivity).toBeCloseTo(0.3, 0);
    expect(data.similar.explain).toMatchObject({ ...listed, scanned: 4, passing: 7 });
    expect(data.ofType.explain).toMatchObject({ ...exact, passing: 10 });
  });

  it('says why a mention is in an answer, among the mentions of its own collection', async () => {
    const { data, errors } = await server.ask(`{
      mentions(collection: "other", filter: { text: "tremor" }, first: 1) {
        edges { node { score threshold margin confidence } ${why} }
      }
      similarMentions(to: { text: "tremor" }, first: 1) { edges { similarity ${why} } }
      mentionsOfType(description: "tremor", first: 1) {
        edges { similarity score threshold margin confidence ${why} }
      }
    }`);

    expect(errors).toEqual([]);
    const [listed] = data.mentions.edges;
    expect(listed.explain).toMatchObject({ ...listed.node, similarity: null, window: 0 });
    expect(listed.explain.nearestAccepted).toEqual([
      { similarity: 1, node: { text: 'tremor', type: { name: 'Disease' } } },
      { similarity: 1, node: { text: 'tremor', type: { name: 'Disease' } } },
    ]);
    const [similar] = data.similarMentions.edges;
    expect(similar.explain.similarity).toBe(similar.similarity);
    const [{ explain, ...typed }] = data.mentionsOfType.edges;
    expect(explain).toMatchObject(typed);
  });

  it('has no neighbours of a mention that was imported, and none that a person has not accepted', async () => {
    const { data } = await server.ask(`{
      mentions(first: 1, filter: { sources: [IMPORT] }) { edges { ${why} } }
      all: mentions(first: 1) {
        edges { explain { nearestAccepted(state: [ACCEPTED]) { similarity } } }
      }
      document(externalId: "t0") { mentions(first: 1) { explain { path } edges { ${why} } } }
    }`);

    expect(data.mentions.edges[0].explain).toMatchObject({
      window: null,
      confidence: null,
      nearestAccepted: [],
    });
    expect(data.all.edges[0].explain.nearestAccepted).toEqual([]);
    expect(data.document.mentions.explain).toBeNull();
    expect(data.document.mentions.edges[0].explain.window).toBe(0);
  });

  it.each([0, 101])('refuses %d neighbours', async (first) => {
    const { errors } = await server.ask(
      `{ mentions(first: 1) { edges { explain { nearestAccepted(first: ${first}) { similarity } } } } }`,
    );

    expect(errors).toMatchObject([{ extensions: { code: 'PAGE_SIZE_INVALID' } }]);
  });
});
