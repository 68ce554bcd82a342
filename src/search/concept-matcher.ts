/**
 * Which concept of a vocabulary a mention denotes: by what the document says it abbreviates, by name, by
 * synonym, else by the name whose meaning is nearest. The one definition of that, for stored mentions and
 * for documents on their way out.
 */
import { dot } from '../core/vector.ts';
import { Recent } from '../ner/recent.ts';
import { surfaceForm } from '../store/surface-form.ts';
import type { ConceptName, MatchMethod } from '../store/vocabulary-records.ts';
import { abbreviationsIn } from '../text/abbreviations.ts';

/** A concept that a string may stand for. */
export interface ConceptMatch {
  /** As the names have it: a place in a list, or a row. */
  readonly concept: number;
  readonly method: MatchMethod;
  /** Cosine with the nearest name, -1 to 1; 1 where the name is the same. */
  readonly similarity: number;
}

/** A string of a text, and what the text says it is short for. */
export interface ReadString {
  readonly string: string;
  readonly long: string | undefined;
}

/** Strings of a text with what it says of them. */
export function readStrings(text: string, strings: readonly string[]): ReadString[] {
  const abbreviations = abbreviationsIn(text);
  return strings.map((string) => ({ string, long: abbreviations.get(string) }));
}

/**
 * A less similar name says nothing. Chosen on the dev documents of BC5CDR (docs/vocabularies.md).
 */
const smallestSimilarity = 0.75;

/** Forms whose nearest name is remembered. */
const mostRemembered = 100_000;

/** The form whose meaning counts. */
const meantForm = ({ string, long }: ReadString): string => surfaceForm(long ?? string);

/** Matches strings with the names of one vocabulary. */
export class ConceptMatcher {
  readonly #names: ReadonlyMap<string, ConceptName>;
  readonly #all: readonly ConceptName[];
  readonly #vectors: readonly Float32Array[];
  /** By form: its nearest name, or null for none that is near enough. */
  readonly #remembered = new Recent<ConceptMatch | null>(mostRemembered);

  /** The vectors are unit meaning vectors of the names, in order. */
  constructor(names: readonly ConceptName[], vectors: readonly Float32Array[]) {
    this.#all = names;
    this.#names = new Map(names.map((name) => [name.form, name]));
    this.#vectors = vectors;
  }

  /** The forms whose meaning vectors `match` needs for these strings, each once. */
  unknownForms(strings: readonly ReadString[]): string[] {
    const forms = strings.filter((each) => this.#named(each) === null).map(meantForm);
    return [...new Set(forms)].filter((form) => this.#remembered.get(form) === undefined);
  }

  /**
   * The concept of each string, or null. What the text abbreviates is taken at its word before a name that
   * is written the same: "MS" is what the text says it is.
   *
   * Cost: a comparison with every name for each form that was unknown.
   */
  match(
    strings: readonly ReadString[],
    meanings: ReadonlyMap<string, Float32Array>,
  ): (ConceptMatch | null)[] {
    const named = strings.map((each) => this.#named(each));
    const meant = strings.filter((_, i) => named[i] === null).map(meantForm);
    const nearest = this.#nearestOf(new Set(meant), meanings);
    return strings.map((each, i) => {
      const match = named[i] ?? nearest.get(meantForm(each)) ?? null;
      const isRead = each.long !== undefined && match?.method === 'MEANING';
      return isRead ? { ...match, method: 'ABBREVIATION' } : match;
    });
  }

  /** By a name that is written the same. */
  #named({ string, long }: ReadString): ConceptMatch | null {
    const meant = long === undefined ? undefined : this.#names.get(surfaceForm(long));
    if (meant) return { concept: meant.concept, method: 'ABBREVIATION', similarity: 1 };
    const name = this.#names.get(surfaceForm(string));
    return name ? { concept: name.concept, method: name.method, similarity: 1 } : null;
  }

  #nearestOf(
    forms: ReadonlySet<string>,
    meanings: ReadonlyMap<string, Float32Array>,
  ): Map<string, ConceptMatch | null> {
    const found = new Map<string, ConceptMatch | null>();
    for (const form of forms) {
      const known = this.#remembered.get(form);
      if (known !== undefined) found.set(form, known);
    }
    for (const form of forms) {
      const vector = meanings.get(form);
      if (found.has(form) || vector === undefined) continue;
      const nearest = this.#nearestTo(vector);
      found.set(form, nearest);
      this.#remembered.set(form, nearest);
    }
    return found;
  }

  #nearestTo(query: Float32Array): ConceptMatch | null {
    let best = -1;
    let largest = -1;
    // Without an iterator: this is where the time goes.
    for (let at = 0; at < this.#vectors.length; at += 1) {
      const similarity = dot(query, this.#vectors[at]!);
      if (similarity <= largest) continue;
      largest = similarity;
      best = at;
    }
    const name = this.#all[best];
    if (name === undefined || largest < smallestSimilarity) return null;
    // Rounding may leave more than 1.
    const similarity = Math.min(1, largest);
    return { concept: name.concept, method: 'MEANING', similarity };
  }
}

/** What says surest which concept it is, first; below 1 the similarity alone counts. */
const sureness: Readonly<Record<MatchMethod, number>> = {
  ABBREVIATION: 3,
  NAME: 2,
  SYNONYM: 1,
  MEANING: 0,
};

const surenessOf = ({ method, similarity }: ConceptMatch): number =>
  similarity === 1 ? sureness[method] : 0;

/** The surest of what several vocabularies have for one string; of equal ones the first. */
export const surestMatch = (matches: readonly (ConceptMatch | null)[]): ConceptMatch | null =>
  matches.reduce((best, each) => {
    if (best === null || each === null) return best ?? each;
    const more = surenessOf(each) - surenessOf(best) || each.similarity - best.similarity;
    return more > 0 ? each : best;
  }, null);
