/** The part of the index log that is no longer needed. */
import type { SqlConnection } from '../connection.ts';

/** Through which change of which space. */
export interface ForgetLog {
  readonly space: 'TYPE' | 'MEANING';
  readonly through: number;
}

/** Throws away the log through a change: a snapshot that has it is on the disk. */
export const forgetLog = (writer: SqlConnection, { space, through }: ForgetLog): void =>
  writer.transaction(() => {
    writer.run('setPruned', { space, through });
    writer.run('pruneLog', { space, through });
  });
