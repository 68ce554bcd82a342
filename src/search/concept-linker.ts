/**
 * Which concept of a vocabulary a mention denotes: by its name, by a synonym, by what the document says it
 * abbreviates, else by the name whose meaning is nearest.
 */
import { dot } from '../core/vector.ts';
import type { Concept } from '../formats/vocabulary.ts';
import { surfaceForm } from '../store/surface-form.ts';
import { abbreviationsIn } from '../text/abbreviations.ts';

/** How a concept was found. */
export type LinkMethod = 'NAME' | 'SYNONYM' | 'ABBREVIATION' | 'MEANING';

/** A concept that a mention may denote. */
export interface ProposedConcept {
  readonly id: string;
  readonly name: string;
  readonly method: LinkMethod;
  /** Cosine with the nearest name, -1 to 1; 1 where the name is the same. */
  readonly similarity: number;
}

/**
 * A less similar name says nothing. Chosen on the dev documents of BC5CDR (docs/vocabularies.md).
 */
const smallestSimilarity = 0.75;

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

type Known = Omit<ProposedConcept, 'similarity'>;

/** Concepts by name, the first of equal names; names go before synonyms. */
function namesOf(vocabulary: readonly Concept[]): Map<string, Known> {
  const names = new Map<string, Known>();
  const take = (name: string, known: Known): void => {
    const form = surfaceForm(name);
    if (!names.has(form)) names.set(form, known);
  };
  for (const { id, name } of vocabulary) take(name, { id, name, method: 'NAME' });
  for (const { id, name, synonyms } of vocabulary) {
    for (const synonym of synonyms) take(synonym, { id, name, method: 'SYNONYM' });
  }
  return names;
}

/** Proposes concepts of one vocabulary. */
export class ConceptLinker {
  readonly #encode: EncodeMeanings;
  readonly #names: ReadonlyMap<string, Known>;
  readonly #vectors: readonly { readonly known: Known; readonly vector: Float32Array }[];
  /** By surface form: what its meaning is nearest to. */
  readonly #nearest = new Map<string, ProposedConcept | null>();

  private constructor(
    encode: EncodeMeanings,
    names: ReadonlyMap<string, Known>,
    vectors: readonly Float32Array[],
  ) {
    this.#encode = encode;
    this.#names = names;
    this.#vectors = [...names.values()].map((known, i) => ({
      known,
      vector: vectors[i] ?? new Float32Array(),
    }));
  }

  /** Cost: encodes every name once. */
  static async create(
    vocabulary: readonly Concept[],
    encode: EncodeMeanings,
  ): Promise<ConceptLinker> {
    const names = namesOf(vocabulary);
    return new ConceptLinker(encode, names, await encodeAll(encode, [...names.keys()]));
  }

  /**
   * The concept of each of some strings of a text, or null. What the text abbreviates is taken at its word
   * before a name that is written the same: "MS" is what the text says it is.
   */
  async propose(
    text: string,
    strings: readonly string[],
  ): Promise<readonly (ProposedConcept | null)[]> {
    const abbreviations = abbreviationsIn(text);
    const wanted = strings.map((string) => ({ string, long: abbreviations.get(string) }));
    await this.#findNearest(wanted.map(({ string, long }) => surfaceForm(long ?? string)));
    return wanted.map(({ string, long }) => {
      const meant = long === undefined ? null : this.#named(long);
      if (meant) return { ...meant, method: 'ABBREVIATION' };
      const named = this.#named(string);
      if (named) return named;
      const nearest = this.#nearest.get(surfaceForm(long ?? string)) ?? null;
      return nearest && long !== undefined ? { ...nearest, method: 'ABBREVIATION' } : nearest;
    });
  }

  #named(string: string): ProposedConcept | null {
    const known = this.#names.get(surfaceForm(string));
    return known ? { ...known, similarity: 1 } : null;
  }

  async #findNearest(forms: readonly string[]): Promise<void> {
    const unknown = [...new Set(forms)].filter(
      (form) => !this.#names.has(form) && !this.#nearest.has(form),
    );
    const vectors = await encodeAll(this.#encode, unknown);
    for (const [i, form] of unknown.entries()) this.#nearest.set(form, this.#nearestTo(vectors[i]));
  }

  #nearestTo(query: Float32Array | undefined): ProposedConcept | null {
    if (query === undefined) return null;
    let best: ProposedConcept | null = null;
    for (const { known, vector } of this.#vectors) {
      const similarity = dot(query, vector);
      if (similarity < smallestSimilarity || similarity <= (best?.similarity ?? -1)) continue;
      best = { ...known, method: 'MEANING', similarity };
    }
    return best;
  }
}
