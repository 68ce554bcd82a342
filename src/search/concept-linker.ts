/**
 * Concepts of a vocabulary for the mentions of documents that are not stored, or are taken elsewhere.
 */
import type { Concept } from '../formats/vocabulary.ts';
import { type MeaningSource, meaningsByText } from '../ner/meanings.ts';
import type { MatchMethod } from '../store/vocabulary-records.ts';
import { ConceptMatcher, readStrings } from './concept-matcher.ts';
import { namesOf } from './concept-names.ts';

/** A concept that a mention may denote. */
export interface LinkedConcept {
  readonly id: string;
  readonly name: string;
  readonly method: MatchMethod;
  /** Cosine with the nearest name, -1 to 1; 1 where the name is the same. */
  readonly similarity: number;
}

/** Proposes concepts of one vocabulary. */
export class ConceptLinker {
  readonly #vocabulary: readonly Concept[];
  readonly #source: MeaningSource;
  readonly #matcher: ConceptMatcher;

  private constructor(
    vocabulary: readonly Concept[],
    source: MeaningSource,
    matcher: ConceptMatcher,
  ) {
    this.#vocabulary = vocabulary;
    this.#source = source;
    this.#matcher = matcher;
  }

  /** Cost: encodes every name once. */
  static async create(
    vocabulary: readonly Concept[],
    source: MeaningSource,
  ): Promise<ConceptLinker> {
    const names = namesOf(vocabulary);
    const forms = names.map(({ form }) => form);
    const meanings = await meaningsByText(source, forms);
    const vectors = forms.map((form) => meanings.get(form)!);
    return new ConceptLinker(vocabulary, source, new ConceptMatcher(names, vectors));
  }

  /** The concept of each of some strings of a text, or null. */
  async propose(
    text: string,
    strings: readonly string[],
  ): Promise<readonly (LinkedConcept | null)[]> {
    const read = readStrings(text, strings);
    const forms = this.#matcher.unknownForms(read);
    const meanings = await meaningsByText(this.#source, forms);
    return this.#matcher.match(read, meanings).map((match) => {
      const concept = match && this.#vocabulary[match.concept];
      if (!match || !concept) return null;
      const { method, similarity } = match;
      return { id: concept.id, name: concept.name, method, similarity };
    });
  }
}
