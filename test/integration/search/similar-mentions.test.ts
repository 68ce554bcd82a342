import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dot, normalize, roundSimilarity } from '../../../src/core/vector.ts';
import { findMentionsOfType } from '../../../src/search/mentions-of-type.ts';
import {
  bestFirst,
  type NearestOwners,
  nearestOwners,
  type OwnerQuery,
} from '../../../src/search/nearest-owners.ts';
import { awayFrom } from '../../../src/search/query-vector.ts';
import {
  compareRanked,
  type Distinct,
  type RankCandidate,
  rankSimilar,
} from '../../../src/search/rank-similar.ts';
import type { SearchParts } from '../../../src/search/search-parts.ts';
import { findSimilarMentions } from '../../../src/search/similar-mentions.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { putDocuments } from '../../../src/store/documents.ts';
import { createEntityType } from '../../../src/store/entity-types.ts';
import { claimDocuments, finishClaim } from '../../../src/store/jobs.ts';
import { prepareFilter } from '../../../src/store/mention-conditions.ts';
import { ownersOfMentions } from '../../../src/store/mention-owners.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import { allVectors, readForms, readSpans } from '../../../src/store/vectors.ts';
import { ExactIndex } from '../../../src/vectors/exact-index.ts';
import {
  dictionaryModel,
  openDictionaryExtractor,
  seededVector,
} from '../../support/dictionary-extractor.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const documents = 60;
const mentionsEach = 45;
const forms = 300;

/** Forms in groups of three share a vector, so that there are ties between forms. */
const meaningOf = (form: number): Float32Array => seededVector(`form ${Math.floor(form / 3)}`, 24);

const formAt = (document: number, place: number): number =>
  Math.floor(forms * (((document * 31 + place * 17) % 97) / 97) ** 2);

async function fill(parts: SearchParts): Promise<void> {
  const { database, collectionId, extractor } = parts;
  const names = ['A', 'B'];
  for (const name of names) {
    await createEntityType(database, { collectionId, name, description: name });
  }
  const words = Array.from({ length: documents }, (_, d) =>
    Array.from({ length: mentionsEach }, (_unused, i) => `w${formAt(d, i)}x`.padEnd(7)),
  );
  const drafts = words.map((row, d) => ({ text: row.join(' '), externalId: `${d}` }));
  await putDocuments(database, drafts, { collectionId, priority: 'bulk' });
  const [z = new Float32Array(32)] = await extractor.encodeTypes([{ name: 'A', description: '' }]);
  for (const claim of await claimDocuments(database, { limit: documents, leaseMs: 60_000 })) {
    const d = claim.documentId;
    const meanings = new Map(
      Array.from({ length: forms }, (_, form) => [`w${form}x`, meaningOf(form)]),
    );
    const mentions = Array.from({ length: mentionsEach }, (_, i) => {
      const start = i * 8;
      const length = claim.text.slice(start, start + 7).trim().length;
      const vector = normalize(
        seededVector(`span ${d} ${i % 40}`, 32).map((value, j) => value + 0.7 * (z[j] ?? 0)),
      );
      const scores = { score: 2, threshold: 1, margin: 1 + (i % 5) };
      return {
        start,
        end: start + length,
        type: names[i % 2] ?? 'A',
        window: 0,
        vector,
        ...scores,
      };
    });
    const window = { start: 0, end: claim.text.length, tokens: 90 };
    await finishClaim(database, claim, {
      mentions,
      windows: [{ ...window, thresholdVector: seededVector(`window ${d}`, 32) }],
      coverage: { characters: 1, charactersRead: 1, tokens: 1, unknownTokens: 0, dropped: [] },
      meanings,
    });
  }
}

async function everyStep(steps: AsyncIterable<NearestOwners>): Promise<NearestOwners[]> {
  const all: NearestOwners[] = [];
  for await (const step of steps) all.push(step);
  return all;
}

describe('searches over 2,700 stored mentions', () => {
  let parts: SearchParts;
  let candidates: RankCandidate[];

  beforeAll(async () => {
    const database = await openDatabase({ folder: temporaryFolder(), modelId: 'm' });
    const extractor = openDictionaryExtractor();
    const typeIndex = new ExactIndex(32);
    const meaningIndex = new ExactIndex(24);
    parts = { database, collectionId: 1, extractor, typeIndex, meaningIndex };
    await fill(parts);
    for await (const batch of allVectors(database, 'TYPE')) await typeIndex.put(batch);
    for await (const batch of allVectors(database, 'MEANING')) await meaningIndex.put(batch);
    const { rows } = await listMentions(database, {}, { first: 10_000 });
    const vectors = await readForms(
      database,
      rows.map((mention) => mention.surfaceFormId),
    );
    candidates = rows.map(({ id, documentId, surfaceFormId: formId }) => ({
      id,
      documentId,
      formId,
      vector: vectors.get(formId)?.vector ?? new Float32Array(24),
    }));
  });

  afterAll(() => parts.database.close());

  /** Every page of a query, one after the other. */
  async function pages(distinct: Distinct, types?: string[], count = 8): Promise<number[]> {
    const ids: number[] = [];
    let after: { similarity: number; id: number } | null = null;
    for (let i = 0; i < count; i += 1) {
      const { items, hasNext } = await findSimilarMentions(parts, {
        to: { vector: [...meaningOf(30)] },
        space: 'MEANING',
        filter: { types },
        distinct,
        page: { limit: 37, after },
      });
      ids.push(...items.map(({ mention }) => mention.id));
      const last = items.at(-1);
      if (!hasNext || last === undefined) break;
      after = { similarity: last.similarity, id: last.mention.id };
    }
    return ids;
  }

  it.each(['NONE', 'SURFACE_FORM', 'DOCUMENT'] as const)(
    'pages through similar mentions in the defined order, distinct by %s',
    async (distinct) => {
      const expected = rankSimilar(meaningOf(30), candidates, { distinct, first: 8 * 37 });

      const ids = await pages(distinct);

      expect(ids).toEqual(expected.map(({ id }) => id));
      expect(ids.length).toBeGreaterThan(37);
    },
  );

  it.each(['NONE', 'SURFACE_FORM', 'DOCUMENT'] as const)(
    'keeps that order under a filter, distinct by %s',
    async (distinct) => {
      const { rows } = await listMentions(parts.database, { typeIds: [2] }, { first: 10_000 });
      const passing = new Set(rows.map(({ id }) => id));
      const few = candidates.filter(({ id }) => passing.has(id));
      const expected = rankSimilar(meaningOf(30), few, { distinct, first: 8 * 37 });

      const ids = await pages(distinct, ['B']);

      expect(ids).toEqual(expected.map(({ id }) => id));
    },
  );

  it('asks for more and more, and compares all that pass when that costs less', async () => {
    const { rows } = await listMentions(parts.database, { typeIds: [2] }, { first: 10_000 });
    const passing = new Map(rows.map((mention) => [mention.id, mention.surfaceFormId]));
    const some = candidates.filter(({ id }) => passing.has(id));
    const expected = rankSimilar(meaningOf(30), some, { distinct: 'SURFACE_FORM', first: 10_000 });
    const filter = await prepareFilter(parts.database, { typeIds: [2] });
    const query: OwnerQuery = {
      space: 'MEANING',
      query: meaningOf(30),
      plan: { path: 'INDEX', firstWanted: 8, mostWanted: 100 },
      passing: () => ownersOfMentions(parts.database, filter, 'FORM'),
    };

    const steps = await everyStep(nearestOwners(parts, query));

    expect(steps.map(({ report, isAll }) => [report.asked, isAll])).toEqual([
      [8, false],
      [32, false],
      [new Set(passing.values()).size, true],
    ]);
    const last = steps.at(-1)?.owners ?? [];
    expect(new Set(last.map(({ id }) => id))).toEqual(new Set(passing.values()));
    expect(last.map(({ similarity }) => similarity)).toEqual(
      expected.map(({ similarity }) => similarity),
    );
  });

  it.each(['SQL', 'EXACT'] as const)('compares all that pass, by %s', async (path) => {
    const filter = await prepareFilter(parts.database, { typeIds: [2] });
    const passing = () => ownersOfMentions(parts.database, filter, 'SPAN');
    const all = (await passing()).length;
    const stepsFrom = (firstWanted: number) => {
      const plan = { path, firstWanted, mostWanted: 100 };
      const query = { space: 'TYPE', query: seededVector('q', 32), plan, passing } as const;
      return everyStep(nearestOwners(parts, query));
    };

    const [steps, atOnce] = [await stepsFrom(8), await stepsFrom(all)];

    // The index hands over the first ones, and all only when it is asked again.
    const isIndexed = path === 'EXACT';
    expect(steps.map(({ isAll }) => isAll)).toEqual(isIndexed ? [false, true] : [true]);
    expect(steps.at(-1)?.owners).toHaveLength(all);
    expect(steps.at(-1)?.owners).toEqual(steps.at(-1)?.owners.toSorted(bestFirst));
    expect(steps[0]?.owners).toEqual(steps.at(-1)?.owners.slice(0, isIndexed ? 8 : all));
    expect(atOnce).toEqual([steps.at(-1)]);
  });

  it.each(['NONE', 'SURFACE_FORM', 'DOCUMENT'] as const)(
    'pages by type in the defined order, distinct by %s, away from what is not meant',
    async (distinct) => {
      const { rows } = await listMentions(parts.database, {}, { first: 10_000 });
      const spans = await readSpans(
        parts.database,
        rows.map(({ spanId }) => spanId),
      );
      const of = (id: number) => spans.get(id)?.typeVector ?? new Float32Array(32);
      const [to = 0, not = 0] = rows.map(({ id }) => id);
      const byType = rows
        .filter(({ id }) => id !== to && id !== not)
        .map(({ id, documentId, surfaceFormId: formId, spanId }) => {
          return { id, documentId, formId, vector: of(spanId) };
        });
      const direction = awayFrom(of(rows[0]?.spanId ?? 0), of(rows[1]?.spanId ?? 0));
      const expected = rankSimilar(direction, byType, { distinct, first: 100 });

      const ids: number[] = [];
      let after: { similarity: number; id: number } | null = null;
      while (ids.length < 100) {
        const { items, hasNext } = await findSimilarMentions(parts, {
          to: { mentionIds: [to] },
          not: { mentionIds: [not] },
          space: 'TYPE',
          filter: {},
          distinct,
          page: { limit: 25, after },
        });
        ids.push(...items.map(({ mention }) => mention.id));
        const last = items.at(-1);
        if (!hasNext || !last) break;
        after = { similarity: last.similarity, id: last.mention.id };
      }

      expect(ids).toEqual(expected.slice(0, ids.length).map(({ id }) => id));
      expect(ids.length).toBe(Math.min(100, expected.length));
    },
  );

  it('passes over the mentions given', async () => {
    const given = candidates.filter(({ formId }) => formId === candidates[0]?.formId).slice(0, 5);
    const ids = new Set(given.map(({ id }) => id));

    const { items } = await findSimilarMentions(parts, {
      to: { mentionIds: [...ids] },
      space: 'MEANING',
      filter: {},
      distinct: 'NONE',
      page: { limit: 100, after: null },
    });

    const others = candidates.filter(({ id }) => !ids.has(id));
    const expected = rankSimilar(given[0]?.vector ?? new Float32Array(24), others, {
      distinct: 'NONE',
      first: 100,
    });
    expect(items.map(({ mention }) => mention.id)).toEqual(expected.map(({ id }) => id));
  });

  it('pages through the mentions of a type: every span above its threshold, best first', async () => {
    const description = 'A';
    const [z = new Float32Array(32)] = await parts.extractor.encodeTypes([
      { name: '', description },
    ]);
    const spans = await readSpans(
      parts.database,
      Array.from({ length: documents * mentionsEach }, (_, i) => i + 1),
    );
    const expected = [...spans.values()]
      .map(({ id, typeVector, thresholdVector }) => ({
        id,
        documentId: 0,
        formId: 0,
        similarity: roundSimilarity(dot(z, typeVector ?? z)),
        threshold:
          dot(z, thresholdVector ?? z) +
          dictionaryModel.thresholdShift / dictionaryModel.logitScale,
      }))
      .filter(({ similarity, threshold }) => similarity > threshold)
      .sort(compareRanked)
      .map(({ id }) => id);

    const found: number[] = [];
    const methods = new Set<string>();
    let after: { similarity: number; id: number } | null = null;
    for (;;) {
      const query = { of: { description }, filter: {}, page: { limit: 100, after } };
      const { items, hasNext, report } = await findMentionsOfType(parts, query);
      found.push(...items.map(({ spanId }) => spanId));
      methods.add(report.method);
      const last = items.at(-1);
      if (!hasNext || last === undefined) break;
      after = { similarity: last.similarity, id: last.spanId };
    }

    expect(found).toEqual(expected);
    expect(found.length).toBeGreaterThan(1_000);
    expect([...methods]).toEqual(['EXACT']);
  });
});
