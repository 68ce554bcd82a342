/** Stores that hold what a model really could have read: unit vectors, coverage, meanings. */
import type { DocumentDraft } from '../../../src/store/documents.ts';
import { finishClaim } from '../../../src/store/jobs.ts';
import { surfaceForm } from '../../../src/store/surface-form.ts';
import { dictionaryModel, openDictionaryExtractor } from '../dictionary-extractor.ts';
import { claimAll, createType, openStore, putDrafts, type TestStore } from './open-store.ts';

/** Reads what waits with the dictionary extractor. */
export async function readWithDictionary(store: TestStore): Promise<void> {
  const extractor = openDictionaryExtractor();
  for (const claim of await claimAll(store)) {
    const [extraction] = await extractor.extract([claim.text], claim.types);
    if (!extraction) throw new Error('One text has one extraction.');
    const forms = extraction.mentions.map(({ start, end }) =>
      surfaceForm(claim.text.slice(start, end)),
    );
    const vectors = await extractor.encodeMeanings(forms);
    const meanings = new Map(forms.map((form, i) => [form, vectors[i] ?? new Float32Array()]));
    // In place of what a real extractor keeps: pages that hold something of the text.
    const ledger = new TextEncoder().encode(`Ledger of ${claim.text}`);
    await finishClaim(store.database, claim, { ...extraction, meanings, ledger });
  }
}

/** A data folder with these documents, read. */
export async function openReadStore(
  folder: string,
  ...drafts: readonly DocumentDraft[]
): Promise<TestStore & { ids: readonly number[] }> {
  const store = await openStore(folder, dictionaryModel.id);
  for (const { name, description } of dictionaryModel.types) {
    await createType(store, name, description);
  }
  const ids = await putDrafts(store, ...drafts);
  await readWithDictionary(store);
  return { ...store, ids };
}

export const someDrafts: readonly DocumentDraft[] = [
  {
    text: 'Aspirin for a headache, caffeine for none.\u0001',
    externalId: 'one',
    title: 'First',
    dropped: [{ reason: 'ATTACHMENT', at: 0, chars: 0, bytes: 7, text: 'first.pdf' }],
    pageStarts: [0, 24],
  },
  { text: `${'Nothing here. '.repeat(40)}☕ and tremor 👩‍🔬`, metadata: { year: 1899 } },
  {
    text: 'Lithium carbonate, said to be poison',
    externalId: 'three',
    mentions: [{ start: 30, end: 36, type: 'Poison' }],
  },
];
