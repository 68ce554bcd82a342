import { readFileSync } from 'node:fs';
import { buildSchema, isEnumType } from 'graphql';
import { printErrors } from '../../../scripts/errors-page.ts';
import { errorCodes } from '../../../src/core/errors.ts';

/** Names in schema.graphql's enum of codes. */
function codesOfSchema(): string[] {
  const type = buildSchema(readFileSync('schema.graphql', 'utf8')).getType('ErrorCode');
  return isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
}

describe('errorCodes', () => {
  it('are the values of ErrorCode in schema.graphql, no more and no fewer', () => {
    const published = codesOfSchema();

    expect([...published].sort()).toEqual([...errorCodes].sort());
  });
});

describe('printErrors', () => {
  it('is what docs/errors.md says (npm run docs writes it)', () => {
    const documented = readFileSync('docs/errors.md', 'utf8');

    expect(documented).toBe(printErrors());
  });

  it('shows every code once, with a whole sentence', () => {
    const rows = printErrors().match(/^\| `[A-Z_]+` \| [a-z]+ \| [^|]+\. \|$/gm) ?? [];

    expect(rows).toHaveLength(errorCodes.length);
  });
});
