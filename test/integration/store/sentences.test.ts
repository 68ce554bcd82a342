import { describe, expect, it } from '@jest/globals';
import { deleteDocuments } from '../../../src/store/documents.ts';
import { openStore, putDrafts, readAll, type TestStore } from '../../support/store/open-store.ts';

const startsOf = async ({ database }: TestStore): Promise<number[]> =>
  (
    await database.reader.query<{ start: number }>('SELECT start FROM sentences ORDER BY 1', {})
  ).map(({ start }) => start);

describe('putSentences', () => {
  it('has the sentences of the text that is there, until the new one has been read', async () => {
    const store = await openStore();
    const [id = 0] = await putDrafts(store, { text: 'One. Two.', externalId: 'a' });
    const atFirst = await startsOf(store);
    await putDrafts(store, { text: 'Never read before? No!', externalId: 'a' });
    const replacedUnread = await startsOf(store);
    await readAll(store, []);

    await putDrafts(store, { text: '👩‍🔬 said:\nyes', externalId: 'a' });
    const waiting = await startsOf(store);
    await readAll(store, []);
    const replaced = await startsOf(store);
    await deleteDocuments(store.database, [id]);

    expect(atFirst).toEqual([0, 5]);
    expect(replacedUnread).toEqual([0, 19]);
    expect(waiting).toEqual([0, 19]);
    expect(replaced).toEqual([0, '👩‍🔬 said:\n'.length]);
    expect(await startsOf(store)).toEqual([]);
  });
});
