/**
 * WordNet's nouns as a term list: its synsets as entity types, wide ones and narrow ones below them,
 * with their glosses as descriptions, and the nouns below each as its terms. A model that reads so many
 * descriptions learns what descriptions mean.
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

/** Which synsets are types. */
export interface WordnetOptions {
  /** A synset with fewer terms is none: too few to learn from. */
  readonly minTerms: number;
  /** A synset with more is none: it says next to nothing ("that which exists"). */
  readonly maxTerms: number;
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

/** Long enough to mean what it says wherever it stands, and no acronym: "AUC" is many things. */
const isTerm = (lemma: string): boolean => lemma.length > 2 && /\p{Ll}/u.test(lemma);

/** A lemma as its synset spells it: the index has it in lower case. */
const spelt = ({ lemmas }: Synset, lemma: string): string =>
  lemmas.find((each) => each.toLowerCase() === lemma) ?? lemma;

/** A synset and all that it is a kind of. */
function lineage({ synsets }: Nouns, offset: string): Set<string> {
  const reached = new Set([offset]);
  for (const below of reached)
    for (const hypernym of synsets.get(below)?.hypernyms ?? []) reached.add(hypernym);
  return reached;
}

/** The clear lemmas at or below each synset. */
function lemmasBelow(nouns: Nouns, maxSenses: number): Map<string, string[]> {
  const below = new Map<string, string[]>();
  for (const [key, offsets] of nouns.senses) {
    const [first] = offsets;
    if (first === undefined || offsets.length > maxSenses) continue;
    const lemma = spelt(nouns.synsets.get(first)!, key);
    if (!isTerm(lemma)) continue;
    for (const offset of lineage(nouns, first)) {
      const lemmas = below.get(offset) ?? [];
      if (lemmas.push(lemma) === 1) below.set(offset, lemmas);
    }
  }
  return below;
}

/** A synset's first lemma; where another type has that name, with what it is a kind of. */
function nameOf({ synsets }: Nouns, offset: string, taken: ReadonlySet<string>): string {
  const { lemmas, hypernyms } = synsets.get(offset)!;
  const kinds = hypernyms.map((hypernym) => `${lemmas[0]} (${synsets.get(hypernym)!.lemmas[0]})`);
  return [...lemmas, ...kinds].find((name) => !taken.has(name)) ?? `${lemmas[0]} ${offset}`;
}

/** Types and their terms. A noun is a term of each type that it lies below. */
export function wordnetTerms(
  nouns: Nouns,
  { minTerms, maxTerms, maxSenses }: WordnetOptions,
): { readonly types: readonly EntityType[]; readonly terms: readonly Term[] } {
  const chosen = [...lemmasBelow(nouns, maxSenses)]
    .filter(([, { length }]) => length >= minTerms && length <= maxTerms)
    .toSorted(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1));
  const types: EntityType[] = [];
  const terms: Term[] = [];
  const names = new Set<string>();
  for (const [offset, lemmas] of chosen) {
    const name = nameOf(nouns, offset, names);
    names.add(name);
    types.push({ name, description: nouns.synsets.get(offset)!.gloss });
    terms.push(...lemmas.map((term) => ({ term, type: name })));
  }
  return { types: types.toSorted((a, b) => (a.name < b.name ? -1 : 1)), terms };
}
