/**
 * The one boundary between errors of the program and answers: what a user can understand goes out
 * with its code, everything else is masked and logged under an id.
 */
import { randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { ErrorKind } from '../core/error-catalog.ts';
import { AppError, appError, type ErrorCode } from '../core/errors.ts';
import type { UserError } from '../generated/graphql.ts';
import type { Logger } from '../telemetry/logger.ts';

/** HTTP status by the kind of an error. */
const statusOfKind: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  missing: 404,
  unauthenticated: 401,
  forbidden: 403,
  conflict: 409,
  limited: 429,
  unavailable: 503,
};

/** HTTP has a status of its own for these. */
const statusOfCode: Readonly<Partial<Record<ErrorCode, number>>> = {
  REQUEST_TOO_LARGE: 413,
  REQUEST_TOO_SLOW: 408,
};

/** HTTP status of an error that concerns a whole request. */
export const statusOf = ({ code, kind }: AppError): number =>
  statusOfCode[code] ?? statusOfKind[kind];

/** The details of an error that are plain and short: what a program can use beside the message. */
function plainDetails(error: AppError): Record<string, unknown> {
  const isPlain = (value: unknown): boolean =>
    Number.isFinite(value) || (typeof value === 'string' && value.length <= 200);
  return Object.fromEntries(Object.entries(error.details).filter(([, value]) => isPlain(value)));
}

/** What `extensions` say of an error. */
function extensionsOf(error: AppError): Record<string, unknown> {
  return { code: error.code, kind: error.kind, details: plainDetails(error) };
}

/** Turns any error into what goes out; Apollo's own parse, validation and input errors stay as they are. */
export type FormatError = (
  formatted: GraphQLFormattedError,
  thrown: unknown,
) => GraphQLFormattedError;

/** The error under the wrappings that GraphQL and Apollo put around what a resolver or a rule threw. */
function original(thrown: unknown): unknown {
  const inner = thrown instanceof GraphQLError ? thrown.originalError : undefined;
  return inner === undefined || inner === null ? thrown : original(inner);
}

/** graphql-js gives an operation that is too long no code of its own. */
function tooLong(thrown: unknown): AppError | null {
  const max = thrown instanceof Error && /more tha[nt] (\d+) tokens/.exec(thrown.message)?.[1];
  if (!max) return null;
  return appError('OPERATION_TOO_COMPLEX', {
    what: 'length in tokens',
    max: Number(max),
    value: 'more',
  });
}

/** The boundary, for Apollo Server (`formatError`) and WebSockets alike. */
export function createFormatError(logger: Logger): FormatError {
  return (formatted, thrown) => {
    const cause = original(thrown);
    const error = cause instanceof AppError ? cause : tooLong(cause);
    if (error !== null) {
      return { ...formatted, message: error.message, extensions: extensionsOf(error) };
    }
    const code = formatted.extensions?.['code'];
    if (code !== undefined && code !== 'INTERNAL_SERVER_ERROR') return formatted;
    const requestId = randomUUID();
    logger.error({ requestId, error: cause }, 'an operation failed by a bug');
    return {
      ...formatted,
      message: 'Internal error.',
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
    };
  };
}

/** An error that concerns a whole operation: refused before anything of it ran. */
export function requestError(error: AppError): GraphQLError {
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: { ...extensionsOf(error), http: { status: statusOf(error) } },
  });
}

/** The body of an HTTP answer that refuses a request, in the form of a GraphQL answer. */
export function errorBody(error: AppError): string {
  return JSON.stringify({ errors: [{ message: error.message, extensions: extensionsOf(error) }] });
}

/** Answers with an error, and ends the connection: what was not read of the request is not waited for. */
export const answerError = (reply: FastifyReply, error: AppError): FastifyReply =>
  reply
    .code(statusOf(error))
    .header('connection', 'close')
    .type('application/json')
    .send(errorBody(error));

/** True for a failure that the caller of a mutation can put right: it belongs in the payload. */
export const isUserError = (error: unknown): error is AppError =>
  error instanceof AppError && ['invalid', 'missing', 'conflict'].includes(error.kind);

/** The failure as a payload's `errors` hold it. */
export const userError = (error: AppError, path: readonly (string | number)[]): UserError => ({
  code: error.code,
  message: error.message,
  path: path.map(String),
});
