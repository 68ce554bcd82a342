import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withReader } from '../../../src/store/maintenance.ts';
import { verifyDatabase } from '../../../src/store/verify/verify.ts';
import type { GraphqlAnswer } from '../../support/ask-server.ts';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const ingest = ingestOperation();
const importing = `mutation ($input: ImportVocabularyInput!) {
  importVocabulary(input: $input, waitSeconds: 20) {
    vocabulary {
      id name version types { name } conceptCount namesTotal namesEncoded documentsTotal documentsLinked
    }
    errors { code message path }
  }
}`;
const deleting = `mutation ($id: ID!) {
  deleteVocabulary(id: $id) { deletedId errors { code path } }
}`;
const deletingType = 'mutation ($id: ID!) { deleteEntityType(id: $id) { deletedId } }';
const listing = `query ($collection: String) {
  vocabularies(collection: $collection) {
    nodes { id name version documentsTotal documentsLinked } pageInfo { hasNextPage }
  }
}`;
const reading = `query ($collection: String) {
  mentions(first: 100, collection: $collection) {
    nodes { id text state type { name } concept { id name vocabulary matchedBy similarity } }
  }
}`;

const entries = [
  { id: 'D1', name: 'Aspirin', synonyms: ['acetylsalicylic acid'] },
  { id: 'D2', name: 'poisoning by lithium', synonyms: ['Lithium Toxicity'] },
  { id: 'D3', name: 'tremors' },
  { id: 'D4', name: 'long term', synonyms: ['LT'] },
];

const documents = [
  { text: 'aspirin and caffeine for a tremor' },
  {
    text: 'lithium toxicity (LT): a headache',
    mentions: [{ start: 18, end: 20, type: 'Disease' }],
  },
  { text: 'LT of something else', mentions: [{ start: 0, end: 2, type: 'Disease' }] },
];

const concepts = {
  'aspirin 1': ['D1', 'NAME', 1],
  'caffeine 1': null,
  'tremor 1': ['D3', 'MEANING', expect.any(Number)],
  'lithium toxicity 1': ['D2', 'SYNONYM', 1],
  'LT 1': ['D2', 'ABBREVIATION', 1],
  'headache 1': null,
  'LT 2': ['D4', 'SYNONYM', 1],
};

describe('vocabularies over HTTP', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
  });

  afterAll(async () => {
    const { folder } = server;
    await server.close();
    const checks = withReader(folder, verifyDatabase);
    expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
  });

  const importInto = async (collection: string, input: object): Promise<GraphqlAnswer['data']> => {
    const given = { collection, name: 'own', entries, ...input };
    const { data, errors } = await server.ask(importing, { input: given });
    expect(errors).toEqual([]);
    return data.importVocabulary;
  };

  const ingestInto = async (collection: string, drafts: readonly object[]): Promise<string[]> => {
    const { data } = await server.ask(ingest, { documents: drafts, collection });
    return data.ingestDocuments.documents.map(({ id }: { id: string }) => id);
  };

  /** Waits until nothing of a collection waits for proposals. */
  async function linked(collection: string): Promise<void> {
    for (;;) {
      const { data } = await server.ask(listing, { collection });
      const nodes: { documentsTotal: number; documentsLinked: number }[] = data.vocabularies.nodes;
      if (nodes.every(({ documentsTotal: all, documentsLinked: done }) => all === done)) return;
      await sleep(20);
    }
  }

  /** What is proposed for each mention, by its text and which one of these it is. */
  async function proposed(collection: string): Promise<Record<string, unknown>> {
    const { data } = await server.ask(reading, { collection });
    const seen = new Map<string, number>();
    return Object.fromEntries(
      data.mentions.nodes.map(({ text, concept }: GraphqlAnswer['data']) => {
        const number = (seen.get(text) ?? 0) + 1;
        seen.set(text, number);
        const found = concept && [concept.id, concept.matchedBy, concept.similarity];
        return [`${text} ${number}`, found];
      }),
    );
  }

  it('propose a concept for each stored mention, and say how far that is', async () => {
    await ingestInto('stored', documents);

    const { vocabulary, errors } = await importInto('stored', { name: ' Diseases & more ' });

    expect(errors).toEqual([]);
    expect(vocabulary).toEqual({
      id: expect.any(String),
      name: 'Diseases & more',
      version: 1,
      types: null,
      conceptCount: 4,
      namesTotal: 7,
      namesEncoded: 7,
      documentsTotal: 3,
      documentsLinked: 3,
    });
    expect(await proposed('stored')).toEqual(concepts);
    const { data } = await server.ask(reading, { collection: 'stored' });
    expect(data.mentions.nodes[0].concept).toMatchObject({ vocabulary: 'Diseases & more' });
    const node = await server.ask(
      'query ($id: ID!) { node(id: $id) { id ... on Vocabulary { name } } }',
      { id: vocabulary.id },
    );
    expect(node.data.node).toEqual({ id: vocabulary.id, name: 'Diseases & more' });
  });

  it('propose a concept for each mention that is stored later, by whomever', async () => {
    await ingestInto('later', [{ text: 'Nothing that is anything.' }]);
    await importInto('later', {});
    await ingestInto('later', documents.slice(0, 1));
    const [, id] = await ingestInto('later', documents.slice(0, 2));
    await ingestInto('later', documents.slice(2));

    await linked('later');

    expect(await proposed('later')).toEqual(concepts);
    await server.ask(
      `mutation ($id: ID!) { addMention(input: {
        documentId: $id, start: 23, end: 33, type: "Chemical", reviewer: "Ada"
      }) { errors { message } } }`,
      { id },
    );
    await linked('later');
    expect(await proposed('later')).toMatchObject(concepts);
  });

  it('are replaced as a whole under the same name, and deleted with what they propose', async () => {
    await ingestInto('replaced', documents);
    const first = await importInto('replaced', {});

    const second = await importInto('replaced', {
      entries: [{ id: 'D1', name: 'Caffeine' }],
      types: ['Chemical'],
    });

    expect(second.vocabulary).toMatchObject({
      id: first.vocabulary.id,
      version: 2,
      conceptCount: 1,
      namesTotal: 1,
      types: [{ name: 'Chemical' }],
    });
    expect(await proposed('replaced')).toMatchObject({
      'aspirin 1': null,
      'caffeine 1': ['D1', 'NAME', 1],
      'LT 1': null,
    });
    const { id } = first.vocabulary;
    const { data } = await server.ask(deleting, { id });
    expect(data.deleteVocabulary).toEqual({ deletedId: id, errors: [] });
    expect(new Set(Object.values(await proposed('replaced')))).toEqual(new Set([null]));
    const again = await server.ask(deleting, { id });
    expect(again.data.deleteVocabulary).toEqual({
      deletedId: null,
      errors: [{ code: 'VOCABULARY_UNKNOWN', path: ['id'] }],
    });
  });

  it('have no type that is deleted before it is read', async () => {
    await ingestInto('fading', documents);
    const { vocabulary } = await importInto('fading', { types: ['Disease', 'Chemical'] });
    const types = await server.ask('{ entityTypes(collection: "fading") { nodes { id name } } }');
    const { id } = types.data.entityTypes.nodes.find(
      (each: { name: string }) => each.name === 'Disease',
    );
    const reader = server.app.parts.database.reader as unknown as {
      all: (statement: string, bindings: object) => Promise<unknown>;
    };
    const read = reader.all.bind(reader);
    const spy = jest.spyOn(reader, 'all').mockImplementation(async (statement, bindings) => {
      if (statement === 'findTypes') await server.ask(deletingType, { id });
      return read(statement, bindings);
    });

    const { data, errors } = await server.ask(
      'query ($id: ID!) { node(id: $id) { ... on Vocabulary { types { name } } } }',
      { id: vocabulary.id },
    );

    spy.mockRestore();
    expect(errors).toEqual([]);
    expect(data.node).toEqual({ types: [{ name: 'Chemical' }] });
  });

  it('are asked together, each for its types, and the surest is proposed', async () => {
    await ingestInto('several', documents);
    const near = [{ id: 'N1', name: 'aspirins' }];
    const chemicals = [
      { id: 'C1', name: 'caffeine' },
      { id: 'C2', name: 'tremor' },
    ];

    const guess = await importInto('several', { name: 'guess', entries: near });
    await importInto('several', { name: 'chemicals', entries: chemicals, types: ['Chemical'] });
    const before = await proposed('several');
    await importInto('several', { name: 'whole' });
    const after = await proposed('several');

    expect(before).toMatchObject({
      'aspirin 1': ['N1', 'MEANING', expect.any(Number)],
      'caffeine 1': ['C1', 'NAME', 1],
      'tremor 1': null,
    });
    expect(after).toMatchObject({
      'aspirin 1': ['D1', 'NAME', 1],
      'caffeine 1': ['C1', 'NAME', 1],
      'tremor 1': ['D3', 'MEANING', expect.any(Number)],
    });
    const { data } = await server.ask(listing, { collection: 'several' });
    expect(data.vocabularies.nodes.map(({ name }: { name: string }) => name)).toEqual([
      'guess',
      'chemicals',
      'whole',
    ]);
    await server.ask(deleting, { id: guess.vocabulary.id });
    await linked('several');
    expect(await proposed('several')).toEqual(after);
  });

  it('are what mentions are filtered, counted, compared and found together by', async () => {
    await ingestInto('asked', [...documents, { text: 'Aspirin, ASPIRIN and tremor' }]);
    await importInto('asked', {});

    const { data, errors } = await server.ask(`{
      mentions(collection: "asked", filter: { conceptIds: ["D2", "X"] }) { nodes { text } }
      similarMentions(collection: "asked", to: { text: "aspirin" }, distinct: NONE,
        filter: { conceptIds: ["D1"] }) { nodes { text } }
      mentionCounts(collection: "asked", by: CONCEPT, first: 2) {
        totalCount mentionsWithoutKey
        nodes { key mentions documents example { concept { name } } } pageInfo { endCursor }
      }
      forms: mentionCounts(collection: "asked", by: SURFACE_FORM, filter: { conceptIds: ["D2"] }) {
        nodes { key mentions }
      }
      coOccurrences(collection: "asked", of: { conceptIds: ["D1"] }, within: DOCUMENT) {
        nodes { with count }
      }
      compareMentions(by: CONCEPT, left: { collection: "asked" },
        right: { collection: "asked", filter: { text: "aspirin" } }) {
        leftTotal nodes { key left right }
      }
    }`);

    expect(errors).toEqual([]);
    const { mentionCounts, ...found } = data;
    const texts = (nodes: readonly { text: string }[]) => nodes.map(({ text }) => text);
    expect(texts(found.mentions.nodes)).toEqual(['LT', 'lithium toxicity']);
    expect(texts(found.similarMentions.nodes)).toEqual(['aspirin', 'Aspirin', 'ASPIRIN']);
    expect(mentionCounts).toMatchObject({
      totalCount: 4,
      mentionsWithoutKey: 2,
      nodes: [
        { key: 'D1', mentions: 3, documents: 2, example: { concept: { name: 'Aspirin' } } },
        { key: 'D2', mentions: 2, documents: 1, example: { concept: { name: entries[1]?.name } } },
      ],
    });
    expect(found.forms.nodes).toEqual([
      { key: 'lithium toxicity', mentions: 1 },
      { key: 'lt', mentions: 1 },
    ]);
    expect(found.coOccurrences.nodes).toEqual([
      { with: 'tremor', count: 2 },
      { with: 'caffeine', count: 1 },
    ]);
    expect(found.compareMentions.leftTotal).toBe(10);
    expect(found.compareMentions.nodes).toContainEqual({ key: 'D1', left: 3, right: 3 });
    const next = await server.ask(
      `query ($after: String) { mentionCounts(collection: "asked", by: CONCEPT, first: 2, after: $after) {
        nodes { key } } }`,
      { after: mentionCounts.pageInfo.endCursor },
    );
    expect(next.data.mentionCounts.nodes).toEqual([{ key: 'D3' }, { key: 'D4' }]);
  });

  it('change nothing that people have decided', async () => {
    await ingestInto('reviewed', documents.slice(0, 1));
    const { data } = await server.ask(reading, { collection: 'reviewed' });
    const [aspirin] = data.mentions.nodes;
    await server.ask(
      `mutation ($id: ID!) { reviewMentions(input: {
        collection: "reviewed", mentionIds: [$id], decision: RETYPE, toType: "Disease", reviewer: "Ada"
      }) { errors { message } } }`,
      { id: aspirin.id },
    );
    const seen = `{ mentions(collection: "reviewed", filter: { text: "aspirin", state: [ACCEPTED, REJECTED] }) {
      nodes { id text state source type { name } margin reviews { state } } } }`;
    const before = await server.ask(seen);

    await importInto('reviewed', {});
    await importInto('reviewed', { entries: [{ id: 'X', name: 'aspirin' }] });

    expect((await server.ask(seen)).data).toEqual(before.data);
    expect(before.data.mentions.nodes).toHaveLength(2);
    expect(await proposed('reviewed')).toMatchObject({ 'aspirin 1': ['X', 'NAME', 1] });
  });

  it.each<[string, object, string, string[]]>([
    ['no name', { name: ' ' }, 'ARGUMENT_INVALID', ['input', 'name']],
    ['a name that is too long', { name: 'n'.repeat(201) }, 'ARGUMENT_INVALID', ['input', 'name']],
    ['no concepts', { entries: [] }, 'ARGUMENT_INVALID', ['input', 'entries']],
    ['no types', { types: [] }, 'ARGUMENT_INVALID', ['input', 'types']],
    [
      'too many concepts',
      { entries: Array.from({ length: 10_001 }, (_, i) => ({ id: `${i}`, name: 'x' })) },
      'ARGUMENT_INVALID',
      ['input', 'entries'],
    ],
    [
      'an id that comes twice',
      { entries: [entries[0], { id: ' D1 ', name: 'other' }] },
      'ARGUMENT_INVALID',
      ['input', 'entries', '1', 'id'],
    ],
    [
      'an empty name',
      { entries: [{ id: 'D1', name: '\t' }] },
      'ARGUMENT_INVALID',
      ['input', 'entries', '0', 'name'],
    ],
    [
      'a synonym with NUL',
      { entries: [{ id: 'D1', name: 'x', synonyms: ['fine', 'a\0b'] }] },
      'ARGUMENT_INVALID',
      ['input', 'entries', '0', 'synonyms', '1'],
    ],
    [
      'a type that is not there',
      { types: ['Chemical', 'Nobody'] },
      'ENTITY_TYPE_UNKNOWN',
      ['input', 'types'],
    ],
    [
      'a collection that is not there',
      { collection: 'nowhere' },
      'COLLECTION_UNKNOWN',
      ['input', 'collection'],
    ],
  ])('are refused whole for %s', async (_name, input, code, path) => {
    await ingestInto('refusals', documents.slice(0, 1));

    const { vocabulary, errors } = await importInto('refusals', input);

    expect({ vocabulary, errors }).toEqual({
      vocabulary: null,
      errors: [{ code, path, message: expect.stringContaining('but got:') }],
    });
    const { data } = await server.ask(listing, { collection: 'refusals' });
    expect(data.vocabularies.nodes).toEqual([]);
  });

  it('are refused for a wait that is too long, and beyond the most of a collection', async () => {
    const tooLong = await server.ask(importing.replace('20', '31'), {
      input: { name: 'own', entries },
    });
    await ingestInto('many', documents.slice(0, 1));
    for (let i = 0; i < 20; i += 1) await importInto('many', { name: `${i}` });

    const { errors } = await importInto('many', { name: '20' });

    expect(tooLong.data.importVocabulary.errors).toMatchObject([
      { code: 'ARGUMENT_INVALID', path: ['waitSeconds'] },
    ]);
    expect(errors).toMatchObject([{ code: 'ARGUMENT_INVALID', path: ['input', 'name'] }]);
    expect((await importInto('many', { name: '19' })).errors).toEqual([]);
  });
});
