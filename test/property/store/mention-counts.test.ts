import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findDocuments } from '../../../src/store/documents.ts';
import { type MentionFilter, prepareFilter } from '../../../src/store/mention-conditions.ts';
import { contrastMentions } from '../../../src/store/mention-contrast.ts';
import {
  type CountBy,
  type CountPage,
  type CountQuery,
  countKeys,
  countMentionsBy,
  countWithoutKey,
  type MentionCount,
} from '../../../src/store/mention-counts.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import type { DocumentRecord, MentionRecord } from '../../../src/store/records.ts';
import { surfaceForm } from '../../../src/store/surface-form.ts';
import { conceptsOfMentions } from '../../../src/store/vocabularies.ts';
import { putCounted } from '../../support/store/counted-documents.ts';
import { linkByForm } from '../../support/store/linked-mentions.ts';
import { openLastingStore, type TestStore } from '../../support/store/open-store.ts';

const filter: fc.Arbitrary<MentionFilter> = fc.record(
  {
    typeIds: fc.uniqueArray(fc.constantFrom(1, 2), { maxLength: 2 }),
    text: fc.constantFrom('a', 'ab', 'ärg', 'nothing').map((contains) => ({ contains })),
    documentIds: fc.uniqueArray(fc.integer({ min: 1, max: 80 }), { maxLength: 60 }),
    conceptIds: fc.subarray(['C0', 'C2', 'unknown']),
    textMatch: fc.constantFrom(
      { prefix: 'A' },
      { equals: 'ärger' },
      { nearly: 'abd', maxEdits: 1 },
    ),
    documents: fc.constantFrom(
      [{ metadata: [{ key: 'topic', exists: true }] }],
      [{ externalIds: ['1', '4', '9', '33'] }],
      [{ states: ['DONE' as const] }, { metadata: [{ key: 'when', date: { since: 0 } }] }],
    ),
    minMargin: fc.constantFrom(1, 1.5),
    sources: fc.constantFrom(['MODEL' as const], ['HUMAN' as const]),
  },
  { requiredKeys: [] },
);

const by: fc.Arbitrary<CountBy> = fc.oneof(
  fc.constant({ kind: 'TYPE' } as const),
  fc.constant({ kind: 'DOCUMENT' } as const),
  fc.constant({ kind: 'CONCEPT' } as const),
  fc.record({
    kind: fc.constant('SURFACE_FORM' as const),
    prefix: fc.constantFrom('', 'a', 'ab', 'ä', 'x💊', '\u{10ffff}', '\ud7ff'),
  }),
  fc.record({
    kind: fc.constant('METADATA' as const),
    key: fc.constantFrom('topic', 'odd "key" $.x', 'none'),
  }),
  fc.record({
    kind: fc.constant('TIME' as const),
    key: fc.constantFrom('when', 'topic', null),
    bucket: fc.constantFrom('YEAR' as const, 'MONTH' as const, 'DAY' as const),
  }),
);

/** Scalars under a key as texts, those in a list one by one. */
function valuesOf({ metadata }: DocumentRecord, key: string): string[] {
  const value = metadata?.[key];
  return (Array.isArray(value) ? value : [value])
    .filter((each) => ['string', 'number', 'boolean'].includes(typeof each))
    .map(String);
}

const lengths = { YEAR: 4, MONTH: 7, DAY: 10 };

/** A time as exact as that, if it is one. */
function bucketOf(value: string, bucket: keyof typeof lengths): string[] {
  if (!/^\d{4}(-\d\d(-\d\d([T ].*)?)?)?$/.test(value)) return [];
  const cut = value.slice(0, lengths[bucket]);
  if (cut.length < lengths[bucket]) return [];
  const date = new Date(`${`${cut}-01-01`.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(cut) ? [cut] : [];
}

/** A mention with the id of what is proposed for it, if anything is. */
interface LinkedMention extends MentionRecord {
  readonly conceptIds: readonly string[];
}

function keysOf(mention: LinkedMention, document: DocumentRecord, wanted: CountBy) {
  if (wanted.kind === 'TYPE') return [mention.type];
  if (wanted.kind === 'CONCEPT') return mention.conceptIds;
  if (wanted.kind === 'DOCUMENT') return [mention.documentId];
  if (wanted.kind === 'SURFACE_FORM') {
    return [surfaceForm(mention.text)].filter((form) => form.startsWith(wanted.prefix));
  }
  if (wanted.kind === 'METADATA') return new Set(valuesOf(document, wanted.key));
  const { key, bucket } = wanted;
  const values = key === null ? [document.createdAt.toISOString()] : valuesOf(document, key);
  return new Set(values.flatMap((value) => bucketOf(value, bucket)));
}

const compareKeys = (a: string | number, b: string | number): number =>
  typeof a === 'number' ? a - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(String(b)));

function countPlainly(
  mentions: readonly LinkedMention[],
  documents: ReadonlyMap<number, DocumentRecord>,
  wanted: CountBy,
): MentionCount[] {
  const groups = new Map<string | number, LinkedMention[]>();
  for (const mention of mentions) {
    for (const key of keysOf(mention, documents.get(mention.documentId)!, wanted)) {
      groups.set(key, [...(groups.get(key) ?? []), mention]);
    }
  }
  return [...groups].map(([key, group]) => ({
    key,
    mentions: group.length,
    documents: new Set(group.map(({ documentId }) => documentId)).size,
    example: group[0]!.id,
  }));
}

/** Dunning's G2 of two counts among two totals. */
function logLikelihood(
  counts: readonly [number, number],
  totals: readonly [number, number],
): number {
  const share = (counts[0] + counts[1]) / (totals[0] + totals[1]);
  const terms = counts.map((count, i) =>
    count === 0 ? 0 : count * Math.log(count / (totals[i as 0 | 1] * share)),
  );
  return 2 * terms.reduce((sum, term) => sum + term, 0);
}

/** In the order of the answers. */
const isBefore = (
  a: { readonly score: number; readonly key: string },
  b: { readonly score: number; readonly key: string },
): boolean => a.score > b.score || (a.score === b.score && compareKeys(a.key, b.key) < 0);

describe('countMentionsBy', () => {
  let store: TestStore;
  let documents: Map<number, DocumentRecord>;

  beforeAll(async () => {
    store = await openLastingStore();
    await putCounted(store, { documents: 80, seed: 11 });
    await linkByForm(store, (await listMentions(store.database, {}, { first: 10_000 })).rows);
    documents = await findDocuments(
      store.database,
      Array.from({ length: 80 }, (_, i) => i + 1),
    );
  });

  const mentionsOf = async (passing: MentionFilter): Promise<readonly LinkedMention[]> => {
    const { rows } = await listMentions(store.database, passing, { first: 10_000 });
    const ids = rows.map(({ id }) => id);
    const concepts = await conceptsOfMentions(store.database, ids);
    return rows.map((row) => {
      const concept = concepts.get(row.id);
      return { ...row, conceptIds: concept ? [concept.id] : [] };
    });
  };

  /** The filter with its parts looked up, or asked of each mention. */
  const prepared = (passing: MentionFilter, isLookedUp: boolean) =>
    prepareFilter(
      store.database,
      { ...passing, collectionId: store.collectionId },
      isLookedUp ? undefined : { manyForms: 1, manyDocuments: 1 },
    );

  const everything = async (query: CountQuery, page: Omit<CountPage, 'after'>) => {
    const all: MentionCount[] = [];
    for (let after: CountPage['after'] = null; ; ) {
      const { rows, hasNext } = await countMentionsBy(store.database, query, { ...page, after });
      all.push(...rows);
      const last = rows.at(-1);
      if (!hasNext || !last) return all;
      after = { count: last.mentions, key: last.key };
    }
  };

  it('counts as a plain loop does, each key once, page by page, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        by,
        filter,
        fc.constantFrom('COUNT' as const, 'KEY' as const),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (wanted, passing, order, first, isLookedUp) => {
          const mentions = await mentionsOf(passing);
          const expected = countPlainly(mentions, documents, wanted).sort(
            (a, b) => (order === 'KEY' ? 0 : b.mentions - a.mentions) || compareKeys(a.key, b.key),
          );

          const query = { by: wanted, filter: await prepared(passing, isLookedUp) };
          expect(await everything(query, { first, order })).toEqual(expected);
          const isKeyed = ['METADATA', 'TIME', 'CONCEPT'].includes(wanted.kind);
          const without = mentions.filter(
            (mention) =>
              [...keysOf(mention, documents.get(mention.documentId)!, wanted)].length === 0,
          );
          expect(await countKeys(store.database, query)).toBe(expected.length);
          expect(await countWithoutKey(store.database, query)).toBe(isKeyed ? without.length : 0);
        },
      ),
      { numRuns: 160, seed: 12 },
    );
  });

  it('has something to count', async () => {
    const mentions = await mentionsOf({});
    const wanted = { kind: 'METADATA', key: 'odd "key" $.x' } as const;

    expect(mentions.length).toBeGreaterThan(150);
    expect(countPlainly(mentions, documents, wanted).length).toBeGreaterThan(6);
  });

  it('compares two sets as the formula does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          { kind: 'TYPE' } as const,
          { kind: 'CONCEPT' } as const,
          { kind: 'SURFACE_FORM', prefix: '' } as const,
        ),
        filter,
        filter,
        fc.integer({ min: 1, max: 4 }),
        async (wanted, left, right, first) => {
          const sides = [await mentionsOf(left), await mentionsOf(right)] as const;
          const [l, r] = sides.map(
            (side) =>
              new Map(countPlainly(side, documents, wanted).map((each) => [each.key, each])),
          ) as [Map<string | number, MentionCount>, Map<string | number, MentionCount>];
          const [L, R] = sides.map(({ length }) => length) as [number, number];
          const plain = [...new Set([...l.keys(), ...r.keys()])].map((key) => {
            const [a, b] = [l.get(key)?.mentions ?? 0, r.get(key)?.mentions ?? 0];
            return { key, a, b, score: logLikelihood([a, b], [L, R]) };
          });

          const found = [];
          for (let after = null, more = true; more; ) {
            const query = { by: wanted, left, right };
            const page = await contrastMentions(store.database, query, { first, after });
            expect(page).toMatchObject({ left: L, right: R });
            found.push(...page.rows);
            const last = page.rows.at(-1);
            after = last ? { score: last.score, key: last.key } : null;
            more = page.hasNext;
          }
          expect(found.map(({ key }) => key).sort()).toEqual(plain.map(({ key }) => key).sort());
          for (const [i, row] of found.entries()) {
            const expected = plain.find(({ key }) => key === row.key)!;
            expect([row.left, row.right]).toEqual([expected.a, expected.b]);
            expect(row.score).toBeCloseTo(Math.max(0, expected.score), 5);
            expect(row.leftExample).toBe(l.get(row.key)?.example ?? null);
            expect(row.rightExample).toBe(r.get(row.key)?.example ?? null);
            const before = found[i - 1] ?? { score: Infinity, key: '' };
            expect(isBefore(before, row)).toBe(true);
          }
        },
      ),
      { numRuns: 60, seed: 13 },
    );
  });
});
