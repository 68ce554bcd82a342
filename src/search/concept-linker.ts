/**
 * Concepts of a vocabulary for the mentions of documents that are not stored, or are taken elsewhere.
 */
import type { Concept } from '../formats/vocabulary.ts';
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

/** Gives unit meaning vectors of texts. */
export type EncodeMeanings = (texts: readonly string[]) => Promise<readonly Float32Array[]>;

const encodedAtOnce = 256;

async function encodeAll(
  encode: EncodeMeanings,
  texts: readonly string[],
): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let from = 0; from < texts.length; from += encodedAtOnce) {
    vectors.push(...(await encode(texts.slice(from, from + encodedAtOnce))));
  }
  return vectors;
}

/** Proposes concepts of one vocabulary. */
export class ConceptLinker {
  readonly #vocabulary: readonly Concept[];
  readonly #encode: EncodeMeanings;
  readonly #matcher: ConceptMatcher;

  private constructor(
    vocabulary: readonly Concept[],
    encode: EncodeMeanings,
    matcher: ConceptMatcher,
  ) {
    this.#vocabulary = vocabulary;
    this.#encode = encode;
    this.#matcher = matcher;
  }

  /** Cost: encodes every name once. */
  static async create(
    vocabulary: readonly Concept[],
    encode: EncodeMeanings,
  ): Promise<ConceptLinker> {
    const names = namesOf(vocabulary);
    const vectors = await encodeAll(
      encode,
      names.map(({ form }) => form),
    );
    return new ConceptLinker(vocabulary, encode, new ConceptMatcher(names, vectors));
  }

  /** The concept of each of some strings of a text, or null. */
  async propose(
    text: string,
    strings: readonly string[],
  ): Promise<readonly (LinkedConcept | null)[]> {
    const read = readStrings(text, strings);
    const forms = this.#matcher.unknownForms(read);
    const vectors = await encodeAll(this.#encode, forms);
    const meanings = new Map(forms.map((form, i) => [form, vectors[i]!]));
    return this.#matcher.match(read, meanings).map((match) => {
      const concept = match && this.#vocabulary[match.concept];
      if (!match || !concept) return null;
      const { method, similarity } = match;
      return { id: concept.id, name: concept.name, method, similarity };
    });
  }
}
