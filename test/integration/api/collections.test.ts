import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const ingest = ingestOperation();

const look = `query ($collection: String) {
  documents(collection: $collection) { nodes { externalId text } totalCount }
  document(collection: $collection, externalId: "same") { text }
  mentions(collection: $collection) { nodes { text } }
  similarMentions(collection: $collection, to: { text: "aspirin" }) { nodes { text } }
  mentionsOfType(collection: $collection, type: "Chemical") { nodes { text } }
  entityTypes(collection: $collection) { nodes { name } }
  jobs(collection: $collection) { totalCount }
  status(collection: $collection) { counts { documents mentions } coverage { characters } }
}`;

describe('collections', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
    const documents = [{ externalId: 'same', text: 'aspirin here' }];
    await server.ask(ingest, { documents });
    await server.ask(ingest, {
      collection: 'other',
      documents: [{ externalId: 'same', text: 'caffeine there' }, { text: 'no tremor' }],
    });
  });

  afterAll(() => server.close());

  it('keep documents, types, mentions and jobs apart, and know the same only within one', async () => {
    const first = await server.ask(look);
    const other = await server.ask(look, { collection: 'other' });

    expect(first.errors).toEqual([]);
    expect(first.data).toMatchObject({
      documents: { totalCount: 1 },
      document: { text: 'aspirin here' },
      mentions: { nodes: [{ text: 'aspirin' }] },
      similarMentions: { nodes: [{ text: 'aspirin' }] },
      mentionsOfType: { nodes: [{ text: 'aspirin' }] },
      jobs: { totalCount: 1 },
      status: { counts: { documents: 1, mentions: 1 }, coverage: { characters: 12 } },
    });
    expect(other.data).toMatchObject({
      documents: { totalCount: 2 },
      document: { text: 'caffeine there' },
      mentions: { nodes: [{ text: 'caffeine' }, { text: 'tremor' }] },
      mentionsOfType: { nodes: [{ text: 'caffeine' }] },
      entityTypes: { nodes: [{ name: 'Chemical' }, { name: 'Disease' }] },
      jobs: { totalCount: 1 },
      status: { counts: { documents: 2, mentions: 2 }, coverage: { characters: 23 } },
    });
    expect(
      other.data.similarMentions.nodes.map(({ text }: { text: string }) => text).sort(),
    ).toEqual(['caffeine', 'tremor']);
  });

  it('have the words of their documents counted, until these are deleted', async () => {
    const query = `query ($collection: String) {
      documents(collection: $collection) { nodes { id coverage { words } } }
      status(collection: $collection) { coverage { words tokens unknownTokens droppedParts } }
    }`;
    await server.ask(ingest, {
      collection: 'counted',
      documents: [{ text: 'Aspirin, for the headache.' }, { text: 'No \u0001 tremor' }],
    });

    const { data } = await server.ask(query, { collection: 'counted' });
    const [first] = data.documents.nodes;
    await server.ask('mutation ($id: ID!) { deleteDocuments(ids: [$id]) { deletedIds } }', {
      id: first.id,
    });
    const after = await server.ask(query, { collection: 'counted' });

    expect(data.documents.nodes).toMatchObject([
      { coverage: { words: 4 } },
      { coverage: { words: 2 } },
    ]);
    expect(data.status.coverage).toMatchObject({ words: 6, unknownTokens: 0, droppedParts: 1 });
    expect(after.data.status.coverage.words).toBe(2);
  });

  it('are listed', async () => {
    const { data } = await server.ask('{ collections { name } }');

    expect(data.collections).toEqual(
      expect.arrayContaining([{ name: 'default' }, { name: 'other' }]),
    );
  });

  it('have types of their own', async () => {
    const create = `mutation ($collection: String) { createEntityType(input: {
      collection: $collection, name: "Drink", description: "caffeine" }) {
      entityType { name } errors { code path } } }`;

    const made = await server.ask(create, { collection: 'other' });
    const unknown = await server.ask(create, { collection: 'nowhere' });
    const first = await server.ask('{ entityTypes { nodes { name } } }');

    expect(made.data.createEntityType.entityType).toEqual({ name: 'Drink' });
    expect(unknown.data.createEntityType.errors).toEqual([
      { code: 'COLLECTION_UNKNOWN', path: ['input', 'collection'] },
    ]);
    expect(first.data.entityTypes.nodes.map(({ name }: { name: string }) => name)).toEqual([
      'Chemical',
      'Disease',
    ]);
  });

  it('are refused by name where there is none, and made by an ingestion only under a good name', async () => {
    const asked = await server.ask('{ documents(collection: "nowhere") { totalCount } }');
    const made = await server.ask(ingest, { collection: '  ', documents: [{ text: 'x' }] });

    expect(asked.errors).toMatchObject([{ extensions: { code: 'COLLECTION_UNKNOWN' } }]);
    expect(made.data.ingestDocuments).toMatchObject({
      documents: [],
      errors: [{ code: 'ARGUMENT_INVALID', path: ['input', 'collection'] }],
    });
  });
});
