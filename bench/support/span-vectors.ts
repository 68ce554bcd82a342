/**
 * Real span vectors: those of the mentions that the shipped model finds in the sample documents, filled
 * up with candidate spans of the same documents, drawn by a seed. Documents stay together.
 */
import { fileURLToPath } from 'node:url';
import { readLines } from '../../src/formats/lines.ts';
import { parseDocument } from '../../src/formats/plain/jsonl.ts';
import { readBundle } from '../../src/ner/bundle.ts';
import { keepWindow } from '../../src/ner/ledger.ts';
import { openReadingParts } from '../../src/ner/open-model.ts';
import { type AcceptedSpan, type AskedTypes, askTypes, scoreWindow } from '../../src/ner/scorer.ts';
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

/** The candidates of a text's windows, one window after the other, once for each type. */
async function* scoredWindows(
  reading: Reading,
  text: string,
  types: AskedTypes,
): AsyncGenerator<readonly AcceptedSpan[]> {
  const [encoding] = await reading.tokenizer.encodeAll([text]);
  if (!encoding) return;
  const edges = wordEdges(text, encoding);
  for (const window of windowsOf(encoding.ids.length, reading.windows)) {
    const ids = encoding.ids.subarray(window.firstToken, window.endToken);
    const tokens = { ids, edges: edgesInWindow(edges, window) };
    const before = window.firstToken - 1;
    const offsets = {
      startOf: (position: number) => encoding.starts[before + position]!,
      endOf: (position: number) => encoding.ends[before + position]!,
    };
    for (const batch of reading.encoder.plan([ids.length])) {
      const [rows] = await reading.encoder.encode([tokens], batch.paddedLength);
      if (rows) yield scoreWindow(reading.head, keepWindow(rows, offsets), types).accepted;
    }
  }
}

const placeOf = ({ first, last }: AcceptedSpan): string => `${first} ${last}`;

/** Vectors of `count` candidates of a window, mentions first, the others at random. */
function chosen(
  spans: readonly AcceptedSpan[],
  count: number,
  random: () => number,
): Float32Array[] {
  const isMention = ({ score, threshold }: AcceptedSpan): boolean => score > threshold;
  const mentions = new Map(spans.filter(isMention).map((span) => [placeOf(span), span]));
  const others = spans
    .filter((span) => span.type === 0 && !mentions.has(placeOf(span)))
    .map((span) => ({ span, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ span }) => span);
  return [...mentions.values(), ...others].slice(0, count).map(({ vector }) => vector);
}

/** Every candidate is above it. */
const lowestOffset = -1_000;

/** At least `count` vectors where the samples have so many candidates. Takes a minute or two. */
export async function realSpanVectors(count: number): Promise<Float32Array[]> {
  const bundle = await readBundle(model);
  const reading = await openReadingParts(bundle, { threads: 2 });
  const typeEncoder = await openTypeEncoder(bundle);
  const encoded = await typeEncoder.encode(bundle.manifest.types);
  const types = askTypes(
    reading.head,
    encoded,
    encoded.map(() => lowestOffset),
  );
  const texts = await sampleTexts();
  const random = seededRandom(23);
  const vectors: Float32Array[] = [];
  try {
    for (const [i, text] of texts.entries()) {
      const wanted = Math.ceil((count - vectors.length) / (texts.length - i));
      const before = vectors.length;
      for await (const window of scoredWindows(reading, text, types)) {
        const left = wanted - (vectors.length - before);
        vectors.push(...chosen(window, left, random));
      }
      if (vectors.length >= count) break;
    }
  } finally {
    await Promise.all([reading.encoder.close(), typeEncoder.close()]);
  }
  return vectors.slice(0, count);
}
