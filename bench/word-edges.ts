/**
 * The share of annotated mentions that the candidates can express: both edges at word and token edges,
 * at most 30 tokens. Run by itself it prints the table of docs/words.md, the rule of `src/text/words.ts`
 * beside others:
 *
 *     node --import tsx bench/word-edges.ts --data DIR --tokenizer FILE
 *
 * DIR has a folder a corpus with .jsonl or .jsonl.gz files; FILE is a tokenizer.json.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { AnnotatedDocument } from '../src/core/document.ts';
import { readAnnotatedJsonl } from '../src/formats/annotated/annotated-jsonl.ts';
import { tokenSpanOf } from '../src/text/token-spans.ts';
import { type Encoding, openTokenizer, type Tokenizer } from '../src/text/tokenizer.ts';
import { type WordEdges, wordEdges } from '../src/text/words.ts';

export const name = 'word-edges';
export const unit = '% of mentions';

const maxSpanTokens = 30;

type Rule = (text: string, encoding: Encoding) => WordEdges;

/** Edges at the bounds of every match. */
function matches(pattern: RegExp): Rule {
  return (text, { starts, ends }) => {
    const found = [...text.matchAll(pattern)];
    const first = new Set(found.map(({ index }) => index));
    const last = new Set(found.map((match) => match.index + match[0].length));
    return {
      starts: Uint8Array.from(starts, (start) => Number(first.has(start))),
      ends: Uint8Array.from(ends, (end) => Number(last.has(end))),
    };
  };
}

const everyToken: Rule = (_, { ids }) => ({
  starts: new Uint8Array(ids.length).fill(1),
  ends: new Uint8Array(ids.length).fill(1),
});

/** The rules that were compared, by what makes a word; the first one is ours. */
const rules: Readonly<Record<string, Rule>> = {
  'letters, or digits (ours)': wordEdges,
  'letters and digits': matches(/[\p{L}\p{M}\p{N}]+|\S/gu),
  'letters and digits and _': matches(/[\p{L}\p{M}\p{N}_]+|\S/gu),
  'letters, or one digit': matches(/[\p{L}\p{M}]+|\p{N}|\S/gu),
  'letters of one case, or digits': matches(
    /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{M}]+|[\p{L}\p{M}]+|\p{N}+|\S/gu,
  ),
  'every token': everyToken,
};

interface Corpus {
  readonly name: string;
  readonly documents: readonly AnnotatedDocument[];
  readonly encodings: readonly Encoding[];
}

/** What a rule does to a corpus. */
interface Reach {
  /** Units: percent of mentions. */
  readonly expressed: number;
  readonly candidatesPerToken: number;
}

async function* readCorpora(folder: string, tokenizer: Tokenizer): AsyncGenerator<Corpus> {
  for (const corpus of (await readdir(folder, { withFileTypes: true })).toSorted(byName)) {
    if (!corpus.isDirectory()) continue;
    const names = await readdir(join(folder, corpus.name));
    const paths = names.filter((file) => /\.jsonl(\.gz)?$/.test(file));
    const files = await Promise.all(
      paths.map((file) => readAnnotatedJsonl(join(folder, corpus.name, file))),
    );
    const documents = files.flatMap((file) => file.documents);
    const encodings = await tokenizer.encodeAll(documents.map(({ text }) => text));
    yield { name: corpus.name, documents, encodings };
  }
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

function reachOf({ documents, encodings }: Corpus, rule: Rule): Reach {
  const counts = { mentions: 0, expressed: 0, candidates: 0, tokens: 0 };
  for (const [i, { text, mentions }] of documents.entries()) {
    const encoding = encodings[i]!;
    const edges = rule(text, encoding);
    counts.tokens += encoding.ids.length;
    counts.candidates += countCandidates(edges);
    counts.mentions += mentions.length;
    counts.expressed += mentions.filter((mention) => {
      const tokens = tokenSpanOf(encoding, mention);
      if (tokens === null || tokens.last - tokens.first >= maxSpanTokens) return false;
      return edges.starts[tokens.first] === 1 && edges.ends[tokens.last] === 1;
    }).length;
  }
  return {
    expressed: (100 * counts.expressed) / counts.mentions,
    candidatesPerToken: counts.candidates / counts.tokens,
  };
}

function countCandidates({ starts, ends }: WordEdges): number {
  let count = 0;
  for (let first = 0; first < starts.length; first += 1) {
    if (starts[first] === 0) continue;
    const stop = Math.min(ends.length, first + maxSpanTokens);
    for (let last = first; last < stop; last += 1) count += ends[last]!;
  }
  return count;
}

async function openCorpora(): Promise<AsyncGenerator<Corpus> | undefined> {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, tokenizer: { type: 'string' } },
    allowPositionals: true,
  });
  if (values.data === undefined || values.tokenizer === undefined) return undefined;
  return readCorpora(values.data, await openTokenizer(values.tokenizer));
}

/** The share of each corpus under our rule; undefined without --data and --tokenizer. */
export async function run(): Promise<Readonly<Record<string, number>> | undefined> {
  const corpora = await openCorpora();
  if (corpora === undefined) return undefined;
  const shares: Record<string, number> = {};
  for await (const corpus of corpora) shares[corpus.name] = reachOf(corpus, wordEdges).expressed;
  return shares;
}

async function printTable(): Promise<void> {
  const corpora = await openCorpora();
  if (corpora === undefined) throw new Error('--data and --tokenizer must be given.');
  console.log(`| corpus | mentions | ${Object.keys(rules).join(' | ')} |`);
  console.log(`|---|---|${'---|'.repeat(Object.keys(rules).length)}`);
  for await (const corpus of corpora) {
    const mentions = corpus.documents.reduce((sum, document) => sum + document.mentions.length, 0);
    const cells = Object.values(rules).map((rule) => {
      const { expressed, candidatesPerToken } = reachOf(corpus, rule);
      return `${expressed.toFixed(2)} (${candidatesPerToken.toFixed(1)})`;
    });
    console.log(`| ${corpus.name} | ${mentions} | ${cells.join(' | ')} |`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await printTable();
