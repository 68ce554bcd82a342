import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { aPaper } from '../../support/formats/fixtures.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

interface SeenMention {
  readonly start: number;
  readonly page: number | null;
}

interface SeenDocument {
  readonly text: string;
  readonly pageStarts: readonly number[] | null;
}

const ingest = `mutation ($input: IngestDocumentsInput!) {
  ingestDocuments(input: $input, waitSeconds: 30) { errors { code path message } documents { state } }
}`;

// A PDF is parsed in a process of its own, started through a compiler.
jest.setTimeout(120_000);

describe('pages of documents', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
    const response = await fetch(`${server.url}/ingest?name=paper.pdf`, {
      method: 'POST',
      headers: { 'content-type': 'application/pdf' },
      body: Uint8Array.from(aPaper()),
    });
    const { job } = (await response.json()) as { readonly job: { readonly id: string } };
    await finished(job.id);
    const documents = [{ text: 'aspirin without pages', externalId: 'plain' }];
    await server.ask(ingest, { input: { documents } });
  });

  afterAll(() => server.close());

  /** Waits until a job has ended. */
  async function finished(id: string): Promise<void> {
    for (;;) {
      const { data } = await server.ask('query ($id: ID!) { job(id: $id) { finishedAt } }', { id });
      if (data.job.finishedAt !== null) return;
      await sleep(30);
    }
  }

  /** Takes one document in; gives what was refused of it. */
  async function put(document: object) {
    const { data } = await server.ask(ingest, { input: { documents: [document] } });
    return data.ingestDocuments.errors;
  }

  it('are those of a PDF that was sent, for each mention and passage', async () => {
    const { data } = await server.ask(`{
      mentions(filter: { types: ["Chemical"] }) { nodes { start page document { text pageStarts } } }
      searchDocuments(query: "countries", passages: 10, passageChars: 40) {
        edges { passages { text page } }
      }
      hybridDocuments(query: "countries", passages: 1, passageChars: 40) {
        edges { passages { page } mention { page } }
      }
    }`);

    const mentions = data.mentions.nodes as (SeenMention & { readonly document: SeenDocument })[];
    expect(mentions.map(({ page }) => page)).toEqual([1, 2, 3, null]);
    for (const { start, page, document } of mentions.slice(0, 3)) {
      expect(document.pageStarts?.filter((each) => each <= start)).toHaveLength(page ?? 0);
      expect(document.text.slice(document.pageStarts?.[(page ?? 0) - 1])).toMatch(
        page === 1 ? /^A title/ : /^Aspirin is/,
      );
    }
    const [found] = data.searchDocuments.edges;
    expect(found.passages.map(({ page }: { page: number }) => page)).toEqual([1, 2, 3]);
    expect(data.hybridDocuments.edges[0]).toMatchObject({ passages: [{ page: 1 }] });
  });

  it('can be shown one by one', async () => {
    const { data } = await server.ask(`{ documents { nodes {
      text pageStarts
      one: pageText(number: 1) two: pageText(number: 2) three: pageText(number: 3)
      none: pageText(number: 4) zero: pageText(number: 0)
    } } }`);

    const [paper, plain] = data.documents.nodes;
    expect(paper.pageStarts).toHaveLength(3);
    expect(`${paper.one}${paper.two}${paper.three}`).toBe(paper.text);
    expect(paper.two).toMatch(/^Aspirin is a drug.*know it\.\n$/);
    expect([paper.none, paper.zero]).toEqual([null, null]);
    expect(plain).toMatchObject({ pageStarts: null, one: null });
  });

  it('may come with a document, and are told in either unit', async () => {
    const text = '😀 aspirin\n\naspirin 😀\naspirin';
    const externalId = 'inline';

    const errors = await put({ text, externalId, pageStarts: [0, 12, 12, 23] });

    const { data } = await server.ask(`{ document(externalId: "inline") {
      pageStarts codePoints: pageStarts(unit: CODE_POINT) pageText(number: 2)
      mentions { nodes { page } }
    } }`);
    expect(errors).toEqual([]);
    expect(data.document).toEqual({
      pageStarts: [0, 12, 12, 23],
      codePoints: [0, 11, 11, 21],
      pageText: '',
      mentions: { nodes: [{ page: 1 }, { page: 3 }, { page: 4 }] },
    });
  });

  it.each<[string, readonly number[], number]>([
    ['that do not begin with 0', [1, 2], 0],
    ['one before the other', [0, 5, 4], 2],
    ['behind the text', [0, 11], 1],
    ['in the middle of a character', [0, 1], 1],
  ])('refuses those %s', async (_, pageStarts, at) => {
    const errors = await put({ text: '😀 aspirin', pageStarts });

    expect(errors).toEqual([
      {
        code: 'ARGUMENT_INVALID',
        path: ['input', 'documents', '0', `pageStarts.${at}`],
        message: `pageStarts.${at} must be 0 for the first page, else not before the page before, and a whole character of the text, which has 10 UTF-16 code units, but got: ${pageStarts[at]}.`,
      },
    ]);
  });

  it('refuses more of them than any document has', async () => {
    const errors = await put({ text: 'aspirin', pageStarts: Array(100_001).fill(0) });

    expect(errors).toMatchObject([
      { code: 'ARGUMENT_INVALID', path: ['input', 'documents', '0', 'pageStarts'] },
    ]);
  });
});
