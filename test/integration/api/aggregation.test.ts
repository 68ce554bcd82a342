import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const documents = [
  { text: 'Aspirin against headache.', metadata: { topic: ['pain', 'drug'], date: '2023-05-01' } },
  { text: 'Caffeine and tremor. Lithium toxicity after caffeine.', metadata: { date: '2024' } },
  { text: 'Lithium carbonate. Tremor, headache.', metadata: { topic: 'pain', date: '2024-02-03' } },
  { text: 'Aspirin, aspirin and caffeine for headache.' },
];

const counts = `query ($by: MentionCountBy!, $metadataKey: String, $bucket: TimeBucket,
    $order: MentionCountOrder! = COUNT, $filter: MentionFilter, $first: Int! = 20, $after: String) {
  mentionCounts(by: $by, metadataKey: $metadataKey, bucket: $bucket, order: $order, filter: $filter,
    first: $first, after: $after) {
    nodes { key mentions documents example { text } }
    pageInfo { hasNextPage endCursor }
    totalCount
    mentionsWithoutKey
  }
}`;

const together = `query ($of: MentionFilter!, $with: MentionFilter, $within: CoOccurrenceUnit! = SENTENCE,
    $by: CoOccurrenceBy! = PARTNER, $minCount: Int! = 1, $first: Int! = 20, $after: String) {
  coOccurrences(of: $of, with: $with, within: $within, by: $by, minCount: $minCount, first: $first,
    after: $after) {
    nodes { of with count ofCount withCount npmi ofExample { text } withExample { text start } }
    pageInfo { hasNextPage endCursor }
    units
  }
}`;

const compare = `query ($left: MentionSetInput!, $right: MentionSetInput!, $by: ComparedBy! = SURFACE_FORM,
    $first: Int! = 20, $after: String) {
  compareMentions(by: $by, left: $left, right: $right, first: $first, after: $after) {
    nodes { key left right ratio score leftExample { text } rightExample { text } }
    pageInfo { hasNextPage endCursor }
    leftTotal
    rightTotal
  }
}`;

describe('queries that count', () => {
  let server: TestServer;
  let ids: string[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    const { data } = await server.ask(ingestOperation(), { documents });
    ids = data.ingestDocuments.documents.map(({ id }: { id: string }) => id);
    await server.ask(ingestOperation(), {
      documents: [{ text: 'Tremor, tremor and aspirin.' }],
      collection: 'other',
    });
  });

  afterAll(() => server.close());

  describe('mentionCounts', () => {
    const keysOf = async (variables: object): Promise<unknown[][]> => {
      const { data } = await server.ask(counts, { ...variables });
      return data.mentionCounts.nodes.map(
        ({ key, mentions, documents: in_ }: Record<string, unknown>) => [key, mentions, in_],
      );
    };

    it('counts by type, form, document, metadata and time', async () => {
      expect(await keysOf({ by: 'TYPE' })).toEqual([
        ['Chemical', 7, 4],
        ['Disease', 6, 4],
      ]);
      expect(await keysOf({ by: 'SURFACE_FORM', first: 3 })).toEqual([
        ['aspirin', 3, 2],
        ['caffeine', 3, 2],
        ['headache', 3, 3],
      ]);
      const byDocument = await keysOf({ by: 'DOCUMENT' });
      expect(byDocument.map(([key]) => key).toSorted()).toEqual(ids.toSorted());
      expect(await keysOf({ by: 'METADATA', metadataKey: 'topic' })).toEqual([
        ['pain', 5, 2],
        ['drug', 2, 1],
      ]);
      expect(
        await keysOf({ by: 'TIME', metadataKey: 'date', bucket: 'YEAR', order: 'KEY' }),
      ).toEqual([
        ['2023', 2, 1],
        ['2024', 7, 2],
      ]);
      const [[today] = []] = await keysOf({ by: 'TIME', bucket: 'DAY' });
      expect(today).toMatch(/^\d{4}-\d\d-\d\d$/);
    });

    it('says how many keys there are, and how many mentions have none', async () => {
      const variables = { by: 'TIME', metadataKey: 'date', bucket: 'MONTH', first: 1 };

      const { data } = await server.ask(counts, variables);

      expect(data.mentionCounts).toMatchObject({ totalCount: 2, mentionsWithoutKey: 8 });
    });

    it('goes on after a cursor of the same list only', async () => {
      const first = await server.ask(counts, { by: 'SURFACE_FORM', first: 2 });
      const after = first.data.mentionCounts.pageInfo.endCursor;

      const second = await server.ask(counts, { by: 'SURFACE_FORM', first: 100, after });
      const other = await server.ask(counts, { by: 'TYPE', after });

      const whole = await server.ask(counts, { by: 'SURFACE_FORM', first: 100 });
      expect([...first.data.mentionCounts.nodes, ...second.data.mentionCounts.nodes]).toEqual(
        whole.data.mentionCounts.nodes,
      );
      expect(other.errors).toMatchObject([{ extensions: { code: 'CURSOR_INVALID' } }]);
    });

    it.each([
      [{ by: 'METADATA' }, 'metadataKey must be given when `by` is METADATA, but got: null.'],
      [{ by: 'TIME' }, 'bucket must be given when `by` is TIME, but got: undefined.'],
      [
        { by: 'TYPE', metadataKey: 'x' },
        'metadataKey must be left out unless `by` is METADATA or TIME, but got: "x".',
      ],
      [
        { by: 'METADATA', metadataKey: 'x', bucket: 'DAY' },
        'bucket must be left out unless `by` is TIME, but got: "DAY".',
      ],
      [
        { by: 'METADATA', metadataKey: '' },
        'metadataKey must be 1 to 1000 characters of well-formed Unicode, but got: "".',
      ],
    ])('refuses %o', async (variables, message) => {
      const { errors } = await server.ask(counts, variables);

      expect(errors).toMatchObject([{ message, extensions: { code: 'ARGUMENT_INVALID' } }]);
    });
  });

  describe('surfaceForms', () => {
    it('completes what was typed, of the mentions that pass', async () => {
      const { data } = await server.ask(`{
        all: surfaceForms(prefix: "LITH") { nodes { key mentions } }
        chemicals: surfaceForms(prefix: "lith", filter: { types: ["Chemical"] }) {
          nodes { key } totalCount
        }
        ofPain: surfaceForms(
          prefix: "a"
          filter: { documents: { metadata: [{ key: "topic", equals: "pain" }] }, sources: [MODEL] }
        ) { nodes { key mentions example { document { id } } } }
        imported: surfaceForms(prefix: "a", filter: { sources: [IMPORT] }) { totalCount nodes { key } }
        other: surfaceForms(prefix: "a", collection: "other") { nodes { key mentions } }
      }`);

      expect(data).toEqual({
        all: {
          nodes: [
            { key: 'lithium carbonate', mentions: 1 },
            { key: 'lithium toxicity', mentions: 1 },
          ],
        },
        chemicals: { nodes: [{ key: 'lithium carbonate' }], totalCount: 1 },
        ofPain: { nodes: [{ key: 'aspirin', mentions: 1, example: { document: { id: ids[0] } } }] },
        imported: { nodes: [], totalCount: 0 },
        other: { nodes: [{ key: 'aspirin', mentions: 1 }] },
      });
    });

    it('says how the page was found, and how many mentions were counted', async () => {
      const explain = `explain {
        path scanned k ef timeMs estimatedRecall estimatedSelectivity passing
      }`;

      const { data } = await server.ask(`{
        some: surfaceForms(prefix: "a", filter: { types: ["Chemical"] }) { ${explain} }
        all: mentionCounts(by: TYPE, first: 1) { ${explain} }
      }`);

      const counted = { path: 'SQL', k: null, ef: null, estimatedRecall: 1 };
      const timeMs = expect.any(Number);
      expect(data.some.explain).toMatchObject({ ...counted, timeMs, scanned: 3, passing: 7 });
      expect(data.some.explain.estimatedSelectivity).toBeCloseTo(7 / 13, 0);
      expect(data.all.explain).toEqual({
        ...counted,
        timeMs,
        scanned: 13,
        passing: 13,
        estimatedSelectivity: 1,
      });
    });

    it.each([
      ['(prefix: "")', 'prefix must be 1 to 1000 characters of well-formed Unicode, but got: "".'],
      ['(prefix: "a", filter: { types: ["Nope"] })', 'An entity type must exist, but got: "Nope".'],
      [
        '(prefix: "a", filter: { maxConfidence: 2 })',
        'maxConfidence must be from 0 to 1, but got: 2.',
      ],
      [
        '(prefix: "a", filter: { minConfidence: 0.9, maxConfidence: 0.1 })',
        'minConfidence and maxConfidence must be in this order, but got: [0.9,0.1].',
      ],
      ['(prefix: "a", first: 101)', 'first must be from 1 to 100, but got: 101.'],
    ])('refuses %s', async (args, message) => {
      const { errors } = await server.ask(`{ surfaceForms${args} { totalCount } }`);

      expect(errors).toMatchObject([{ message }]);
    });
  });

  describe('coOccurrences', () => {
    it('finds what is in the same sentence or document, with an example', async () => {
      const of = { text: 'headache' };
      const sentence = await server.ask(together, { of });
      const document = await server.ask(together, { of, within: 'DOCUMENT', minCount: 2 });

      expect(sentence.data.coOccurrences).toMatchObject({
        units: 6,
        nodes: [
          {
            of: null,
            with: 'aspirin',
            count: 2,
            ofCount: 3,
            withCount: 2,
            npmi: Number((Math.log((2 * 6) / (3 * 2)) / -Math.log(2 / 6)).toFixed(6)),
            ofExample: { text: 'headache' },
            withExample: { text: 'Aspirin', start: 0 },
          },
          { with: 'caffeine', count: 1 },
          { with: 'tremor', count: 1 },
        ],
      });
      expect(document.data.coOccurrences).toMatchObject({
        units: 4,
        nodes: [{ with: 'aspirin', count: 2, ofCount: 3 }],
      });
    });

    it('finds pairs of two types, page by page', async () => {
      const variables = {
        of: { types: ['Chemical'] },
        with: { types: ['Disease'] },
        within: 'DOCUMENT',
        by: 'PAIR',
      };
      const whole = await server.ask(together, variables);
      const first = await server.ask(together, { ...variables, first: 2 });
      const after = first.data.coOccurrences.pageInfo.endCursor;
      const second = await server.ask(together, { ...variables, after });

      expect(whole.data.coOccurrences.nodes[0]).toMatchObject({
        of: 'aspirin',
        with: 'headache',
        count: 2,
      });
      expect([...first.data.coOccurrences.nodes, ...second.data.coOccurrences.nodes]).toEqual(
        whole.data.coOccurrences.nodes,
      );
    });

    it('counts in windows', async () => {
      const { data } = await server.ask(together, {
        of: { text: 'lithium carbonate' },
        within: 'WINDOW',
      });

      const found = data.coOccurrences.nodes.map(({ with: form }: { with: string }) => form);
      expect(found).toEqual(['headache', 'tremor']);
      expect(data.coOccurrences.units).toBeGreaterThanOrEqual(4);
    });

    it.each([
      [{ minCount: 0 }, 'minCount must be from 1 to 1000000, but got: 0.'],
      [{ first: 0 }, 'first must be from 1 to 100, but got: 0.'],
      [{ of: { types: ['Nope'] } }, 'An entity type must exist, but got: "Nope".'],
    ])('refuses %o', async (variables, message) => {
      const { errors } = await server.ask(together, { of: {}, ...variables });

      expect(errors).toMatchObject([{ message }]);
    });
  });

  describe('compareMentions', () => {
    it('compares two collections, the surest difference first', async () => {
      const { data } = await server.ask(compare, { left: {}, right: { collection: 'other' } });

      const { nodes, leftTotal, rightTotal } = data.compareMentions;
      expect([leftTotal, rightTotal]).toEqual([13, 3]);
      expect(nodes[0]).toMatchObject({
        key: 'tremor',
        left: 2,
        right: 2,
        leftExample: { text: 'tremor' },
        rightExample: { text: 'Tremor' },
      });
      expect(nodes[0].ratio).toBeCloseTo(2 / 13 / (2 / 3), 12);
      const g2 = 2 * (2 * Math.log(2 / ((13 * 4) / 16)) + 2 * Math.log(2 / ((3 * 4) / 16)));
      expect(nodes[0].score).toBeCloseTo(g2, 5);
      expect(nodes.find(({ key }: { key: string }) => key === 'headache')).toMatchObject({
        right: 0,
        ratio: null,
        rightExample: null,
      });
    });

    it('has no ratio with a set that has no mentions', async () => {
      const none = { filter: { types: [] } };
      const { data, errors } = await server.ask(compare, { left: none, right: {} });

      expect(errors).toEqual([]);
      const { nodes, leftTotal } = data.compareMentions;
      expect(leftTotal).toBe(0);
      expect(nodes[0]).toMatchObject({ left: 0, ratio: null });
    });

    it('compares any two filters by type, page by page', async () => {
      const variables = {
        by: 'TYPE',
        left: { filter: { documentIds: ids.slice(0, 1) } },
        right: { filter: { documentIds: ids.slice(3) } },
        first: 1,
      };
      const first = await server.ask(compare, variables);
      const after = first.data.compareMentions.pageInfo.endCursor;
      const second = await server.ask(compare, { ...variables, after });

      const nodes = [...first.data.compareMentions.nodes, ...second.data.compareMentions.nodes];
      expect(nodes.map(({ key, left, right }) => [key, left, right]).toSorted()).toEqual([
        ['Chemical', 1, 3],
        ['Disease', 1, 1],
      ]);
      expect(second.data.compareMentions.pageInfo.hasNextPage).toBe(false);
    });

    it('has nothing to say of nothing, and refuses collections that there are not', async () => {
      const nothing = { filter: { documentIds: [] } };

      const empty = await server.ask(compare, { left: nothing, right: nothing });
      const unknown = await server.ask(compare, { left: { collection: 'nope' }, right: {} });

      expect(empty.data.compareMentions).toMatchObject({ nodes: [], leftTotal: 0, rightTotal: 0 });
      expect(unknown.errors).toMatchObject([{ extensions: { code: 'COLLECTION_UNKNOWN' } }]);
    });
  });
});
