/** Documents deleted. */
import type { SqlConnection } from '../connection.ts';
import { removeReading } from './reading.ts';
import { removeVerdicts } from './verdicts.ts';

/** Deletes a document with all that was read of it. Returns whether it was there. */
export const deleteDocument = (writer: SqlConnection, id: number): boolean =>
  writer.transaction(() => {
    removeReading(writer, id);
    removeVerdicts(writer, id);
    return writer.run('deleteDocument', { id }).changes > 0;
  });
