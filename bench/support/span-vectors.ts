/**
 * Real span vectors: those of the mentions that the shipped model finds in the sample documents, filled
 * up with candidate spans of the same documents, drawn by a seed. Documents stay together.
 */
import { fileURLToPath } from 'node:url';
import { readLines } from '../../src/formats/lines.ts';
import { parseDocument } from '../../src/formats/plain/jsonl.ts';
import { readBundle } from '../../src/ner/bundle.ts';
import { openReadingParts } from '../../src/ner/open-model.ts';
import {
  scoreWindow,
  type TypeVectors,
  typeVectors,
  type WindowScores,
} from '../../src/ner/scorer.ts';
import { openTypeEncoder } from '../../src/ner/type-encoder.ts';
import { edgesInWindow, windowsOf } from '../../src/text/windows.ts';
import { wordEdges } from '../../src/text/words.ts';
import { seededRandom } from '../../test/support/vectors/random-vectors.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const samples = `${root}samples/bc5cdr-dev.jsonl.gz`;
const model = `${root}models/spandex-small`;

type Reading = Awaited<ReturnType<typeof openReadingParts>>;

async function sampleTexts(): Promise<string[]> {
  const texts: string[] = [];
  for await (const line of readLines(samples, parseDocument)) {
    if ('value' in line) texts.push(line.value.text);
  }
  return texts;
}

/** The scored windows of a text, one after the other. */
async function* scoredWindows(
  reading: Reading,
  text: string,
  types: TypeVectors,
): AsyncGenerator<WindowScores> {
  const [encoding] = await reading.tokenizer.encodeAll([text]);
  if (!encoding) return;
  const edges = wordEdges(text, encoding);
  for (const window of windowsOf(encoding.ids.length, reading.windows)) {
    const ids = encoding.ids.subarray(window.firstToken, window.endToken);
    const tokens = { ids, edges: edgesInWindow(edges, window) };
    for (const batch of reading.encoder.plan([ids.length])) {
      const [rows] = await reading.encoder.encode([tokens], batch.paddedLength);
      if (rows) yield scoreWindow(reading.head, rows, types);
    }
  }
}

const isMention = ({ scores, thresholds }: WindowScores, candidate: number): boolean =>
  scores.some((row, type) => (row[candidate] ?? 0) > (thresholds[type] ?? 0));

/** `count` candidates of a window, mentions first, the others at random. */
function chosen(window: WindowScores, count: number, random: () => number): number[] {
  const candidates = [...window.firsts.keys()];
  const mentions = candidates.filter((candidate) => isMention(window, candidate));
  const others = candidates
    .filter((candidate) => !isMention(window, candidate))
    .map((candidate) => ({ candidate, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ candidate }) => candidate);
  return [...mentions, ...others].slice(0, count);
}

/** At least `count` vectors where the samples have so many candidates. Takes a minute or two. */
export async function realSpanVectors(count: number): Promise<Float32Array[]> {
  const bundle = await readBundle(model);
  const reading = await openReadingParts(bundle, { threads: 2 });
  const typeEncoder = await openTypeEncoder(bundle);
  const types = typeVectors(reading.head, await typeEncoder.encode(bundle.manifest.types));
  const texts = await sampleTexts();
  const random = seededRandom(23);
  const vectors: Float32Array[] = [];
  try {
    for (const [i, text] of texts.entries()) {
      const wanted = Math.ceil((count - vectors.length) / (texts.length - i));
      const before = vectors.length;
      for await (const window of scoredWindows(reading, text, types)) {
        const left = wanted - (vectors.length - before);
        vectors.push(...chosen(window, left, random).map(window.spanVector));
      }
      if (vectors.length >= count) break;
    }
  } finally {
    await Promise.all([reading.encoder.close(), typeEncoder.close()]);
  }
  return vectors.slice(0, count);
}
