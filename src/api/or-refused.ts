/** Mutations that answer what the caller has to put right, with the argument that it is about. */
import type { ErrorCode } from '../core/errors.ts';
import type { UserError } from '../generated/graphql.ts';
import { isUserError, userError } from './errors.ts';

/** Where an error is that does not name its argument, and below what arguments are. */
export interface Places {
  readonly root: readonly string[];
  readonly of: Partial<Record<ErrorCode, readonly string[]>>;
}

/** What a mutation answers when the caller has something to put right. */
export async function orRefused<Payload>(
  { root, of }: Places,
  work: () => Promise<Payload>,
  refused: (errors: readonly UserError[]) => Payload,
): Promise<Payload> {
  try {
    return await work();
  } catch (error) {
    if (!isUserError(error)) throw error;
    const { argument } = error.details;
    const named = typeof argument === 'string' ? argument.split('.') : of[error.code];
    return refused([userError(error, [...root, ...(named ?? [])])]);
  }
}
