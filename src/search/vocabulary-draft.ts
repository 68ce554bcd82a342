/** What a vocabulary must be to be kept. */
import { appError } from '../core/errors.ts';
import type { Concept } from '../formats/vocabulary.ts';
import type { VocabularyDraft } from '../store/vocabulary-records.ts';
import { namesOf } from './concept-names.ts';

const maxVocabularyNameChars = 200;
const maxIdChars = 200;
const maxNameChars = 1_000;
const maxSynonyms = 1_000;

/** Most concepts of a vocabulary, and most different names of all of them: these are held in memory. */
const maxConcepts = 100_000;
const maxNames = 300_000;

const invalid = (argument: string, rule: string, value: unknown): Error =>
  appError('ARGUMENT_INVALID', { argument, rule, value });

/** The text without white space around it. Throws: ARGUMENT_INVALID. */
function checked(argument: string, text: string, maxChars: number): string {
  const trimmed = text.trim();
  const fits = trimmed !== '' && trimmed.length <= maxChars;
  if (fits && !/\p{Surrogate}|\0/u.test(trimmed)) return trimmed;
  throw invalid(argument, `1 to ${maxChars} characters of well-formed Unicode without NUL`, text);
}

function checkedConcept({ id, name, synonyms }: Concept, at: number): Concept {
  const place = `entries.${at}`;
  if (synonyms.length > maxSynonyms) {
    throw invalid(`${place}.synonyms`, `at most ${maxSynonyms} names`, synonyms.length);
  }
  return {
    id: checked(`${place}.id`, id, maxIdChars),
    name: checked(`${place}.name`, name, maxNameChars),
    synonyms: synonyms.map((each, i) => checked(`${place}.synonyms.${i}`, each, maxNameChars)),
  };
}

/** Throws: ARGUMENT_INVALID. */
function checkIds(concepts: readonly Concept[]): void {
  const seen = new Set<string>();
  for (const [at, { id }] of concepts.entries()) {
    if (seen.has(id)) throw invalid(`entries.${at}.id`, 'new among the entries', id);
    seen.add(id);
  }
}

/** A vocabulary as it is given. */
export interface GivenVocabulary extends Pick<VocabularyDraft, 'collectionId' | 'typeIds'> {
  readonly name: string;
  readonly entries: readonly Concept[];
}

/**
 * The vocabulary as it is kept, checked as a whole.
 *
 * Throws: ARGUMENT_INVALID with the place of what breaks a rule.
 */
export function vocabularyDraft(given: GivenVocabulary): VocabularyDraft {
  const { collectionId, typeIds, entries } = given;
  const name = checked('name', given.name, maxVocabularyNameChars);
  if (entries.length === 0 || entries.length > maxConcepts) {
    throw invalid('entries', `1 to ${maxConcepts} concepts`, entries.length);
  }
  const concepts = entries.map(checkedConcept);
  checkIds(concepts);
  const names = namesOf(concepts);
  if (names.length > maxNames) {
    throw invalid('entries', `at most ${maxNames} different names in all`, names.length);
  }
  return { collectionId, name, typeIds, names, concepts };
}
