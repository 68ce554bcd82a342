import { readFileSync } from 'node:fs';
import { buildSchema, isEnumType } from 'graphql';
import { printErrors } from '../../../scripts/errors-page.ts';
import { errorCodes } from '../../../src/core/errors.ts';

/** Codes that clients may rely on: the list only grows. */
const published: readonly string[] = [
  'TEXT_EMPTY',
  'TEXT_TOO_LONG',
  'TEXT_NOT_UNICODE',
  'ARGUMENT_INVALID',
  'ARGUMENTS_CONTRADICT',
  'PAGE_SIZE_INVALID',
  'CURSOR_INVALID',
  'CURSOR_EXPIRED',
  'VECTOR_INVALID',
  'ENTITY_TYPE_UNKNOWN',
  'ENTITY_TYPE_EXISTS',
  'DOCUMENT_UNKNOWN',
  'MENTION_UNKNOWN',
  'OPERATION_TOO_COMPLEX',
  'REQUEST_TOO_LARGE',
  'REQUEST_TOO_SLOW',
  'REQUEST_NOT_LOCAL',
  'TOO_MANY_AT_ONCE',
  'SETTING_INVALID',
  'ADDRESS_UNAVAILABLE',
  'BUNDLE_INVALID',
  'CHECKPOINT_INVALID',
  'RECIPE_INVALID',
  'TYPE_FORGOTTEN',
  'FILE_UNREADABLE',
  'FILE_INVALID',
  'FORMAT_UNKNOWN',
  'FORMAT_CANNOT_HOLD',
  'ENCODING_INVALID',
  'RECORD_TOO_LONG',
  'ANNOTATION_MISMATCH',
  'XML_ENTITY_REFUSED',
  'ARCHIVE_TOO_LARGE',
  'ARCHIVE_PATH_UNSAFE',
  'FILE_TOO_COMPLEX',
  'FILE_WITHOUT_TEXT',
  'INTERRUPTED',
  'READING_FAILED',
  'STORAGE_FULL',
  'STORAGE_FAILED',
  'STORAGE_LOCKED',
  'STORAGE_INVALID',
  'STORAGE_BUSY',
  'STORAGE_DAMAGED',
  'BACKUP_INVALID',
  'FILE_EXISTS',
  'CHILD_PROCESS_DOWN',
];

/** Names in schema.graphql's enum of codes. */
function codesOfSchema(): string[] {
  const type = buildSchema(readFileSync('schema.graphql', 'utf8')).getType('ErrorCode');
  return isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
}

describe('errorCodes', () => {
  it('are the values of ErrorCode in schema.graphql, no more and no fewer', () => {
    const listed = codesOfSchema();

    expect([...listed].sort()).toEqual([...errorCodes].sort());
  });

  it('keep every code that was published', () => {
    const gone = published.filter((code) => !(errorCodes as readonly string[]).includes(code));

    expect(gone).toEqual([]);
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
