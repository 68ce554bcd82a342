/**
 * Every kind of search of mentions in process, over made-up mentions in documents of ten, with both vectors
 * indexed by graphs: median and 99th percentile in milliseconds for each filter, and for similar mentions the
 * recall@10 through the planner (ties with the tenth count). Documents by words, and a type that few spans pass
 * for, are asked for without a filter. SPANDEX_BENCH_MENTIONS says how many mentions (default 10,000;
 * 100,000 take four minutes, 1,000,000 about an hour and 5 GB of memory and of the disk). In a folder that
 * SPANDEX_BENCH_FOLDER names, they, their graphs and the right answers are kept for other runs.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { dot, roundSimilarity } from '../src/core/vector.ts';
import { searchHybrid } from '../src/search/hybrid-documents.ts';
import { type MentionFilter, storedFilter } from '../src/search/mention-filter.ts';
import { findMentionPage } from '../src/search/mentions.ts';
import { findMentionsOfType } from '../src/search/mentions-of-type.ts';
import { searchDocuments } from '../src/search/search-documents.ts';
import type { SearchParts } from '../src/search/search-parts.ts';
import { findSimilarMentions } from '../src/search/similar-mentions.ts';
import { openDatabase } from '../src/store/database.ts';
import { loggedVectors } from '../src/store/index-log.ts';
import { countMentionsBy } from '../src/store/mention-counts.ts';
import { lastRows } from '../src/store/mentions.ts';
import type { VectorSpace } from '../src/store/vectors.ts';
import { HnswIndex } from '../src/vectors/hnsw-index.ts';
import { Nearest } from '../src/vectors/nearest.ts';
import { dictionaryModel, openDictionaryExtractor } from '../test/support/dictionary-extractor.ts';
import {
  fillRandomMentions,
  type RandomMention,
  typeShares,
  vectorIn,
} from '../test/support/store/random-mentions.ts';
import { residentOf } from './support/resident.ts';

export const name = 'search';

const count = Number(process.env.SPANDEX_BENCH_MENTIONS ?? 10_000);
const mentionsEach = 10;
const queryCount = 100;
const limit = 10;
const page = { limit, after: null };
/** On the scale of scores, where a cosine counts ten times. */
const rareOffset = 13;
/** As long as those of the shipped model. */
const sizes = { meaningSize: 384, typeSize: 128 };

export const unit = `see name; ${count} made-up mentions, ${queryCount} queries`;

/** A filter, and for each query and space how similar the tenth of what passes is. */
interface Filter {
  readonly part: string;
  readonly filter: MentionFilter;
  readonly passing: number;
  readonly tenths: Readonly<Record<VectorSpace, readonly number[]>>;
}

/** What is measured with. The mentions themselves are let go: collecting garbage among them took up to 50 ms. */
interface Questions {
  readonly queries: readonly RandomMention[];
  readonly filters: readonly Filter[];
}

function tenthSimilarity(
  space: VectorSpace,
  passing: readonly RandomMention[],
  query: RandomMention,
): number {
  const nearest = new Nearest(limit);
  const vector = vectorIn(space, query);
  for (const mention of passing) {
    nearest.offer(mention.id, roundSimilarity(dot(vector, vectorIn(space, mention))));
  }
  return nearest.take().at(-1)?.similarity ?? 1;
}

/** Of few mentions none may be of the rarest type: there is nothing to find then. */
function filtersOf(mentions: readonly RandomMention[], queries: readonly RandomMention[]) {
  const each = [
    { part: '100 %', filter: {}, passing: mentions },
    ...Object.entries(typeShares).map(([type, share]) => ({
      part: `${Number((100 * share).toPrecision(2))} %`,
      filter: { types: [type] },
      passing: mentions.filter((mention) => mention.type === type),
    })),
  ].filter(({ passing }) => passing.length > 0);
  return each.map(({ part, filter, passing }): Filter => {
    const of = (space: VectorSpace) =>
      queries.map((query) => tenthSimilarity(space, passing, query));
    const tenths = { MEANING: of('MEANING'), TYPE: of('TYPE') };
    return { part, filter, passing: passing.length, tenths };
  });
}

/** Fills the folder, unless it was filled before, and says what is asked of it. */
function prepare(folder: string): Questions {
  const questionsFile = join(folder, 'questions');
  if (existsSync(questionsFile)) return deserialize(readFileSync(questionsFile)) as Questions;
  const documents = Math.ceil(count / mentionsEach);
  const options = { documents, mentionsEach, forms: Math.ceil(count / 3), ...sizes };
  const questions = questionsOf(fillRandomMentions(folder, options));
  writeFileSync(questionsFile, serialize(questions));
  return questions;
}

function questionsOf(mentions: readonly RandomMention[]): Questions {
  const step = Math.floor(mentions.length / queryCount);
  const queries = mentions
    .filter((_, i) => i % step === 0)
    .slice(0, queryCount)
    .map((mention) => ({
      ...mention,
      meaning: mention.meaning.slice(),
      typeVector: mention.typeVector.slice(),
    }));
  return { queries, filters: filtersOf(mentions, queries) };
}

/** Median and 99th percentile. */
function timesOf(part: string, milliseconds: number[]): Record<string, number> {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { [`${part}: median ms`]: at(0.5), [`${part}: p99 ms`]: at(0.99) };
}

type Ask = (query: RandomMention) => Promise<unknown>;

/** So many are asked before: the first ones meet code that has never run. */
const warmUp = 10;

async function time(part: string, queries: readonly RandomMention[], ask: Ask) {
  for (const query of queries.slice(0, warmUp)) await ask(query);
  const milliseconds: number[] = [];
  for (const query of queries) {
    const start = performance.now();
    await ask(query);
    milliseconds.push(performance.now() - start);
  }
  return timesOf(part, milliseconds);
}

interface MeasuredFilter {
  readonly queries: readonly RandomMention[];
  readonly filter: Filter;
}

async function measureSimilar(
  parts: SearchParts,
  space: VectorSpace,
  { queries, filter: { part, filter, passing, tenths } }: MeasuredFilter,
): Promise<Record<string, number>> {
  const label = `similar by ${space.toLowerCase()}, ${part}`;
  let hits = 0;
  const ask = (query: RandomMention) =>
    findSimilarMentions(parts, {
      to: { vector: [...vectorIn(space, query)] },
      space,
      filter,
      distinct: 'NONE',
      page,
    });
  const times = await time(label, queries, ask);
  for (const [i, query] of queries.entries()) {
    const { items } = await ask(query);
    hits += items.filter(({ similarity }) => similarity >= (tenths[space][i] ?? 1)).length;
  }
  const wanted = queries.length * Math.min(limit, passing);
  return { ...times, [`${label}: recall@10`]: hits / wanted };
}

const passages = { count: 3, chars: 200 };
/** What somebody has typed of one of the made-up forms. */
const typedChars = 6;

/** The forms that begin as a query's does. */
async function completeForms(parts: SearchParts, { form }: RandomMention, filter: MentionFilter) {
  const by = { kind: 'SURFACE_FORM', prefix: form.slice(0, typedChars) } as const;
  const query = { by, filter: await storedFilter(parts, filter) };
  return countMentionsBy(parts.database, query, { first: limit, after: null, order: 'COUNT' });
}

/** What has no filter of mentions. */
async function measureOthers(parts: SearchParts, queries: readonly RandomMention[]) {
  // So high an offset that few spans, or none, pass.
  const rare = { through: await lastRows(parts.database), offset: rareOffset };
  return [
    await time('documents by words', queries, ({ form: text }) =>
      searchDocuments(parts, { text, page, passages }),
    ),
    await time('mentions of a type that few are of', queries, ({ form, typeVector: query }) =>
      findMentionsOfType(parts, {
        of: { description: form },
        filter: {},
        page: { ...page, moment: { ...rare, query } },
      }),
    ),
  ];
}

async function measure(parts: SearchParts, { queries, filters }: Questions) {
  const figures: Record<string, number>[] = [];
  figures.push(...(await measureOthers(parts, queries)));
  for (const each of filters) {
    const { part, filter } = each;
    for (const space of ['MEANING', 'TYPE'] as const) {
      figures.push(await measureSimilar(parts, space, { queries, filter: each }));
    }
    figures.push(
      await time(`mentions of a type, ${part}`, queries, ({ form }) =>
        findMentionsOfType(parts, { of: { description: form }, filter, page }),
      ),
      await time(`mentions, ${part}`, queries, ({ id }) =>
        findMentionPage(parts, {
          filter,
          overlap: 'NESTED',
          page: { first: limit, after: Math.floor(id / 2) },
        }),
      ),
      await time(`documents by words and meaning, ${part}`, queries, ({ form: text }) =>
        searchHybrid(parts, { text, similarTo: null, filter, page, passages }),
      ),
      await time(`surface forms, ${part}`, queries, (query) => completeForms(parts, query, filter)),
    );
  }
  return Object.assign({}, ...figures) as Record<string, number>;
}

export async function run(): Promise<Record<string, number>> {
  const start = performance.now();
  const kept = process.env.SPANDEX_BENCH_FOLDER;
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'spandex-bench-'));
  const questions = prepare(folder);
  const database = await openDatabase({ folder, modelId: undefined });
  const open = (space: VectorSpace, dimensions: number) =>
    HnswIndex.open({
      path: join(folder, `graph-${space}`),
      dimensions,
      modelId: 'bench',
      source: loggedVectors(database, space),
      auditEveryMs: 0,
    });
  const typeIndex = open('TYPE', sizes.typeSize);
  const meaningIndex = open('MEANING', sizes.meaningSize);
  const { meaningSize, typeSize: embeddingSize } = sizes;
  const byForm = new Map(questions.queries.map((query) => [query.form, query]));
  const named = (text = '') => byForm.get(text)!;
  const extractor = {
    ...openDictionaryExtractor(),
    model: { ...dictionaryModel, meaningSize, embeddingSize },
    encodeTypes: async ([type]: readonly { description: string }[]) => [
      named(type?.description).typeVector,
    ],
    encodeMeanings: async (texts: readonly string[]) => texts.map((text) => named(text).meaning),
  };
  try {
    await Promise.all([typeIndex.ready(), meaningIndex.ready()]);
    const prepared = (performance.now() - start) / 1_000;
    const parts = { database, collectionId: 1, extractor, typeIndex, meaningIndex };
    const figures = await measure(parts, questions);
    const pids = [process.pid, ...[typeIndex, meaningIndex].flatMap(({ pid }) => pid ?? [])];
    const gigabytes = pids.reduce((sum, pid) => sum + residentOf(pid), 0) / 2 ** 30;
    return { ...figures, 's to prepare': prepared, 'GB of memory': gigabytes };
  } finally {
    await Promise.all([typeIndex.close(), meaningIndex.close()]);
    await database.close();
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
