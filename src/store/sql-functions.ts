/** What our SQL calls that SQLite does not have; every connection knows them by these names. */
import { dot, roundSimilarity } from '../core/vector.ts';
import { viewBlob } from './blobs.ts';
import { isWithinEdits } from './edits.ts';
import { type FoundInDocument, type MarkedPassages, passagesOf, readMarked } from './passages.ts';
import { inSentence } from './sentence.ts';
import { surfaceForm } from './surface-form.ts';

/** A text without NUL, at which SQLite's own functions stop; offsets stay. */
const nulAsSpace = (text: unknown): unknown =>
  typeof text === 'string' ? text.replaceAll('\0', ' ') : text;

/** Title and text with marks around what was found, as the JSON of a `FoundInDocument`. */
function foundIn(title: unknown, text: unknown, options: unknown): string {
  const { marks, ...passages } = JSON.parse(options as string) as MarkedPassages;
  const body = readMarked(text as string, marks);
  const found: FoundInDocument = {
    title: readMarked((title as string | null) ?? '', marks).matches,
    matches: body.matches.length,
    passages: passagesOf(body.text, body.matches, passages),
  };
  return JSON.stringify(found);
}

/** Fixed, so that the same text has the same sentences everywhere. */
const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Where the sentences of a text begin, by Unicode's rules (UAX #29), as a JSON list. */
const sentenceStarts = (text: unknown): string =>
  JSON.stringify(Array.from(segmenter.segment(text as string), ({ index }) => index));

/** A span in its sentence, given as the JSON of their edges, as the JSON of a `SpanInSentence`. */
function placed(text: unknown, place: unknown): string {
  type Numbers = [number, number, number, number | null, number];
  const [start, end, from, to, maxChars] = JSON.parse(place as string) as Numbers;
  const whole = text as string;
  const sentence = { start: from, end: to ?? whole.length };
  return JSON.stringify(inSentence(whole, { start, end, sentence, maxChars }));
}

/** The inner product of two vectors; null without one. */
const product = (a: unknown, b: unknown): number | null =>
  a === null || b === null ? null : dot(viewBlob(a as Uint8Array), viewBlob(b as Uint8Array));

/** The cosine of two unit vectors as it is compared and answered; null without one. */
function similarity(a: unknown, b: unknown): number | null {
  const cosine = product(a, b);
  return cosine === null ? null : roundSimilarity(cosine);
}

/** By name. All of them give the same for the same arguments. */
export const sqlFunctions: Readonly<Record<string, (...values: unknown[]) => unknown>> = {
  dot: product,
  similarity,
  edits: (a, b, max) => Number(isWithinEdits(a as string, b as string, max as number)),
  fold: (text) => surfaceForm(text as string),
  nul_as_space: nulAsSpace,
  sentence_starts: sentenceStarts,
  in_sentence: placed,
  found_in: (title, text, options) => foundIn(title, text, options),
};
