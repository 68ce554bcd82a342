/** Documents deleted. */
import type { SqlConnection } from '../connection.ts';
import { forgetExamples } from './entity-types.ts';
import { removeReading } from './reading.ts';
import { removeVerdicts } from './verdicts.ts';

/** Deletes a document with all that was read of it and decided in it. Returns whether it was there. */
export const deleteDocument = (writer: SqlConnection, id: number): boolean =>
  writer.transaction(() => {
    forgetExamples(writer, id);
    removeReading(writer, id);
    removeVerdicts(writer, id);
    return writer.run('deleteDocument', { id }).changes > 0;
  });
