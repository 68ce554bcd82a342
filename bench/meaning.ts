/**
 * Is the same thing found under another name? Recall@10 and mean average precision of the ranking that
 * `similarMentions` uses, over annotated mentions whose concepts are known (bc5cdr_concepts, dev).
 *
 * Queries: mentions whose concept occurs under another surface form in another document. Candidates:
 * all mentions of other documents with another surface form. The first 1,000 count, `distinct: NONE`.
 *
 * Run by `SPANDEX_BENCH_CONCEPTS=FILE npm run bench -- meaning`, or with a bundle and a file:
 * `node --import tsx bench/meaning.ts models/spandex-small FILE`.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { openModel } from '../src/ner/open-model.ts';
import { type RankCandidate, rankSimilar } from '../src/search/rank-similar.ts';

export const name = 'meaning';
export const unit = 'share of 1';

const first = 1_000;

interface Mention extends RankCandidate {
  readonly concept: string;
}

interface ConceptLine {
  readonly text: string;
  readonly entities: readonly {
    readonly start: number;
    readonly end: number;
    readonly concept: string | null;
  }[];
}

/** Mentions whose concept is known, in reading order, with their meaning vectors. */
async function readMentions(modelDirectory: string, path: string): Promise<Mention[]> {
  const lines = gunzipSync(await readFile(path))
    .toString('utf8')
    .trim()
    .split('\n');
  const found = lines.flatMap((line, documentId) => {
    const { text, entities } = JSON.parse(line) as ConceptLine;
    const characters = Array.from(text);
    return entities.flatMap(({ start, end, concept }) => {
      const form = characters.slice(start, end).join('').toLowerCase();
      return concept === null ? [] : [{ documentId, concept, form }];
    });
  });
  const forms = [...new Set(found.map(({ form }) => form))];
  const formIds = new Map(forms.map((form, id) => [form, id]));
  const model = await openModel(modelDirectory, { threads: 2 });
  const vectors = await model.encodeMeanings(forms);
  await model.close();
  return found.map(({ documentId, concept, form }, id) => {
    const formId = formIds.get(form) ?? -1;
    return { id, documentId, formId, concept, vector: vectors[formId] ?? new Float32Array() };
  });
}

interface QueryResult {
  readonly found1: number;
  readonly found10: number;
  readonly averagePrecision: number;
}

/** Undefined when the concept has no other name elsewhere. */
function ask(query: Mention, mentions: readonly Mention[]): QueryResult | undefined {
  const candidates = mentions.filter(
    ({ documentId, formId }) => documentId !== query.documentId && formId !== query.formId,
  );
  const isRight = new Set(
    candidates.filter(({ concept }) => concept === query.concept).map(({ id }) => id),
  );
  if (isRight.size === 0) return undefined;
  const ranked = rankSimilar(query.vector, candidates, { distinct: 'NONE', first });
  const ranks = ranked.flatMap(({ id }, i) => (isRight.has(id) ? [i + 1] : []));
  const best = ranks[0] ?? Number.POSITIVE_INFINITY;
  const precision = ranks.reduce((sum, rank, i) => sum + (i + 1) / rank, 0);
  return {
    found1: Number(best <= 1),
    found10: Number(best <= 10),
    averagePrecision: precision / isRight.size,
  };
}

/** Recall and mean average precision; mentions of one form, concept and document share an answer. */
function evaluateRanking(mentions: readonly Mention[]) {
  const answers = new Map<string, QueryResult | undefined>();
  const results = mentions.flatMap((query) => {
    const key = `${query.documentId} ${query.formId} ${query.concept}`;
    if (!answers.has(key)) answers.set(key, ask(query, mentions));
    return answers.get(key) ?? [];
  });
  const mean = (read: (result: QueryResult) => number): number =>
    results.reduce((sum, result) => sum + read(result), 0) / results.length;
  return {
    'recall@1': mean(({ found1 }) => found1),
    'recall@10': mean(({ found10 }) => found10),
    MAP: mean(({ averagePrecision }) => averagePrecision),
    queries: results.length,
    candidates: mentions.length,
  };
}

export async function run(): Promise<Readonly<Record<string, number>> | undefined> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const model = process.env.SPANDEX_BENCH_MODEL ?? `${root}models/spandex-small`;
  const concepts = process.env.SPANDEX_BENCH_CONCEPTS;
  if (!concepts || !existsSync(model)) return undefined;
  return evaluateRanking(await readMentions(model, concepts));
}

const [, program, model, concepts] = process.argv;
if (program === fileURLToPath(import.meta.url) && model && concepts) {
  console.log(JSON.stringify(evaluateRanking(await readMentions(model, concepts))));
}
