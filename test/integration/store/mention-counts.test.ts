import { describe, expect, it } from '@jest/globals';
import { type MentionFilter, prepareFilter } from '../../../src/store/mention-conditions.ts';
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
