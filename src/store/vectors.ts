/**
 * Stored vectors, in two spaces: TYPE, one of each span (what kind of thing it is), and MEANING, one
 * of each surface form (which thing it is). The indexes are made from these; exact search reads them.
 */

import { fromBlob } from './blobs.ts';
import type { VectorRows } from './connection.ts';
import type { Database } from './database.ts';
import { buffersOf, packVectors, unpackVectors } from './packed-vectors.ts';
import { surfaceForm } from './surface-form.ts';

/** TYPE: ids are those of spans. MEANING: ids are those of surface forms. */
export type VectorSpace = 'TYPE' | 'MEANING';

/** A vector with the id of its row. */
export interface StoredVector {
  readonly id: number;
  readonly vector: Float32Array;
}

/** A surface form. */
export interface FormRecord {
  readonly id: number;
  readonly text: string;
  /** Unit meaning vector; null until it is encoded. */
  readonly vector: Float32Array | null;
}

/** A span with what scoring it against a type needs. */
export interface SpanRecord {
  readonly id: number;
  readonly documentId: number;
  readonly start: number;
  readonly end: number;
  /** Position of the window it was read in. */
  readonly window: number;
  readonly text: string;
  readonly surfaceFormId: number;
  readonly typeVector: Float32Array | null;
  /** Its window's unit span (0, 0) vector. */
  readonly thresholdVector: Float32Array | null;
}

const vectorsOf = { TYPE: 'typeVectors', MEANING: 'meaningVectors' } as const;
const allOf = { TYPE: 'allTypeVectors', MEANING: 'allMeaningVectors' } as const;
const countOf = { TYPE: 'countTypeVectors', MEANING: 'countMeaningVectors' } as const;

const list = (values: readonly (number | string)[]): string => JSON.stringify(values);

const toStored = ({ ids, vectors }: VectorRows): StoredVector[] =>
  unpackVectors(vectors).map((vector, i) => ({ id: ids[i] ?? 0, vector }));

/** The vectors with these ids that exist, by id: exact search over a selective filter. */
export async function readVectors(
  { reader }: Database,
  space: VectorSpace,
  ids: readonly number[],
): Promise<StoredVector[]> {
  return toStored(await reader.vectors(vectorsOf[space], { ids: list(ids) }));
}

/** Every vector of a space, in batches, by id. What is written meanwhile may be there or not. */
export async function* allVectors(
  { reader }: Database,
  space: VectorSpace,
  limit = 1_000,
): AsyncGenerator<StoredVector[]> {
  for (let after = 0; ; ) {
    const rows = await reader.vectors(allOf[space], { after, limit });
    const last = rows.ids.at(-1);
    if (last === undefined) return;
    yield toStored(rows);
    after = last;
  }
}

/** Number of vectors in a space. */
export async function countVectors({ reader }: Database, space: VectorSpace): Promise<number> {
  const row = await reader.get<{ count: number }>(countOf[space]);
  return row?.count ?? 0;
}

interface SpanRow extends Omit<SpanRecord, 'text' | 'typeVector' | 'thresholdVector'> {
  readonly surface: string;
  readonly typeVector: Uint8Array | null;
  readonly thresholdVector: Uint8Array | null;
}

const toSpanRecord = (row: SpanRow): SpanRecord => {
  const { surface, typeVector, thresholdVector, ...span } = row;
  return {
    ...span,
    text: surface,
    typeVector: typeVector && fromBlob(typeVector),
    thresholdVector: thresholdVector && fromBlob(thresholdVector),
  };
};

/** The spans with these ids that exist, by id. */
export async function readSpans(
  { reader }: Database,
  ids: readonly number[],
): Promise<Map<number, SpanRecord>> {
  const rows = await reader.all<SpanRow>('readSpans', { ids: list(ids) });
  return new Map(rows.map((row) => [row.id, toSpanRecord(row)]));
}

/** The surface forms with these ids that exist, by id. */
export async function readForms(
  { reader }: Database,
  ids: readonly number[],
): Promise<Map<number, FormRecord>> {
  type Row = Omit<FormRecord, 'vector'> & { readonly vector: Uint8Array | null };
  const rows = await reader.all<Row>('readForms', { ids: list(ids) });
  return new Map(
    rows.map((row) => [row.id, { ...row, vector: row.vector && fromBlob(row.vector) }]),
  );
}

/**
 * The distinct surface forms of these strings that have no meaning vector yet: what to encode before
 * a reading is stored.
 */
export async function formsWithoutVector(
  { reader }: Database,
  strings: readonly string[],
): Promise<string[]> {
  const forms = [...new Set(strings.map(surfaceForm))];
  const encoded = await reader.all<{ text: string }>('encodedForms', { texts: list(forms) });
  const known = new Set(encoded.map(({ text }) => text));
  return forms.filter((form) => !known.has(form));
}

/** The first stored surface forms that have no meaning vector yet, by id; none while only so few wait. */
export async function formsToEncode(
  { reader }: Database,
  limit: number,
  mayWait = 0,
): Promise<{ id: number; text: string }[]> {
  return reader.all<{ id: number; text: string }>('formsToEncode', { limit, mayWait });
}

/** Stores meaning vectors of surface forms that have none, and tells the index. */
export async function putMeanings(
  { writer }: Database,
  meanings: readonly StoredVector[],
): Promise<void> {
  const ids = meanings.map(({ id }) => id);
  const vectors = packVectors(meanings.map(({ vector }) => vector));
  await writer.write('putMeanings', { ids, vectors }, buffersOf(vectors));
}
