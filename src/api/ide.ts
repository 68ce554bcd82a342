/**
 * The page that a browser gets: Altair, a GraphQL IDE, from this machine only. The content policy
 * forbids its scripts any other host, so that nothing typed there leaves the machine.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { getDistDirectory, renderAltair, renderInitSnippet } from 'altair-static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** A tab of the IDE, open from the start. */
export interface IdeTab {
  readonly title: string;
  readonly query: string;
  /** JSON. */
  readonly variables?: string;
}

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "frame-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Files below a folder by their path from it, with slashes. */
function filesBelow(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .map((path) => [relative(folder, path).split(sep).join('/'), path]),
  );
}

function initScript(tabs: readonly IdeTab[]): string {
  return renderInitSnippet({
    endpointURL: '/graphql',
    subscriptionsEndpoint: '/graphql',
    initialSubscriptionRequestHandlerId: 'graphql-ws',
    disableAccount: true,
    // Advertisements, and a question to a server elsewhere for what to announce.
    persistedSettings: { 'banners.disable': true, 'alert.disableUpdateNotification': true },
    initialWindows: tabs.map(({ title, query, variables }) => ({
      initialName: title,
      initialQuery: query,
      ...(variables === undefined ? {} : { initialVariables: variables }),
    })),
  });
}

/** Serves the IDE at `/` with its files below `/ide/`. */
export function serveIde(server: FastifyInstance, tabs: readonly IdeTab[]): void {
  const files = filesBelow(getDistDirectory());
  const page = renderAltair({
    baseURL: '/ide/',
    serveInitialOptionsInSeperateRequest: 'tabs.js',
  });
  const script = initScript(tabs);
  const send = (reply: FastifyReply, type: string, body: string | Buffer): FastifyReply =>
    reply
      .header('content-type', type)
      .header('content-security-policy', contentPolicy)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .send(body);
  server.get('/', (_request, reply) => send(reply, 'text/html; charset=utf-8', page));
  server.get('/ide/tabs.js', (_request, reply) =>
    send(reply, 'text/javascript; charset=utf-8', script),
  );
  server.get<{ Params: { '*': string } }>('/ide/*', (request, reply) => {
    // Only files listed at the start are served: no path of a request reaches the disk.
    const path = files.get(request.params['*']);
    if (path === undefined) return reply.callNotFound();
    const type = mediaTypes[extname(path)] ?? 'application/octet-stream';
    return send(reply, type, readFileSync(path));
  });
}
