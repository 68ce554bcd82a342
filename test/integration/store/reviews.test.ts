import { describe, expect, it } from '@jest/globals';
import { deleteEntityType } from '../../../src/store/entity-types.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import { addMention, checkReview, reviewMentions } from '../../../src/store/reviews.ts';
import {
  countRows,
  createType,
  openStore,
  putDrafts,
  readAll,
} from '../../support/store/open-store.ts';

const who = { reviewer: 'Ada', note: null };

/** A document with a mention, and a type that was looked up and deleted then. */
async function openWithDeletedType() {
  const store = await openStore();
  const { database, collectionId } = store;
  await createType(store, 'Chemical');
  const { id: typeId } = await createType(store, 'Drug');
  const [documentId = 0] = await putDrafts(store, { text: 'Aspirin' });
  await readAll(store, [{ word: 'Aspirin', type: 'Chemical' }]);
  await deleteEntityType(database, typeId);
  const mentions = async () => (await listMentions(database, { collectionId }, { first: 9 })).rows;
  return { ...store, documentId, typeId, mentions };
}

describe('a review of a type that is deleted meanwhile', () => {
  it('is refused where it retypes, and rejects nothing', async () => {
    const store = await openWithDeletedType();
    const { database, collectionId, typeId, mentions } = store;
    const mentionIds = (await mentions()).map(({ id }) => id);
    const decision = { kind: 'RETYPE', typeId } as const;
    const draft = { ...who, collectionId, mentionIds, decision, expectedCount: null };

    const refused = { code: 'ENTITY_TYPE_UNKNOWN' };
    await expect(checkReview(database, draft)).rejects.toMatchObject(refused);
    await expect(reviewMentions(database, draft)).rejects.toMatchObject(refused);

    expect(await mentions()).toMatchObject([{ text: 'Aspirin', state: 'UNREVIEWED' }]);
    expect(await countRows(store, 'reviews')).toBe(0);
  });

  it('is refused where it adds a mention', async () => {
    const store = await openWithDeletedType();
    const { database, documentId, typeId } = store;
    const added = { ...who, documentId, start: 0, end: 7, typeId };

    await expect(addMention(database, added)).rejects.toMatchObject({
      code: 'ENTITY_TYPE_UNKNOWN',
    });

    expect(await countRows(store, 'reviews')).toBe(0);
  });
});
