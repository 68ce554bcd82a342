import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { filesHolding } from '../../support/store/canary.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';
import { untilIndexed } from '../../support/until-indexed.ts';

const ingest = ingestOperation();

const purge = `mutation ($ids: [ID!]!) {
  purgeDocuments(ids: $ids) { purgedIds errors { code path } }
}`;

/** Names of what the purged document mentions, too, but not as it writes them. */
const vocabulary = `mutation { importVocabulary(waitSeconds: 20, input: { name: "own", entries: [
  { id: "D1", name: "Aspirin" }, { id: "D2", name: "lithium toxicities" }
] }) { vocabulary { documentsLinked } errors { message } } }`;

const proposalsOf = ({ app }: TestServer) =>
  app.parts.database.reader.query<{ id: string; count: number }>(
    `SELECT c.key AS id, count(l.mention_id) AS count FROM concepts c
     LEFT JOIN mention_concepts l ON l.concept_id = c.id GROUP BY c.key ORDER BY c.key`,
    {},
  );

const documents = [
  { text: 'Aspirin helped Mrs Quaxton against lithium toxicity.', externalId: 'quaxton-1' },
  ...Array.from({ length: 30 }, (_, i) => ({ text: `aspirin and caffeine, number ${i}` })),
];

/** Of all documents. */
const sizes = { spans: 62, forms: 3 };

describe('purgeDocuments', () => {
  it('leaves nothing of a document in any file of the data folder, and keeps the others', async () => {
    const folder = temporaryFolder();
    const first = await startTestServer({ folder });
    const accepted = await first.ask(ingest, { documents });
    const { id } = accepted.data.ingestDocuments.documents[0];
    await untilIndexed(first, sizes);
    const { database } = first.app.parts;
    const rows = await database.reader.query<{ vector: Uint8Array }>(
      `SELECT type_vector AS vector FROM spans WHERE surface = 'lithium toxicity'
       UNION SELECT meaning_vector FROM surface_forms WHERE text = 'lithium toxicity'`,
      {},
    );
    const vectors = rows.map(({ vector }) => new Float32Array(vector.slice().buffer));
    // Closing it writes the indexes' snapshots.
    await first.close();
    const server = await startTestServer({ folder });
    await untilIndexed(server, sizes);
    await server.ask(vocabulary);
    const linked = await proposalsOf(server);
    const canaries = ['Quaxton', 'quaxton-1', ...vectors];
    const before = filesHolding(folder, canaries);

    const { data } = await server.ask(purge, { ids: [id, id, 'RG9jdW1lbnQ6OTk5'] });

    expect(vectors).toHaveLength(2);
    expect(before).toEqual(
      expect.arrayContaining(
        ['spandex.sqlite', 'type.hnsw', 'meaning.hnsw'].map((name) => join(folder, name)),
      ),
    );
    expect(data.purgeDocuments.purgedIds).toEqual([id, id]);
    expect(data.purgeDocuments.errors).toMatchObject([
      { code: 'DOCUMENT_UNKNOWN', path: ['ids', '2'] },
    ]);
    expect(filesHolding(folder, canaries)).toEqual([]);
    expect(linked).toEqual([
      { id: 'D1', count: 31 },
      { id: 'D2', count: 1 },
    ]);
    expect(await proposalsOf(server)).toEqual([
      { id: 'D1', count: 30 },
      { id: 'D2', count: 0 },
    ]);
    const found = await server.ask(
      `{ mentions(first: 100) { nodes { text } }
         mentionsOfType(type: "Chemical", first: 100) { nodes { text } }
         similarMentions(to: { text: "lithium toxicity" }, distinct: NONE, first: 100) { nodes { text } } }`,
    );
    for (const list of ['mentions', 'mentionsOfType', 'similarMentions']) {
      expect([list, found.data[list].nodes.length]).toEqual([list, 60]);
    }
    await server.close();
    expect(filesHolding(folder, canaries)).toEqual([]);
    expect(server.log.join('')).not.toContain('Quaxton');
  }, 120_000);
});

describe('ingestDocuments, of documents with mentions', () => {
  it('keeps them beside what the model finds, and finds what means the same', async () => {
    const server = await startTestServer();
    const text = 'Aspirin for Zweitname';
    const mentions = [{ start: 12, end: 21, type: 'Person', concept: 'X:1' }];

    const { data } = await server.ask(ingest, {
      documents: [
        { text, mentions },
        { text, mentions: [{ start: 3, end: 99, type: 'X' }] },
      ],
    });

    expect(data.ingestDocuments.documents).toMatchObject([{ state: 'DONE' }]);
    expect(data.ingestDocuments.errors).toMatchObject([{ code: 'ARGUMENT_INVALID' }]);
    const stored =
      '{ mentions(first: 9) { nodes { text source type { name } margin statedConcept } } }';
    expect((await server.ask(stored)).data.mentions.nodes).toEqual([
      {
        text: 'Zweitname',
        source: 'IMPORT',
        type: { name: 'Person' },
        margin: 0,
        statedConcept: 'X:1',
      },
      {
        text: 'Aspirin',
        source: 'MODEL',
        type: { name: 'Chemical' },
        margin: expect.any(Number),
        statedConcept: null,
      },
    ]);
    const similar = '{ similarMentions(to: { text: "zweitnamen" }, first: 1) { nodes { text } } }';
    let nearest = '';
    for (let i = 0; i < 100 && nearest !== 'Zweitname'; i += 1) {
      await sleep(50);
      nearest = (await server.ask(similar)).data.similarMentions.nodes[0]?.text;
    }
    await server.close();
    expect(nearest).toBe('Zweitname');
  }, 60_000);
});
