/** The names of a vocabulary as surface forms, each with the one concept that it stands for. */
import type { Concept } from '../formats/vocabulary.ts';
import { surfaceForm } from '../store/surface-form.ts';
import type { ConceptName } from '../store/vocabulary-records.ts';

/**
 * Each form once, with the place of its concept in the vocabulary: names go before synonyms, and of equal
 * ones the first counts.
 */
export function namesOf(vocabulary: readonly Concept[]): ConceptName[] {
  const names = new Map<string, ConceptName>();
  const take = (name: string, concept: number, method: ConceptName['method']): void => {
    const form = surfaceForm(name);
    if (!names.has(form)) names.set(form, { form, concept, method });
  };
  for (const [at, { name }] of vocabulary.entries()) take(name, at, 'NAME');
  for (const [at, { synonyms }] of vocabulary.entries()) {
    for (const synonym of synonyms) take(synonym, at, 'SYNONYM');
  }
  return [...names.values()];
}
