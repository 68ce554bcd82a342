/**
 * `similarMentions` over what a data folder has stored: recall@10 against comparing every surface form
 * (ties with the tenth count), and the time a search takes in process. SPANDEX_BENCH_DATA is a folder
 * that documents were read into (`npx spandex ingest --data FOLDER …`) and that no server has open.
 */
import { openApp } from '../src/app/app.ts';
import { readConfig } from '../src/app/config.ts';
import { dot, roundSimilarity } from '../src/core/vector.ts';
import { findSimilarMentions } from '../src/search/similar-mentions.ts';
import { mentionKeysOf } from '../src/store/mention-owners.ts';
import { countMentions, findMentions } from '../src/store/mentions.ts';
import { allVectors, type StoredVector } from '../src/store/vectors.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { seededRandom } from '../test/support/vectors/random-vectors.ts';

export const name = 'similar-mentions';
export const unit = 'see name';

const queries = 300;
const limit = 10;

type Parts = Awaited<ReturnType<typeof openApp>>['parts'];

async function everyForm(database: Parts['database']): Promise<StoredVector[]> {
  const forms: StoredVector[] = [];
  for await (const batch of allVectors(database, 'MEANING')) forms.push(...batch);
  return forms;
}

/** Similarity of the tenth mention when every form is compared. */
async function tenthSimilarity(
  { database }: Parts,
  { id, query, forms }: { id: number; query: Float32Array; forms: readonly StoredVector[] },
): Promise<number> {
  const ranked = forms
    .map((form) => ({ id: form.id, similarity: roundSimilarity(dot(query, form.vector)) }))
    .sort((a, b) => b.similarity - a.similarity);
  let found = 0;
  for (const form of ranked) {
    const keys = await mentionKeysOf(database, {
      owner: 'FORM',
      ownerIds: [form.id],
      filter: {},
      without: [id],
      oncePer: 'NONE',
      after: null,
      limit,
    });
    found += keys.length;
    if (found >= limit) return form.similarity;
  }
  return ranked.at(-1)?.similarity ?? 0;
}

async function measure(parts: Parts) {
  const { database } = parts;
  const forms = await everyForm(database);
  const formById = new Map(forms.map((form) => [form.id, form.vector]));
  const mentions = await countMentions(database, {});
  const random = seededRandom(1);
  const milliseconds: number[] = [];
  let [hits, wanted] = [0, 0];
  while (milliseconds.length < queries) {
    const id = 1 + Math.floor(random() * mentions);
    const mention = (await findMentions(database, [id])).get(id);
    const query = mention && formById.get(mention.surfaceFormId);
    if (!query) continue;
    const start = performance.now();
    const { items } = await findSimilarMentions(parts, {
      to: { mentionIds: [id] },
      space: 'MEANING',
      filter: {},
      distinct: 'NONE',
      page: { limit, after: null },
    });
    milliseconds.push(performance.now() - start);
    const tenth = await tenthSimilarity(parts, { id, query, forms });
    hits += items.filter(({ similarity }) => similarity >= tenth - 1e-6).length;
    wanted += limit;
  }
  milliseconds.sort((a, b) => a - b);
  return {
    'mentions stored': mentions,
    'surface forms': forms.length,
    'recall@10': hits / wanted,
    'median ms': milliseconds[Math.floor(queries / 2)]!,
    'p99 ms': milliseconds[Math.floor(queries * 0.99)]!,
  };
}

export async function run() {
  const folder = process.env.SPANDEX_BENCH_DATA;
  if (folder === undefined) return undefined;
  const config = { ...readConfig(), dataDirectory: folder };
  const app = await openApp({ config, logger: createLogger('warn') });
  try {
    return await measure(app.parts);
  } finally {
    await app.close();
  }
}
