/** A server with four short documents, for the tests of searches. */
import { ingestOperation } from './ingest-operation.ts';
import { startTestServer, type TestServer } from './test-server.ts';
import { untilIndexed } from './until-indexed.ts';

/** Their texts. */
export const searchedTexts = [
  'Aspirin against headache.',
  'Caffeine and tremor: lithium toxicity, tremor.',
  'Lithium carbonate, tremor, headache.',
  'Aspirin, aspirin and caffeine.',
];

/** An answer, with what the tests ask of it. */
export interface Edge {
  readonly similarity: number;
  readonly node: {
    readonly id: string;
    readonly text: string;
    readonly document: { readonly externalId: string };
    readonly type: { readonly name: string };
  };
}

/** The texts of answers, in order. */
export const textsOf = (edges: readonly Edge[]): string[] => edges.map(({ node }) => node.text);

/**
 * Starts it; the documents t0 to t3 are read and their vectors in the indexes, which answer and not the
 * database in their place.
 */
export async function startSearchedServer(): Promise<TestServer> {
  const server = await startTestServer();
  await untilIndexed(server, { spans: 0, forms: 0 });
  const documents = searchedTexts.map((text, i) => ({ text, externalId: `t${i}` }));
  await server.ask(ingestOperation(), { documents });
  await untilIndexed(server, { spans: 12, forms: 6 });
  return server;
}
