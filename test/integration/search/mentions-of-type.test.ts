import { beforeAll, describe, expect, it } from '@jest/globals';
import { dot, normalize, roundSimilarity } from '../../../src/core/vector.ts';
import { findMentionsOfType } from '../../../src/search/mentions-of-type.ts';
import type { SearchParts } from '../../../src/search/search-parts.ts';
import { finishClaim } from '../../../src/store/jobs.ts';
import { allVectors, readSpans } from '../../../src/store/vectors.ts';
import { ExactIndex } from '../../../src/vectors/exact-index.ts';
import {
  dictionaryModel,
  openDictionaryExtractor,
  seededVector,
} from '../../support/dictionary-extractor.ts';
import {
  claimAll,
  createType,
  openLastingStore,
  putDrafts,
} from '../../support/store/open-store.ts';

const documents = 80;
const places = 40;
const description = 'A';

/** Whether a text's place is won by a type in its window: A in the first, B in the second; and how near to A. */
type Nearness = (place: number, window: number) => number | null;

interface Texts {
  readonly count: number;
  readonly placesEach: number;
  readonly nearness: Nearness;
}

/** Stores texts with the spans that are won. */
async function fill(parts: SearchParts, { count, placesEach, nearness }: Texts): Promise<void> {
  const { database, collectionId, extractor } = parts;
  const store = { database, collectionId };
  await createType(store, 'A');
  await createType(store, 'B');
  await putDrafts(
    store,
    ...Array.from({ length: count }, (_, d) => ({
      text: 'word '.repeat(placesEach),
      externalId: `${d}`,
    })),
  );
  const [z = new Float32Array(32)] = await extractor.encodeTypes([{ name: '', description }]);
  const vectorOf = (seed: string, share: number) =>
    normalize(seededVector(seed, 32).map((value, j) => value + share * (z[j] ?? 0)));
  const claims = [];
  while (claims.length < count) claims.push(...(await claimAll(store)));
  for (const claim of claims) {
    const d = claim.documentId;
    const mentions = Array.from({ length: placesEach }, (_, i) =>
      [0, 1].flatMap((window) => {
        const share = nearness(i, window);
        if (share === null) return [];
        return {
          start: 5 * i,
          end: 5 * i + 4,
          type: window === 0 ? 'A' : 'B',
          window,
          vector: vectorOf(`${d} ${i} ${window}`, share),
          score: 1,
          threshold: 0,
          margin: 1 + window,
        };
      }),
    ).flat();
    const span = { start: 0, end: claim.text.length, tokens: 9 };
    await finishClaim(database, claim, {
      mentions,
      windows: [0, 1].map((window) => ({
        ...span,
        thresholdVector: seededVector(`window ${d} ${window}`, 32),
      })),
      coverage: { characters: 1, charactersRead: 1, tokens: 1, unknownTokens: 0, dropped: [] },
    });
  }
}

async function openParts(texts: Texts): Promise<SearchParts> {
  const typeIndex = new ExactIndex(32);
  const parts = {
    ...(await openLastingStore()),
    extractor: openDictionaryExtractor(),
    typeIndex,
    meaningIndex: new ExactIndex(24),
  };
  await fill(parts, texts);
  for await (const batch of allVectors(parts.database, 'TYPE')) await typeIndex.put(batch);
  return parts;
}

describe('findMentionsOfType, over places that several windows have won', () => {
  let parts: SearchParts;
  let z: Float32Array;
  beforeAll(async () => {
    // Every place is won in the first window and, two of three, in the second.
    const nearness: Nearness = (place, window) => (window === 1 && place % 3 === 0 ? null : 0.5);
    parts = await openParts({ count: documents, placesEach: places, nearness });
    [z = new Float32Array(32)] = await parts.extractor.encodeTypes([{ name: '', description }]);
  });

  /** The definition: of each place the best span that passes, best first. */
  async function expectedSpans(offset = 0): Promise<number[]> {
    const ids = Array.from({ length: documents * places * 2 }, (_, i) => i + 1);
    const passing = [...(await readSpans(parts.database, ids)).values()]
      .map(({ id, documentId, start, typeVector, thresholdVector }) => ({
        id,
        place: `${documentId} ${start}`,
        similarity: roundSimilarity(dot(z, typeVector ?? z)),
        threshold:
          dot(z, thresholdVector ?? z) +
          dictionaryModel.thresholdShift / dictionaryModel.logitScale,
      }))
      .filter(
        ({ similarity, threshold }) =>
          dictionaryModel.logitScale * (similarity - threshold) > offset,
      )
      .toSorted((a, b) => b.similarity - a.similarity || a.id - b.id);
    const seen = new Set<string>();
    return passing.filter(({ place }) => !seen.has(place) && seen.add(place)).map(({ id }) => id);
  }

  async function allPages(filter: { types?: string[]; documentIds?: number[] }) {
    const items: Awaited<ReturnType<typeof findMentionsOfType>>['items'][number][] = [];
    let after: { similarity: number; id: number } | null = null;
    for (;;) {
      const page = { limit: 90, after };
      const found = await findMentionsOfType(parts, { of: { description }, filter, page });
      items.push(...found.items);
      const last = found.items.at(-1);
      if (!found.hasNext || last === undefined) return items;
      after = { similarity: last.similarity, id: last.spanId };
    }
  }

  it('gives each place once, by the window in which it scores best', async () => {
    const expected = await expectedSpans();

    const items = await allPages({});

    expect(items.map(({ spanId }) => spanId)).toEqual(expected);
    const shown = items.map(({ mention }) => `${mention.documentId} ${mention.start}`);
    expect(new Set(shown).size).toBe(items.length);
    expect(items.length).toBeGreaterThan(500);
  });

  it('keeps a place whose mention that passes the filter is of another window than the best', async () => {
    const all = await allPages({});
    const withB = all.filter(({ mention }) => mention.start % 15 !== 0);

    const items = await allPages({ types: ['B'] });
    const few = await allPages({ types: ['B'], documentIds: [1, 2] });

    expect(items.map(({ spanId }) => spanId)).toEqual(withB.map(({ spanId }) => spanId));
    expect(items.every(({ mention }) => mention.type === 'B')).toBe(true);
    expect(few.map(({ spanId }) => spanId)).toEqual(
      withB.filter(({ mention }) => mention.documentId <= 2).map(({ spanId }) => spanId),
    );
  });

  it('has offsets that few spans pass, and one that none does', async () => {
    expect((await expectedSpans(10)).length).toBeGreaterThan(0);
    expect(await expectedSpans(16)).toEqual([]);
  });

  it.each([4, 6, 8, 9, 10, 12, 16])(
    'finds all where few spans pass, or none, without going through all: offset %d',
    async (offset) => {
      const page = { limit: 90, after: null };
      const { id } = await createType(parts, `Rare ${offset}`, description);

      await parts.database.writer.write('updateEntityType', { id, change: { offset } });
      const of = { name: `Rare ${offset}` };
      const { items, hasNext, report } = await findMentionsOfType(parts, { of, filter: {}, page });

      const expected = await expectedSpans(offset);
      expect(items.map(({ spanId }) => spanId)).toEqual(expected.slice(0, 90));
      expect(hasNext).toBe(expected.length > 90);
      expect(report.asked).toBeLessThan(documents * places);
    },
  );
});

describe('findMentionsOfType, where what passes the filter is far and many windows could have it', () => {
  it('finds the nearest all the same', async () => {
    const ofA = 4;
    const nearness: Nearness = (place, window) => {
      if (place < ofA) return window === 0 ? 1 : null;
      return window === 0 ? null : -1;
    };
    const parts = await openParts({ count: 300, placesEach: 6, nearness });
    const { id } = await createType(parts, 'Wide', description);
    await parts.database.writer.write('updateEntityType', { id, change: { offset: -10 } });
    const [z = new Float32Array(32)] = await parts.extractor.encodeTypes([
      { name: '', description },
    ]);

    const { items, report } = await findMentionsOfType(parts, {
      of: { name: 'Wide' },
      filter: { types: ['B'] },
      page: { limit: 10, after: null },
    });

    const ids = Array.from({ length: 300 * 6 }, (_, i) => i + 1);
    const nearest = [...(await readSpans(parts.database, ids)).values()]
      .filter(({ start }) => start >= 5 * ofA)
      .map((span) => ({ id: span.id, similarity: roundSimilarity(dot(z, span.typeVector ?? z)) }))
      .toSorted((a, b) => b.similarity - a.similarity || a.id - b.id);
    expect(items.map(({ spanId }) => spanId)).toEqual(nearest.slice(0, 10).map((span) => span.id));
    expect(report.asked).toBeGreaterThan(200);
  });
});
