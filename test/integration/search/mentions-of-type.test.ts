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

/** Every place of a text is won by type A in the first window and, two of three, by B in the second. */
async function fill(parts: SearchParts): Promise<void> {
  const { database, collectionId, extractor } = parts;
  const store = { database, collectionId };
  await createType(store, 'A');
  await createType(store, 'B');
  await putDrafts(
    store,
    ...Array.from({ length: documents }, (_, d) => ({
      text: 'word '.repeat(places),
      externalId: `${d}`,
    })),
  );
  const [z = new Float32Array(32)] = await extractor.encodeTypes([{ name: '', description }]);
  const vectorOf = (seed: string) =>
    normalize(seededVector(seed, 32).map((value, j) => value + 0.5 * (z[j] ?? 0)));
  for (const claim of await claimAll(store)) {
    const d = claim.documentId;
    const mentions = Array.from({ length: places }, (_, i) =>
      (i % 3 === 0 ? [0] : [0, 1]).map((window) => ({
        start: 5 * i,
        end: 5 * i + 4,
        type: window === 0 ? 'A' : 'B',
        window,
        vector: vectorOf(`${d} ${i} ${window}`),
        score: 1,
        threshold: 0,
        margin: 1 + window,
      })),
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

describe('findMentionsOfType, over places that several windows have won', () => {
  let parts: SearchParts;
  let z: Float32Array;
  beforeAll(async () => {
    const store = await openLastingStore();
    const typeIndex = new ExactIndex(32);
    parts = {
      ...store,
      extractor: openDictionaryExtractor(),
      typeIndex,
      meaningIndex: new ExactIndex(24),
    };
    await fill(parts);
    for await (const batch of allVectors(store.database, 'TYPE')) await typeIndex.put(batch);
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
