import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MentionFilter } from '../../../src/search/mention-filter.ts';
import { storedFilter } from '../../../src/search/mention-filter.ts';
import { planSearch } from '../../../src/search/planner.ts';
import { findSimilarMentions } from '../../../src/search/similar-mentions.ts';
import { loggedVectors } from '../../../src/store/index-log.ts';
import { microsPerPlace } from '../../../src/store/mention-owners.ts';
import { HnswIndex } from '../../../src/vectors/hnsw-index.ts';
import { type RandomMention, typeShares, vectorIn } from '../../support/store/random-mentions.ts';
import {
  expectedSimilar,
  openRandomSearch,
  type RandomSearch,
} from '../../support/store/random-search.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const documents = 160;
const mentionsEach = 25;
const queries = 12;
const limit = 10;

const filters: readonly [string, MentionFilter, (mention: RandomMention) => boolean][] = [
  ['nothing', {}, () => true],
  ['margin', { minMargin: 1 }, ({ margin }) => margin >= 1],
  ...Object.keys(typeShares).map(
    (name): [string, MentionFilter, (mention: RandomMention) => boolean] => [
      `type ${name}`,
      { types: [name] },
      ({ type }) => type === name,
    ],
  ),
  ['one document', { documentIds: [7] }, ({ documentId }) => documentId === 7],
];

/** What a planner may be wrong by: 256 mentions tell it. */
const tolerance = 0.13;

describe('the planner, over a graph of 4,000 mentions', () => {
  let search: RandomSearch;
  let indexes: { typeIndex: HnswIndex; meaningIndex: HnswIndex };

  beforeAll(async () => {
    const folder = temporaryFolder();
    search = await openRandomSearch({ documents, mentionsEach, forms: 1_500 }, folder);
    const { database, extractor } = search.parts;
    const open = (space: 'TYPE' | 'MEANING', dimensions: number) =>
      HnswIndex.open({
        path: `${folder}/graph-${space}`,
        dimensions,
        modelId: 'm',
        source: loggedVectors(database, space),
        auditEveryMs: 0,
        // So few are compared otherwise.
        exactProducts: 0,
      });
    indexes = {
      typeIndex: open('TYPE', extractor.model.embeddingSize),
      meaningIndex: open('MEANING', extractor.model.meaningSize),
    };
    await Promise.all([indexes.typeIndex.ready(), indexes.meaningIndex.ready()]);
  }, 120_000);

  afterAll(async () => {
    await Promise.all([indexes.typeIndex.close(), indexes.meaningIndex.close()]);
    await search.parts.database.close();
  });

  const cases = filters.flatMap(([name, filter, passes]) =>
    (['MEANING', 'TYPE'] as const).map((space) => ({ name, filter, passes, space })),
  );

  it.each(cases)(
    'keeps a recall@10 of 0.99 by $space under a filter of $name',
    async ({ filter, passes, space }) => {
      const passing = search.mentions.filter(passes);
      let [hits, wanted] = [0, 0];
      for (let i = 0; i < queries; i += 1) {
        const vector = vectorIn(space, search.mentions[(i * 337) % search.mentions.length]!);
        const page = { limit, after: null };
        const { items } = await findSimilarMentions(
          { ...search.parts, ...indexes },
          { to: { vector: [...vector] }, space, filter, distinct: 'NONE', page },
        );

        const right = expectedSimilar(passing, vector, { space, distinct: 'NONE', first: limit });
        const tenth = right.at(-1)?.similarity ?? 1;
        expect(items).toHaveLength(right.length);
        hits += items.filter(({ similarity }) => similarity >= tenth).length;
        wanted += right.length;
      }

      expect(hits / wanted).toBeGreaterThanOrEqual(0.99);
    },
  );

  it('asks the graph where much passes, and the database where little does', async () => {
    const planned = await Promise.all(
      filters.map(async ([name, filter, passes]) => {
        const stored = await storedFilter(search.parts, filter);
        const listMicros = microsPerPlace;
        const asked = { filter: stored, limit, dimensions: 24, listMicros };
        const plan = await planSearch(search.parts, asked);
        const share = search.mentions.filter(passes).length / search.mentions.length;
        expect(Math.abs(plan.estimatedSelectivity - share)).toBeLessThan(tolerance);
        return [name, plan.path, plan.firstWanted] as const;
      }),
    );

    const paths = Object.fromEntries(planned.map(([name, path]) => [name, path]));
    expect(paths).toEqual({
      nothing: 'INDEX',
      margin: 'INDEX',
      'type Half': 'INDEX',
      'type Third': 'INDEX',
      'type Tenth': 'INDEX',
      'type Few': 'SQL',
      'type Rare': 'SQL',
      'type One': 'SQL',
      'one document': 'SQL',
    });
  });

  it('has the index compare what passes when asking for the nearest costs more', async () => {
    const stored = await storedFilter(search.parts, { types: ['Half'] });
    const asked = { filter: stored, dimensions: 24, limit: 100, listMicros: microsPerPlace };

    const page = await planSearch(search.parts, asked);
    const everything = await planSearch(search.parts, { ...asked, limit: 2_000 });
    const listed = await planSearch(search.parts, { ...asked, listMicros: 0.1 });

    expect(page.path).toBe('INDEX');
    expect(everything.path).toBe('EXACT');
    expect(listed.path).toBe('EXACT');
  });
});
