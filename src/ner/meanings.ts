/** Meaning vectors beside what they are of. */
import type { Extractor } from './extractor.ts';

/** What gives texts their meaning vectors. */
export type MeaningSource = Pick<Extractor, 'encodeMeanings'>;

/** Texts encoded in one call: those of one length are computed together, and more find some. */
const defaultAtOnce = 256;

/** The vector of each of these texts, by text. At most `atOnce` are asked for in one call. */
export async function meaningsByText(
  source: MeaningSource,
  texts: readonly string[],
  atOnce = defaultAtOnce,
): Promise<Map<string, Float32Array>> {
  const meanings = new Map<string, Float32Array>();
  for (let from = 0; from < texts.length; from += atOnce) {
    const part = texts.slice(from, from + atOnce);
    const vectors = await source.encodeMeanings(part);
    // Copies: what a vector may be a view of stays behind.
    for (const [i, text] of part.entries()) meanings.set(text, vectors[i]!.slice());
  }
  return meanings;
}

/** The ids of rows with the vectors of their texts, in order. */
export async function meaningsOfRows(
  source: MeaningSource,
  rows: readonly { readonly id: number; readonly text: string }[],
): Promise<{ readonly id: number; readonly vector: Float32Array }[]> {
  const vectors = await source.encodeMeanings(rows.map(({ text }) => text));
  return rows.map(({ id }, i) => ({ id, vector: vectors[i]! }));
}
