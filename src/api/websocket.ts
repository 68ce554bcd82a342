/**
 * GraphQL over WebSocket (protocol graphql-transport-ws), with the checks that HTTP has and the caps
 * that the protocol lacks: connections, operations on each, length of a message.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { ServerOptions } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { type AppError, appError } from '../core/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { ApiContext } from './context.ts';
import { errorBody, type FormatError, requestError, statusOf } from './errors.ts';
import { checkCost, limitRules, type OperationLimits } from './limits.ts';
import { refusal } from './local-only.ts';

/** What the WebSocket side of the API is made of. */
export interface WebSocketOptions {
  readonly server: Server;
  readonly schema: GraphQLSchema;
  readonly limits: OperationLimits & {
    readonly maxConnections: number;
    readonly maxSubscriptions: number;
    readonly maxMessageBytes: number;
  };
  readonly allowedHosts: readonly string[];
  readonly createContext: () => ApiContext;
  readonly formatError: FormatError;
  readonly logger: Logger;
}

/** Answers an upgrade with a plain HTTP error: the WebSocket is never opened. */
function refuse(socket: Duplex, error: AppError): void {
  const body = errorBody(error);
  socket.end(
    `HTTP/1.1 ${statusOf(error)} Refused\r\nConnection: close\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function acceptUpgrades(sockets: WebSocketServer, options: WebSocketOptions): () => void {
  const { server, limits, allowedHosts, logger } = options;
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // A peer that hangs up while it is refused is no concern of ours.
    socket.on('error', () => socket.destroy());
    const error = refusal(request.headers, allowedHosts);
    if (error !== null) return refuse(socket, error);
    if (sockets.clients.size >= limits.maxConnections) {
      const max = limits.maxConnections;
      return refuse(socket, appError('TOO_MANY_AT_ONCE', { what: 'WebSockets', max }));
    }
    if (request.url?.split('?')[0] !== '/graphql') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      sockets.emit('connection', client, request);
      // graphql-ws prints a peer's faults on the console; ws has ended the connection by then.
      client.removeAllListeners('error');
      client.on('error', (fault) => logger.info({ error: fault }, 'a WebSocket was ended'));
    });
  };
  server.on('upgrade', upgrade);
  return () => server.off('upgrade', upgrade);
}

type SubscribeHook = NonNullable<ServerOptions<undefined, Extra>['onSubscribe']>;

/** Parses, validates and prices an operation as HTTP does; errors in place of arguments refuse it. */
function checkOperation(options: WebSocketOptions): SubscribeHook {
  const { schema, limits, createContext } = options;
  const rules = [...specifiedRules, ...limitRules(limits)];
  return ({ subscriptions }, _id, payload) => {
    const max = limits.maxSubscriptions;
    // The operation in hand is among them already.
    if (Object.keys(subscriptions).length > max) {
      const what = 'operations on a WebSocket';
      return [requestError(appError('TOO_MANY_AT_ONCE', { what, max }))];
    }
    try {
      const document = parse(payload.query, { maxTokens: limits.maxTokens });
      const errors = validate(schema, document, rules);
      if (errors.length > 0) return errors;
      const operationName = payload.operationName ?? null;
      const variableValues = payload.variables ?? {};
      const operation = { schema, document, operationName, variables: variableValues };
      const { refusal: tooCostly } = checkCost(operation, limits.maxCost);
      if (tooCostly !== null) return [tooCostly];
      return { schema, document, operationName, variableValues, contextValue: createContext() };
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
  };
}

/** Serves GraphQL over WebSocket at `/graphql` of an HTTP server; the result ends it. */
export function serveWebSockets(options: WebSocketOptions): () => Promise<void> {
  const { limits, formatError } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.maxMessageBytes });
  const format = (code: string) => (error: GraphQLError) =>
    formatError({ ...error.toJSON(), extensions: { code, ...error.extensions } }, error);
  // As over HTTP: an error that no resolver threw came of the variables.
  const formatResult = (error: GraphQLError) =>
    format(error.originalError ? 'INTERNAL_SERVER_ERROR' : 'BAD_USER_INPUT')(error);
  const formatAll = (errors: readonly GraphQLError[] | undefined) =>
    errors === undefined ? {} : { errors: errors.map(formatResult) };
  const disposable = useServer(
    {
      schema: options.schema,
      // Or else the reason of an unexpected end would go to the client.
      isProd: true,
      onSubscribe: checkOperation(options),
      onError: (...[, , , errors]) => errors.map(format('GRAPHQL_VALIDATION_FAILED')),
      onNext: (...[, , , , result]) =>
        ({ ...result, ...formatAll(result.errors) }) as FormattedExecutionResult,
    },
    sockets,
  );
  const stopUpgrades = acceptUpgrades(sockets, options);
  return async () => {
    stopUpgrades();
    await disposable.dispose();
  };
}
