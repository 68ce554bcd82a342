import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RankedPages, type ShownItem } from '../../../src/api/ranked-pages.ts';
import { findMentionsOfType } from '../../../src/search/mentions-of-type.ts';
import { compareRanked, foldDistinct, keyOf } from '../../../src/search/rank-similar.ts';
import { searchDocuments } from '../../../src/search/search-documents.ts';
import type { RankPage, SearchParts } from '../../../src/search/search-parts.ts';
import { findSimilarMentions } from '../../../src/search/similar-mentions.ts';
import { deleteDocuments } from '../../../src/store/documents.ts';
import { loggedVectors } from '../../../src/store/index-log.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import { reviewMentions } from '../../../src/store/reviews.ts';
import type { VectorSpace } from '../../../src/store/vectors.ts';
import { searchSource } from '../../../src/vectors/source-search.ts';
import type { NeighborQuery } from '../../../src/vectors/vector-index.ts';
import { dictionaryModel, openDictionaryExtractor } from '../../support/dictionary-extractor.ts';
import { createType, openLastingStore, putDrafts } from '../../support/store/open-store.ts';
import { readWithDictionary } from '../../support/store/read-documents.ts';

const words = Array.from({ length: 18 }, (_, i) => `${'abcdef'[i % 6]}word${'xyz'[i % 3]}${i}`);
const description = words.join(', ');

/** What happens between two pages. */
type Change =
  | { readonly kind: 'INGEST'; readonly words: readonly string[] }
  | { readonly kind: 'REPLACE'; readonly place: number; readonly words: readonly string[] }
  | { readonly kind: 'DELETE'; readonly place: number }
  | { readonly kind: 'REJECT'; readonly place: number };

const someWords = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 5 });
const place = fc.nat({ max: 10_000 });
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('INGEST' as const), words: someWords }) },
  fc.record({ kind: fc.constant('REPLACE' as const), place, words: someWords }),
  fc.record({ kind: fc.constant('DELETE' as const), place }),
  fc.record({ kind: fc.constant('REJECT' as const), place }),
);
const changesBetween = fc.array(fc.array(change, { maxLength: 2 }), {
  minLength: 1,
  maxLength: 6,
});

/** A page that was found, and the moment that it is of. */
interface FoundPage<Item, Moment> {
  readonly items: readonly Item[];
  readonly hasNext: boolean;
  readonly moment: Moment;
}

const page = { first: fc.integer({ min: 3, max: 12 }), changes: changesBetween };

describe('pages of a ranking while documents come, change and go', () => {
  let parts: SearchParts;
  let lastDocument = 0;

  beforeAll(async () => {
    const store = await openLastingStore();
    const exact = (space: VectorSpace, dimensions: number) => ({
      find: (query: NeighborQuery) =>
        searchSource(loggedVectors(store.database, space), dimensions, query),
    });
    const { embeddingSize, meaningSize } = dictionaryModel;
    parts = {
      ...store,
      extractor: openDictionaryExtractor(),
      typeIndex: exact('TYPE', embeddingSize),
      meaningIndex: exact('MEANING', meaningSize),
    };
    await createType(store, 'A', description);
    await createType(store, 'B', words.slice(0, 9).join(', '));
    await ingest(...Array.from({ length: 20 }, (_, i) => [words[i % 18]!, words[(5 * i) % 18]!]));
  });

  async function ingest(...texts: readonly (readonly string[])[]): Promise<void> {
    const drafts = texts.map((text) => {
      lastDocument += 1;
      return { text: `common ${text.join(' and ')}`, externalId: `d${lastDocument}` };
    });
    await putDrafts(parts, ...drafts);
    await readWithDictionary(parts);
  }

  const everyMention = async () =>
    (await listMentions(parts.database, {}, { first: 100_000 })).rows.filter(
      ({ state }) => state !== 'REJECTED',
    );

  async function make(wanted: Change): Promise<void> {
    const { database, collectionId } = parts;
    if (wanted.kind === 'INGEST') return ingest(wanted.words);
    const mentions = await everyMention();
    const mention = mentions[wanted.place % mentions.length];
    if (!mention || mentions.length < 40) return ingest([...words]);
    const { id, documentId } = mention;
    if (wanted.kind === 'DELETE') {
      await deleteDocuments(database, [documentId]);
    } else if (wanted.kind === 'REJECT') {
      const decision = { kind: 'REJECT' } as const;
      const by = { reviewer: 'x', note: null, expectedCount: null, collectionId };
      await reviewMentions(database, { ...by, mentionIds: [id], decision });
    } else {
      const externalId = `d${1 + (wanted.place % lastDocument)}`;
      await putDrafts(parts, { text: `common ${wanted.words.join(' or ')}`, externalId });
      await readWithDictionary(parts);
    }
    return undefined;
  }

  /** Goes through a list page by page while things change; gives all that was shown. */
  async function showAll<Item, Moment>(
    { first, changes }: { readonly first: number; readonly changes: readonly Change[][] },
    find: (page: RankPage<Moment>) => Promise<FoundPage<Item, Moment>>,
    placeOf: (item: Item) => ShownItem,
  ): Promise<Item[]> {
    const pages = new RankedPages<Moment>('list');
    const shown: Item[] = [];
    let after: string | null = null;
    for (let i = 0; ; i += 1) {
      const asked = pages.request({ first, after, asked: '' });
      const { items, hasNext, moment } = await find(asked.page);
      shown.push(...items);
      if (!hasNext) return shown;
      after = asked.cursors(moment, items.map(placeOf))(items.length - 1);
      for (const each of changes[i] ?? []) await make(each);
    }
  }

  it.each([
    ['MEANING', 'NONE'],
    ['MEANING', 'SURFACE_FORM'],
    ['MEANING', 'DOCUMENT'],
    ['TYPE', 'NONE'],
    ['TYPE', 'SURFACE_FORM'],
    ['TYPE', 'DOCUMENT'],
  ] as const)('of similar mentions, by %s and once for each %s', async (space, distinct) => {
    const ranking = fc.record({ ...page, word: fc.constantFrom(...words), ofB: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(ranking, async ({ first, changes, word, ofB }) => {
        const to = space === 'MEANING' ? { text: word } : { typeDescription: word };
        const filter = ofB ? { types: ['B'] } : {};
        const before = new Set((await everyMention()).map(({ id }) => id));
        const whole = await findSimilarMentions(parts, {
          to,
          space,
          filter,
          distinct: 'NONE',
          page: { limit: 100_000, after: null },
        });
        const shown = await showAll(
          { first, changes },
          (asked: RankPage) =>
            findSimilarMentions(parts, { to, space, filter, distinct, page: asked }),
          ({ mention: { id }, similarity, key }) => ({ id, similarity, key }),
        );

        // Nothing is shown twice, nothing is new, and the order is kept.
        expect(new Set(shown.map(({ key }) => key)).size).toBe(shown.length);
        expect(shown.filter(({ mention }) => !before.has(mention.id))).toEqual([]);
        const ranked = whole.items.map(({ mention, similarity }) => ({
          id: mention.id,
          documentId: mention.documentId,
          similarity,
          formId: mention.surfaceFormId,
        }));
        const places = new Map(ranked.toSorted(compareRanked).map(({ id }, at) => [id, at]));
        const order = shown.map(({ mention }) => places.get(mention.id) ?? -1);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        // Everything is shown whose first mention is still there.
        const left = new Set((await everyMention()).map(({ id }) => id));
        const keys = new Set(shown.map(({ key }) => key));
        const missed = foldDistinct(ranked, distinct).filter(
          (item) => left.has(item.id) && !keys.has(keyOf(item, distinct)),
        );
        expect(missed).toEqual([]);
      }),
      { numRuns: 8, seed: 11, endOnFailure: true },
    );
  });

  it('of the mentions of a type', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record(page), async (walk) => {
        const query = { of: { description }, filter: {} };
        const whole = await findMentionsOfType(parts, {
          ...query,
          page: { limit: 100_000, after: null },
        });
        const items = await showAll(
          walk,
          (asked: RankPage) => findMentionsOfType(parts, { ...query, page: asked }),
          ({ spanId: id, similarity }) => ({ id, similarity, key: id }),
        );
        const shown = items.map(({ spanId }) => spanId);

        const left = new Set((await everyMention()).map(({ spanId }) => spanId));
        const ids = whole.items.map(({ spanId }) => spanId);
        expect(shown.filter((id) => left.has(id))).toEqual(ids.filter((id) => left.has(id)));
        expect(shown.filter((id) => !ids.includes(id))).toEqual([]);
      }),
      { numRuns: 8, seed: 12, endOnFailure: true },
    );
  });

  it('of documents by their words', async () => {
    await fc.assert(
      fc.asyncProperty(fc.record(page), async (walk) => {
        const query = { text: 'common', passages: { count: 0, chars: 40 } };
        const idsOf = async (limit: number) => {
          const found = await searchDocuments(parts, { ...query, page: { limit, after: null } });
          return found.items.map(({ documentId }) => documentId);
        };
        const before = await idsOf(100_000);
        const items = await showAll(
          walk,
          (asked: RankPage<number>) => searchDocuments(parts, { ...query, page: asked }),
          ({ documentId: id, score: similarity }) => ({ id, similarity, key: id }),
        );
        const shown = items.map(({ documentId }) => documentId);

        const left = new Set(await idsOf(100_000));
        expect(new Set(shown).size).toBe(shown.length);
        expect(shown.filter((id) => !before.includes(id))).toEqual([]);
        expect(before.filter((id) => left.has(id) && !shown.includes(id))).toEqual([]);
      }),
      { numRuns: 8, seed: 13, endOnFailure: true },
    );
  });
});
