import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rowOf } from '../../../src/api/global-id.ts';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const ingest = ingestOperation(`id externalId title text state attempts metadata length
  error { code message }
  coverage { characters charactersRead tokens windows dropped { start end reason } }
  mentions { nodes { text start end type { name } score threshold margin source before after } }`);

describe('documents over HTTP', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
  });

  afterAll(() => server.close());

  it('reads a document and gives its mentions in reading order', async () => {
    const text = 'Aspirin helps against headache, and caffeine does too.';

    const { data, errors } = await server.ask(ingest, {
      documents: [{ text, externalId: 'a1', title: 'On headache', metadata: { year: 1999 } }],
    });

    expect(errors).toEqual([]);
    const [document] = data.ingestDocuments.documents;
    expect(data.ingestDocuments.errors).toEqual([]);
    expect(document).toMatchObject({
      externalId: 'a1',
      title: 'On headache',
      metadata: { year: 1999 },
      text,
      length: text.length,
      state: 'DONE',
      error: null,
      coverage: { characters: text.length, charactersRead: text.length, windows: 1, dropped: [] },
    });
    expect(document.mentions.nodes).toMatchObject([
      {
        text: 'Aspirin',
        start: 0,
        end: 7,
        type: { name: 'Chemical' },
        source: 'MODEL',
        before: '',
      },
      { text: 'headache', type: { name: 'Disease' }, before: 'Aspirin helps against ' },
      { text: 'caffeine', type: { name: 'Chemical' }, after: ' does too.' },
    ]);
    for (const { score, threshold, margin } of document.mentions.nodes) {
      expect(margin).toBeCloseTo(score - threshold, 6);
      expect(margin).toBeGreaterThan(0);
    }
  });

  it('answers each change of one request as things are after it', async () => {
    const versions = ['aspirin at first', 'A tremor in the end'];
    const { data, errors } = await server.ask(
      `mutation ($first: [DocumentInput!]!, $second: [DocumentInput!]!) {
        a: ingestDocuments(input: { documents: $first }, waitSeconds: 20) { ...read }
        b: ingestDocuments(input: { documents: $second }, waitSeconds: 20) { ...read }
      }
      fragment read on IngestDocumentsPayload { documents { text mentions { nodes { text } } } }`,
      {
        first: [{ externalId: 'twice', text: versions[0] }],
        second: [{ externalId: 'twice', text: versions[1] }],
      },
    );

    expect(errors).toEqual([]);
    const of = (text: string, mention: string) => ({
      documents: [{ text, mentions: { nodes: [{ text: mention }] } }],
    });
    expect(data).toEqual({ a: of(versions[0]!, 'aspirin'), b: of(versions[1]!, 'tremor') });
  });

  it.each([
    ['their texts', 'before', 'get'],
    ['themselves', 'document { title }', 'prisma'],
  ] as const)(
    'says that documents are gone that are deleted before %s are read',
    async (_, field, method) => {
      const { data: given } = await server.ask(ingest, {
        documents: [{ text: `tremor ${field}` }],
      });
      const [{ id }] = given.ingestDocuments.documents;
      const { database, ingest: reading } = server.app.parts;
      const reader = database.reader as unknown as Record<
        'get' | 'prisma',
        (...args: unknown[]) => Promise<unknown>
      >;
      const read = reader[method];
      const spy = jest.spyOn(reader, method).mockImplementationOnce(async (...args) => {
        await reading.remove([rowOf('Document', id) ?? 0]);
        return read.apply(reader, args);
      });

      const { errors } = await server.ask(
        `query ($id: ID!) { mentions(filter: { documentIds: [$id] }) { nodes { ${field} } } }`,
        { id },
      );

      spy.mockRestore();
      expect(errors).toMatchObject([
        { extensions: { code: 'DOCUMENT_UNKNOWN' }, message: expect.stringContaining(id) },
      ]);
    },
  );

  it('accepts good documents beside bad ones and says where each bad one is', async () => {
    const documents = [
      { text: 'tremor' },
      { text: ' \n ' },
      { text: 'a\ud83d' },
      { text: 'caffeine', externalId: '' },
      { text: 'x'.repeat(5_000_001) },
      { text: 'caffeine', title: 'y'.repeat(1_001) },
    ];

    const { data } = await server.ask(ingest, { documents });

    const payload = data.ingestDocuments;
    expect(payload.documents).toMatchObject([{ text: 'tremor', state: 'DONE' }]);
    expect(payload.errors).toMatchObject([
      { code: 'TEXT_EMPTY', path: ['input', 'documents', '1', 'text'] },
      { code: 'TEXT_NOT_UNICODE', path: ['input', 'documents', '2', 'text'] },
      { code: 'ARGUMENT_INVALID', path: ['input', 'documents', '3', 'externalId'] },
      {
        code: 'TEXT_TOO_LONG',
        message: 'A text must be at most 5000000 characters, but got: 5000001.',
        path: ['input', 'documents', '4', 'text'],
      },
      { code: 'ARGUMENT_INVALID', path: ['input', 'documents', '5', 'title'] },
    ]);
  });

  it('refuses a text of ten million characters by its code', async () => {
    const { data } = await server.ask(ingest, { documents: [{ text: 'a'.repeat(10_000_000) }] });

    expect(data.ingestDocuments).toMatchObject({
      documents: [],
      errors: [{ code: 'TEXT_TOO_LONG' }],
    });
  });

  it('keeps NUL and control characters and reports them as not read', async () => {
    const text = 'head\u0000ache \u0001\u0002 caffeine';

    const { data } = await server.ask(ingest, { documents: [{ text }] });

    const [document] = data.ingestDocuments.documents;
    expect(document.text).toBe(text);
    expect(document.coverage).toMatchObject({
      characters: 21,
      charactersRead: 18,
      dropped: [
        { start: 4, end: 5, reason: 'CONTROL_CHARACTER' },
        { start: 10, end: 12, reason: 'CONTROL_CHARACTER' },
      ],
    });
    expect(document.mentions.nodes).toMatchObject([{ text: 'caffeine', start: 13, end: 21 }]);
  });

  it('finds mentions in right-to-left text and among emoji, in both units', async () => {
    const documents = [
      { text: 'الأسبرين يعالج الصداع' },
      { text: '👩‍⚕️ drinks ☕ against צרבת 😀' },
    ];

    const { data } = await server.ask(
      ingestOperation(`length(unit: CODE_POINT)
        mentions { nodes { text start end p: start(unit: CODE_POINT) q: end(unit: CODE_POINT) } }`),
      { documents },
    );

    const [arabic, emoji] = data.ingestDocuments.documents;
    expect(arabic.mentions.nodes).toEqual([{ text: 'الأسبرين', start: 0, end: 8, p: 0, q: 8 }]);
    expect(emoji.length).toBe([...(documents[1]?.text ?? '')].length);
    expect(emoji.mentions.nodes).toEqual([
      { text: '☕', start: 13, end: 14, p: 12, q: 13 },
      { text: 'צרבת', start: 23, end: 27, p: 22, q: 26 },
    ]);
  });

  it('knows the same text again and replaces another text under the same external id', async () => {
    const first = await server.ask(ingest, {
      documents: [{ text: 'same aspirin' }, { text: 'old tremor', externalId: 'r' }],
    });
    const [same, old] = first.data.ingestDocuments.documents;

    const second = await server.ask(ingest, {
      documents: [{ text: 'same aspirin' }, { text: 'new caffeine', externalId: 'r' }],
    });

    const [again, replaced] = second.data.ingestDocuments.documents;
    expect([again.id, replaced.id]).toEqual([same.id, old.id]);
    expect(replaced).toMatchObject({ text: 'new caffeine', state: 'DONE' });
    expect(replaced.mentions.nodes).toMatchObject([{ text: 'caffeine' }]);
  });

  it('finds a document by either id and says null for what is not there', async () => {
    const { data } = await server.ask(`{
      known: document(externalId: "a1") { id externalId }
      unknown: document(externalId: "nobody") { id }
      malformed: document(id: "%%%") { id }
      node: node(id: "RG9jdW1lbnQ6OTk5OTk") { id }
    }`);
    const byId = await server.ask(
      'query ($id: ID!) { document(id: $id) { externalId } node(id: $id) { __typename id } }',
      { id: data.known.id },
    );

    expect(data).toMatchObject({ unknown: null, malformed: null, node: null });
    expect(byId.data).toEqual({
      document: { externalId: 'a1' },
      node: { __typename: 'Document', id: data.known.id },
    });
  });

  it('refuses to guess when a document is asked for by both ids or none', async () => {
    const { data, errors } = await server.ask('{ document { id } }');

    expect(data).toEqual({ document: null });
    expect(errors[0]?.extensions.code).toBe('ARGUMENTS_CONTRADICT');
  });

  it('pages through documents without losing or repeating one', async () => {
    const query = `query ($after: String) {
      documents(filter: { states: [DONE] }, first: 2, after: $after) {
        nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount
      }
    }`;
    const seen: string[] = [];
    let after: string | null = null;
    let total = 0;
    do {
      const { data }: { data: { documents: DocumentPage } } = await server.ask(query, { after });
      seen.push(...data.documents.nodes.map(({ id }) => id));
      expect(data.documents.pageInfo.hasPreviousPage).toBe(after !== null);
      after = data.documents.pageInfo.hasNextPage ? data.documents.pageInfo.endCursor : null;
      total = data.documents.totalCount;
    } while (after !== null);

    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(total);
    expect(total).toBeGreaterThan(5);
  });

  it('pages through the mentions of a document, flat or nested', async () => {
    const text = 'lithium carbonate, lithium toxicity, tremor, headache';
    const { data } = await server.ask(ingest, { documents: [{ text, externalId: 'm' }] });
    const all = data.ingestDocuments.documents[0].mentions.nodes;
    const query = `query ($after: String) { document(externalId: "m") {
      mentions(first: 3, after: $after, types: ["Disease"]) { nodes { text } pageInfo { endCursor hasNextPage } }
    } }`;

    const first = await server.ask(query);
    const { endCursor } = first.data.document.mentions.pageInfo;
    const second = await server.ask(query, { after: endCursor });

    expect(all.map((mention: { text: string }) => mention.text)).toEqual([
      'lithium carbonate',
      'lithium toxicity',
      'tremor',
      'headache',
    ]);
    expect(first.data.document.mentions).toMatchObject({
      nodes: [{ text: 'lithium toxicity' }, { text: 'tremor' }, { text: 'headache' }],
      pageInfo: { hasNextPage: false },
    });
    expect(second.data.document.mentions.nodes).toEqual([]);
  });

  it('deletes documents with their mentions and names those it does not know', async () => {
    const { data } = await server.ask(ingest, {
      documents: [{ text: 'doomed headache', externalId: 'd' }],
    });
    const { id } = data.ingestDocuments.documents[0];
    const mutation =
      'mutation ($ids: [ID!]!) { deleteDocuments(ids: $ids) { deletedIds errors { code path } } }';

    const deleted = await server.ask(mutation, { ids: [id, 'nonsense'] });
    const again = await server.ask(mutation, { ids: [id] });
    const found = await server.ask(
      'query ($id: ID!) { document(id: $id) { id } mentions(filter: { documentIds: [$id] }) { nodes { id } } }',
      { id },
    );

    expect(deleted.data.deleteDocuments).toEqual({
      deletedIds: [id],
      errors: [{ code: 'DOCUMENT_UNKNOWN', path: ['ids', '1'] }],
    });
    expect(again.data.deleteDocuments.errors).toMatchObject([{ code: 'DOCUMENT_UNKNOWN' }]);
    expect(found.data).toEqual({ document: null, mentions: { nodes: [] } });
  });

  it.each([-1, 31, 1e9])('refuses to wait for %d seconds', async (wait) => {
    const { data } = await server.ask(ingest, { documents: [{ text: 'a' }], wait });

    expect(data.ingestDocuments.errors).toMatchObject([
      { code: 'ARGUMENT_INVALID', path: ['waitSeconds'] },
    ]);
  });

  it('refuses no documents and more than a thousand', async () => {
    const documents = Array.from({ length: 1_001 }, (_, i) => ({ text: `aspirin ${i}` }));

    const none = await server.ask(ingestOperation(), { documents: [] });
    const many = await server.ask(ingestOperation(), { documents });

    const refused = [{ code: 'ARGUMENT_INVALID', path: ['input', 'documents'] }];
    expect(none.data.ingestDocuments).toMatchObject({ documents: [], errors: refused });
    expect(many.data.ingestDocuments).toMatchObject({ documents: [], errors: refused });
  });

  it('rejects unknown fields of the input', async () => {
    const { status, errors } = await server.ask(ingest, { documents: [{ text: 'a', body: 'b' }] });

    expect(status).toBe(400);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

interface DocumentPage {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly endCursor: string;
  };
  readonly totalCount: number;
}
