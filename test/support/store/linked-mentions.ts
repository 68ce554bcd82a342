/** Mentions with proposed concepts, for tests of what is asked about these. */
import type { MentionRecord } from '../../../src/store/records.ts';
import {
  importVocabulary,
  putProposals,
  unlinkedDocuments,
} from '../../../src/store/vocabularies.ts';
import type { TestStore } from './open-store.ts';

/** How many concepts there are: C0, C1, … */
const concepts = 3;

/**
 * Proposes for every mention a concept that depends on the length of its text: two of each four lengths have
 * one, and one of these in a second vocabulary that has the same id.
 */
export async function linkByForm(
  { database, collectionId }: TestStore,
  mentions: readonly MentionRecord[],
): Promise<void> {
  const entries = Array.from({ length: concepts }, (_, i) => ({ id: `C${i}`, name: `name ${i}` }));
  const names = entries.map(({ name: form }, concept) => ({
    form,
    concept,
    method: 'NAME' as const,
  }));
  for (const name of ['one', 'two']) {
    const draft = { collectionId, name, typeIds: null, concepts: entries, names };
    await importVocabulary(database, draft);
  }
  const waiting = await unlinkedDocuments(database, 10_000);
  const linked = waiting.map(({ id, revision }) => ({
    id,
    revision,
    links: mentions
      .filter(({ documentId, text }) => documentId === id && text.length % 4 < 2)
      .map(({ id: mentionId, text }) => ({
        mentionId,
        conceptId: 1 + (text.length % (2 * concepts)),
        matchedBy: 'MEANING' as const,
        similarity: 0.8,
      })),
  }));
  await putProposals(database, linked);
}
