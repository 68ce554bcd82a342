/**
 * The HTTP server: GraphQL at /graphql (also over WebSocket), uploads at /ingest, the IDE at /, and two addresses that say
 * whether the server lives. Every request passes the same checks first.
 */
import type { AddressInfo } from 'node:net';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { type AppError, appError } from '../core/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type ArrivalLimits, limitArrival } from './arrival.ts';
import { type ApiContext, type ApiParts, createContext } from './context.ts';
import { createFormatError, errorBody, statusOf } from './errors.ts';
import { type IdeTab, serveIde } from './ide.ts';
import { checkCost, limitRules, type OperationLimits } from './limits.ts';
import { refusal } from './local-only.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { createSchema } from './schema.ts';
import { serveUploads, uploadUrl } from './upload.ts';
import { serveWebSockets } from './websocket.ts';

/** The limits of requests; the settings of the same names say what each is for. */
export interface ServerLimits extends OperationLimits, ArrivalLimits {
  readonly maxBodyBytes: number;
  readonly maxMessageBytes: number;
  readonly maxConnections: number;
  readonly maxSubscriptions: number;
}

/** How to serve. */
export interface ServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Names besides those of this machine that Host and Origin may hold. */
  readonly allowedHosts: readonly string[];
  readonly limits: ServerLimits;
  /** What the IDE shows at first. */
  readonly tabs: readonly IdeTab[];
}

/** A server that listens. */
export interface ApiServer {
  /** Where a browser finds it, without a slash at the end. */
  readonly url: string;
  /** Ends connections and stops listening. */
  close(): Promise<void>;
}

/** Addresses that listen on every interface: no name for a browser, and none to be allowed. */
const wildcards = ['0.0.0.0', '::', ''];

/** Refuses what is too costly before it runs, and says what an operation costs in its answer. */
const costPlugin = (schema: GraphQLSchema, maxCost: number): ApolloServerPlugin<ApiContext> => ({
  requestDidStart: async () => {
    let price: number | undefined;
    return {
      didResolveOperation: async ({ document, operationName, request }) => {
        const variables = request.variables ?? {};
        const operation = { schema, document, operationName, variables };
        const { cost, refusal: tooCostly } = checkCost(operation, maxCost);
        price = cost;
        if (tooCostly !== null) throw tooCostly;
      },
      willSendResponse: async ({ response: { body } }) => {
        if (price === undefined || body.kind !== 'single') return;
        body.singleResult.extensions = { ...body.singleResult.extensions, cost: price };
      },
    };
  },
});

async function startApollo(
  schema: GraphQLSchema,
  fastify: FastifyInstance,
  { limits, logger }: { limits: ServerLimits; logger: Logger },
): Promise<ApolloServer<ApiContext>> {
  const say = (write: keyof Logger) => (message: unknown) =>
    logger[write]({ detail: String(message) }, 'apollo server');
  const apollo = new ApolloServer<ApiContext>({
    schema,
    introspection: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    stopOnTerminationSignals: false,
    formatError: createFormatError(logger),
    parseOptions: { maxTokens: limits.maxTokens },
    validationRules: [...limitRules(limits)],
    logger: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      fastifyApolloDrainPlugin(fastify),
      costPlugin(schema, limits.maxCost),
    ],
  });
  await apollo.start();
  return apollo;
}

/** The AppError of what Fastify itself refused, or null. */
function refusedByFastify(error: FastifyError, limits: ServerLimits): AppError | null {
  const { maxBodyBytes: maxBytes } = limits;
  return error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
    ? appError('REQUEST_TOO_LARGE', { maxBytes })
    : null;
}

/** Longest time for the headers of a request. */
const headersMs = 60_000;

function createFastify({ limits, allowedHosts }: ServerOptions, logger: Logger): FastifyInstance {
  const fastify = Fastify({
    logger: false,
    bodyLimit: limits.maxBodyBytes,
    // Node's limit of a whole request would cut long uploads off: `limitArrival` tells them apart.
    requestTimeout: 0,
    http: { headersTimeout: headersMs },
    return503OnClosing: true,
    forceCloseConnections: true,
  });
  // Only JSON: a form or a plain text can be sent across origins without asking.
  fastify.removeContentTypeParser('text/plain');
  fastify.addHook('onRequest', async (request, reply) => {
    const error = refusal(request.headers, allowedHosts);
    if (error === null) return;
    logger.warn({ code: error.code, ...error.details }, 'a request was refused');
    await reply.code(statusOf(error)).type('application/json').send(errorBody(error));
  });
  limitArrival(fastify, uploadUrl, limits);
  fastify.setErrorHandler(async (error: FastifyError, _request, reply) => {
    const refused = refusedByFastify(error, limits);
    const status = error.statusCode ?? 500;
    if (status >= 500) logger.error({ error }, 'a request failed by a bug');
    const message = status >= 500 ? 'Internal error.' : error.message;
    const code = status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST';
    const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
    await reply
      .code(refused ? 413 : status)
      .type('application/json')
      .send(refused ? errorBody(refused) : body);
  });
  return fastify;
}

async function listen(fastify: FastifyInstance, { host, port }: ServerOptions): Promise<string> {
  try {
    await fastify.listen({ host, port });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw appError('ADDRESS_UNAVAILABLE', { host, port, reason }, error);
  }
  const { port: taken, family, address } = fastify.server.address() as AddressInfo;
  if (wildcards.includes(host)) return `http://localhost:${taken}`;
  return `http://${family === 'IPv6' ? `[${address}]` : host}:${taken}`;
}

/**
 * Serves the API until it is closed.
 *
 * Throws: ADDRESS_UNAVAILABLE.
 */
export async function openServer(parts: ApiParts, given: ServerOptions): Promise<ApiServer> {
  const { logger } = parts;
  // The address that is listened on is a name of this server, unless it stands for all.
  const own = wildcards.includes(given.host) ? [] : [given.host.toLowerCase()];
  const options = { ...given, allowedHosts: [...given.allowedHosts, ...own] };
  const schema = createSchema(resolvers);
  const fastify = createFastify(options, logger);
  const apollo = await startApollo(schema, fastify, { limits: options.limits, logger });
  fastify.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    handler: fastifyApolloHandler(apollo, { context: async () => createContext(parts) }),
  });
  fastify.get('/healthz', async () => ({ status: 'alive' }));
  fastify.get('/readyz', async () => ({ status: 'ready', model: parts.extractor.model.name }));
  serveUploads(fastify, parts);
  serveIde(fastify, options.tabs);
  const closeWebSockets = serveWebSockets({
    ...options,
    server: fastify.server,
    schema,
    createContext: () => createContext(parts),
    formatError: createFormatError(logger),
    logger,
  });
  const close = async (): Promise<void> => {
    await closeWebSockets();
    await apollo.stop();
  };
  try {
    return { url: await listen(fastify, options), close };
  } catch (error) {
    await close();
    throw error;
  }
}
