/** The text of docs/errors.md, printed from the table in src/core/error-catalog.ts. */
import { type AppError, appError, type ErrorCode, errorCodes } from '../src/core/errors.ts';

const opening = `# Errors

Every failure that its user can understand has a stable code. This page is printed from the table in
\`src/core/error-catalog.ts\` by \`npm run docs\`; \`schema.graphql\` lists the same names in \`ErrorCode\`, and a
test compares the three. A code is never renamed and never given another meaning.

The kind of a code decides everything else:

| kind | meaning | HTTP, when the whole request is refused | a document that fails so is | exit code of the command line |
|---|---|---|---|---|
| \`invalid\` | the input must change; also: too big, too costly | 400 (body too big: 413) | given up | 2 |
| \`missing\` | there is no such thing | 404 | given up | 2 |
| \`unauthenticated\` | not signed in | 401 | given up | 3 |
| \`forbidden\` | not allowed | 403 | given up | 3 |
| \`conflict\` | the state has moved on | 409 | tried again | 2 |
| \`limited\` | too often, or too much at once | 429 (body too slow: 408) | tried again | 4 |
| \`unavailable\` | something that is needed is down | 503 | tried again | 4 |
| (none) | a fault of this program | 500 | tried again, as \`READING_FAILED\` | 1 |

What is tried again is tried ever later, and given up after five attempts. In GraphQL a failure of a query stands in
the answer's \`errors\`, with the code in \`extensions\`; one of a mutation that its caller can put right in the payload's.

A failure of the last row is answered with \`INTERNAL_SERVER_ERROR\` and a request id; what happened is
in the log under that id. Malformed or invalid GraphQL has Apollo's codes (\`GRAPHQL_PARSE_FAILED\`,
\`GRAPHQL_VALIDATION_FAILED\`, \`BAD_USER_INPUT\`), what is no GraphQL request at all \`BAD_REQUEST\`. Words in braces stand for what was given.

| code | kind | message |
|---|---|---|
`;

/** An error of this code whose facts are their own names in braces. */
function exampleOf(code: ErrorCode): AppError {
  const details = new Proxy({}, { get: (_, name) => `{${String(name)}}` });
  return appError(code, details as never);
}

/** A code's row of the table. */
function row(code: ErrorCode): string {
  const { kind, message } = exampleOf(code);
  // A fact that is quoted shows as "{fact}".
  const shown = message.replaceAll('"{', '{').replaceAll('}"', '}').replaceAll('|', '\\|');
  return `| \`${code}\` | ${kind} | ${shown} |\n`;
}

/** The page: what the kinds mean, then every code with its kind and message. */
export const printErrors = (): string => opening + errorCodes.map(row).join('');
