import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HnswIndex } from '../../../src/vectors/hnsw-index.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const similar = `{ similarMentions(to: { text: "aspirin" }, first: 5) {
  edges { similarity node { text } } search { method scanned }
} status { indexes { space state crashes } } }`;

describe('the index process', () => {
  let server: TestServer;
  let index: HnswIndex;

  beforeAll(async () => {
    server = await startTestServer();
    await server.ask(`mutation { ingestDocuments(input: { documents: [
      { text: "Aspirin against headache." }, { text: "Caffeine and tremor." }
    ] }, waitSeconds: 20) { errors { code } } }`);
    const { meaningIndex } = server.app.parts;
    if (!(meaningIndex instanceof HnswIndex)) throw new Error('The server has an HNSW index.');
    index = meaningIndex;
    await index.ready();
  });

  afterAll(() => server.close());

  it('may be killed: searches are answered from the database and say so, until it is back', async () => {
    const before = await server.ask(similar);
    const { pid = 0 } = index;

    process.kill(pid, 'SIGKILL');
    while (index.pid === pid) await sleep(5);
    const meanwhile = await server.ask(similar);
    await index.ready();
    const afterwards = await server.ask(similar);

    const { edges } = before.data.similarMentions;
    expect(edges.length).toBeGreaterThan(0);
    expect(meanwhile.data).toMatchObject({
      similarMentions: { edges, search: { method: 'DATABASE' } },
      status: { indexes: [{ space: 'TYPE' }, { space: 'MEANING', state: 'BUILDING', crashes: 1 }] },
    });
    expect(afterwards.data).toMatchObject({
      similarMentions: { edges, search: { method: 'EXACT' } },
      status: { indexes: [{ space: 'TYPE' }, { space: 'MEANING', state: 'READY', crashes: 1 }] },
    });
    expect(server.log.some((line) => line.includes('SIGKILL'))).toBe(true);
  });
});
