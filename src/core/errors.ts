/**
 * Failures that users can understand: made from the table in error-catalog.ts, which has their codes,
 * kinds and messages.
 */
import { catalog, type ErrorKind } from './error-catalog.ts';

type Catalog = typeof catalog;

/** Stable name of an error, the same in schema.graphql and docs/errors.md. */
export type ErrorCode = keyof Catalog;

/** The facts that a code's message is made of. */
export type ErrorDetails<C extends ErrorCode> = Parameters<Catalog[C]['message']>[0];

/** Every code, for the tests that compare the table with its documentation. */
export const errorCodes = Object.keys(catalog) as readonly ErrorCode[];

/** A failure that its user can understand and, by `kind`, knows what to do about. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: object) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.kind = catalog[code].kind;
    this.details = { ...details };
  }
}

/** The error of the table with this code; `cause` keeps the original. */
export function appError<C extends ErrorCode>(
  code: C,
  details: ErrorDetails<C>,
  cause?: unknown,
): AppError {
  const message = (catalog[code].message as (details: ErrorDetails<C>) => string)(details);
  const error = new AppError(code, message, details);
  if (cause !== undefined) error.cause = cause;
  return error;
}
