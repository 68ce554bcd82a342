import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { ideTabs } from '../../../src/app/ide-tabs.ts';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

describe('ideTabs', () => {
  it.each(ideTabs)('asks what the schema answers: $title', ({ query, variables }) => {
    const errors = validate(schema, parse(query));

    expect(errors).toEqual([]);
    expect(() => JSON.parse(variables ?? '{}') as unknown).not.toThrow();
  });
});
