import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSamples } from '../../../src/app/samples.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

/** The queries of a page that stand before an answer, with it. */
function examplesOf(page: string): [string, unknown][] {
  const source = readFileSync(page, 'utf8');
  const pairs = source.matchAll(/^```graphql\n([^`]*)^```\n[^`]*^```json\n([^`]*)^```/gm);
  return [...pairs].map(([, query = '', answer = '']) => [query, JSON.parse(answer)]);
}

describe('docs/full-text.md', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
    const samples = await readSamples();
    const documents = samples.map(({ text, title, externalId }) => ({ text, title, externalId }));
    await server.ask(
      `mutation ($documents: [DocumentInput!]!) {
        ingestDocuments(input: { documents: $documents }) { errors { code } }
      }`,
      { documents },
    );
  });

  afterAll(() => server.close());

  it.each(examplesOf('docs/full-text.md'))('answers %s as it says', async (query, answer) => {
    const { data } = await server.ask(query);

    expect({ data }).toEqual(answer);
  });
});
