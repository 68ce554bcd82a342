import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultCollection } from '../../../src/store/collections.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import { createType, putDrafts, readAll } from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Few characters, so that texts often contain each other; some mean something to SQL or to the index. */
const character = fc.constantFrom(...'abAB"\'*%_- é', 'İ', '💊', '\0', 'ß');
const word = fc.string({ unit: character, minLength: 1, maxLength: 9 });

describe('listMentions, by a contained text', () => {
  let database: Database;
  let words: string[] = [];
  beforeAll(async () => {
    database = await openDatabase({ folder: temporaryFolder(), modelId: 'model' });
    const store = { database, collectionId: (await defaultCollection(database)).id };
    await createType(store, 'Word');
    words = [...new Set(fc.sample(word, { numRuns: 400, seed: 7 }))].filter(
      (each) => each.trim() !== '',
    );
    await putDrafts(store, ...words.map((text) => ({ text })));
    for (let i = 0; i < words.length; i += 100) {
      await readAll(
        store,
        words.map((each) => ({ word: each, type: 'Word' })),
        (text, find) => text === find,
      );
    }
  });
  afterAll(() => database.close());

  it('finds what String.includes finds', async () => {
    await fc.assert(
      fc.asyncProperty(word, async (text) => {
        const filter = { text: { contains: text } };
        const { rows } = await listMentions(database, filter, { first: 1_000 });
        const expected = words.filter((each) => each.toLowerCase().includes(text.toLowerCase()));
        expect(rows.map((mention) => mention.text).sort()).toEqual(expected.sort());
      }),
      { numRuns: 300, seed: 8 },
    );
  });
});
