import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { overlaps } from '../../../src/core/span.ts';
import {
  type CoOccurrence,
  type CoOccurrencePage,
  type CoOccurrenceQuery,
  type CoOccurrenceUnit,
  countUnits,
  findCoOccurrences,
} from '../../../src/store/co-occurrences.ts';
import { readTexts } from '../../../src/store/documents.ts';
import { finishClaim } from '../../../src/store/jobs.ts';
import type { MentionFilter } from '../../../src/store/mention-conditions.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import type { MentionRecord } from '../../../src/store/records.ts';
import { surfaceForm } from '../../../src/store/surface-form.ts';
import {
  claimAll,
  createType,
  openLastingStore,
  putDrafts,
  readingOf,
  type TestStore,
} from '../../support/store/open-store.ts';

/** Some are within others, and two are the same surface form. */
const words = { Ab: 'Chemical', ab: 'Chemical', abc: 'Disease', bc: 'Disease', 'x💊': 'Chemical' };
const textOfWords = fc
  .array(fc.constantFrom(...Object.keys(words), 'and', 'No. 5', 'done. Then', 'so!\n'), {
    minLength: 1,
    maxLength: 14,
  })
  .map((parts) => parts.join(' '));

/** Windows of 24 characters, of which neighbours share 8. */
const windowsOf = (text: string) =>
  Array.from({ length: Math.max(1, Math.ceil((text.length - 8) / 16)) }, (_, i) => ({
    start: 16 * i,
    end: Math.min(text.length, 16 * i + 24),
  }));

async function readEvery(store: TestStore): Promise<void> {
  for (const claim of await claimAll(store)) {
    const { text } = claim;
    const mentions = Object.entries(words).flatMap(([word, type]) =>
      [...text.matchAll(new RegExp(word, 'g'))].map(({ index }, i) => ({
        ...readingOf(text, [{ word, type, margin: i + 1 }]).mentions[0]!,
        start: index,
        end: index + word.length,
      })),
    );
    const thresholdVector = Float32Array.of(0, 0, 0, 1);
    const windows = windowsOf(text).map((span) => ({ ...span, tokens: 7, thresholdVector }));
    await finishClaim(store.database, claim, { ...readingOf(text, []), mentions, windows });
  }
}

const filter: fc.Arbitrary<MentionFilter> = fc.record(
  {
    typeIds: fc.constantFrom([1], [2]),
    text: fc.constantFrom('ab', 'bc').map((contains) => ({ contains })),
    documentIds: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 20, maxLength: 60 }),
    minMargin: fc.constantFrom(1, 2),
  },
  { requiredKeys: [] },
);

/** The units that a mention is in. */
function unitsOf(mention: MentionRecord, text: string, within: CoOccurrenceUnit): string[] {
  const { documentId, start, end } = mention;
  if (within === 'DOCUMENT') return [`${documentId}`];
  if (within === 'WINDOW') {
    return windowsOf(text).flatMap((window, i) =>
      window.start <= start && end <= window.end ? [`${documentId} ${i}`] : [],
    );
  }
  const sentences = [...new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)];
  return [`${documentId} ${sentences.findLast(({ index }) => index <= start)?.index}`];
}

const compareUtf8 = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('findCoOccurrences', () => {
  let store: TestStore;
  let texts = new Map<number, string>();

  beforeAll(async () => {
    store = await openLastingStore();
    await createType(store, 'Chemical');
    await createType(store, 'Disease');
    const drafts = fc.sample(textOfWords, { numRuns: 60, seed: 21 });
    const ids = await putDrafts(store, ...drafts.map((text, i) => ({ text, externalId: `${i}` })));
    await readEvery(store);
    texts = await readTexts(store.database, ids);
  });

  const mentionsOf = async (passing: MentionFilter): Promise<readonly MentionRecord[]> =>
    (await listMentions(store.database, passing, { first: 10_000 })).rows;

  /** Plain loops over every pair of mentions. */
  async function findPlainly(query: CoOccurrenceQuery): Promise<Omit<CoOccurrence, 'key'>[]> {
    const [of, others] = [await mentionsOf(query.of), await mentionsOf(query.with)];
    const known = new Map(
      [...of, ...others].map((each) => [
        each.id,
        unitsOf(each, texts.get(each.documentId)!, query.within),
      ]),
    );
    const units = ({ id }: MentionRecord): readonly string[] => known.get(id) ?? [];
    const countOf = (mentions: readonly MentionRecord[]) => new Set(mentions.flatMap(units)).size;
    const ofKey = (mention: MentionRecord) =>
      query.by === 'PAIR' ? surfaceForm(mention.text) : null;
    const pairs = new Map<string, { a: MentionRecord; b: MentionRecord; shared: Set<string> }>();
    for (const a of of) {
      for (const b of others) {
        const isApart = a.surfaceFormId !== b.surfaceFormId && !overlaps(a, b);
        const shared = units(a).filter((unit) => units(b).includes(unit));
        if (a.documentId !== b.documentId || !isApart || shared.length === 0) continue;
        const key = JSON.stringify([ofKey(a), surfaceForm(b.text)]);
        const pair = pairs.get(key) ?? { a, b, shared: new Set() };
        for (const unit of shared) pair.shared.add(unit);
        pairs.set(key, pair);
      }
    }
    const total = await countUnits(store.database, query.within, store.collectionId);
    return [...pairs.values()].map(({ a, b, shared }) => {
      const ofCount = countOf(of.filter((each) => ofKey(each) === ofKey(a)));
      const withCount = countOf(others.filter((each) => each.surfaceFormId === b.surfaceFormId));
      const p = (count: number) => count / total;
      const pmi = Math.log(p(shared.size) / (p(ofCount) * p(withCount)));
      return {
        of: ofKey(a),
        with: surfaceForm(b.text),
        count: shared.size,
        ofCount,
        withCount,
        npmi: shared.size === total ? 1 : pmi / -Math.log(p(shared.size)),
        ofExample: a.id,
        withExample: b.id,
      };
    });
  }

  it.each(['DOCUMENT', 'SENTENCE', 'WINDOW'] as const)(
    'finds in a %s what plain loops find, page by page, in order',
    async (within) => {
      await fc.assert(
        fc.asyncProperty(
          filter,
          filter,
          fc.constantFrom('PARTNER' as const, 'PAIR' as const),
          fc.constantFrom('COUNT' as const, 'NPMI' as const),
          fc.integer({ min: 1, max: 4 }),
          async (of, other, by, order, first) => {
            const { collectionId } = store;
            const query = { collectionId, of, with: other, within, by, minCount: first };
            const found: CoOccurrence[] = [];
            for (let after: CoOccurrencePage['after'] = null, more = true; more; ) {
              const page = await findCoOccurrences(store.database, query, { first, order, after });
              found.push(...page.rows);
              const last = page.rows.at(-1);
              after = last
                ? { value: order === 'COUNT' ? last.count : last.npmi, key: last.key }
                : null;
              more = page.hasNext;
            }

            const plain = (await findPlainly(query)).filter(({ count }) => count >= first);
            const keyOf = (each: Omit<CoOccurrence, 'key'>) => JSON.stringify([each.of, each.with]);
            const byKey = new Map(plain.map((each) => [keyOf(each), each]));
            expect(found.map(keyOf).sort()).toEqual([...byKey.keys()].sort());
            for (const [i, { key: _, npmi, ...row }] of found.entries()) {
              const expected = byKey.get(keyOf({ ...row, npmi }))!;
              expect({ ...row, npmi: 0 }).toEqual({ ...expected, npmi: 0 });
              expect(npmi).toBeCloseTo(expected.npmi, 5);
              const before = found[i - 1];
              if (!before) continue;
              const value = order === 'COUNT' ? row.count : npmi;
              const valueBefore = order === 'COUNT' ? before.count : before.npmi;
              expect(valueBefore).toBeGreaterThanOrEqual(value);
              if (valueBefore === value) {
                expect(compareUtf8(before.key, found[i]!.key)).toBeLessThan(0);
              }
            }
          },
        ),
        { numRuns: 30, seed: 22 },
      );
    },
  );

  it('counts the units of a collection', async () => {
    const { database, collectionId } = store;
    const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
    const all = [...texts.values()];

    expect(await countUnits(database, 'DOCUMENT', collectionId)).toBe(60);
    expect(await countUnits(database, 'SENTENCE', collectionId)).toBe(
      all.reduce((sum, text) => sum + [...segmenter.segment(text)].length, 0),
    );
    expect(await countUnits(database, 'WINDOW', collectionId)).toBe(
      all.reduce((sum, text) => sum + windowsOf(text).length, 0),
    );
    expect(await countUnits(database, 'SENTENCE', 99)).toBe(0);
  });
});
