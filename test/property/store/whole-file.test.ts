import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readHtml } from '../../../src/formats/html-document.ts';
import { dropsOfDocuments, fileDropsOfDocuments } from '../../../src/store/coverage.ts';
import { findDocuments, readTexts } from '../../../src/store/documents.ts';
import { restored, withoutSpace } from '../../support/formats/restored.ts';
import { openLastingStore, putDrafts, type TestStore } from '../../support/store/open-store.ts';
import { readWithDictionary } from '../../support/store/read-documents.ts';

const words = fc
  .array(fc.stringMatching(/^[a-zé日\u0001]{1,9}$/), { minLength: 1, maxLength: 8 })
  .map((list) => list.join(' '));

const element = fc
  .tuple(fc.constantFrom('p', 'div', 'script', 'p hidden', 'style', 'li'), words)
  .map(([tag, text]) => `<${tag}>${text}</${tag.split(' ')[0]}>`);

const page = fc
  .array(element, { minLength: 1, maxLength: 20 })
  .map((parts) => `<p>Seen.</p>${parts.join('\n')}`);

describe('a document of a file, once it has been read', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openLastingStore();
  });

  /** What the database says of a document. */
  async function kept(id: number) {
    const { database } = store;
    const [document] = (await findDocuments(database, [id])).values();
    const sums = (await dropsOfDocuments(database, [id])).get(id) ?? [];
    const { charactersRead = 0, dropped = [] } = document?.coverage ?? {};
    return {
      stored: (await readTexts(database, [id])).get(id) ?? '',
      ofFile: (await fileDropsOfDocuments(database, [id])).get(id) ?? [],
      charactersRead,
      lost: dropped.reduce((sum, { start, end }) => sum + end - start, 0),
      characters: sums.reduce((sum, each) => sum + each.characters, 0),
    };
  }

  it('is, with what was dropped of it put back, all that the file holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), page, async (externalId, body) => {
        const html = `<!doctype html><html><head></head><body>${body}</body></html>`;
        const { text, dropped = [] } = readHtml(html, 'page.html');

        const ids = await putDrafts(store, { externalId, text, dropped });
        await readWithDictionary(store);

        const { stored, charactersRead, lost, ofFile, characters } = await kept(ids[0] ?? 0);
        const left = ofFile.reduce((sum, { chars }) => sum + chars, 0);
        expect(restored(stored, ofFile)).toBe(withoutSpace(body.replace(/<[^>]*>/g, '')));
        expect(charactersRead + lost).toBe(stored.length);
        expect(characters).toBe(lost + left);
      }),
      { numRuns: 100, seed: 32 },
    );
  }, 60_000);
});
