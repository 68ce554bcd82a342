import { describe, expect, it } from '@jest/globals';
import { deleteDocuments } from '../../../src/store/documents.ts';
import { type MentionFilter, prepareFilter } from '../../../src/store/mention-conditions.ts';
import { contrastMentions } from '../../../src/store/mention-contrast.ts';
import { groupedMentions } from '../../../src/store/mention-counts.ts';
import { createType, openStore, putDrafts, readAll } from '../../support/store/open-store.ts';

const words = Array.from({ length: 40 }, (_, i) => `form${i + 10}`);

describe('groupedMentions', () => {
  it.each<[string, string, MentionFilter, string]>([
    ['forms where nothing is narrow', 'form', {}, 'by_form'],
    ['few forms in few documents', 'form3', { documentIds: [1, 2] }, 'by_form'],
    ['few documents with many forms', 'form', { documentIds: [1, 2] }, 'by_document'],
    [
      'few documents that were looked up',
      'form',
      { documents: [{ externalIds: ['d1'] }] },
      'by_document',
    ],
  ])('goes through the index of what is fewer: %s', async (_name, prefix, filter, index) => {
    const store = await openStore();
    const { database, collectionId } = store;
    await createType(store, 'A');
    await putDrafts(
      store,
      ...[1, 2, 3].map((i) => ({ text: words.join(' '), externalId: `d${i}` })),
    );
    await readAll(
      store,
      words.map((word) => ({ word, type: 'A' })),
    );

    const prepared = await prepareFilter(database, { ...filter, collectionId });
    const by = { kind: 'SURFACE_FORM', prefix } as const;
    const { sql, bindings } = await groupedMentions(database, { by, filter: prepared });

    const plan = await database.reader.query<{ detail: string }>(
      `EXPLAIN QUERY PLAN ${sql}`,
      bindings,
    );
    const places = plan.map(({ detail }) => detail).filter((detail) => detail.includes(' p USING'));
    expect(places).toEqual([expect.stringContaining(`INDEX mention_places_${index} `)]);
  });
});

describe('contrastMentions', () => {
  it('has the mentions of both sides and their totals of one moment', async () => {
    const store = await openStore();
    const { database, collectionId } = store;
    await createType(store, 'A');
    const ids = await putDrafts(store, ...[1, 2, 3, 4].map((i) => ({ text: `aspirin ${i}` })));
    await readAll(store, [{ word: 'aspirin', type: 'A' }]);
    const reader = Object.create(database.reader, {
      query: {
        // Whatever is read next is read of fewer documents.
        value: async (sql: string, bindings: object) => {
          const rows = await database.reader.query(sql, bindings as Record<string, string>);
          await deleteDocuments(database, [ids.pop() ?? 0]);
          return rows;
        },
      },
    });

    const found = await contrastMentions(
      { ...database, reader },
      { by: { kind: 'TYPE' }, left: { collectionId }, right: { collectionId } },
      { first: 10, after: null },
    );

    const [row] = found.rows;
    expect([found.left, found.right]).toEqual([row?.left, row?.right]);
    expect(row).toMatchObject({ key: 'A', score: 0 });
  });

  it('has totals also where no key is left for the page', async () => {
    const store = await openStore();
    await createType(store, 'A');
    await putDrafts(store, { text: 'aspirin' });
    await readAll(store, [{ word: 'aspirin', type: 'A' }]);
    const side = { collectionId: store.collectionId };

    const query = { by: { kind: 'TYPE' } as const, left: side, right: { ...side, typeIds: [9] } };
    const after = { score: 0, key: 'B' };
    const found = await contrastMentions(store.database, query, { first: 10, after });

    expect(found).toEqual({ rows: [], hasNext: false, left: 1, right: 0 });
  });
});
