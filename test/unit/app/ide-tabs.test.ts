import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, Kind, parse, print, validate } from 'graphql';
import { ideTabs } from '../../../src/app/ide-tabs.ts';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

/** What an operation asks, whatever it is called. */
const askedBy = (query: string): string[] =>
  parse(query).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? print(definition.selectionSet) : [],
  );

/** The queries of the README that stand before an answer. */
const opening = [
  ...readFileSync('README.md', 'utf8').matchAll(/^```graphql\n([^`]*)^```\n\n^```json\n/gm),
].map(([, query = '']) => query);

describe('ideTabs', () => {
  it('has the five queries that open the README', () => {
    const tabs = ideTabs.flatMap(({ query }) => askedBy(query));

    expect(opening).toHaveLength(5);
    expect(tabs).toEqual(expect.arrayContaining(opening.flatMap(askedBy)));
  });

  it.each(ideTabs)('asks what the schema answers: $title', ({ query, variables }) => {
    const errors = validate(schema, parse(query));

    expect(errors).toEqual([]);
    expect(() => JSON.parse(variables ?? '{}') as unknown).not.toThrow();
  });
});
