import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dictionaryModel } from '../../support/dictionary-extractor.ts';
import { type Edge, startSearchedServer, textsOf } from '../../support/searched-server.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const similar = `query ($to: SimilarToInput!, $space: VectorSpace, $filter: MentionFilter,
    $distinct: Distinct! = SURFACE_FORM, $first: Int! = 20, $after: String) {
  similarMentions(to: $to, space: $space, filter: $filter, distinct: $distinct, first: $first, after: $after) {
    edges { cursor similarity node { id text document { externalId } type { name } } }
    pageInfo { hasNextPage endCursor }
    search { method scanned }
  }
}`;

describe('similar mentions over HTTP', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startSearchedServer();
  });

  afterAll(() => server.close());

  describe('similarMentions', () => {
    it('ranks surface forms by meaning, the same form first', async () => {
      const { data } = await server.ask(similar, { to: { text: 'tremors' } });

      const { edges, search } = data.similarMentions;
      expect(textsOf(edges)[0]).toBe('tremor');
      expect(new Set(textsOf(edges).map((text) => text.toLowerCase())).size).toBe(edges.length);
      expect(edges).toHaveLength(6);
      expect(edges.map(({ similarity }: Edge) => similarity)).toEqual(
        edges.map(({ similarity }: Edge) => similarity).toSorted((a: number, b: number) => b - a),
      );
      expect(search.method).toBe('EXACT');
      // What the index is just absorbing counts twice.
      expect(search.scanned).toBeGreaterThanOrEqual(6);
      expect(search.scanned).toBeLessThanOrEqual(12);
    });

    it('leaves out the mentions given and nothing else', async () => {
      const { data } = await server.ask(
        '{ mentions(filter: { text: "tremor" }) { nodes { id } } }',
      );
      const given = data.mentions.nodes.map(({ id }: { id: string }) => id);

      const one = await server.ask(similar, { to: { mentionIds: [given[0]] }, distinct: 'NONE' });

      const ids = one.data.similarMentions.edges.map(({ node }: Edge) => node.id);
      expect(given).toHaveLength(3);
      expect(ids).toHaveLength(11);
      expect(ids.slice(0, 2)).toEqual(given.slice(1));
      expect(one.data.similarMentions.edges[0].similarity).toBe(1);
    });

    it('gives one answer a document when asked to', async () => {
      const { data } = await server.ask(similar, { to: { text: 'aspirin' }, distinct: 'DOCUMENT' });

      const documents = data.similarMentions.edges.map(
        ({ node }: Edge) => node.document.externalId,
      );
      expect(documents.toSorted()).toEqual(['t0', 't1', 't2', 't3']);
      expect(documents.slice(0, 2)).toEqual(['t0', 't3']);
    });

    it('answers under a filter exactly and says so', async () => {
      const { data } = await server.ask(similar, {
        to: { text: 'aspirin' },
        filter: { types: ['Disease'] },
      });

      const { edges, search } = data.similarMentions;
      expect(edges.map(({ node }: Edge) => node.type.name)).toEqual([
        'Disease',
        'Disease',
        'Disease',
      ]);
      expect(search).toEqual({ method: 'EXACT', scanned: 3 });
    });

    it('pages without losing or repeating, equal similarities included', async () => {
      const whole = await server.ask(similar, { to: { text: 'aspirin' }, distinct: 'NONE' });
      const ids: string[] = [];
      let after: string | null = null;
      do {
        const { data } = await server.ask(similar, {
          to: { text: 'aspirin' },
          distinct: 'NONE',
          first: 5,
          after,
        });
        const { edges, pageInfo } = data.similarMentions;
        ids.push(...edges.map(({ node }: Edge) => node.id));
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      } while (after !== null);

      expect(ids).toEqual(whole.data.similarMentions.edges.map(({ node }: Edge) => node.id));
      expect(ids).toHaveLength(12);
    });

    it('ranks by type what a description calls for, whatever its threshold', async () => {
      const to = { typeDescription: 'caffeine' };
      const { data } = await server.ask(similar, { to, distinct: 'NONE' });
      const ofThis = await server.ask(
        '{ mentionsOfType(description: "caffeine") { edges { similarity } } }',
      );

      const { edges } = data.similarMentions;
      expect(edges).toHaveLength(12);
      expect(textsOf(edges).slice(0, 2)).toEqual(['Caffeine', 'caffeine']);
      const passing: Edge[] = ofThis.data.mentionsOfType.edges;
      expect(edges.slice(0, passing.length).map(({ similarity }: Edge) => similarity)).toEqual(
        passing.map(({ similarity }) => similarity),
      );
    });

    it('goes away from what is like the negative example', async () => {
      const near = await server.ask(similar, { to: { text: 'lithium' } });
      const away = await server.ask(similar, {
        to: { text: 'lithium', not: { text: 'lithium toxicity' } },
      });

      const similarity = ({ data }: typeof near): number =>
        data.similarMentions.edges.find(({ node }: Edge) => node.text === 'lithium toxicity')
          .similarity;
      expect(similarity(away)).toBeLessThan(similarity(near) - 0.05);
      expect(away.data.similarMentions.edges).toHaveLength(6);
    });

    it('leaves out the mentions given as negative examples', async () => {
      const { data } = await server.ask('{ mentions(first: 100) { nodes { id text } } }');
      const [to, not] = data.mentions.nodes.map(({ id }: Edge['node']) => id);

      const asked = { mentionIds: [to], not: { mentionIds: [not] } };
      const found = await server.ask(similar, { to: asked, space: 'TYPE', distinct: 'NONE' });

      const ids = found.data.similarMentions.edges.map(({ node }: Edge) => node.id);
      expect(ids).toHaveLength(10);
      expect(ids).not.toContain(to);
      expect(ids).not.toContain(not);
    });

    it('takes a vector of any length but zero', async () => {
      const vector = Array.from({ length: dictionaryModel.meaningSize }, (_, i) => (i + 1) * 1e30);

      const { data, errors } = await server.ask(similar, { to: { vector } });

      expect(errors).toEqual([]);
      expect(data.similarMentions.edges).toHaveLength(6);
    });

    it.each([
      ['too short', [1, 2, 3], 'VECTOR_INVALID'],
      ['empty', [], 'VECTOR_INVALID'],
      ['all zeros', Array.from({ length: 24 }, () => 0), 'VECTOR_INVALID'],
      ['with null, as JSON writes NaN', [Number.NaN, ...Array(23).fill(1)], 'BAD_USER_INPUT'],
    ])('refuses a vector that is %s', async (_name, vector, code) => {
      const { errors } = await server.ask(similar, { to: { vector } });

      expect(errors[0]?.extensions.code).toBe(code);
    });

    it('refuses 1e999, which is infinite, in variables and in the query', async () => {
      const ones = Array(23).fill(1).join(',');
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"query":${JSON.stringify(similar)},"variables":{"to":{"vector":[1e999,${ones}]}}}`,
      });
      const inVariables = (await response.json()) as { errors: { extensions: { code: string } }[] };
      const inQuery = await server.ask(
        `{ similarMentions(to: { vector: [1e999,${ones}] }) { edges { cursor } } }`,
      );

      expect(inVariables.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
      expect(inQuery.errors[0]?.extensions.code).toBe('VECTOR_INVALID');
    });

    it.each([
      ['two ways at once', { text: 'a', mentionIds: [] }, 'ARGUMENTS_CONTRADICT'],
      ['none', {}, 'ARGUMENTS_CONTRADICT'],
      ['empty text', { text: ' ' }, 'ARGUMENT_INVALID'],
      ['a lone surrogate', { text: '\ud800' }, 'ARGUMENT_INVALID'],
      ['no mentions', { mentionIds: [] }, 'ARGUMENT_INVALID'],
      ['an empty description', { typeDescription: ' ' }, 'ARGUMENT_INVALID'],
      ['too long a description', { typeDescription: 'x'.repeat(10_001) }, 'ARGUMENT_INVALID'],
      ['a null', { text: null }, 'ARGUMENTS_CONTRADICT'],
      ['no negative example', { text: 'a', not: { mentionIds: [] } }, 'ARGUMENT_INVALID'],
      ['a negative example of nothing', { text: 'a', not: {} }, 'BAD_USER_INPUT'],
      ['an unknown negative example', { text: 'a', not: { mentionIds: ['x'] } }, 'MENTION_UNKNOWN'],
      ['an unknown mention', { mentionIds: ['TWVudGlvbjo5OTk5'] }, 'MENTION_UNKNOWN'],
      ['a document', { mentionIds: ['RG9jdW1lbnQ6MQ'] }, 'MENTION_UNKNOWN'],
    ])('refuses to compare with %s', async (_name, to, code) => {
      const { errors } = await server.ask(similar, { to });

      expect(errors[0]?.extensions.code).toBe(code);
    });

    it.each([
      [{ mentionIds: ['TWVudGlvbjo5OTk5'] }, 'A mention must exist, but got: "TWVudGlvbjo5OTk5".'],
      [
        { text: 'a', not: { mentionIds: ['TWVudGlvbjo5OTk5'] } },
        'A mention must exist, but got: "TWVudGlvbjo5OTk5".',
      ],
      [{ typeDescription: 'x'.repeat(10_001) }, 'to.typeDescription must be'],
    ])('names in its message what was given: %#', async (to, message) => {
      const { errors } = await server.ask(similar, { to });

      expect(errors[0]?.message).toContain(message);
    });
  });

  describe('similarMentions, asked for what contradicts itself', () => {
    const ids = ['TWVudGlvbjox'];

    it.each([
      [
        { to: { text: 'a' }, space: 'TYPE' },
        'space and to.text must go together: space must be MEANING, but got: "TYPE".',
      ],
      [
        { to: { typeDescription: 'a' }, space: 'MEANING' },
        'space and to.typeDescription must go together: space must be TYPE, but got: "MEANING".',
      ],
      [
        { to: { text: 'a', not: { typeDescription: 'b' } } },
        'space and to.not.typeDescription must go together: space must be TYPE, but got: "MEANING".',
      ],
      [
        { to: { mentionIds: ids, not: { mentionIds: ids } } },
        'to.mentionIds and to.not.mentionIds must have no mention in common, but got: 1.',
      ],
    ])('refuses %j', async (variables, message) => {
      const { errors } = await server.ask(similar, variables);

      expect(errors).toMatchObject([{ message, extensions: { code: 'ARGUMENTS_CONTRADICT' } }]);
    });
  });
});

describe('similarMentions, of a mention that was imported', () => {
  let server: TestServer;
  let id: string;

  beforeAll(async () => {
    server = await startTestServer();
    const document = {
      text: 'Headache after aspirin.',
      mentions: [{ start: 0, end: 8, type: 'Chemical' }],
    };
    const { data } = await server.ask(
      `mutation ($document: DocumentInput!) {
        ingestDocuments(input: { documents: [$document] }, waitSeconds: 20) {
          documents { mentions(types: ["Chemical"], first: 1) { nodes { id text } } }
        }
      }`,
      { document },
    );
    const [mention] = data.ingestDocuments.documents[0].mentions.nodes;
    expect(mention.text).toBe('Headache');
    id = mention.id;
  });

  afterAll(() => server.close());

  it('compares its meaning, and says that it has no vector of its type', async () => {
    const query = `query ($id: ID!, $space: VectorSpace!) {
      similarMentions(to: { mentionIds: [$id] }, space: $space) { nodes { text } }
    }`;

    const byMeaning = await server.ask(query, { id, space: 'MEANING' });
    const byType = await server.ask(query, { id, space: 'TYPE' });

    expect(byMeaning.data.similarMentions.nodes[0]).toEqual({ text: 'Headache' });
    expect(byType.errors).toMatchObject([
      { extensions: { code: 'ARGUMENT_INVALID', details: { argument: 'mentionIds' } } },
    ]);
  });
});
