import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dot, roundSimilarity } from '../../../src/core/vector.ts';
import type { MentionFilter } from '../../../src/search/mention-filter.ts';
import { findMentionsOfType } from '../../../src/search/mentions-of-type.ts';
import { compareRanked } from '../../../src/search/rank-similar.ts';
import type { SearchParts } from '../../../src/search/search-parts.ts';
import { findSimilarMentions } from '../../../src/search/similar-mentions.ts';
import { allVectors } from '../../../src/store/vectors.ts';
import { ExactIndex } from '../../../src/vectors/exact-index.ts';
import { dictionaryModel } from '../../support/dictionary-extractor.ts';
import { type RandomMention, typeShares, vectorIn } from '../../support/store/random-mentions.ts';
import { expectedSimilar, openRandomSearch } from '../../support/store/random-search.ts';

const { logitScale, thresholdShift } = dictionaryModel;

const anyFilter: fc.Arbitrary<MentionFilter> = fc.record(
  {
    types: fc.subarray(Object.keys(typeShares), { minLength: 1 }),
    minMargin: fc.constantFrom(0, 0.5, 2, 3.9),
    maxMargin: fc.constantFrom(0.1, 2, 4),
    documentIds: fc.array(fc.integer({ min: 1, max: 210 }), { minLength: 1, maxLength: 60 }),
    text: fc.constantFrom('form1', '7x', 'nothing'),
    documents: fc.constantFrom(
      [{ metadata: [{ key: 'year', number: { min: 1960 } }] }],
      [{ metadata: [{ key: 'year', equals: [1955, 1977] }] }],
    ),
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

const passesYear = (asked: MentionFilter, { year }: RandomMention): boolean =>
  (asked.documents ?? [])
    .flatMap(({ metadata = [] }) => metadata)
    .every(
      ({ number, equals }) => isWithin(year, number?.min, number?.max) && isAmong(equals, year),
    );

const passes = (asked: MentionFilter, mention: RandomMention): boolean =>
  isAmong(asked.types, mention.type) &&
  isWithin(mention.margin, asked.minMargin, asked.maxMargin) &&
  isAmong(asked.documentIds, mention.documentId) &&
  mention.form.includes(asked.text ?? '') &&
  passesYear(asked, mention);

const query = fc.record({
  filter,
  space: fc.constantFrom('MEANING' as const, 'TYPE' as const),
  distinct: fc.constantFrom('NONE' as const, 'SURFACE_FORM' as const, 'DOCUMENT' as const),
  place: fc.nat({ max: 3_999 }),
  limit: fc.integer({ min: 1, max: 60 }),
});

describe('rankings under any filter, against a plain model', () => {
  let parts: SearchParts;
  let mentions: readonly RandomMention[];

  beforeAll(async () => {
    const random = await openRandomSearch({ documents: 200, mentionsEach: 20, forms: 700 });
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
      fc.asyncProperty(query, async ({ filter: asked, space, distinct, place, limit }) => {
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
    const ofType = fc.record({ filter, limit: fc.integer({ min: 1, max: 60 }) });
    const description = 'anything';
    const [z = new Float32Array()] = await parts.extractor.encodeTypes([{ name: '', description }]);
    const first = new Map(mentions.toReversed().map((each) => [each.documentId, each.typeVector]));
    await fc.assert(
      fc.asyncProperty(ofType, async ({ filter: asked, limit }) => {
        const expected = mentions
          .filter((mention) => passes(asked, mention))
          .map((mention) => ({
            ...mention,
            similarity: roundSimilarity(dot(z, mention.typeVector)),
          }))
          .filter(({ similarity, documentId }) => {
            const threshold = logitScale * dot(z, first.get(documentId)!) + thresholdShift;
            return logitScale * similarity > threshold;
          })
          .toSorted(compareRanked)
          .map(({ id }) => id);

        const page = { limit, after: null };
        const { items, hasNext } = await findMentionsOfType(parts, {
          of: { description },
          filter: asked,
          page,
        });

        expect(items.map(({ mention }) => mention.id)).toEqual(expected.slice(0, limit));
        expect(hasNext).toBe(expected.length > limit);
      }),
      { numRuns: 30, seed: 22 },
    );
  });
});
