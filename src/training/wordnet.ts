/**
 * WordNet's nouns as a term list: some hundred of its synsets as entity types, with their glosses as
 * descriptions, and the nouns below each as its terms. A model that reads so many descriptions learns
 * what descriptions mean.
 *
 * Source: the format of WordNet 3's `data.noun` and `index.noun` (wndb(5WN)).
 */
import type { EntityType } from '../core/document.ts';
import type { Term } from './term-list.ts';

/** Words that mean one thing. */
export interface Synset {
  /** The commonest first. */
  readonly lemmas: readonly string[];
  /** Offsets of what it is a kind or an instance of. */
  readonly hypernyms: readonly string[];
  readonly gloss: string;
}

/** WordNet's nouns. */
export interface Nouns {
  /** By offset. */
  readonly synsets: ReadonlyMap<string, Synset>;
  /** Offsets of the synsets of each lemma, the first sense first. */
  readonly senses: ReadonlyMap<string, readonly string[]>;
}

/** How types are chosen. */
export interface WordnetOptions {
  /** Most types. */
  readonly types: number;
  /** A type with fewer terms is left out. */
  readonly minTerms: number;
  /** A lemma with more senses is ambiguous and left out; of several the first counts. */
  readonly maxSenses: number;
}

/** A line of text, not of the licence at the top of the file. */
const records = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith(' '));

const lemmaOf = (word: string): string => word.replace(/_/g, ' ');

/** offset file type count (word lex_id)… count (symbol offset pos source/target)… | gloss */
function parseSynset(line: string): [string, Synset] {
  const [fields = '', gloss = ''] = line.split(' | ');
  const [offset = '', , , count = '0', ...rest] = fields.trim().split(' ');
  const words = Number.parseInt(count, 16);
  const lemmas = Array.from({ length: words }, (_, i) => lemmaOf(rest[2 * i] ?? ''));
  const pointers = rest.slice(2 * words + 1);
  const hypernyms: string[] = [];
  for (let i = 0; i + 3 < pointers.length; i += 4)
    if (/^@i?$/.test(pointers[i]!) && pointers[i + 2] === 'n') hypernyms.push(pointers[i + 1]!);
  // Examples are quoted behind the definition.
  return [offset, { lemmas, hypernyms, gloss: gloss.replace(/;\s*".*$/s, '').trim() }];
}

/** lemma pos senses pointers symbol… senses tagged offset… */
function parseSenses(line: string): [string, string[]] {
  const [lemma = '', , count = '0', ...rest] = line.trim().split(' ');
  return [lemmaOf(lemma), rest.slice(-Number(count))];
}

/** The nouns of the two files' texts. */
export const parseNouns = (dataNoun: string, indexNoun: string): Nouns => ({
  synsets: new Map(records(dataNoun).map(parseSynset)),
  senses: new Map(records(indexNoun).map(parseSenses)),
});

/** A word with a letter, long enough to mean what it says wherever it stands. */
const isTerm = (lemma: string): boolean => lemma.length > 2 && /\p{L}/u.test(lemma);

/** Lemmas by the synset that their first sense is. */
function clearLemmas({ senses }: Nouns, maxSenses: number): Map<string, string[]> {
  const bySynset = new Map<string, string[]>();
  for (const [lemma, offsets] of senses) {
    const [first] = offsets;
    if (first === undefined || offsets.length > maxSenses || !isTerm(lemma)) continue;
    bySynset.set(first, [...(bySynset.get(first) ?? []), lemma]);
  }
  return bySynset;
}

function hyponymsOf({ synsets }: Nouns): Map<string, string[]> {
  const hyponyms = new Map<string, string[]>();
  for (const [offset, { hypernyms }] of synsets)
    for (const hypernym of hypernyms)
      hyponyms.set(hypernym, [...(hyponyms.get(hypernym) ?? []), offset]);
  return hyponyms;
}

/** The synset and all below it. */
function subtree(root: string, hyponyms: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set([root]);
  for (const offset of reached) for (const below of hyponyms.get(offset) ?? []) reached.add(below);
  return reached;
}

/** The nouns below some synset. */
interface Branch {
  readonly root: string;
  readonly terms: readonly string[];
}

/**
 * Synsets of which none is below another: the largest is split into what is right below it, until
 * there are enough. Cost: a walk over what is below for each synset that is looked at.
 */
function chooseBranches(nouns: Nouns, options: WordnetOptions): Branch[] {
  const hyponyms = hyponymsOf(nouns);
  const lemmas = clearLemmas(nouns, options.maxSenses);
  const branchOf = (root: string): Branch => {
    const terms = [...subtree(root, hyponyms)].flatMap((offset) => lemmas.get(offset) ?? []);
    return { root, terms };
  };
  const known = new Set<string>();
  const largeEnough = (roots: readonly string[]): Branch[] => {
    const fresh = roots.filter((root) => !known.has(root));
    for (const root of fresh) known.add(root);
    return fresh.map(branchOf).filter(({ terms }) => terms.length >= options.minTerms);
  };
  const tops = [...nouns.synsets].filter(([, { hypernyms }]) => hypernyms.length === 0);
  let chosen = largeEnough(tops.map(([offset]) => offset));
  const whole = new Set<Branch>();
  while (chosen.length < options.types) {
    const largest = chosen
      .filter((branch) => !whole.has(branch))
      .reduce<Branch | null>((a, b) => (a && a.terms.length >= b.terms.length ? a : b), null);
    if (largest === null) break;
    const parts = largeEnough(hyponyms.get(largest.root) ?? []);
    if (parts.length === 0) whole.add(largest);
    else chosen = [...chosen.filter((branch) => branch !== largest), ...parts];
  }
  return chosen.toSorted((a, b) => b.terms.length - a.terms.length).slice(0, options.types);
}

/** A synset's first lemma, or the first of its lemmas that no other type is named by. */
function nameOf({ lemmas }: Synset, taken: ReadonlySet<string>, offset: string): string {
  return lemmas.find((lemma) => !taken.has(lemma)) ?? `${lemmas[0]} ${offset}`;
}

/** Types and their terms. A noun below two of the types (WordNet is no tree) is ambiguous and left out. */
export function wordnetTerms(
  nouns: Nouns,
  options: WordnetOptions,
): { readonly types: readonly EntityType[]; readonly terms: readonly Term[] } {
  const types: EntityType[] = [];
  const names = new Set<string>();
  const typeOf = new Map<string, string | null>();
  for (const { root, terms } of chooseBranches(nouns, options)) {
    const synset = nouns.synsets.get(root)!;
    const name = nameOf(synset, names, root);
    names.add(name);
    types.push({ name, description: synset.gloss });
    for (const term of terms) typeOf.set(term, typeOf.has(term) ? null : name);
  }
  const terms = [...typeOf].flatMap(([term, type]) => (type === null ? [] : [{ term, type }]));
  return { types: types.toSorted((a, b) => (a.name < b.name ? -1 : 1)), terms };
}
