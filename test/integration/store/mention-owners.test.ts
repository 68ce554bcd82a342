import { describe, expect, it } from '@jest/globals';
import { type MentionFilter, prepareFilter } from '../../../src/store/mention-conditions.ts';
import {
  microsPerOwner,
  microsPerPlace,
  ownersOfMentions,
  type VectorOwner,
} from '../../../src/store/mention-owners.ts';
import { createType, openStore, putDrafts, readAll } from '../../support/store/open-store.ts';

async function openRead() {
  const store = await openStore();
  const types = [await createType(store, 'A'), await createType(store, 'B')];
  await putDrafts(store, { text: 'aspirin tremor' }, { text: 'tremor' }, { text: 'aspirin' });
  await readAll(store, [
    { word: 'aspirin', type: 'A' },
    { word: 'tremor', type: 'B' },
  ]);
  return { ...store, types };
}

describe('ownersOfMentions', () => {
  it.each<[VectorOwner, number]>([
    ['FORM', 1],
    ['SPAN', 2],
  ])('gives each %s of the mentions of a type once', async (owner, count) => {
    const { database, collectionId, types } = await openRead();

    const spans = await database.reader.query<{ id: number; text: string; form: number }>(
      'SELECT id, surface AS text, surface_form_id AS form FROM spans ORDER BY document_id, start',
      {},
    );
    const found = await ownersOfMentions(
      database,
      { collectionId, typeIds: [types[0]!.id] },
      owner,
    );

    const ofType = spans.filter(({ text }) => text === 'aspirin');
    const expected = ofType.map(({ id, form }) => (owner === 'FORM' ? form : id));
    expect([...found]).toEqual([...new Set(expected)]);
    expect(found).toHaveLength(count);
  });

  it.each<VectorOwner>(['FORM', 'SPAN'])(
    'reads no row to list each %s of a type: the index has it',
    async (owner) => {
      const { database, collectionId, types } = await openRead();
      const asked: [string, object][] = [];
      const reader = Object.create(database.reader, {
        query: {
          value: (sql: string, bindings: object) => {
            asked.push([sql, bindings]);
            return database.reader.query(sql, bindings as Record<string, string>);
          },
        },
      });

      const filter = { collectionId, typeIds: [types[0]!.id], through: 4 };
      await ownersOfMentions({ ...database, reader }, filter, owner);

      const [sql, bindings] = asked.at(-1)!;
      const plan = await database.reader.query<{ detail: string }>(
        `EXPLAIN QUERY PLAN ${sql}`,
        bindings as Record<string, string>,
      );
      const details = plan.map(({ detail }) => detail);
      expect(details).toContainEqual(
        expect.stringContaining('p USING COVERING INDEX mention_places_by_type '),
      );
      expect(details.filter((detail) => / [mso] USING/.test(detail))).toEqual([]);
    },
  );
});

describe('microsPerOwner', () => {
  it.each<[string, boolean, MentionFilter]>([
    ['a type', true, { typeIds: [1] }],
    ['types of what is listed', true, { typeIds: [1, 2], states: ['UNREVIEWED', 'ACCEPTED'] }],
    ['nothing', false, {}],
    ['rejected ones of a type', false, { typeIds: [1], states: ['REJECTED'] }],
    ['a type in a document', false, { typeIds: [1], documentIds: [1] }],
    ['a type and a text', false, { typeIds: [1], text: { contains: 'a' } }],
    ['sure ones of a type', false, { typeIds: [1], minMargin: 1 }],
  ])('is small where an index has all that is asked: %s', async (_name, isSmall, filter) => {
    const { database, collectionId } = await openStore();
    const prepared = await prepareFilter(database, { ...filter, collectionId, through: 9 });

    expect(microsPerOwner(prepared) < microsPerPlace).toBe(isSmall);
  });
});
