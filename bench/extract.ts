/**
 * How fast the shipped model (or the bundle in SPANDEX_BENCH_MODEL) reads documents: distinct document
 * tokens a second in one process with two threads, median of five runs, opening not counted; where the
 * time of the median run goes; and the same with the text encoder computed in float32.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readLines } from '../src/formats/lines.ts';
import { parseDocument } from '../src/formats/plain/jsonl.ts';
import { type Bundle, readBundle } from '../src/ner/bundle.ts';
import { extractTexts, type ReadingParts, type Wanted } from '../src/ner/extract-texts.ts';
import type { Arithmetic } from '../src/ner/model-graphs.ts';
import { openReadingParts } from '../src/ner/open-model.ts';
import { askTypes, type SpanHead } from '../src/ner/scorer.ts';
import { openTypeEncoder } from '../src/ner/type-encoder.ts';

export const name = 'extract';
export const unit = 'tokens/s, and % of the time';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = process.env.SPANDEX_BENCH_MODEL ?? `${root}models/spandex-small`;
const samples = `${root}samples/bc5cdr-dev.jsonl.gz`;
const documents = 100;
const runs = 5;
const threads = 2;

async function sampleTexts(): Promise<string[]> {
  const texts: string[] = [];
  for await (const line of readLines(samples, parseDocument)) {
    if ('value' in line && texts.length < documents) texts.push(line.value.text);
  }
  return texts;
}

/** Milliseconds spent in the parts of one run. */
interface Spent {
  tokenize: number;
  encode: number;
  /** Encoding and scoring. */
  turns: number;
}

/** The same parts, with a stopwatch in each. */
function withStopwatches(parts: ReadingParts, spent: Spent): ReadingParts {
  const { tokenizer, encoder, turns } = parts;
  const measure = async <Result>(part: keyof Spent, work: Promise<Result>): Promise<Result> => {
    const start = performance.now();
    const result = await work;
    spent[part] += performance.now() - start;
    return result;
  };
  return {
    ...parts,
    tokenizer: {
      ...tokenizer,
      encodeAll: (texts) => measure('tokenize', tokenizer.encodeAll(texts)),
    },
    encoder: { ...encoder, encode: (...all) => measure('encode', encoder.encode(...all)) },
    turns: {
      ...turns,
      each: (priority, items, work) =>
        turns.each(priority, items, (item) => measure('turns', work(item))),
    },
  };
}

async function runOnce(parts: ReadingParts, texts: readonly string[], wanted: Wanted) {
  const spent: Spent = { tokenize: 0, encode: 0, turns: 0 };
  const cpu = process.cpuUsage();
  const start = performance.now();
  const extractions = await extractTexts(withStopwatches(parts, spent), texts, wanted);
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const sum = (read: (extraction: (typeof extractions)[number]) => number): number =>
    extractions.reduce((total, extraction) => total + read(extraction), 0);
  return {
    'tokens/s': (sum(({ coverage }) => coverage.tokens) / ms) * 1000,
    'tokens/s of processor time': (sum(({ coverage }) => coverage.tokens) / (user + system)) * 1e6,
    'tokens read twice, %':
      (sum(({ windows }) => windows.reduce((total, { tokens }) => total + tokens, 0)) /
        sum(({ coverage }) => coverage.tokens) -
        1) *
      100,
    'mentions found': sum(({ mentions }) => mentions.length),
    'tokenize, %': (spent.tokenize / ms) * 100,
    'encode, % of the time of both threads': (spent.encode / ms / threads) * 100,
    'score, %': ((spent.turns - spent.encode) / ms) * 100,
  };
}

/** What the types of the bundle ask for. */
async function wantedOf(bundle: Bundle, head: SpanHead): Promise<Wanted> {
  const { types } = bundle.manifest;
  const typeEncoder = await openTypeEncoder(bundle);
  const vectors = await typeEncoder.encode(types);
  await typeEncoder.close();
  const offsets = types.map(() => 0);
  const names = types.map((type) => type.name);
  return { ...askTypes(head, vectors, offsets), names, priority: 'bulk', keepLedgers: false };
}

/** The median of five runs after one to warm up. */
async function medianRun(bundle: Bundle, texts: readonly string[], arithmetic?: Arithmetic) {
  const parts = await openReadingParts(bundle, { threads, ...(arithmetic && { arithmetic }) });
  const wanted = await wantedOf(bundle, parts.head);
  const results: Awaited<ReturnType<typeof runOnce>>[] = [];
  await extractTexts(parts, texts.slice(0, 20), wanted);
  for (let i = 0; i < runs; i += 1) results.push(await runOnce(parts, texts, wanted));
  await parts.encoder.close();
  return results.toSorted((a, b) => a['tokens/s'] - b['tokens/s'])[(runs - 1) / 2]!;
}

export async function run(): Promise<Readonly<Record<string, number>> | undefined> {
  if (!existsSync(directory)) return undefined;
  const texts = await sampleTexts();
  const bundle = await readBundle(directory);
  const shipped = await medianRun(bundle, texts);
  const float32 = await medianRun(bundle, texts, 'float32');
  return { ...shipped, 'tokens/s in float32': float32['tokens/s'] };
}
