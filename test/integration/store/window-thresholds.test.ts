import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dot, normalize, roundSimilarity } from '../../../src/core/vector.ts';
import { toBlob } from '../../../src/store/blobs.ts';
import { SqlConnection } from '../../../src/store/connection.ts';
import { databaseFile } from '../../../src/store/maintenance.ts';
import { migrate } from '../../../src/store/migrate.ts';
import {
  type PassingQuery,
  thresholdsOfSpans,
  WindowThresholds,
} from '../../../src/store/window-thresholds.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { randomVectors, seededRandom } from '../../support/vectors/random-vectors.ts';

const dimensions = 3;
/** More than are read at once. */
const count = 9_000;
const many = 2 * count;

const insertSpan = `INSERT INTO spans (document_id, start, "end", window, surface, surface_form_id, type_vector)
  VALUES (1, :start, :start + 1, :window, 'a', 1, :vector)`;

describe('thresholds of windows', () => {
  const folder = temporaryFolder();
  let connection: SqlConnection;
  /** Another connection, as threads that read have. */
  let reader: SqlConnection;
  const unit = (seed: number) =>
    randomVectors({ count, dimensions, seed }).map(({ vector }) => normalize(vector));
  const vectors = unit(1);
  /** Of the spans of the first windows, two in each. */
  const spanVectors = unit(3);

  const putWindow = (position: number, vector: Float32Array | null) =>
    connection.run('insertWindow', {
      documentId: 1,
      position,
      start: 10 * position,
      end: 10 * position + 9,
      tokens: 1,
      vector: vector && toBlob(vector),
    });

  let spans = 0;
  const putSpan = (window: number, vector: Float32Array | null) => {
    spans += 1;
    const values = { start: 10 * window + (spans % 9), window, vector: vector && toBlob(vector) };
    return connection.change(insertSpan, values);
  };

  beforeAll(() => {
    connection = new SqlConnection({ folder, path: databaseFile(folder), readonly: false });
    migrate(connection, folder);
    const row = { collectionId: 1, externalId: null, textHash: '1', title: null };
    connection.run('insertDocument', { ...row, metadata: null, priority: 0, now: 1, text: 'a' });
    connection.change(`INSERT INTO surface_forms (text) VALUES ('a')`, {});
  });

  beforeAll(() => {
    reader = new SqlConnection({ folder, path: databaseFile(folder), readonly: true });
  });

  afterAll(() => {
    reader.close();
    connection.close();
  });

  it('has no spans without windows, nor of windows or spans without a vector of the length', () => {
    const vector = Float32Array.of(1, 0, 0);
    const query = { vector, margin: -9, similarity: 1, mostWindows: many };

    const thresholds = new WindowThresholds(reader);
    const ofNone = thresholds.spansThatPass(query);
    putWindow(0, null);
    putWindow(1, Float32Array.of(-9, -9));
    putSpan(0, vector);
    putSpan(1, vector);
    putWindow(2, vector);
    putSpan(2, null);
    putSpan(2, Float32Array.of(9, 9));
    putSpan(-1, vector);

    expect([ofNone, thresholds.spansThatPass(query)]).toEqual([[], []]);
    connection.change('DELETE FROM windows', {});
    connection.change('DELETE FROM spans', {});
  });

  it('gives the spans that pass by as much, wherever their windows are and whatever bytes these have', () => {
    // Bytes that are no text: zeros, and others above 127.
    const windows = [
      ...vectors,
      new Float32Array(dimensions),
      Float32Array.of(-0, -2.0001e-38, 3.4e-38),
    ];
    const windowOf = (place: number) => Math.floor((place * windows.length) / count);
    connection.transaction(() => {
      for (const [i, vector] of windows.entries()) putWindow(i, vector);
      for (const [i, vector] of spanVectors.entries()) putSpan(windowOf(i), vector);
    });
    const [first] = connection.query<{ id: number }>('SELECT min(id) AS id FROM spans', {});
    const random = seededRandom(2);

    // All that is read is kept; or one part of three; or nothing.
    const each = [undefined, 1, 0].map((partsKept) => new WindowThresholds(reader, partsKept));
    for (const margin of [-3, -0.5, 0, 0.5, 1, 1.9]) {
      for (const similarity of [1, 0.8, 0]) {
        const vector = normalize(Float32Array.from({ length: dimensions }, () => random() - 0.5));
        const query: PassingQuery = { vector, margin, similarity, mostWindows: many };

        const found = each.map((thresholds) => thresholds.spansThatPass(query));

        const passing = spanVectors
          .map((span, i) => ({
            id: first!.id + i,
            similarity: roundSimilarity(dot(vector, span)),
            threshold: dot(vector, windows[windowOf(i)]!),
          }))
          .filter(({ threshold }) => threshold < similarity - margin)
          .filter((span) => span.similarity - span.threshold > margin)
          .sort((a, b) => b.similarity - a.similarity || a.id - b.id)
          .map(({ id, similarity: of }) => ({ id, similarity: of }));
        for (const spansFound of found) expect(spansFound).toEqual(passing);
      }
    }
  });

  it('gives equal ones by id, also over the border of what is read at once', () => {
    const vector = new Float32Array(dimensions);
    const query = { vector, margin: -1, similarity: 0, mostWindows: many };

    const passing = new WindowThresholds(reader).spansThatPass(query);

    const ids = connection.query<{ id: number }>('SELECT id FROM spans ORDER BY id', {});
    expect(passing?.map(({ id }) => id)).toEqual(ids.map(({ id }) => id));
    expect(passing).toHaveLength(count);
  });

  it('gives none where there are more windows than may be, in which one could pass', () => {
    const vector = Float32Array.of(1, 0, 0);
    const below = vectors.filter((window) => dot(vector, window) < 0.25).length;
    const thresholds = new WindowThresholds(reader);
    const of = (mostWindows: number) =>
      thresholds.spansThatPass({ vector, margin: 0.5, similarity: 0.75, mostWindows });

    // Two more windows are all but zero.
    expect(of(below + 2)?.length).toBeGreaterThan(0);
    expect(of(below + 1)).toBeNull();
    expect(of(0)).toBeNull();
  });

  it.each([undefined, 1])('forgets what it kept (%p parts) once windows change', (partsKept) => {
    const thresholds = new WindowThresholds(reader, partsKept);
    const vector = Float32Array.of(1, 0, 0);
    // Higher than any similarity is above any threshold, but of those that are put here.
    const passing = () =>
      thresholds
        .spansThatPass({ vector, margin: 3, similarity: 1, mostWindows: many })
        ?.map(({ similarity }) => similarity);
    const change = (sql: string) => connection.change(sql, {});
    expect([passing(), passing()]).toEqual([[], []]);

    // In the row of the one that goes: the number alone does not tell them apart.
    change('DELETE FROM windows WHERE rowid = (SELECT max(rowid) FROM windows)');
    putWindow(many, Float32Array.of(-7, 0, 0));
    putSpan(many, Float32Array.of(0.5, 0, 0));
    const lower = passing();
    change(`UPDATE windows SET threshold_vector = NULL WHERE position = ${many}`);
    const without = passing();
    change(`DELETE FROM windows WHERE position = ${many}`);
    change(`DELETE FROM spans WHERE window = ${many}`);
    putWindow(count + 1, Float32Array.of(-0, -2.0001e-38, 3.4e-38));
    const shorter = { vector: Float32Array.of(1, 1), margin: 0, similarity: 9, mostWindows: many };

    expect(lower).toEqual([0.5]);
    expect([without, passing()]).toEqual([[], []]);
    expect(thresholds.spansThatPass(shorter)).toEqual([]);
    expect(passing()).toEqual([]);
  });

  it('gives spans the thresholds of their own windows, in their order, none to those without', () => {
    connection.change('DELETE FROM spans', {});
    connection.change(`DELETE FROM sqlite_sequence WHERE name = 'spans'`, {});
    connection.change('UPDATE windows SET threshold_vector = NULL WHERE position = 0', {});
    connection.change(`UPDATE windows SET threshold_vector = x'00000000' WHERE position = 1`, {});
    // No window is below zero, which is where people's spans are; two have no vector of the length.
    for (const window of [2, -1, 700, 0, 4_000, 1]) putSpan(window, null);
    const vector = vectors[9]!;
    const of = (place: number) => dot(vector, vectors[place]!);

    const found = thresholdsOfSpans(connection, { vector, spanIds: [5, 2, 1, 99, 3, 5, 4, 6] });

    const none = Infinity;
    expect(found).toEqual([of(4_000), none, of(2), none, of(700), of(4_000), none, none]);
    expect(thresholdsOfSpans(connection, { vector, spanIds: [] })).toEqual([]);
    expect(thresholdsOfSpans(connection, { vector, spanIds: [2] })).toEqual([none]);
  });
});
