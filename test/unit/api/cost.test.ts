import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, getIntrospectionQuery, parse } from 'graphql';
import { operationCost } from '../../../src/api/cost.ts';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

const costOf = (source: string, variables: Record<string, unknown> = {}): number =>
  operationCost({ schema, document: parse(source), operationName: null, variables });

describe('operationCost', () => {
  it('counts objects, with the page size for each list', () => {
    const cost = costOf('{ documents(first: 10) { nodes { id title } pageInfo { endCursor } } }');

    expect(cost).toBe(1 + 10 * 2);
  });

  it('multiplies page sizes along a path', () => {
    const cost = costOf(
      '{ documents(first: 10) { nodes { mentions(first: 50) { nodes { type { name } } } } } }',
    );

    expect(cost).toBe(1 + 10 * (1 + 1 + 50 * (1 + 1)));
  });

  it('takes page sizes from variables, their defaults and the defaults of arguments', () => {
    const query = 'query ($n: Int! = 30) { documents(first: $n) { nodes { id } } }';

    expect(costOf(query)).toBe(31);
    expect(costOf(query, { n: 7 })).toBe(8);
    expect(costOf('{ documents { nodes { id } } }')).toBe(21);
  });

  it('counts each document of an ingestion', () => {
    const cost = costOf(
      'mutation ($input: IngestDocumentsInput!) { ingestDocuments(input: $input) { documents { id } } }',
      { input: { documents: [{ text: 'a' }, { text: 'b' }, { text: 'c' }] } },
    );

    expect(cost).toBe(1 + 3);
  });

  it('prices searches and extractions', () => {
    const cost = costOf('{ extract(text: "a") { mentions { text } } }');

    expect(cost).toBe(5_000 + 1 + 1);
  });

  it('counts a fragment wherever it is spread, in little time', () => {
    const levels = Array.from({ length: 40 }, (_, i) =>
      i === 39
        ? `fragment F${i} on Query { status { version } }`
        : `fragment F${i} on Query { ...F${i + 1} ... on Query { ...F${i + 1} } }`,
    );

    const cost = costOf(`{ ...F0 } ${levels.join(' ')}`);

    expect(cost).toBe(2 ** 39);
  });

  it('lets introspection pass for nothing', () => {
    expect(costOf(getIntrospectionQuery())).toBe(0);
  });
});
