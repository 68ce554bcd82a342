import { describe, expect, it } from '@jest/globals';
import { ensureCollection } from '../../../src/store/collections.ts';
import { deleteDocuments, findDocuments } from '../../../src/store/documents.ts';
import {
  createEntityType,
  deleteEntityType,
  findEntityType,
  keepTypeVector,
  listEntityTypes,
  progressOfTypes,
  updateEntityType,
} from '../../../src/store/entity-types.ts';
import { type Claim, claimRescores, failClaim, finishClaim } from '../../../src/store/jobs.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import {
  addMention,
  reviewMentions,
  standingExamples,
  undoReview,
} from '../../../src/store/reviews.ts';
import {
  claimAll,
  claimOptions,
  countRows,
  createType,
  type Find,
  openStore,
  putDrafts,
  readAll,
  readingOf,
  type TestStore,
} from '../../support/store/open-store.ts';

const aspirin = { word: 'Aspirin', type: 'Chemical' };
const pain = { word: 'pain', type: 'Disease' };

async function storeWithTwoDocuments(): Promise<TestStore & { typeId: number; ids: number[] }> {
  const store = await openStore();
  const type = await createType(store, 'Chemical');
  const ids = await putDrafts(store, { text: 'Aspirin for pain' }, { text: 'no pain' });
  await readAll(store, [aspirin]);
  return { ...store, typeId: type.id, ids };
}

const rescores = ({ database }: TestStore): Promise<Claim[]> =>
  claimRescores(database, claimOptions);

async function rescoreAll(store: TestStore, finds: readonly Find[]): Promise<Claim[]> {
  const claims = await rescores(store);
  for (const claim of claims) {
    const found = finds.filter(({ word }) => claim.text.includes(word));
    await finishClaim(store.database, claim, readingOf(claim.text, found));
  }
  return claims;
}

async function mentionsOf({ database }: TestStore): Promise<unknown[]> {
  const { rows } = await listMentions(database, {}, { first: 100 });
  return rows.map(({ id, text, type, typeVersion }) => ({ id, text, type, typeVersion }));
}

async function progress({ database }: TestStore, id: number) {
  return (await progressOfTypes(database, [id])).get(id);
}

describe('createEntityType', () => {
  it('makes as many types as can be asked of a text, and no more', async () => {
    const store = await openStore();
    const names = Array.from({ length: 1_000 }, (_, i) => `T${i}`);
    await ensureCollection(
      store.database,
      'full',
      names.map((name) => ({ name, description: '' })),
    );
    const collectionId = await ensureCollection(store.database, 'full', []);

    const making = createEntityType(store.database, {
      collectionId,
      name: 'one more',
      description: '',
    });

    await expect(making).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      details: { rule: 'at most 1000', value: 1_001 },
    });
    expect(await listEntityTypes(store.database, collectionId)).toHaveLength(1_000);
  });
});

describe('createEntityType', () => {
  it('refuses a name that the collection has', async () => {
    const store = await openStore();
    await createType(store, 'Chemical');

    await expect(createType(store, 'Chemical')).rejects.toMatchObject({
      code: 'ENTITY_TYPE_EXISTS',
      details: { name: 'Chemical' },
    });
    expect(await listEntityTypes(store.database, store.collectionId)).toHaveLength(1);
  });

  it('makes documents of before be handed out for the new type, and says how far they are', async () => {
    const store = await storeWithTwoDocuments();
    const type = await createType(store, 'Disease');
    const before = await progress(store, type.id);

    const [first, second] = await rescores(store);
    if (first) await finishClaim(store.database, first, readingOf(first.text, [pain]));
    const between = await progress(store, type.id);
    if (second) await finishClaim(store.database, second, readingOf(second.text, [pain]));

    expect([first, second].map((claim) => claim?.types.map(({ name }) => name))).toEqual([
      ['Disease'],
      ['Disease'],
    ]);
    expect(first?.kind).toBe('RESCORE');
    expect(before).toEqual({ documentsScored: 0, documentsTotal: 2 });
    expect(between).toEqual({ documentsScored: 1, documentsTotal: 2 });
    expect(await progress(store, type.id)).toEqual({ documentsScored: 2, documentsTotal: 2 });
    expect(await rescores(store)).toEqual([]);
  });

  it('leaves the mentions of other types as they are', async () => {
    const store = await storeWithTwoDocuments();
    const before = await mentionsOf(store);
    await createType(store, 'Disease');

    await rescoreAll(store, [pain]);

    expect(before).toHaveLength(1);
    expect(await mentionsOf(store)).toEqual([
      ...before,
      { id: 2, text: 'pain', type: 'Disease', typeVersion: 1 },
      { id: 3, text: 'pain', type: 'Disease', typeVersion: 1 },
    ]);
  });

  it('does not hand out documents that are read for the first time with the type', async () => {
    const store = await openStore();
    await createType(store, 'Chemical');
    await putDrafts(store, { text: 'Aspirin' });

    await readAll(store, [aspirin]);

    expect(await rescores(store)).toEqual([]);
  });

  it('hands out what lacks a type, past documents that lack none any more', async () => {
    const store = await openStore();
    const ids = await putDrafts(store, { text: 'a' }, { text: 'b' }, { text: 'c' });
    await readAll(store, []);
    const type = await createType(store, 'Disease');
    const two = await claimRescores(store.database, { ...claimOptions, limit: 2 });
    for (const claim of two) await finishClaim(store.database, claim, readingOf(claim.text, []));
    await createType(store, 'Mistake').then(({ id }) => deleteEntityType(store.database, id));

    const claims = await claimRescores(store.database, { ...claimOptions, limit: 1 });

    expect(claims.map(({ documentId, types }) => [documentId, types[0]?.id])).toEqual([
      [ids[2], type.id],
    ]);
  });

  it('hands out a document that was being read when the type was made', async () => {
    const store = await openStore();
    await createType(store, 'Chemical');
    await putDrafts(store, { text: 'Aspirin for pain' });
    const [claim] = await claimAll(store);
    await createType(store, 'Disease');
    if (claim) await finishClaim(store.database, claim, readingOf(claim.text, [aspirin]));

    const claims = await rescores(store);

    expect(claims.map(({ types }) => types.map(({ name }) => name))).toEqual([['Disease']]);
  });
});

describe('updateEntityType', () => {
  it('makes a new version of a new description, whose mentions replace the old ones', async () => {
    const store = await storeWithTwoDocuments();
    await createType(store, 'Disease');
    await rescoreAll(store, [pain]);

    const changed = await updateEntityType(store.database, store.typeId, { description: 'pills' });
    const between = await mentionsOf(store);
    const claims = await rescoreAll(store, [{ word: 'for', type: 'Chemical' }]);

    expect(changed).toMatchObject({ version: 2, description: 'pills', vector: null });
    expect(between).toHaveLength(3);
    expect(claims.map(({ types }) => types.map(({ name, version }) => [name, version]))).toEqual([
      [['Chemical', 2]],
      [['Chemical', 2]],
    ]);
    expect(await mentionsOf(store)).toEqual([
      { id: 2, text: 'pain', type: 'Disease', typeVersion: 1 },
      { id: 3, text: 'pain', type: 'Disease', typeVersion: 1 },
      { id: 4, text: 'for', type: 'Chemical', typeVersion: 2 },
    ]);
    expect(await countRows(store, 'spans')).toBe(3);
    expect(await countRows(store, 'surface_forms')).toBe(2);
  });

  it('keeps the version when the model would read the same', async () => {
    const store = await storeWithTwoDocuments();

    const renamed = await updateEntityType(store.database, store.typeId, { name: 'Drug' });

    expect(renamed).toMatchObject({ name: 'Drug', version: 1 });
    expect(await rescores(store)).toEqual([]);
    expect(await mentionsOf(store)).toMatchObject([{ type: 'Drug' }]);
  });

  it('makes a new version of a new name when there is no description', async () => {
    const store = await openStore();
    const type = await createType(store, 'Chemical', '');

    const renamed = await updateEntityType(store.database, type.id, { name: 'Drug' });

    expect(renamed?.version).toBe(2);
  });

  it('removes what a higher offset rules out, and reads nothing again', async () => {
    const store = await openStore();
    const type = await createType(store, 'Chemical');
    await createType(store, 'Disease');
    await putDrafts(store, { text: 'Aspirin and caffeine for pain' });
    await readAll(store, [
      { ...aspirin, margin: 2 },
      { word: 'caffeine', type: 'Chemical', margin: 1 },
      { ...pain, margin: 0.5 },
    ]);

    const raised = await updateEntityType(store.database, type.id, { offset: 1 });

    expect(raised).toMatchObject({ offset: 1, version: 1 });
    expect(await mentionsOf(store)).toMatchObject([{ text: 'Aspirin' }, { text: 'pain' }]);
    expect(await countRows(store, 'spans')).toBe(2);
    expect(await countRows(store, 'surface_forms')).toBe(2);
    expect(await rescores(store)).toEqual([]);
  });

  it('makes a new version of a lower offset, whose mentions replace the old ones', async () => {
    const store = await storeWithTwoDocuments();

    const lowered = await updateEntityType(store.database, store.typeId, { offset: -0.5 });
    const claims = await rescoreAll(store, [
      aspirin,
      { word: 'for', type: 'Chemical', margin: -0.4 },
    ]);

    expect(lowered).toMatchObject({ offset: -0.5, version: 2 });
    expect(claims.map(({ types }) => types.map(({ offset }) => offset))).toEqual([[-0.5], [-0.5]]);
    expect(await mentionsOf(store)).toMatchObject([
      { text: 'Aspirin', typeVersion: 2 },
      { text: 'for', typeVersion: 2 },
    ]);
  });

  it('holds a document that was being read to an offset raised meanwhile', async () => {
    const store = await openStore();
    const type = await createType(store, 'Chemical');
    await createType(store, 'Disease');
    await putDrafts(store, { text: 'Aspirin and caffeine for pain' });
    const [claim] = await claimAll(store);
    await updateEntityType(store.database, type.id, { offset: 1.5 });

    const finds = [{ ...aspirin, margin: 2 }, { word: 'caffeine', type: 'Chemical' }, pain];
    if (claim) await finishClaim(store.database, claim, readingOf(claim.text, finds));

    expect(await mentionsOf(store)).toMatchObject([{ text: 'Aspirin' }, { text: 'pain' }]);
    expect(await countRows(store, 'spans')).toBe(2);
  });

  it('refuses a name that another type has, and knows no unknown type', async () => {
    const store = await storeWithTwoDocuments();
    await createType(store, 'Disease');

    const rename = updateEntityType(store.database, store.typeId, { name: 'Disease' });

    await expect(rename).rejects.toMatchObject({ code: 'ENTITY_TYPE_EXISTS' });
    await expect(updateEntityType(store.database, 999, { name: 'x' })).resolves.toBeUndefined();
  });
});

describe('deleteEntityType', () => {
  it('deletes the type with its mentions and what only they used', async () => {
    const store = await storeWithTwoDocuments();
    await createType(store, 'Disease');
    await rescoreAll(store, [pain]);

    const isDeleted = await deleteEntityType(store.database, store.typeId);

    expect(isDeleted).toBe(true);
    expect(await deleteEntityType(store.database, store.typeId)).toBe(false);
    expect(await mentionsOf(store)).toMatchObject([{ text: 'pain' }, { text: 'pain' }]);
    expect(await countRows(store, 'spans')).toBe(2);
    expect(await countRows(store, 'surface_forms')).toBe(1);
    expect(await rescores(store)).toEqual([]);
  });
});

describe('keepTypeVector', () => {
  it('keeps the vector of the current version only', async () => {
    const store = await openStore();
    const type = await createType(store, 'Chemical');
    await updateEntityType(store.database, type.id, { description: 'changed' });

    await keepTypeVector(store.database, type, Float32Array.of(9));
    const afterOld = await findEntityType(store.database, type.id);
    await keepTypeVector(store.database, { id: type.id, version: 2 }, Float32Array.of(1, 2));
    const afterNew = await findEntityType(store.database, type.id);

    expect(afterOld?.vector).toBeNull();
    expect(afterNew?.vector).toEqual(Float32Array.of(1, 2));
  });
});

describe('failClaim, of a rescoring', () => {
  it('leaves the document as it was, with the error, until types change again', async () => {
    const store = await storeWithTwoDocuments();
    const [id = 0] = store.ids;
    await createType(store, 'Disease');
    const [claim] = await rescores(store);

    if (claim) await failClaim(store.database, claim, { code: 'X', message: 'no', retry: false });

    const document = (await findDocuments(store.database, [id])).get(id);
    expect(document).toMatchObject({ state: 'DONE', error: { code: 'X', message: 'no' } });
    expect(await mentionsOf(store)).toHaveLength(1);
    await createType(store, 'Symptom');
    const again = await rescores(store);
    expect(again.map(({ documentId, types }) => [documentId, types.length])).toEqual([[id, 2]]);
  });
});

describe('standingExamples', () => {
  it('gives other forms first and the newest of each, in their sentences, as they stand', async () => {
    const store = await openStore();
    const { database, collectionId } = store;
    const { id: typeId } = await createType(store, 'Drug');
    const text = 'Tea helps. ASPIRIN and tea! Aspirin? Cocoa and aspirin.';
    const [documentId = 0] = await putDrafts(store, { text });
    await readAll(store, []);
    const said = { typeId, documentId, reviewer: 'Ada', note: null };
    const added = async (word: string, from = 0) => {
      const start = text.indexOf(word, from);
      return addMention(database, { ...said, start, end: start + word.length });
    };
    await added('Tea');
    await added('ASPIRIN');
    await added('Aspirin');
    const cocoa = await added('Cocoa');
    const undone = await added('aspirin');
    const rejected = await added('tea');
    await undoReview(database, { id: undone.reviewId, reviewer: 'Ada' });
    await reviewMentions(database, {
      collectionId,
      mentionIds: [rejected.mentionId ?? 0],
      decision: { kind: 'REJECT' },
      expectedCount: 1,
      reviewer: 'Ada',
      note: null,
    });

    const examples = await standingExamples(database, {
      entityTypeId: typeId,
      limit: 3,
      maxChars: 100,
    });

    expect(cocoa.mentionId).not.toBeNull();
    const shown = examples.map(
      ({ text: sentence, start, end, isPositive }) =>
        `${isPositive} ${sentence.slice(start, end)} | ${sentence}`,
    );
    expect(shown).toEqual([
      'true Cocoa | Cocoa and aspirin.',
      'true Aspirin | Aspirin?',
      'true Tea | Tea helps.',
      'false tea | ASPIRIN and tea!',
    ]);
    expect(examples.every((example) => example.documentId === documentId)).toBe(true);
  });
});

describe('updateEntityType, of examples from reviews', () => {
  const example = (documentId: number) => ({
    text: 'Aspirin for pain',
    start: 0,
    end: 7,
    isPositive: true,
    documentId,
  });

  it('keeps none of a document that has been deleted meanwhile', async () => {
    const { database, typeId, ids } = await storeWithTwoDocuments();
    const [first = 0, second = 0] = ids;
    await deleteDocuments(database, [first]);

    const type = await updateEntityType(database, typeId, {
      examples: [example(first), example(second)],
    });

    expect(type?.examples).toEqual([example(second)]);
  });

  it('has the types scored again from which a deleted document takes some', async () => {
    const store = await storeWithTwoDocuments();
    const { database, typeId, ids } = store;
    const [first = 0] = ids;
    const before = await updateEntityType(database, typeId, { examples: [example(first)] });
    await rescoreAll(store, [aspirin]);

    await deleteDocuments(database, [first]);

    const claims = await rescores(store);
    expect(claims.map(({ types }) => types.map(({ version }) => version))).toEqual([
      [(before?.version ?? 0) + 1],
    ]);
    expect((await findEntityType(database, typeId))?.examples).toEqual([]);
  });

  it('changes no version where a deleted document has taught nothing', async () => {
    const { database, typeId, ids } = await storeWithTwoDocuments();
    const [first = 0, second = 0] = ids;
    const before = await updateEntityType(database, typeId, { examples: [example(second)] });

    await deleteDocuments(database, [first]);

    expect(await findEntityType(database, typeId)).toEqual(before);
  });
});
