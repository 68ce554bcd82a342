import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dot, normalize } from '../../../src/core/vector.ts';
import { toBlob } from '../../../src/store/blobs.ts';
import { SqlConnection } from '../../../src/store/connection.ts';
import { databaseFile } from '../../../src/store/maintenance.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { thresholdsOfSpans, WindowThresholds } from '../../../src/store/window-thresholds.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { randomVectors, seededRandom } from '../../support/vectors/random-vectors.ts';

const dimensions = 3;
/** More than are read at once. */
const count = 9_000;

describe('thresholds of windows', () => {
  const folder = temporaryFolder();
  let connection: SqlConnection;
  /** Another connection, as threads that read have. */
  let reader: SqlConnection;
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

  beforeAll(() => {
    reader = new SqlConnection({ folder, path: databaseFile(folder), readonly: true });
  });

  afterAll(() => {
    reader.close();
    connection.close();
  });

  it('has none without windows, nor from windows without a vector of the length', () => {
    const query = { vector: Float32Array.of(1, 0, 0), limit: 5 };

    const thresholds = new WindowThresholds(reader);
    const ofNone = thresholds.lowest(query);
    putWindow(0, null);
    putWindow(1, Float32Array.of(-9, -9));

    expect([ofNone, thresholds.lowest(query)]).toEqual([[], []]);
  });

  it('gives the smallest products, to the last bit, wherever the windows are and whatever bytes they have', () => {
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

    // All that is read is kept; or one part of three; or nothing.
    const each = [undefined, 1, 0].map((partsKept) => new WindowThresholds(reader, partsKept));
    for (const limit of [1, 2, 7, 100, 5_000, 2 * count]) {
      for (let i = 0; i < 6; i += 1) {
        const vector = Float32Array.from({ length: dimensions }, () => random() - 0.5);

        const found = each.map((thresholds) => thresholds.lowest({ vector, limit }));

        const sorted = all
          .map((window, place) => ({ id: place + 3, threshold: dot(vector, window) }))
          .sort((a, b) => a.threshold - b.threshold || a.id - b.id);
        for (const lowest of found) expect(lowest).toEqual(sorted.slice(0, limit));
      }
    }
  });

  it('gives equal ones by row, also over the border of what is read at once', () => {
    const vector = new Float32Array(dimensions);

    const lowest = new WindowThresholds(reader).lowest({ vector, limit: 5_000 });

    expect(lowest.map(({ id }) => id)).toEqual(Array.from({ length: 5_000 }, (_, i) => i + 3));
  });

  it.each([undefined, 1])('forgets what it kept (%p parts) once windows change', (partsKept) => {
    const thresholds = new WindowThresholds(reader, partsKept);
    const vector = Float32Array.of(1, 0, 0);
    const first = () => thresholds.lowest({ vector, limit: 1 });
    const change = (sql: string) => connection.change(sql, {});
    const before = first();
    expect(first()).toEqual(before);

    // In the row of the one that goes: the number alone does not tell them apart.
    change('DELETE FROM windows WHERE rowid = (SELECT max(rowid) FROM windows)');
    putWindow(2 * count, Float32Array.of(-7, 0, 0));
    const lower = first();
    change(`UPDATE windows SET threshold_vector = NULL WHERE position = ${2 * count}`);
    const without = first();
    change(`DELETE FROM windows WHERE position = ${2 * count}`);
    putWindow(count + 3, Float32Array.of(-0, -2.0001e-38, 3.4e-38));

    expect(lower).toEqual([{ id: count + 4, threshold: -7 }]);
    expect([without, first()]).toEqual([before, before]);
    expect(thresholds.lowest({ vector: Float32Array.of(1, 1), limit: 1 })).toEqual([
      { id: 2, threshold: -18 },
    ]);
    expect(first()).toEqual(before);
  });

  it('gives spans the thresholds of their own windows, in their order, none to those without', () => {
    const insertSpan = `INSERT INTO spans (document_id, start, "end", window, surface, surface_form_id)
      VALUES (1, 0, 1, :window, 'a', 1)`;
    connection.change(`INSERT INTO surface_forms (text) VALUES ('a')`, {});
    // No window is below zero, which is where people's spans are; the first two have no vector of the length.
    for (const window of [2, -1, 700, 0, 1, 4_000]) connection.change(insertSpan, { window });
    const vector = vectors[9]!;
    const of = (place: number) => dot(vector, vectors[place]!);

    const found = thresholdsOfSpans(connection, { vector, spanIds: [6, 2, 1, 99, 3, 6, 4, 5] });

    const none = Infinity;
    expect(found).toEqual([of(3_998), none, of(0), none, of(698), of(3_998), none, none]);
    expect(thresholdsOfSpans(connection, { vector, spanIds: [] })).toEqual([]);
    expect(thresholdsOfSpans(connection, { vector, spanIds: [2] })).toEqual([none]);
  });
});
