import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { confidenceAt } from '../../../src/ner/calibration.ts';
import { dictionaryModel } from '../../support/dictionary-extractor.ts';
import {
  type Edge,
  searchedTexts,
  startSearchedServer,
  textsOf,
} from '../../support/searched-server.ts';
import type { TestServer } from '../../support/test-server.ts';

const ofType = `query ($type: String, $description: String, $filter: MentionFilter, $first: Int! = 20,
    $after: String) {
  mentionsOfType(type: $type, description: $description, filter: $filter, first: $first, after: $after) {
    edges { similarity score threshold margin node { id text type { name } } }
    pageInfo { hasNextPage endCursor }
    search { method scanned }
  }
}`;

describe('searches over HTTP', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startSearchedServer();
  });

  afterAll(() => server.close());

  describe('mentions', () => {
    it('keeps what passes every condition of the filter', async () => {
      const { data } = await server.ask(`{
        all: mentions(first: 100) { nodes { text } }
        chemicals: mentions(filter: { types: ["Chemical"] }) { nodes { text } }
        text: mentions(filter: { text: "LITHIUM" }) { nodes { text } }
        both: mentions(filter: { types: ["Disease"], text: "lithium" }) { nodes { text } }
        none: mentions(filter: { minMargin: 1000 }) { nodes { text } }
      }`);

      expect(data.all.nodes).toHaveLength(12);
      expect(textsOf(data.chemicals.nodes.map((node: Edge['node']) => ({ node })))).toEqual([
        'Aspirin',
        'Caffeine',
        'Lithium carbonate',
        'Aspirin',
        'aspirin',
        'caffeine',
      ]);
      expect(data.text.nodes).toEqual([
        { text: 'lithium toxicity' },
        { text: 'Lithium carbonate' },
      ]);
      expect(data.both.nodes).toEqual([{ text: 'lithium toxicity' }]);
      expect(data.none.nodes).toEqual([]);
    });

    it('gives a confidence that rises with the margin, everywhere', async () => {
      const query = `{
        mentions(first: 100) { nodes { margin confidence } }
        extract(text: "Aspirin against headache.") { mentions { margin confidence } }
        mentionsOfType(type: "Chemical") { edges { margin confidence } }
      }`;

      const { data } = await server.ask(query);

      const all = [...data.mentions.nodes, ...data.extract.mentions, ...data.mentionsOfType.edges];
      expect(all.length).toBeGreaterThan(14);
      for (const { margin, confidence } of all)
        expect(confidence).toBe(confidenceAt(dictionaryModel.calibration!, margin));
    });

    it('keeps mentions that are sure enough, by confidence or by margin', async () => {
      const { data } = await server.ask('{ mentions(first: 100) { nodes { confidence } } }');
      const confidences: number[] = data.mentions.nodes
        .map(({ confidence }: { confidence: number }) => confidence)
        .toSorted((a: number, b: number) => a - b);
      const middle = confidences[6]!;
      const query = `query ($filter: MentionFilter) { mentions(filter: $filter, first: 100) {
        nodes { confidence } } }`;
      const count = async (filter: object): Promise<number> =>
        (await server.ask(query, { filter })).data.mentions.nodes.length;

      const counts = {
        all: await count({ minConfidence: 0 }),
        half: await count({ minConfidence: middle }),
        none: await count({ minConfidence: 1 }),
        both: await count({ minConfidence: middle, minMargin: 1000 }),
        either: await count({ minConfidence: middle, minMargin: -1000 }),
      };

      const half = confidences.filter((confidence) => confidence >= middle).length;
      expect(counts).toEqual({ all: 12, half, none: 0, both: 0, either: half });
      expect(half).toBeLessThan(12);
    });

    it.each([-0.1, 1.1])('refuses the confidence %d', async (minConfidence) => {
      const { errors } = await server.ask(
        'query ($filter: MentionFilter) { mentions(filter: $filter) { nodes { id } } }',
        { filter: { minConfidence } },
      );

      expect(errors).toMatchObject([
        {
          message: `minConfidence must be from 0 to 1, but got: ${minConfidence}.`,
          extensions: { code: 'ARGUMENT_INVALID' },
        },
      ]);
    });

    it('gives the same mentions page by page, flat or nested', async () => {
      const query = `query ($overlap: Overlap!, $first: Int!, $after: String) {
        mentions(overlap: $overlap, first: $first, after: $after) {
          nodes { id } pageInfo { hasNextPage endCursor }
        }
      }`;
      for (const overlap of ['FLAT', 'NESTED']) {
        const whole = await server.ask(query, { overlap, first: 100 });
        const ids: string[] = [];
        let after: string | null = null;
        do {
          const { data } = await server.ask(query, { overlap, first: 5, after });
          ids.push(...data.mentions.nodes.map(({ id }: { id: string }) => id));
          after = data.mentions.pageInfo.hasNextPage ? data.mentions.pageInfo.endCursor : null;
        } while (after !== null);

        expect(ids).toEqual(whole.data.mentions.nodes.map(({ id }: { id: string }) => id));
        expect(ids).toHaveLength(12);
      }
    });

    it('refuses an unknown type by its name', async () => {
      const { data, errors } = await server.ask(
        '{ mentions(filter: { types: ["Planet"] }) { nodes { id } } }',
      );

      expect(data).toBeNull();
      expect(errors).toMatchObject([
        {
          message: 'An entity type must exist, but got: "Planet".',
          path: ['mentions'],
          extensions: { code: 'ENTITY_TYPE_UNKNOWN', kind: 'missing', details: { name: 'Planet' } },
        },
      ]);
    });

    it('finds a mention by its global id', async () => {
      const { data } = await server.ask('{ mentions(first: 1) { nodes { id text } } }');
      const [mention] = data.mentions.nodes;

      const found = await server.ask(
        'query ($id: ID!) { node(id: $id) { id ... on Mention { text document { text } } } }',
        { id: mention.id },
      );

      expect(found.data.node).toEqual({ ...mention, document: { text: searchedTexts[0] } });
    });
  });

  describe('mentionsOfType', () => {
    it('finds the mentions of a stored type by its name', async () => {
      const { data } = await server.ask(ofType, { type: 'Chemical' });

      const { edges } = data.mentionsOfType;
      expect(edges.map(({ node }: Edge) => node.type.name)).toEqual(Array(6).fill('Chemical'));
      for (const { score, threshold, margin, similarity } of edges) {
        expect(margin).toBeGreaterThan(0);
        expect(margin).toBeCloseTo(score - threshold, 6);
        expect(score).toBeCloseTo(dictionaryModel.logitScale * similarity, 6);
      }
    });

    it('finds stored mentions by a description that nobody stored', async () => {
      const { data } = await server.ask(ofType, { description: 'caffeine' });

      expect(textsOf(data.mentionsOfType.edges).slice(0, 2)).toEqual(['Caffeine', 'caffeine']);
      expect(data.mentionsOfType.search.scanned).toBe(12);
    });

    it('pages and filters', async () => {
      const filter = { types: ['Disease'], text: 'tremor' };

      const first = await server.ask(ofType, { type: 'Disease', filter, first: 2 });
      const { endCursor } = first.data.mentionsOfType.pageInfo;
      const second = await server.ask(ofType, {
        type: 'Disease',
        filter,
        first: 2,
        after: endCursor,
      });

      expect(first.data.mentionsOfType.pageInfo.hasNextPage).toBe(true);
      expect(second.data.mentionsOfType.pageInfo.hasNextPage).toBe(false);
      expect([
        ...textsOf(first.data.mentionsOfType.edges),
        ...textsOf(second.data.mentionsOfType.edges),
      ]).toEqual(['tremor', 'tremor', 'tremor']);
    });

    it.each([
      ['an unknown type', { type: 'Planet' }, 'ENTITY_TYPE_UNKNOWN'],
      ['nothing', {}, 'ARGUMENTS_CONTRADICT'],
      ['both', { type: 'Disease', description: 'x' }, 'ARGUMENTS_CONTRADICT'],
      ['an empty description', { description: ' ' }, 'ARGUMENT_INVALID'],
      ['too long a description', { description: 'x'.repeat(10_001) }, 'ARGUMENT_INVALID'],
    ])('refuses %s', async (_name, variables, code) => {
      const { errors } = await server.ask(ofType, variables);

      expect(errors[0]?.extensions.code).toBe(code);
    });
  });

  describe('pages', () => {
    const lists = [
      ['documents', '{ documents(ARGS) { nodes { id } } }'],
      ['mentions', '{ mentions(ARGS) { nodes { id } } }'],
      ['flat mentions', '{ mentions(overlap: FLAT, ARGS) { nodes { id } } }'],
      ['similarMentions', '{ similarMentions(to: { text: "a" }, ARGS) { nodes { id } } }'],
      ['mentionsOfType', '{ mentionsOfType(type: "Disease", ARGS) { nodes { id } } }'],
      ['entityTypes', '{ entityTypes(ARGS) { nodes { id } } }'],
      [
        'mentions of a document',
        '{ document(externalId: "t0") { mentions(ARGS) { nodes { id } } } }',
      ],
    ] as const;

    it.each(lists)('refuses sizes of %s outside 1 to 100', async (_name, query) => {
      for (const first of [0, -1, 101, 100_000]) {
        const { errors } = await server.ask(query.replace('ARGS', `first: ${first}`));

        expect(errors[0]).toMatchObject({
          message: `first must be from 1 to 100, but got: ${first}.`,
          extensions: { code: 'PAGE_SIZE_INVALID', kind: 'invalid' },
        });
      }
    });

    it.each(lists)('refuses cursors of %s that it did not give', async (_name, query) => {
      for (const after of ['', 'nonsense', 'WyJlbHNlIiwxXQ', '💥']) {
        const { errors } = await server.ask(
          query.replace('ARGS', `first: 1, after: ${JSON.stringify(after)}`),
        );

        expect(errors[0]?.extensions.code).toBe('CURSOR_INVALID');
      }
    });
  });

  describe('extract', () => {
    it('finds mentions of types given with the question, and stores nothing', async () => {
      const before = await server.ask('{ status { counts { documents mentions } } }');

      const { data } = await server.ask(
        `query ($text: String!) {
          extract(text: $text, types: [{ name: "Drink", description: "coffee, tea" }, { name: "Disease" }]) {
            mentions { type text start(unit: CODE_POINT) margin }
            coverage { characters windows }
          }
        }`,
        { text: '😀 coffee against headache' },
      );

      const after = await server.ask('{ status { counts { documents mentions } } }');
      expect(data.extract.mentions).toMatchObject([
        { type: 'Drink', text: 'coffee', start: 2 },
        { type: 'Disease', text: 'headache', start: 17 },
      ]);
      expect(data.extract.coverage).toEqual({ characters: 26, windows: 1 });
      expect(after.data).toEqual(before.data);
    });

    it('looks for the stored types when none are given', async () => {
      const { data } = await server.ask(
        '{ extract(text: "aspirin tremor") { mentions { type } } }',
      );

      expect(data.extract.mentions).toEqual([{ type: 'Chemical' }, { type: 'Disease' }]);
    });

    it.each([
      ['an empty text', { text: '' }, 'TEXT_EMPTY'],
      ['a text that is too long', { text: 'a'.repeat(200_001) }, 'TEXT_TOO_LONG'],
      ['a text of ten million characters', { text: 'a'.repeat(10_000_000) }, 'TEXT_TOO_LONG'],
      ['half a character', { text: 'a\udc00' }, 'TEXT_NOT_UNICODE'],
      ['an unknown type', { text: 'a', types: [{ name: 'Planet' }] }, 'ENTITY_TYPE_UNKNOWN'],
      ['no types', { text: 'a', types: [] }, 'ARGUMENT_INVALID'],
      ['a type twice', { text: 'a', types: [{ name: 'X' }, { name: 'X' }] }, 'ARGUMENT_INVALID'],
    ])('refuses %s', async (_name, variables, code) => {
      const { data, errors } = await server.ask(
        'query ($text: String!, $types: [ExtractTypeInput!]) { extract(text: $text, types: $types) { coverage { tokens } } }',
        variables,
      );

      expect(data).toBeNull();
      expect(errors).toMatchObject([{ path: ['extract'], extensions: { code } }]);
    });
  });

  it('says how the server is', async () => {
    const { data } = await server.ask(`{ status {
      version uptimeSeconds
      model { id name licence types { name } metrics typeVectorSize meaningVectorSize windowTokens overlapTokens maxMentionTokens }
      counts { documents documentsQueued documentsRunning documentsDone documentsFailed entityTypes mentions surfaceForms }
      indexes { space state size tail tombstones crashes audited missed repaired }
      coverage { characters charactersRead charactersDropped }
      eventLoopDelay { p50Ms p99Ms maxMs }
    } }`);

    const characters = searchedTexts.join('').length;
    expect(data.status).toMatchObject({
      model: { id: dictionaryModel.id, name: 'dictionary', meaningVectorSize: 24 },
      counts: { documents: 4, documentsDone: 4, entityTypes: 2, mentions: 12, surfaceForms: 6 },
      coverage: { characters, charactersRead: characters, charactersDropped: 0 },
    });
    expect(data.status.indexes).toMatchObject([
      { space: 'TYPE', size: 12, crashes: 0, missed: 0, repaired: 0 },
      { space: 'MEANING', size: 6, crashes: 0, missed: 0, repaired: 0 },
    ]);
    expect(data.status.uptimeSeconds).toBeGreaterThan(0);
  });
});
