/** Claims whose process is gone. */
import type { SqlConnection } from './connection.ts';

/** A document is given up after so many attempts. */
export const maxAttempts = 5;

/** What `release` statements are told of a document that has had its attempts. */
export const abandonment = (now: number) => ({
  now,
  maxAttempts,
  code: 'INTERRUPTED',
  message: `The reading was interrupted before it was done, ${maxAttempts} times.`,
});

/**
 * Puts back what a process that is gone had claimed. An attempt that ended with its process counts, so
 * that a document which takes the process down is given up in the end.
 */
export function releaseAbandonedClaims(writer: SqlConnection): void {
  writer.run('releaseAbandoned', abandonment(Date.now()));
}
