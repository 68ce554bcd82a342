import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuditResult, auditServer, serverAudits } from 'graphql-http';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const badRequest =
  'Apollo Server answers 400 to what it cannot execute, whatever the media type: a client that looks at the status only still learns of it.';

/** Audits of recommendations (SHOULD, MAY) that the server does not follow, by name and with the reason. */
const notFollowed: Readonly<Record<string, string>> = {
  'SHOULD use 200 status code on document parsing failure when accepting application/json':
    badRequest,
  'SHOULD use 200 status code on document validation failure when accepting application/json':
    badRequest,
  'SHOULD use a status code of 200 on variable coercion failure when accepting application/json':
    badRequest,
};

describe('GraphQL over HTTP', () => {
  let server: TestServer;
  let results: readonly AuditResult[];

  beforeAll(async () => {
    server = await startTestServer();
    results = await auditServer({
      url: `${server.url}/graphql`,
      // The audits ask by GET as a program does, not as a page elsewhere could.
      fetchFn: (input: string, init: RequestInit = {}) =>
        fetch(input, {
          ...init,
          headers: { 'apollo-require-preflight': 'true', ...(init.headers as object) },
        }),
    });
  });

  afterAll(() => server.close());

  it('meets every requirement of the specification', () => {
    const broken = results.filter(({ status }) => status === 'error');

    expect(broken).toEqual([]);
    expect(results).toHaveLength(serverAudits({ url: '' }).length);
    expect(results.length).toBeGreaterThan(50);
  });

  it('follows every recommendation but those that are listed with a reason', () => {
    const missed = results.filter(({ status }) => status !== 'ok').map(({ name }) => name);

    expect(missed.toSorted()).toEqual(Object.keys(notFollowed).toSorted());
  });
});
