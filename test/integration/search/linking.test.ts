import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openModel } from '../../../src/ner/open-model.ts';
import { ConceptLinker } from '../../../src/search/concept-linker.ts';
import { Linking } from '../../../src/search/linking.ts';
import { vocabularyDraft } from '../../../src/search/vocabulary-draft.ts';
import { readTexts } from '../../../src/store/documents.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import { conceptsOfMentions } from '../../../src/store/vocabularies.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { processDown } from '../../support/dictionary-extractor.ts';
import { openStore, putDrafts, type TestStore } from '../../support/store/open-store.ts';

const vocabulary = [
  { id: 'D1', name: 'Doxorubicin', synonyms: ['Adriamycin', 'MS'] },
  { id: 'D2', name: 'multiple sclerosis', synonyms: [] },
  { id: 'D3', name: 'heart failure', synonyms: ['cardiac failure'] },
  { id: 'D4', name: 'hypertension', synonyms: [] },
];

const texts = [
  'Multiple sclerosis (MS) and MS, doxorubicin hydrochloride (DOX): DOX.',
  'MS, congestive heart failure, ADRIAMYCIN 👩‍🔬 hypertensive, systemic hypertension (SH)',
  'of nothing',
];

/** Every word and every pair of words as mentions that came with the text. */
function draftOf(text: string) {
  const words = [...text.matchAll(/[\p{L}]+/gu)].map(({ 0: word, index: start }) => ({
    start,
    end: start + word.length,
  }));
  const pairs = words.slice(1).map(({ end }, i) => ({ start: words[i]!.start, end }));
  return { text, mentions: [...words, ...pairs].map((span) => ({ ...span, type: 'Thing' })) };
}

type Model = Awaited<ReturnType<typeof openModel>>;

describe('Linking', () => {
  let model: Model;
  const log: string[] = [];
  const logger = createLogger('debug', { write: (line) => log.push(line) });

  beforeAll(async () => {
    model = await openModel('models/tiny');
  });

  afterAll(() => model.close());

  async function openLinked(store: TestStore, extractor: Pick<Model, 'encodeMeanings'>) {
    const linking = new Linking({ database: store.database, extractor, logger });
    const { collectionId } = store;
    const given = { collectionId, name: 'own', typeIds: null, entries: vocabulary };
    const id = await linking.import(vocabularyDraft(given));
    return { linking, id };
  }

  const proposedIn = async ({ database }: TestStore) => {
    const { rows } = await listMentions(database, {}, { first: 1_000 });
    const concepts = await conceptsOfMentions(
      database,
      rows.map(({ id }) => id),
    );
    return rows.map((row) => ({ ...row, concept: concepts.get(row.id) ?? null }));
  };

  it('proposes for stored mentions what is proposed for documents on their way out', async () => {
    const store = await openStore();
    await putDrafts(store, ...texts.map(draftOf));
    const { linking, id } = await openLinked(store, model);

    await linking.settled(id, AbortSignal.timeout(60_000));
    await linking.close();

    const linker = await ConceptLinker.create(vocabulary, model);
    const stored = await readTexts(store.database, [1, 2, 3]);
    const found = await proposedIn(store);
    const expected = await Promise.all(
      found.map(async ({ documentId, text }) => {
        const [concept] = await linker.propose(stored.get(documentId) ?? '', [text]);
        return concept && { ...concept, similarity: concept.similarity.toFixed(5) };
      }),
    );
    const shown = found.map(({ concept }) => {
      if (!concept) return null;
      const { vocabulary: _, matchedBy: method, similarity, ...named } = concept;
      return { ...named, method, similarity: similarity.toFixed(5) };
    });
    expect(shown).toEqual(expected);
    const methods = new Set(found.map(({ concept }) => concept?.matchedBy));
    expect(methods).toEqual(new Set([undefined, 'NAME', 'SYNONYM', 'ABBREVIATION', 'MEANING']));
  }, 120_000);

  it('goes on when the model is there again, and ends when it is told to', async () => {
    const store = await openStore();
    await putDrafts(store, ...texts.map(draftOf));
    let calls = 0;
    const failing = {
      encodeMeanings: (forms: readonly string[]) => {
        calls += 1;
        return calls < 3 ? Promise.reject(processDown()) : model.encodeMeanings(forms);
      },
    };
    const { linking, id } = await openLinked(store, failing);

    await linking.settled(id, AbortSignal.timeout(60_000));

    expect(calls).toBeGreaterThan(3);
    expect(log.join('')).toContain('linking mentions was interrupted');
    expect((await proposedIn(store)).some(({ concept }) => concept !== null)).toBe(true);
    await linking.remove(id);
    expect((await proposedIn(store)).every(({ concept }) => concept === null)).toBe(true);
    await linking.close();
  }, 120_000);
});
