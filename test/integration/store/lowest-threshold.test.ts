import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dot, normalize } from '../../../src/core/vector.ts';
import { toBlob } from '../../../src/store/blobs.ts';
import { SqlConnection } from '../../../src/store/connection.ts';
import { lowestThreshold } from '../../../src/store/lowest-threshold.ts';
import { databaseFile } from '../../../src/store/maintenance.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { randomVectors, seededRandom } from '../../support/vectors/random-vectors.ts';

const dimensions = 3;
/** More than are read at once. */
const count = 9_000;

describe('lowestThreshold', () => {
  const folder = temporaryFolder();
  let connection: SqlConnection;
  const vectors = randomVectors({ count, dimensions, seed: 1 }).map(({ vector }) =>
    normalize(vector),
  );

  const putWindow = (position: number, vector: Float32Array | null) =>
    connection.run('insertWindow', {
      documentId: 1,
      position,
      start: 0,
      end: 1,
      tokens: 1,
      vector: vector && toBlob(vector),
    });

  beforeAll(() => {
    connection = new SqlConnection({ folder, path: databaseFile(folder), readonly: false });
    migrate(connection, folder);
    const row = { collectionId: 1, externalId: null, textHash: '1', title: null };
    connection.run('insertDocument', { ...row, metadata: null, priority: 0, now: 1, text: 'a' });
  });

  afterAll(() => connection.close());

  it('has none without windows, nor from windows without a vector of the length', () => {
    const query = Float32Array.of(1, 0, 0);

    const ofNone = lowestThreshold(connection, query);
    putWindow(0, null);
    putWindow(1, Float32Array.of(-9, -9));

    expect([ofNone, lowestThreshold(connection, query)]).toEqual([null, null]);
  });

  it('is the smallest product, to the last bit, wherever the window is and whatever bytes it has', () => {
    connection.transaction(() => {
      for (const [i, vector] of vectors.entries()) putWindow(2 + i, vector);
      // Bytes that are no text: zeros, and others above 127.
      putWindow(count + 2, new Float32Array(dimensions));
      putWindow(count + 3, Float32Array.of(-0, -2.0001e-38, 3.4e-38));
    });
    const random = seededRandom(2);
    const all = [
      ...vectors,
      new Float32Array(dimensions),
      Float32Array.of(-0, -2.0001e-38, 3.4e-38),
    ];

    for (let i = 0; i < 40; i += 1) {
      const query = Float32Array.from({ length: dimensions }, () => random() - 0.5);

      const lowest = lowestThreshold(connection, query);

      expect(lowest).toBe(Math.min(...all.map((vector) => dot(query, vector))));
    }
  });

  it('finds each of many windows', () => {
    const places = [0, 4_092, 4_093, 4_094, 4_095, 8_188, count - 1];

    const found = places.map((place) => {
      const query = vectors[place]!.map((value) => -value);
      return lowestThreshold(connection, query);
    });

    expect(found).toEqual(places.map((place) => -dot(vectors[place]!, vectors[place]!)));
  });
});
