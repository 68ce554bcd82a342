/**
 * What travels between a parent and its child process, as structured clones: typed arrays arrive as
 * typed arrays. Errors are taken apart and put together again, because a clone of an Error keeps its
 * message only and an `AppError` must arrive with code and details.
 */
import { AppError, type ErrorCode, errorCodes } from '../core/errors.ts';

/** Parent to child. */
export type Request =
  | { readonly kind: 'open'; readonly argument: unknown }
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly method: string;
      readonly argument: unknown;
    }
  /** Asks for a sign of life. */
  | { readonly kind: 'ping' }
  | { readonly kind: 'close' };

/** Child to parent. */
export type Reply =
  | { readonly kind: 'opened' }
  | { readonly kind: 'alive' }
  | { readonly kind: 'refused'; readonly error: PortableError }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: PortableError }
  | { readonly kind: 'event'; readonly event: unknown };

/** An error as plain values. */
export interface PortableError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
}

/** Takes an error apart. Anything thrown that is no error becomes one. */
export function packError(thrown: unknown): PortableError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    code: typeof code === 'string' ? code : undefined,
    details: error instanceof AppError ? error.details : undefined,
  };
}

const isErrorCode = (code: string | undefined): code is ErrorCode =>
  (errorCodes as readonly (string | undefined)[]).includes(code);

/** The error that was packed: an `AppError` when it was one, with the stack of where it was thrown. */
export function unpackError(packed: PortableError): Error {
  const error =
    packed.details !== undefined && isErrorCode(packed.code)
      ? new AppError(packed.code, packed.message, packed.details)
      : Object.assign(new Error(packed.message), {
          name: packed.name,
          ...(packed.code === undefined ? {} : { code: packed.code }),
        });
  if (packed.stack !== undefined) error.stack = packed.stack;
  return error;
}
