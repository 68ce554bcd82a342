import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dictionaryModel } from '../../support/dictionary-extractor.ts';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const documents = [
  { text: 'Aspirin against headache.', title: 'On aspirin', metadata: { year: 1999, tags: ['a'] } },
  { text: 'Caffeine and tremor.', title: 'Coffee', metadata: { date: '2020-05', tags: ['b'] } },
  { text: 'Lithium carbonate, headache.', metadata: { date: '2021', tags: ['a', 'b'] } },
  { text: 'Aspirin and Asprin.', mentions: [{ start: 12, end: 18, type: 'Chemical' }] },
].map((document, i) => ({ ...document, externalId: `t${i}` }));

const everywhere = `query ($filter: MentionFilter, $vector: [Float!]!) {
  mentions(filter: $filter, first: 100) { nodes { id document { externalId } text } }
  similarMentions(to: { vector: $vector }, filter: $filter, distinct: NONE, first: 100) { nodes { id } }
  mentionsOfType(type: "Chemical", filter: $filter, first: 100) { nodes { id type { name } } }
}`;

interface Found {
  readonly id: string;
  readonly text: string;
  readonly document: { readonly externalId: string };
}

describe('filters over HTTP', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
    await server.ask(ingestOperation(), { documents });
    await server.ask(`mutation { importVocabulary(waitSeconds: 20, input: { name: "own", entries: [
      { id: "D1", name: "aspirin" }, { id: "D2", name: "Lithium carbonate" }
    ] }) { errors { message } } }`);
  }, 120_000);

  afterAll(() => server.close());

  const ask = (filter: object) =>
    server.ask(everywhere, { filter, vector: Array(dictionaryModel.meaningSize).fill(1) });

  it.each<[string, object, string[]]>([
    ['an exact text', { textMatch: { exact: 'ASPIRIN' } }, ['t0 Aspirin', 't3 Aspirin']],
    ['the beginning of a text', { textMatch: { prefix: 'lith' } }, ['t2 Lithium carbonate']],
    ['a contained text', { textMatch: { contains: 'spr' } }, ['t3 Asprin']],
    [
      'a misspelt text',
      { textMatch: { fuzzy: { text: 'asprin' } } },
      ['t3 Asprin', 't0 Aspirin', 't3 Aspirin'],
    ],
    [
      'concepts',
      { conceptIds: ['D2', 'D1', 'unknown'] },
      ['t0 Aspirin', 't2 Lithium carbonate', 't3 Aspirin'],
    ],
    ['a concept that is not there', { conceptIds: ['D3'] }, []],
    ['a source', { sources: ['IMPORT'] }, ['t3 Asprin']],
    ['a title', { documents: { title: { prefix: 'on ' } } }, ['t0 Aspirin', 't0 headache']],
    ['an external id', { documents: { externalIds: ['t1'] } }, ['t1 Caffeine', 't1 tremor']],
    [
      'a number in metadata',
      { documents: { metadata: [{ key: 'year', number: { min: 1999, max: 1999 } }] } },
      ['t0 Aspirin', 't0 headache'],
    ],
    [
      'one of the values in metadata, and their being there',
      {
        documents: {
          metadata: [
            { key: 'tags', equals: 'a' },
            { key: 'date', exists: true },
          ],
        },
      },
      ['t2 Lithium carbonate', 't2 headache'],
    ],
    [
      'a date in metadata',
      { documents: { metadata: [{ key: 'date', date: { since: '2020-12-31T00:00:00Z' } }] } },
      ['t2 Lithium carbonate', 't2 headache'],
    ],
    ['no margin at all', { minMargin: 1000 }, []],
    ['a margin', { maxMargin: 0 }, ['t3 Asprin']],
    ['a confidence, which only the model gives', { maxConfidence: 0 }, []],
  ])('keeps the same mentions in every search: %s', async (_name, filter, expected) => {
    const { data, errors } = await ask(filter);

    expect(errors).toEqual([]);
    const { mentions, similarMentions, mentionsOfType } = data;
    const found: Found[] = mentions.nodes;
    expect(found.map(({ text, document }) => `${document.externalId} ${text}`)).toEqual(expected);
    const passing = new Set(found.map(({ id }) => id));
    const similar: Found[] = similarMentions.nodes;
    // What was imported has no meaning until it is encoded.
    const encoded = found.filter(({ text }) => text !== 'Asprin').map(({ id }) => id);
    expect(similar.map(({ id }) => id)).toEqual(expect.arrayContaining(encoded));
    for (const { id } of [...similar, ...mentionsOfType.nodes]) expect(passing).toContain(id);
  });

  it('keeps and counts documents', async () => {
    const { data } = await server.ask(`{
      tagged: documents(filter: { metadata: [{ key: "tags", equals: ["a", 3] }] }) {
        nodes { externalId } totalCount }
      untitled: documents(filter: { title: { exact: "coffee" }, states: [DONE] }) {
        nodes { externalId } totalCount }
      later: documents(filter: { createdSince: "2999-01-01T00:00:00Z" }) { totalCount }
      without: documents(filter: { metadata: [{ key: "tags", exists: false }] }, first: 1) {
        nodes { externalId } totalCount pageInfo { hasNextPage } }
    }`);

    expect(data).toEqual({
      tagged: { nodes: [{ externalId: 't0' }, { externalId: 't2' }], totalCount: 2 },
      untitled: { nodes: [{ externalId: 't1' }], totalCount: 1 },
      later: { totalCount: 0 },
      without: { nodes: [{ externalId: 't3' }], totalCount: 1, pageInfo: { hasNextPage: false } },
    });
  });

  const metadata = (condition: object) => ({ documents: { metadata: [condition] } });
  const place = 'documents.metadata.0';

  it.each<[object, string]>([
    [{ minMargin: 2, maxMargin: 1 }, 'minMargin and maxMargin must be in this order'],
    [{ minConfidence: 0.9, maxConfidence: 0.1 }, 'minConfidence and maxConfidence must be in'],
    [
      metadata({ key: 'a', exists: false, equals: 'x' }),
      `${place}.exists must be true or left out`,
    ],
    [metadata({ key: 'a', number: { min: 2, max: 1 } }), `${place}.number.min and`],
    [metadata({ key: 'a', text: { min: '\u{1f48a}', max: '\uffee' } }), `${place}.text.min and`],
    [
      metadata({
        key: 'a',
        date: { since: '2021-01-01T00:00:00Z', before: '2021-01-01T00:00:00Z' },
      }),
      `${place}.date.since and ${place}.date.before must be in this order`,
    ],
    [
      {
        documents: { createdSince: '2021-01-01T00:00:00Z', createdBefore: '2020-01-01T00:00:00Z' },
      },
      'documents.createdSince and documents.createdBefore must be in this order',
    ],
    [{ textMatch: { fuzzy: { text: 'ab', maxEdits: 2 } } }, 'must leave a character unchanged'],
  ])('refuses what cannot both hold: %j', async (filter, message) => {
    const { errors } = await ask(filter);

    expect(errors[0]).toMatchObject({
      message: expect.stringContaining(message),
      extensions: { code: 'ARGUMENTS_CONTRADICT' },
    });
  });

  it.each<[object, string]>([
    [{ maxConfidence: 1.1 }, 'maxConfidence must be from 0 to 1, but got: 1.1.'],
    [
      { documentIds: ['nonsense'] },
      'documentIds must be a global id of a document, but got: "nonsense"',
    ],
    [{ textMatch: { exact: '' } }, 'textMatch.exact must be 1 to 1000 characters'],
    [{ textMatch: { prefix: '\ud800' } }, 'textMatch.prefix must be 1 to 1000 characters'],
    [{ textMatch: { fuzzy: { text: 'x'.repeat(101) } } }, 'textMatch.fuzzy.text must be 1 to 100'],
    [{ textMatch: { fuzzy: { text: 'abcd', maxEdits: 4 } } }, 'maxEdits must be from 1 to 3'],
    [{ documents: { title: { contains: '' } } }, 'documents.title.contains must be'],
    [
      { documents: { externalIds: Array(1001).fill('x') } },
      'documents.externalIds must be at most',
    ],
    [{ conceptIds: Array(1001).fill('x') }, 'conceptIds must be at most 1000 values'],
    [metadata({ key: 'a' }), `${place} must be a key with at least one condition`],
    [metadata({ key: '', exists: true }), `${place}.key must be 1 to 1000 characters`],
    [metadata({ key: 'a', equals: [] }), `${place}.equals must be 1 to 1000 values`],
    [metadata({ key: 'a', equals: [{ b: 1 }] }), `${place}.equals must be texts of at most 500`],
    [
      metadata({ key: 'a', text: { min: 'x'.repeat(501) } }),
      `${place}.text.min must be at most 500`,
    ],
    [metadata({ key: 'a', number: {} }), `${place}.number must be a range with at least one limit`],
    [{ documents: { metadata: Array(21).fill({ key: 'a', exists: true }) } }, 'must be at most 20'],
  ])('refuses what is out of its range: %j', async (filter, message) => {
    const { errors } = await ask(filter);

    expect(errors[0]).toMatchObject({
      message: expect.stringContaining(message),
      extensions: { code: 'ARGUMENT_INVALID' },
    });
  });
});
