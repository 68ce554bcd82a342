/**
 * WordNet's nouns as a term list: its synsets as entity types, wide ones and narrow ones below them,
 * with their glosses as descriptions, and the nouns below each as its terms. A model that reads so many
 * descriptions learns what descriptions mean.
 *
 * Source: the formats of WordNet 3's `data.noun` (wndb(5WN)) and `index.sense` (senseidx(5WN)).
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

/** One of the things that a word means. */
export interface Sense {
  /** Of the synset; left out where the word is no noun. */
  readonly offset?: string;
  /** How often it is meant, beside the word's other senses. */
  readonly weight: number;
}

/** WordNet's nouns. */
export interface Nouns {
  /** By offset. */
  readonly synsets: ReadonlyMap<string, Synset>;
  /** Of each lemma in lower case, with those of the verb or adjective that is spelt alike. */
  readonly senses: ReadonlyMap<string, readonly Sense[]>;
}

/** Which synsets are types. */
export interface WordnetOptions {
  /** A synset with fewer terms is none: too few to learn from. */
  readonly minTerms: number;
  /** A synset with more is none: it says next to nothing ("that which exists"). */
  readonly maxTerms: number;
  /** How much of a word's use must mean something below a synset for the word to be its term. Unit: share. */
  readonly certainShare: number;
  /** And for the word to be no evidence either way: of "mouse" nobody knows without its context. */
  readonly possibleShare: number;
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
  // What comes behind the first clause are examples, and more than anybody writes of a type.
  return [offset, { lemmas, hypernyms, gloss: gloss.replace(/;.*$/s, '').trim() }];
}

/** The part of speech of a sense key. */
const noun = '1';
/** Counts come from a small corpus, in which most senses do not occur: the first are likelier. */
const unseenWeight = { noun: 1, other: 0.3 };

/** lemma%part:file:id:head:head_id offset sense_number tag_count */
function parseSense(line: string): [string, Sense] {
  const [key = '', offset = '', rank = '1', count = '0'] = line.trim().split(' ');
  const [lemma = '', lexical = ''] = key.split('%');
  const isNoun = lexical.startsWith(noun);
  const unseen = (isNoun ? unseenWeight.noun : unseenWeight.other) / Number(rank) ** 2;
  return [lemmaOf(lemma), { ...(isNoun && { offset }), weight: Number(count) + unseen }];
}

function parseSenses(text: string): Map<string, Sense[]> {
  const senses = new Map<string, Sense[]>();
  for (const [lemma, sense] of records(text).map(parseSense)) {
    const known = senses.get(lemma) ?? [];
    if (known.push(sense) === 1) senses.set(lemma, known);
  }
  return senses;
}

/** The nouns of the two files' texts. */
export const parseNouns = (dataNoun: string, indexSense: string): Nouns => ({
  synsets: new Map(records(dataNoun).map(parseSynset)),
  senses: parseSenses(indexSense),
});

/** Long enough to mean what it says wherever it stands. */
const isTerm = (lemma: string): boolean => lemma.length > 2;

/** Of capitals alone: "AUC" is many things. */
const isAcronym = (lemma: string): boolean => !/\p{Ll}/u.test(lemma);

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

/** How much of a word's use means something at or below each synset. */
function sharesOf(nouns: Nouns, senses: readonly Sense[]): Map<string, number> {
  const total = senses.reduce((sum, { weight }) => sum + weight, 0);
  const shares = new Map<string, number>();
  for (const { offset, weight } of senses) {
    if (offset === undefined) continue;
    for (const above of lineage(nouns, offset))
      shares.set(above, (shares.get(above) ?? 0) + weight / total);
  }
  return shares;
}

/** Words at or below a synset. */
interface Below {
  readonly certain: string[];
  readonly possible: string[];
}

/** The words at or below each synset. */
function wordsBelow(nouns: Nouns, options: WordnetOptions): Map<string, Below> {
  const { certainShare, possibleShare } = options;
  const below = new Map<string, Below>();
  for (const [key, senses] of nouns.senses) {
    const first = senses.find(({ offset }) => offset !== undefined)?.offset;
    if (first === undefined) continue;
    const word = spelt(nouns.synsets.get(first)!, key);
    if (!isTerm(word)) continue;
    for (const [offset, share] of sharesOf(nouns, senses)) {
      if (share < possibleShare) continue;
      const words = below.get(offset) ?? { certain: [], possible: [] };
      below.set(offset, words);
      words[share >= certainShare && !isAcronym(word) ? 'certain' : 'possible'].push(word);
    }
  }
  return below;
}

/** A word as a term of a type; one that is capitalised is a name, and no name in lower case. */
function termOf(word: string, type: string): Term {
  const isName = !word.includes(' ') && word !== word.toLowerCase();
  return { term: word, type, ...(isName && { exact: true }) };
}

/** A synset's first lemma; where another type has that name, with what it is a kind of. */
function nameOf({ synsets }: Nouns, offset: string, taken: ReadonlySet<string>): string {
  const { lemmas, hypernyms } = synsets.get(offset)!;
  const kinds = hypernyms.map((hypernym) => `${lemmas[0]} (${synsets.get(hypernym)!.lemmas[0]})`);
  return [...lemmas, ...kinds].find((name) => !taken.has(name)) ?? `${lemmas[0]} ${offset}`;
}

/** Types with the words that are their terms, and those of which it is not known. */
export function wordnetTerms(
  nouns: Nouns,
  options: WordnetOptions,
): {
  readonly types: readonly EntityType[];
  readonly terms: readonly Term[];
  readonly uncertain: readonly Term[];
} {
  const { minTerms, maxTerms } = options;
  const chosen = [...wordsBelow(nouns, options)]
    .filter(([, { certain }]) => certain.length >= minTerms && certain.length <= maxTerms)
    .toSorted(([a, m], [b, n]) => n.certain.length - m.certain.length || (a < b ? -1 : 1));
  const types: EntityType[] = [];
  const terms: Term[] = [];
  const uncertain: Term[] = [];
  const names = new Set<string>();
  for (const [offset, { certain, possible }] of chosen) {
    const name = nameOf(nouns, offset, names);
    names.add(name);
    types.push({ name, description: nouns.synsets.get(offset)!.gloss });
    terms.push(...certain.map((word) => termOf(word, name)));
    uncertain.push(...possible.map((word) => termOf(word, name)));
  }
  return { types: types.toSorted((a, b) => (a.name < b.name ? -1 : 1)), terms, uncertain };
}
