/**
 * How types are described to the model in training: each time another way of saying the same, drawn at
 * random, so that the type encoder learns what words mean and not which text stands for which index.
 */
import { maxTypeTokens, typeText } from '../ner/type-encoder.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { specialTokensPerWindow } from '../text/windows.ts';
import type { Corpus, TypeAddress } from './corpus.ts';
import { createRandom, purposes, type Random, shuffle } from './random.ts';
import type { Recipe } from './recipe.ts';

/** Ways to describe a type; the recipe says how often each is drawn. */
export const descriptionKinds = [
  'definition',
  'name',
  'nameAndDefinition',
  'paraphrase',
  'examples',
] as const;
export type DescriptionKind = (typeof descriptionKinds)[number];

/** Token ids of one type's descriptions, special tokens included, by kind. */
type Variants = ReadonlyMap<DescriptionKind, readonly Int32Array[]>;

/** Frequent enough to be typical, many enough not to be learnt by heart. */
const exampleForms = 200;
const exampleVariants = 16;
const examplesPerVariant = 4;

/** `Multi-tissue_structure` and `CellLine` as words: "multi-tissue structure", "cell line". */
export const spokenName = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/_/g, ' ')
    .toLowerCase();

/** A name as a word and as a sentence: "cell line", "A cell line.". People write both. */
export function nameTexts(name: string): string[] {
  const spoken = spokenName(name);
  return [spoken, `${/^[aeiou]/.test(spoken) ? 'An' : 'A'} ${spoken}.`];
}

/** The commonest surface forms of each type's training mentions. */
function commonForms({ train }: Pick<Corpus, 'train'>): ReadonlyMap<string, readonly string[]> {
  const counts = new Map<string, Map<string, number>>();
  for (const { text, mentions } of train)
    for (const { start, end, type } of mentions) {
      const forms = counts.get(type) ?? new Map<string, number>();
      const form = text.slice(start, end);
      counts.set(type, forms.set(form, (forms.get(form) ?? 0) + 1));
    }
  const common = (forms: ReadonlyMap<string, number>): string[] => {
    const sorted = [...forms].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    return sorted.slice(0, exampleForms).map(([form]) => form);
  };
  return new Map([...counts].map(([type, forms]) => [type, common(forms)]));
}

/** Texts that name example mentions, and in every other one the definition, too. */
function exampleTexts(forms: readonly string[], definition: string, random: Random): string[] {
  if (forms.length < examplesPerVariant) return [];
  return Array.from({ length: exampleVariants }, (_, place) => {
    const chosen = shuffle([...forms], random)
      .slice(0, examplesPerVariant)
      .join(', ');
    return place % 2 === 0 ? `For example ${chosen}.` : `${definition} For example ${chosen}.`;
  });
}

/** A type with its commonest surface forms, none where examples are not drawn. */
interface DescribedType {
  readonly corpus: Corpus;
  readonly type: number;
  readonly forms: readonly string[];
}

/** All texts of one type, by kind; a kind that a type has no text of is left out of the drawing. */
function textsOf(
  { corpus, type, forms }: DescribedType,
  recipe: Recipe,
  random: Random,
): Record<DescriptionKind, readonly string[]> {
  const { name, description } = corpus.types[type]!;
  const spoken = spokenName(name);
  const definition = typeText(corpus.types[type]!);
  return {
    definition: [definition],
    name: nameTexts(name),
    nameAndDefinition: description === '' ? [] : [`${spoken}: ${description}`],
    paraphrase: recipe.paraphrases[`${corpus.name}/${name}`] ?? [],
    examples: exampleTexts(forms, definition, random),
  };
}

/** What descriptions are drawn from. */
export class Descriptions {
  /** By corpus, then type. */
  readonly #variants: readonly (readonly Variants[])[];
  readonly #shares: Recipe['descriptions'];

  private constructor(variants: readonly (readonly Variants[])[], shares: Recipe['descriptions']) {
    this.#variants = variants;
    this.#shares = shares;
  }

  /** Writes and tokenizes the descriptions of all types. */
  static async open(corpora: readonly Corpus[], recipe: Recipe, reader: DescriptionReader) {
    const variants = corpora.map((corpus, place) => {
      const random = createRandom(recipe.seed, purposes.exampleMentions, place);
      const isDrawn = recipe.descriptions.examples > 0;
      const common = isDrawn ? commonForms(corpus) : new Map<string, readonly string[]>();
      return Promise.all(
        corpus.types.map(({ name }, type) => {
          const forms = common.get(name) ?? [];
          return reader.read(textsOf({ corpus, type, forms }, recipe, random));
        }),
      );
    });
    return new Descriptions(await Promise.all(variants), recipe.descriptions);
  }

  /** Token ids of a description of the type. */
  draw({ corpus, type }: TypeAddress, random: Random): Int32Array {
    const variants = this.#variants[corpus]![type]!;
    const kinds = [...variants.keys()];
    const total = kinds.reduce((sum, kind) => sum + this.#shares[kind], 0);
    let left = random.uniform() * total;
    const drawn = kinds.find((kind) => {
      left -= this.#shares[kind];
      return left < 0;
    });
    const choices = variants.get(drawn ?? 'definition')!;
    return choices[random.below(choices.length)]!;
  }
}

/** Turns descriptions into token ids, cut to what the type encoder reads. */
export class DescriptionReader {
  readonly #tokenizer: Tokenizer;
  readonly #longest: number;

  constructor(tokenizer: Tokenizer, maxPositions: number) {
    this.#tokenizer = tokenizer;
    this.#longest = Math.min(maxTypeTokens, maxPositions) - specialTokensPerWindow;
  }

  /** Kinds without a text are left out. */
  async read(texts: Record<DescriptionKind, readonly string[]>): Promise<Variants> {
    const { cls, sep } = this.#tokenizer.special;
    const variants = new Map<DescriptionKind, readonly Int32Array[]>();
    for (const kind of descriptionKinds) {
      const encodings = await this.#tokenizer.encodeAll([...texts[kind]]);
      if (encodings.length === 0) continue;
      variants.set(
        kind,
        encodings.map(({ ids }) => Int32Array.of(cls, ...ids.subarray(0, this.#longest), sep)),
      );
    }
    return variants;
  }
}
