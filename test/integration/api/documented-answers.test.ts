import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSamples } from '../../../src/app/samples.ts';
import { openModel } from '../../../src/ner/open-model.ts';
import { countDocuments } from '../../../src/store/documents.ts';
import { formsToEncode } from '../../../src/store/vectors.ts';
import { describeWithPatience } from '../../support/optional.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

/** The queries of a page that stand before an answer, with it. */
function examplesOf(page: string): [query: string, answer: string][] {
  const source = readFileSync(page, 'utf8');
  const pairs = source.matchAll(/^```graphql\n([^`]*)^```\n[^`]*^```json\n([^`]*)^```/gm);
  return [...pairs].map(([, query = '', answer = '']) => [query, answer]);
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

    expect({ data }).toEqual(JSON.parse(answer));
  });
});

/** Half an hour: a machine may have other work. */
const patienceMs = 1_800_000;

/** Until nothing is left to read, every surface form has its vector, and the graphs are built. */
async function untilRead(server: TestServer): Promise<void> {
  const { database, collectionId } = server.app.parts;
  for (;;) {
    const { QUEUED, RUNNING } = await countDocuments(database, collectionId);
    const forms = await formsToEncode(database, 1);
    const { data } = await server.ask('{ status { indexes { state } } }');
    const { indexes } = data.status as { indexes: readonly { state: string }[] };
    const isReady = indexes.every(({ state }) => state === 'READY');
    if (QUEUED + RUNNING + forms.length === 0 && isReady) return;
    await sleep(500);
  }
}

/**
 * An answer as it is printed. Processors differ in the last digits of what they compute, and vectors that
 * an index misses when it is asked for samples are the more, the longer the server has run.
 */
const printedAnswer = (answer: string): unknown =>
  JSON.parse(answer, (key, value: unknown) => {
    if (key === 'missed') return expect.any(Number);
    return typeof value === 'number' ? expect.closeTo(value, 4) : value;
  });

describeWithPatience('README.md', (modelDirectory) => {
  const examples = examplesOf('README.md');
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({
      sample: true,
      openExtractor: () => openModel(modelDirectory),
    });
    await untilRead(server);
  }, patienceMs);

  afterAll(() => server.close(), patienceMs);

  it('prints an answer after each of five queries', () => {
    expect(examples).toHaveLength(5);
  });

  it.each(examples)(
    'answers %s as it says',
    async (query, answer) => {
      const { data } = await server.ask(query);

      expect({ data }).toEqual(printedAnswer(answer));
    },
    patienceMs,
  );
});
