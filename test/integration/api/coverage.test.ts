import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aDocx, aPaper, fixture } from '../../support/formats/fixtures.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const sums = 'droppedByReason { reason parts characters bytes }';

const coverageQuery = `query ($collection: String) {
  documents(collection: $collection) { nodes { state coverage {
    characters charactersRead windows
    dropped { start end reason characters bytes excerpt } ${sums} } } }
  status(collection: $collection) { coverage {
    characters charactersRead charactersDropped windows droppedParts ${sums} } }
  collections { name coverage { characters windows ${sums} } }
}`;

interface Sum {
  readonly reason: string;
  readonly parts: number;
  readonly characters: number;
  readonly bytes: number;
}

interface SeenDocument {
  readonly state: string;
  readonly coverage: {
    readonly characters: number;
    readonly dropped: readonly {
      readonly start: number;
      readonly end: number;
      readonly reason: string;
      readonly characters: number | null;
      readonly bytes: number | null;
      readonly excerpt: string | null;
    }[];
    readonly droppedByReason: readonly Sum[];
  };
}

const byReason = (list: readonly Sum[]): Sum[] =>
  list.toSorted((a, b) => (a.reason < b.reason ? -1 : 1));

const long = 'word '.repeat(500);

/** Files by name; of each format that drops something. */
const files: readonly (readonly [string, Readonly<Record<string, Buffer | string>>, string[]])[] = [
  ['PDF', { 'paper.pdf': aPaper() }, ['LINE_END_HYPHEN', 'PAGE_NUMBER', 'RUNNING_HEAD']],
  ['HTML', { 'page.html': fixture('page.html') }, ['NOT_MAIN_CONTENT', 'NOT_SHOWN']],
  ['e-mail', { 'message.eml': fixture('message.eml') }, ['ALTERNATIVE', 'ATTACHMENT']],
  ['DOCX', { 'report.docx': aDocx() }, ['FIELD_CODE', 'HEADER_OR_FOOTER', 'REVISION']],
  ['PubMed XML', { 'pubmed.xml': fixture('pubmed.xml') }, ['FIELD_NOT_READ']],
  ['CSV', { 'wide.csv': `text,notes\naspirin,${long}\n` }, ['FIELD_NOT_READ']],
  ['JSON lines', { 'wide.jsonl': JSON.stringify({ text: 'x', notes: long }) }, ['FIELD_NOT_READ']],
  ['BioC XML', { 'a.xml': fixture('corpus.bioc.xml') }, ['DISCONTINUOUS_MENTION']],
  [
    'brat',
    { 'brat.txt': fixture('brat.txt'), 'brat.ann': fixture('brat.ann') },
    ['DISCONTINUOUS_MENTION'],
  ],
];

describe('coverage of files', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
  });

  afterAll(() => server.close());

  async function upload(
    collection: string,
    named: Readonly<Record<string, Buffer | string>>,
  ): Promise<void> {
    const form = new FormData();
    for (const [name, content] of Object.entries(named)) {
      form.append(name, new Blob([Uint8Array.from(Buffer.from(content))]), name);
    }
    const response = await fetch(`${server.url}/ingest?collection=${collection}`, {
      method: 'POST',
      headers: { 'apollo-require-preflight': '1' },
      body: form,
    });
    const { job } = (await response.json()) as { job: { id: string } };
    for (;;) {
      const { data } = await server.ask('query ($id: ID!) { job(id: $id) { finishedAt } }', {
        id: job.id,
      });
      if (data.job.finishedAt !== null) return;
      await sleep(30);
    }
  }

  it.each(files)('says what was dropped of %s, and sums it up', async (_, named, reasons) => {
    const collection = `of-${Object.keys(named)[0]}`;

    await upload(collection, named);

    const { data } = await server.ask(coverageQuery, { collection });
    const documents = data.documents.nodes as SeenDocument[];
    const dropped = documents.flatMap(({ coverage }) => coverage.dropped);
    expect(documents.map(({ state }) => state)).not.toContain('FAILED');
    expect([...new Set(dropped.map(({ reason }) => reason))].sort()).toEqual(reasons);
    for (const { coverage } of documents) {
      const counted = new Map<string, Sum>();
      for (const { reason, characters, bytes } of coverage.dropped) {
        const sum = counted.get(reason) ?? { reason, parts: 0, characters: 0, bytes: 0 };
        counted.set(reason, {
          reason,
          parts: sum.parts + 1,
          characters: sum.characters + (characters ?? 0),
          bytes: sum.bytes + (bytes ?? 0),
        });
      }
      expect(byReason(coverage.droppedByReason)).toEqual(byReason([...counted.values()]));
      for (const { start, end, excerpt } of coverage.dropped) {
        expect({ isEmpty: start === end, isWithin: end <= coverage.characters }).toEqual({
          isEmpty: true,
          isWithin: true,
        });
        expect(excerpt).not.toBe('');
      }
    }
    const { coverage } = data.status;
    const summed = data.collections.find(({ name }: { name: string }) => name === collection);
    expect(summed.coverage.droppedByReason).toEqual(coverage.droppedByReason);
    expect(coverage.droppedByReason.map(({ reason }: Sum) => reason).sort()).toEqual(reasons);
    expect(coverage.droppedByReason.reduce((sum: number, { parts }: Sum) => sum + parts, 0)).toBe(
      dropped.length,
    );
  });

  it('tells an attachment by name and bytes, and other forms by their beginning', async () => {
    await upload('mail', { 'message.eml': fixture('message.eml') });

    const { data } = await server.ask(coverageQuery, { collection: 'mail' });
    expect(data.documents.nodes[0].coverage.dropped).toEqual([
      {
        start: 39,
        end: 39,
        reason: 'ALTERNATIVE',
        characters: 31,
        bytes: null,
        excerpt: '<p>Aspirin eases headache.</p>\n',
      },
      {
        start: 39,
        end: 39,
        reason: 'ATTACHMENT',
        characters: null,
        bytes: 5,
        excerpt: 'paper.pdf',
      },
    ]);
  });

  it('lists parts of the text and of the file in reading order, and counts both', async () => {
    await upload('both', {
      'page.html': '<p>One \u0001 two.</p><script>track()</script><p>Three.\u0002</p>',
    });

    const { data } = await server.ask(coverageQuery, { collection: 'both' });
    const [{ coverage }] = data.documents.nodes;
    expect(coverage.dropped.map(({ reason }: Sum) => reason)).toEqual([
      'CONTROL_CHARACTER',
      'NOT_SHOWN',
      'CONTROL_CHARACTER',
    ]);
    expect(data.status.coverage).toMatchObject({
      charactersDropped: 2,
      droppedParts: 2,
      windows: coverage.windows,
      droppedByReason: [
        { reason: 'CONTROL_CHARACTER', parts: 2, characters: 2, bytes: 0 },
        { reason: 'NOT_SHOWN', parts: 1, characters: 7, bytes: 0 },
      ],
    });
  });

  it('sums by reason for a text that is not stored', async () => {
    const { data } = await server.ask(
      `{ extract(text: "a \\u0001 b \\u0002") { coverage { ${sums} dropped { characters } } } }`,
    );

    expect(data.extract.coverage).toEqual({
      droppedByReason: [{ reason: 'CONTROL_CHARACTER', parts: 2, characters: 2, bytes: 0 }],
      dropped: [{ characters: 1 }, { characters: 1 }],
    });
  });
});
