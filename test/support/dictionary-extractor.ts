/**
 * An extractor without weights that keeps every promise of the interface: types name the words they
 * look for in their description ("Chemical: aspirin, caffeine"), and vectors are such that a span's
 * score really is logitScale x its cosine with the type, and a threshold really comes from its window.
 *
 * How: a word's vector is seeded by its letters; a type's vector is the mean of its words'; what lies
 * in a window gets a span vector on the type's side, and the window's threshold vector is far from all.
 */
import { createHash } from 'node:crypto';
import type { EntityType } from '../../src/core/document.ts';
import { appError } from '../../src/core/errors.ts';
import { compareSpans } from '../../src/core/span.ts';
import { dot, normalize } from '../../src/core/vector.ts';
import { confidenceOf } from '../../src/ner/calibration.ts';
import type {
  Coverage,
  DroppedPart,
  ExtractedMention,
  ExtractedWindow,
  Extraction,
  ExtractOptions,
  Extractor,
  ModelInfo,
} from '../../src/ner/extractor.ts';
import { countWords } from '../../src/text/count-words.ts';

const embeddingSize = 32;
const meaningSize = 24;
const logitScale = 10;
const thresholdShift = 0.25;
const windowChars = 400;

/** The model that the dictionary extractor says it is. */
export const dictionaryModel: ModelInfo = {
  id: createHash('sha256').update('dictionary-1').digest('hex'),
  name: 'dictionary',
  types: [
    { name: 'Chemical', description: 'aspirin, caffeine, lithium carbonate, ☕, الأسبرين' },
    { name: 'Disease', description: 'headache, tremor, lithium toxicity, צרבת' },
  ],
  embeddingSize,
  meaningSize,
  logitScale,
  thresholdShift,
  licence: 'Apache-2.0',
  metrics: {},
  windowTokens: 128,
  overlapTokens: 32,
  maxSpanTokens: 30,
  calibration: { method: 'PLATT', slope: 0.5, intercept: -1 },
};

/** A unit vector that depends on the seed alone; vectors of different seeds are nearly orthogonal. */
export function seededVector(seed: string, size: number): Float32Array {
  const vector = new Float32Array(size);
  for (let i = 0; i < size; i += 1) {
    const hash = createHash('sha256').update(`${seed}\0${i}`).digest();
    // The sum of four uniform numbers is near enough to normal for directions to be even.
    vector[i] = [0, 4, 8, 12].reduce((sum, at) => sum + hash.readInt32LE(at) / 2 ** 31, 0);
  }
  return normalize(vector);
}

const wordsOf = ({ name, description }: EntityType): string[] =>
  (description === '' ? name : description)
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');

function typeVector(type: EntityType): Float32Array {
  const sum = new Float32Array(embeddingSize);
  for (const word of wordsOf(type)) {
    seededVector(word, embeddingSize).forEach((value, i) => {
      sum[i] = (sum[i] ?? 0) + value;
    });
  }
  return normalize(sum);
}

/** Letter trigrams: "tremors" means nearly what "tremor" means. */
function meaningVector(form: string): Float32Array {
  const padded = `  ${form.toLowerCase()} `;
  const sum = new Float32Array(meaningSize);
  for (let i = 0; i + 3 <= padded.length; i += 1) {
    seededVector(padded.slice(i, i + 3), meaningSize).forEach((value, j) => {
      sum[j] = (sum[j] ?? 0) + value;
    });
  }
  return normalize(sum);
}

function droppedParts(text: string): DroppedPart[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  return [...text.matchAll(/[\u0000-\u0008\u000e-\u001f]+/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    reason: 'CONTROL_CHARACTER',
  }));
}

function coverageOf(text: string, windows: number): Coverage {
  const dropped = droppedParts(text);
  const lost = dropped.reduce((sum, part) => sum + part.end - part.start, 0);
  const tokens = text.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)?.length ?? 0;
  return {
    characters: text.length,
    words: countWords(text),
    charactersRead: text.length - lost,
    tokens,
    unknownTokens: 0,
    windows,
    dropped,
  };
}

function windowsOf(text: string): ExtractedWindow[] {
  const starts = Array.from(
    { length: Math.max(1, Math.ceil(text.length / windowChars)) },
    (_, i) => i * windowChars,
  );
  return starts.map((start) => ({
    start,
    end: Math.min(text.length, start + windowChars),
    tokens: 100,
    thresholdVector: seededVector(`window ${start}`, embeddingSize),
  }));
}

function mentionsOf(
  text: string,
  type: EntityType,
  windows: ExtractedWindow[],
): ExtractedMention[] {
  const lower = text.toLowerCase();
  const vectorOfType = typeVector(type);
  const found: ExtractedMention[] = [];
  for (const word of wordsOf(type)) {
    const vector = normalize(
      seededVector(word, embeddingSize).map((value, i) => value + 2 * (vectorOfType[i] ?? 0)),
    );
    for (let start = lower.indexOf(word); start >= 0; start = lower.indexOf(word, start + 1)) {
      const window = Math.floor(start / windowChars);
      const thresholdVector = windows[window]?.thresholdVector ?? new Float32Array(embeddingSize);
      const score = logitScale * dot(vector, vectorOfType);
      const threshold = logitScale * dot(thresholdVector, vectorOfType) + thresholdShift;
      const margin = score - threshold;
      if (margin <= (type.offset ?? 0)) continue;
      const span = { start, end: start + word.length };
      const confidence = confidenceOf(dictionaryModel.calibration, margin);
      const scores = { score, threshold, margin, confidence };
      found.push({ ...span, type: type.name, ...scores, window, vector });
    }
  }
  return found;
}

/** Does what a test asks before each call: waits, or throws as a dying process does. */
export type BeforeExtract = (
  texts: readonly string[],
  types: readonly EntityType[],
  options: ExtractOptions,
) => void | Promise<void>;

/** The error of a call whose process has died. */
export const processDown = (): Error =>
  appError('CHILD_PROCESS_DOWN', { name: 'encoder', reason: 'SIGKILL' });

/** Opens the extractor; `before` runs at the start of each `extract`. */
export function openDictionaryExtractor(before: BeforeExtract = () => undefined): Extractor {
  return {
    model: dictionaryModel,
    // Its scores follow from words, not from rows: it makes no ledger.
    head: null,
    async extract(texts, types, options = {}) {
      await before(texts, types, options);
      return texts.map((text): Extraction => {
        const windows = windowsOf(text);
        const mentions = types
          .flatMap((type) => mentionsOf(text, type, windows))
          .sort((a, b) => compareSpans(a, b) || (a.type < b.type ? -1 : 1));
        return { mentions, windows, coverage: coverageOf(text, windows.length), ledger: null };
      });
    },
    encodeTypes: async (types) => types.map(typeVector),
    encodeMeanings: async (forms) => forms.map(meaningVector),
    close: async () => undefined,
  };
}
