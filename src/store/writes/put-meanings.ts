/** Meaning vectors of forms that were stored without. */
import { toBlob } from '../blobs.ts';
import type { SqlConnection, VectorRows } from '../connection.ts';
import { unpackVectors } from '../packed-vectors.ts';

/** Stores meaning vectors of surface forms that have none, and tells the index. */
export const putMeanings = (writer: SqlConnection, { ids, vectors }: VectorRows): void =>
  writer.transaction(() => {
    for (const [i, vector] of unpackVectors(vectors).entries()) {
      const id = ids[i] ?? 0;
      const { changes } = writer.run('setMeaning', { id, vector: toBlob(vector) });
      if (changes > 0) writer.run('logPut', { space: 'MEANING', id });
    }
  });
