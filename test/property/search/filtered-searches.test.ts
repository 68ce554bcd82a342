import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dot, roundSimilarity } from '../../../src/core/vector.ts';
import {
  type HybridDocument,
  type HybridQuery,
  searchHybrid,
} from '../../../src/search/hybrid-documents.ts';
import { type MentionFilter, storedFilter } from '../../../src/search/mention-filter.ts';
import { findMentionsOfType } from '../../../src/search/mentions-of-type.ts';
import { parseTextQuery } from '../../../src/search/parse-text-query.ts';
import { compareRanked, type RankedMention } from '../../../src/search/rank-similar.ts';
import type { SearchParts } from '../../../src/search/search-parts.ts';
import { findSimilarMentions } from '../../../src/search/similar-mentions.ts';
import type { DocumentFilter } from '../../../src/store/document-filter.ts';
import { searchFullText } from '../../../src/store/full-text.ts';
import {
  type CountPage,
  countCounted,
  countMentionsBy,
  type MentionCount,
} from '../../../src/store/mention-counts.ts';
import { lastRows } from '../../../src/store/mentions.ts';
import { allVectors } from '../../../src/store/vectors.ts';
import { ExactIndex } from '../../../src/vectors/exact-index.ts';
import { dictionaryModel } from '../../support/dictionary-extractor.ts';
import { type RandomMention, typeShares, vectorIn } from '../../support/store/random-mentions.ts';
import { expectedSimilar, openRandomSearch } from '../../support/store/random-search.ts';

const { logitScale, thresholdShift } = dictionaryModel;

const documentFilter = fc.constantFrom<DocumentFilter>(
  { metadata: [{ key: 'year', number: { min: 1960 } }] },
  { metadata: [{ key: 'year', equals: [1955, 1977] }] },
  { externalIds: ['d3', 'd77', 'd130', 'none'] },
);

const anyFilter: fc.Arbitrary<MentionFilter> = fc.record(
  {
    types: fc.subarray(Object.keys(typeShares), { minLength: 1 }),
    minMargin: fc.constantFrom(0, 0.5, 2, 3.9),
    maxMargin: fc.constantFrom(0.1, 2, 4),
    documentIds: fc.array(fc.integer({ min: 1, max: 210 }), { minLength: 1, maxLength: 60 }),
    text: fc.constantFrom('form1', '7x', 'nothing'),
    documents: documentFilter.map((each) => [each]),
  },
  { requiredKeys: [] },
);

const filter = fc.oneof(
  { weight: 4, arbitrary: anyFilter },
  { weight: 1, arbitrary: fc.constantFrom<MentionFilter>({}, { minMargin: 0.5 }) },
);

const isWithin = (value: number, min: unknown, max: unknown): boolean =>
  (typeof min !== 'number' || value >= min) && (typeof max !== 'number' || value <= max);

const isAmong = <Value>(values: readonly Value[] | null | undefined, value: Value): boolean =>
  !values || values.includes(value);

/** Whether the document of a mention passes. */
const passesDocument = (
  { metadata = [], externalIds }: DocumentFilter,
  { year, documentId }: RandomMention,
): boolean =>
  isAmong(externalIds, `d${documentId}`) &&
  metadata.every(
    ({ number, equals }) => isWithin(year, number?.min, number?.max) && isAmong(equals, year),
  );

const passes = (asked: MentionFilter, mention: RandomMention): boolean =>
  isAmong(asked.types, mention.type) &&
  isWithin(mention.margin, asked.minMargin, asked.maxMargin) &&
  isAmong(asked.documentIds, mention.documentId) &&
  mention.form.includes(asked.text ?? '') &&
  (asked.documents ?? []).every((each) => passesDocument(each, mention));

/** The forms that begin so, with how often they are there: the most first, equal ones in their order. */
function formsPlainly(mentions: readonly RandomMention[], prefix: string): MentionCount[] {
  const groups = new Map<string, RandomMention[]>();
  for (const mention of mentions.filter(({ form }) => form.startsWith(prefix))) {
    groups.set(mention.form, [...(groups.get(mention.form) ?? []), mention]);
  }
  const counts = [...groups].map(([key, of]) => ({
    key,
    mentions: of.length,
    documents: new Set(of.map(({ documentId }) => documentId)).size,
    example: of[0]!.id,
  }));
  return counts.sort((a, b) => b.mentions - a.mentions || (a.key < b.key ? -1 : 1));
}

/** Every document of two rankings: the largest sum of reciprocal ranks first, equal ones by id. */
function fusePlainly(byWords: readonly number[], similar: readonly RankedMention[]) {
  const byMeaning = similar.map(({ documentId }) => documentId);
  const share = (rank: number | null) => (rank === null ? 0 : 1 / (60 + rank));
  const fused = [...new Set([...byWords, ...byMeaning])].map((documentId) => {
    const textRank = byWords.indexOf(documentId) + 1 || null;
    const similarityRank = byMeaning.indexOf(documentId) + 1 || null;
    const mentionId = similar[byMeaning.indexOf(documentId)]?.id ?? null;
    const score = share(textRank) + share(similarityRank);
    return { documentId, textRank, similarityRank, score, mentionId };
  });
  return fused.sort((a, b) => b.score - a.score || a.documentId - b.documentId);
}

const likeness = fc.record({
  filter,
  space: fc.constantFrom('MEANING' as const, 'TYPE' as const),
  distinct: fc.constantFrom('NONE' as const, 'SURFACE_FORM' as const, 'DOCUMENT' as const),
  place: fc.nat({ max: 3_999 }),
  limit: fc.integer({ min: 1, max: 60 }),
});

describe('searches under any filter, against a plain model', () => {
  let parts: SearchParts;
  let mentions: readonly RandomMention[];

  beforeAll(async () => {
    const random = await openRandomSearch({ documents: 240, mentionsEach: 20, forms: 700 });
    const typeIndex = new ExactIndex(32);
    const meaningIndex = new ExactIndex(24);
    parts = { ...random.parts, typeIndex, meaningIndex };
    ({ mentions } = random);
    for await (const batch of allVectors(parts.database, 'TYPE')) await typeIndex.put(batch);
    for await (const batch of allVectors(parts.database, 'MEANING')) await meaningIndex.put(batch);
  });

  afterAll(() => parts.database.close());

  it('finds the same similar mentions in the same order, page by page', async () => {
    const paths = new Set<string>();
    await fc.assert(
      fc.asyncProperty(likeness, async ({ filter: asked, space, distinct, place, limit }) => {
        const vector = vectorIn(space, mentions[place]!);
        const passing = mentions.filter((mention) => passes(asked, mention));
        const expected = expectedSimilar(passing, vector, { space, distinct, first: 3 * limit });

        const found: { id: number; similarity: number }[] = [];
        for (let i = 0, hasNext = true; i < 3 && hasNext; i += 1) {
          const page = await findSimilarMentions(parts, {
            to: { vector: [...vector] },
            space,
            filter: asked,
            distinct,
            page: { limit, after: found.at(-1) ?? null },
          });
          found.push(...page.items.map(({ mention: { id }, similarity }) => ({ id, similarity })));
          paths.add(page.plan.path);
          ({ hasNext } = page);
        }

        // The sixth decimal depends on the order in which products are added up.
        expect(found).toHaveLength(expected.length);
        expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
        const of = new Map(passing.map((each) => [each.id, dot(vector, vectorIn(space, each))]));
        for (const [i, { id, similarity }] of found.entries()) {
          expect(Math.abs(similarity - (of.get(id) ?? 2))).toBeLessThan(2e-6);
          expect(Math.abs(similarity - expected[i]!.similarity)).toBeLessThan(2e-6);
        }
      }),
      { numRuns: 80, seed: 21 },
    );
    expect([...paths]).toEqual(expect.arrayContaining(['INDEX', 'SQL']));
  });

  it('finds the same mentions of a type in the same order', async () => {
    const ofType = fc.record({
      filter,
      limit: fc.integer({ min: 1, max: 60 }),
      // Of what is called for by a higher one there are few, or none.
      offset: fc.constantFrom(0, 0, 3, 5, 7, 9, 12),
    });
    const through = await lastRows(parts.database);
    const description = 'anything';
    const [z = new Float32Array()] = await parts.extractor.encodeTypes([{ name: '', description }]);
    const first = new Map(mentions.toReversed().map((each) => [each.documentId, each.typeVector]));
    await fc.assert(
      fc.asyncProperty(ofType, async ({ filter: asked, limit, offset }) => {
        const expected = mentions
          .filter((mention) => passes(asked, mention))
          .map((mention) => ({
            ...mention,
            similarity: roundSimilarity(dot(z, mention.typeVector)),
          }))
          .filter(({ similarity, documentId }) => {
            const threshold = logitScale * dot(z, first.get(documentId)!) + thresholdShift;
            return logitScale * similarity - threshold > offset;
          })
          .toSorted(compareRanked)
          .map(({ id }) => id);

        const page = { limit, after: null, moment: { query: z, offset, through } };
        const { items, hasNext } = await findMentionsOfType(parts, {
          of: { description },
          filter: asked,
          page,
        });

        expect(items.map(({ mention }) => mention.id)).toEqual(expected.slice(0, limit));
        expect(hasNext).toBe(expected.length > limit);
      }),
      { numRuns: 60, seed: 22 },
    );
  });

  const hybrid = fc.record({
    filter,
    documents: fc.option(documentFilter, { nil: undefined }),
    places: fc.array(fc.nat({ max: 4_799 }), { minLength: 1, maxLength: 3 }),
    limit: fc.integer({ min: 20, max: 150 }),
  });

  /** The ranking by words, whose order has a test of its own, and the one by meaning. */
  async function expectedRankings(
    words: readonly string[],
    { there, passing }: Record<'there' | 'passing', readonly RandomMention[]>,
  ) {
    const query = parseTextQuery(words.join(' OR '));
    const page = { first: 1_000, shown: [] };
    const { rows } = await searchFullText(parts.database, { query, collectionId: 1 }, page);
    const having = new Set(
      there.filter(({ form }) => words.includes(form)).map(({ documentId }) => documentId),
    );
    const byWords = rows.map(({ id }) => id).filter((id) => having.has(id));
    expect(byWords).toHaveLength(having.size);
    const [vector = new Float32Array()] = await parts.extractor.encodeMeanings([words.join(' ')]);
    const first = 100;
    const distinct = { space: 'MEANING', distinct: 'DOCUMENT', first } as const;
    const similar = expectedSimilar(passing, vector, distinct);
    return { byWords: byWords.slice(0, first), similar };
  }

  async function everyPage(query: Omit<HybridQuery, 'page' | 'passages'>, limit: number) {
    const found: HybridDocument[] = [];
    for (let moment = undefined, hasNext = true; hasNext; ) {
      const shown = new Set(found.map(({ documentId }) => documentId));
      const next = await searchHybrid(parts, {
        ...query,
        passages: { count: 0, chars: 40 },
        page: { limit, after: null, moment, shown },
      });
      found.push(...next.items);
      ({ moment, hasNext } = next);
    }
    return found;
  }

  it('fuses the same documents by words and by meaning, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(hybrid, async ({ filter: asked, documents, places, limit }) => {
        const words = places.map((place) => mentions[place]!.form);
        const there = mentions.filter((each) => !documents || passesDocument(documents, each));
        const passing = there.filter((each) => passes(asked, each));
        const { byWords, similar } = await expectedRankings(words, { there, passing });

        const text = words.join(' OR ');
        const found = await everyPage({ text, similarTo: null, filter: asked, documents }, limit);

        const shown = found.map(({ documentId, textRank, similarityRank, score, mention }) => {
          const mentionId = mention?.id ?? null;
          return { documentId, textRank, similarityRank, score, mentionId };
        });
        expect(shown).toEqual(fusePlainly(byWords, similar));
      }),
      { numRuns: 40, seed: 23 },
    );
  });

  it('completes the same forms, those of the most mentions first, page by page', async () => {
    const completion = fc.record({
      filter,
      prefix: fc.constantFrom('f', 'FORM', 'form1', 'form12', 'form700x', 'x'),
      first: fc.integer({ min: 5, max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(completion, async ({ filter: asked, prefix, first }) => {
        const expected = formsPlainly(
          mentions.filter((each) => passes(asked, each)),
          prefix.toLowerCase(),
        );

        const stored = await storedFilter(parts, asked);
        const by = { kind: 'SURFACE_FORM', prefix } as const;
        const found = [];
        for (let after: CountPage['after'] = null, hasNext = true; hasNext; ) {
          const page: Awaited<ReturnType<typeof countMentionsBy>> = await countMentionsBy(
            parts.database,
            { by, filter: stored },
            { first, after, order: 'COUNT' },
          );
          found.push(...page.rows);
          const last = found.at(-1);
          after = last ? { count: last.mentions, key: last.key } : null;
          ({ hasNext } = page);
        }

        expect(found).toEqual(expected);
        const counted = await countCounted(parts.database, { by, filter: stored });
        expect(counted).toBe(expected.reduce((sum, each) => sum + each.mentions, 0));
      }),
      { numRuns: 60, seed: 24 },
    );
  });
});
