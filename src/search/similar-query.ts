/**
 * What similar mentions are compared with: a direction in one of the two spaces, from examples, from
 * the meaning of a text or from the description of a type, and away from what it is not.
 */
import { appError } from '../core/errors.ts';
import { meaningsByText } from '../ner/meanings.ts';
import { findMentions } from '../store/mentions.ts';
import type { MentionRecord } from '../store/records.ts';
import { surfaceForm } from '../store/surface-form.ts';
import { readForms, readSpans, type VectorSpace } from '../store/vectors.ts';
import { awayFrom, givenDirection, meanDirection } from './query-vector.ts';
import type { SearchParts } from './search-parts.ts';

/** What mentions are compared with: one of the four. */
export type SimilarTo =
  /** The mean of their directions. */
  | { readonly mentionIds: readonly number[] }
  /** In the space MEANING: a text as a mention would be written. */
  | { readonly text: string }
  | { readonly vector: readonly number[] }
  /** In the space TYPE: what kind of thing it is, in plain words. */
  | { readonly typeDescription: string };

/** What mentions are compared with, and by which vectors. */
export interface SimilarQuestion {
  readonly to: SimilarTo;
  /** What the answers are to be unlike. */
  readonly not?: SimilarTo | null | undefined;
  readonly space: VectorSpace;
}

async function meaningsOf(
  { database, extractor }: SearchParts,
  mentions: readonly MentionRecord[],
): Promise<Float32Array[]> {
  const formIds = mentions.map((mention) => mention.surfaceFormId);
  const forms = await readForms(database, formIds);
  // A form without a vector is one whose model has changed: it is encoded again here.
  const texts = [...forms.values()].filter((form) => form.vector === null).map(({ text }) => text);
  const encoded = await meaningsByText(extractor, texts);
  return formIds.flatMap((id) => {
    const form = forms.get(id);
    return form?.vector ?? encoded.get(form?.text ?? '') ?? [];
  });
}

const readByModel = 'mentions that the model has read, to be compared by type';

/** Throws: ARGUMENT_INVALID for a span that no model has read. */
async function typesOf(
  { database }: SearchParts,
  mentions: readonly MentionRecord[],
): Promise<Float32Array[]> {
  const spans = await readSpans(
    database,
    mentions.map(({ spanId }) => spanId),
  );
  return mentions.map(({ text, spanId }) => {
    const vector = spans.get(spanId)?.typeVector;
    if (vector) return vector;
    throw appError('ARGUMENT_INVALID', { argument: 'mentionIds', rule: readByModel, value: text });
  });
}

/** Throws: MENTION_UNKNOWN with the mention's row; ARGUMENT_INVALID. */
async function directionOfMentions(
  parts: SearchParts,
  ids: readonly number[],
  space: VectorSpace,
): Promise<Float32Array> {
  const found = await findMentions(parts.database, ids);
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) throw appError('MENTION_UNKNOWN', { id: String(missing) });
  const vectorsOf = space === 'MEANING' ? meaningsOf : typesOf;
  return meanDirection(await vectorsOf(parts, [...found.values()]));
}

/** Length of a space's vectors. */
const sizeIn = ({ extractor: { model } }: SearchParts, space: VectorSpace): number =>
  space === 'MEANING' ? model.meaningSize : model.embeddingSize;

async function directionOf(
  parts: SearchParts,
  to: SimilarTo,
  space: VectorSpace,
): Promise<Float32Array> {
  if ('mentionIds' in to) return directionOfMentions(parts, to.mentionIds, space);
  const size = sizeIn(parts, space);
  if ('vector' in to) return givenDirection(to.vector, size);
  const [vector] =
    'text' in to
      ? await parts.extractor.encodeMeanings([surfaceForm(to.text)])
      : await parts.extractor.encodeTypes([{ name: '', description: to.typeDescription }]);
  return vector ?? new Float32Array(size);
}

/** The direction to search in: towards `to` and away from `not`. Throws: as `directionOf`. */
export async function queryDirection(
  parts: SearchParts,
  { to, not, space }: SimilarQuestion,
): Promise<Float32Array> {
  const towards = await directionOf(parts, to, space);
  return not ? awayFrom(towards, await directionOf(parts, not, space)) : towards;
}
