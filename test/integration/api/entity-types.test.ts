import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const create = `mutation ($input: CreateEntityTypeInput!) {
  createEntityType(input: $input) { entityType { id name version offset documentsTotal } errors { code path message } }
}`;

const update = `mutation ($input: UpdateEntityTypeInput!) {
  updateEntityType(input: $input) { entityType { id name description version offset } errors { code path } }
}`;

const remove =
  'mutation ($id: ID!) { deleteEntityType(id: $id) { deletedId errors { code path } } }';

describe('entity types over HTTP', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
    await server.ask(`mutation { ingestDocuments(
      input: { documents: [{ text: "coffee and aspirin" }, { text: "tea and a tremor" }] }, waitSeconds: 20
    ) { errors { code } } }`);
  });

  afterAll(() => server.close());

  async function progressOf(id: string): Promise<{ documentsScored: number; version: number }> {
    const { data } = await server.ask(
      'query ($id: ID!) { node(id: $id) { ... on EntityType { documentsScored documentsTotal version } } }',
      { id },
    );
    return data.node;
  }

  /** Waits until every document has been scored for the type. */
  async function scored(id: string): Promise<void> {
    const end = Date.now() + 10_000;
    while ((await progressOf(id)).documentsScored < 2) {
      if (Date.now() > end) throw new Error('The type was not scored in time.');
      await sleep(20);
    }
  }

  async function mentionsOf(name: string): Promise<string[]> {
    const { data } = await server.ask(
      'query ($types: [String!]) { mentions(filter: { types: $types }) { nodes { text } } }',
      { types: [name] },
    );
    return data.mentions.nodes.map(({ text }: { text: string }) => text);
  }

  async function newType(name: string, description: string): Promise<string> {
    const { data } = await server.ask(create, { input: { name, description } });
    const { id } = data.createEntityType.entityType;
    await scored(id);
    return id;
  }

  it('begins with the types that the model was trained on', async () => {
    const { data } = await server.ask(
      '{ entityTypes { nodes { name version documentsScored documentsTotal } totalCount } }',
    );

    expect(data.entityTypes).toEqual({
      nodes: [
        { name: 'Chemical', version: 1, documentsScored: 2, documentsTotal: 2 },
        { name: 'Disease', version: 1, documentsScored: 2, documentsTotal: 2 },
      ],
      totalCount: 2,
    });
  });

  it('reads stored documents for a new type and leaves the mentions of others alone', async () => {
    const before = await mentionsOf('Chemical');

    await newType('Drink', 'coffee, tea');

    expect(await mentionsOf('Drink')).toEqual(['coffee', 'tea']);
    expect(await mentionsOf('Chemical')).toEqual(before);
  });

  it('reads them again for a changed description, as another version', async () => {
    const id = await newType('Colour', 'coffee');

    const { data } = await server.ask(update, { input: { id, description: 'tea' } });
    await scored(id);

    expect(data.updateEntityType).toMatchObject({ entityType: { version: 2 }, errors: [] });
    expect(await mentionsOf('Colour')).toEqual(['tea']);
  });

  it('changes a name without reading anything again', async () => {
    const id = await newType('Plnat', 'tea');

    const { data } = await server.ask(update, { input: { id, name: 'Plant' } });

    expect(data.updateEntityType.entityType).toMatchObject({ name: 'Plant', version: 1 });
    expect(await mentionsOf('Plant')).toEqual(['tea']);
  });

  it('asks as much more or less than the threshold as the offset says', async () => {
    const wide = { name: 'Wide', description: 'coffee, tea', offset: 0.5 };
    const created = await server.ask(create, { input: wide });
    const { id, offset } = created.data.createEntityType.entityType;
    await scored(id);
    const all = await mentionsOf('Wide');

    const raised = await server.ask(update, { input: { id, offset: 100 } });
    const none = await mentionsOf('Wide');
    const lowered = await server.ask(update, { input: { id, offset: -1 } });
    await scored(id);

    expect({ offset, all }).toEqual({ offset: 0.5, all: ['coffee', 'tea'] });
    expect(raised.data.updateEntityType.entityType).toMatchObject({ offset: 100, version: 1 });
    expect(none).toEqual([]);
    expect(lowered.data.updateEntityType.entityType).toMatchObject({ offset: -1, version: 2 });
    expect(await mentionsOf('Wide')).toEqual(['coffee', 'tea']);
  });

  it('gives a type that names none the offset 0', async () => {
    const { data } = await server.ask('{ entityTypes(first: 2) { nodes { name offset } } }');

    expect(data.entityTypes.nodes).toEqual([
      { name: 'Chemical', offset: 0 },
      { name: 'Disease', offset: 0 },
    ]);
  });

  it('extracts by the offset asked for, else by that of the stored type', async () => {
    await newType('Vessel', 'cup');
    const query = `query ($types: [ExtractTypeInput!]) {
      extract(text: "a cup of tea", types: $types) { mentions { text } }
    }`;
    const found = async (type: object): Promise<number> =>
      (await server.ask(query, { types: [type] })).data.extract.mentions.length;
    const { data } = await server.ask('{ entityTypes { nodes { id name } } }');
    const { id } = data.entityTypes.nodes.find(({ name }: { name: string }) => name === 'Vessel');
    const before = await found({ name: 'Vessel' });
    await server.ask(update, { input: { id, offset: 100 } });

    const counts = [
      before,
      await found({ name: 'Vessel' }),
      await found({ name: 'Vessel', offset: 0 }),
      await found({ name: 'Vessel', description: 'cup' }),
      await found({ name: 'Vessel', description: 'cup', offset: 100 }),
    ];

    expect(counts).toEqual([1, 0, 1, 1, 0]);
  });

  it('ranks mentions of a stored type by its offset too', async () => {
    await newType('Beverage', 'coffee');
    await server.ask(create, { input: { name: 'Rare', description: 'coffee', offset: 100 } });
    const ranked = async (type: string): Promise<number> => {
      const query = 'query ($type: String) { mentionsOfType(type: $type) { nodes { id } } }';
      return (await server.ask(query, { type })).data.mentionsOfType.nodes.length;
    };

    const counts = [await ranked('Beverage'), await ranked('Rare')];

    expect(counts).toEqual([expect.any(Number), 0]);
    expect(counts[0]).toBeGreaterThan(0);
  });

  it('refuses an offset that is out of range', async () => {
    const { errors } = await server.ask(
      '{ extract(text: "tea", types: [{ name: "Chemical", offset: -11 }]) { mentions { text } } }',
    );

    expect(errors).toMatchObject([
      {
        message: 'offset must be from -10 to 100, but got: -11.',
        extensions: { code: 'ARGUMENT_INVALID' },
      },
    ]);
  });

  it('deletes a type with its mentions', async () => {
    const id = await newType('Doomed', 'aspirin');

    const { data } = await server.ask(remove, { id });
    const again = await server.ask(remove, { id });
    const chemicals = await mentionsOf('Chemical');

    expect(data.deleteEntityType).toEqual({ deletedId: id, errors: [] });
    expect(again.data.deleteEntityType).toEqual({
      deletedId: null,
      errors: [{ code: 'ENTITY_TYPE_UNKNOWN', path: ['id'] }],
    });
    expect(chemicals).toEqual(['aspirin']);
  });

  it.each([
    ['a name that is taken', { name: 'Disease', description: '' }, 'ENTITY_TYPE_EXISTS', 'name'],
    ['no name', { name: ' ', description: '' }, 'ARGUMENT_INVALID', 'name'],
    [
      'an example without a text',
      { name: 'x', description: '', examples: [{ text: ' ', start: 0, end: 1 }] },
      ...(['TEXT_EMPTY', 'examples'] as const),
    ],
    [
      'an offset out of range',
      { name: 'x', description: '', offset: 101 },
      'ARGUMENT_INVALID',
      'offset',
    ],
    ['half a character', { name: '\ud800', description: '' }, 'ARGUMENT_INVALID', 'name'],
    ['a long name', { name: 'x'.repeat(201), description: '' }, 'ARGUMENT_INVALID', 'name'],
    [
      'a long description',
      { name: 'x', description: 'x'.repeat(10_001) },
      'ARGUMENT_INVALID',
      'description',
    ],
  ])('refuses to create a type with %s', async (_name, input, code, argument) => {
    const { data } = await server.ask(create, { input });

    expect(data.createEntityType).toMatchObject({
      entityType: null,
      errors: [{ code, path: ['input', argument] }],
    });
  });

  it.each([
    ['an unknown type', 'RW50aXR5VHlwZTo5OTk5', { name: 'x' }, 'ENTITY_TYPE_UNKNOWN', 'id'],
    ['an offset out of range', 'RW50aXR5VHlwZTox', { offset: -11 }, 'ARGUMENT_INVALID', 'offset'],
    ['a malformed id', 'nonsense', { name: 'x' }, 'ENTITY_TYPE_UNKNOWN', 'id'],
    ['a name that is taken', 'RW50aXR5VHlwZTox', { name: 'Disease' }, 'ENTITY_TYPE_EXISTS', 'name'],
  ])('refuses to update %s', async (...[, id, change, code, argument]) => {
    const { data } = await server.ask(update, { input: { id, ...change } });

    expect(data.updateEntityType).toEqual({
      entityType: null,
      errors: [{ code, path: ['input', argument] }],
    });
  });
});
