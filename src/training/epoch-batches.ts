/**
 * What each step of a run learns from: windows of one corpus, the types they are scored for, and how
 * these are described this time. All of it follows from seed, epoch and step.
 */
import { specialTokensPerWindow } from '../text/windows.ts';
import type { Batch } from './batch.ts';
import type { Corpus, TypeAddress } from './corpus.ts';
import { DescriptionReader, Descriptions } from './descriptions.ts';
import { type BatchOrder, epochOrder } from './epoch-order.ts';
import { createExamples, type Example, type GoldSpan } from './examples.ts';
import type { Inputs } from './inputs.ts';
import { createRandom, purposes, type Random, shuffle } from './random.ts';
import type { Recipe } from './recipe.ts';

/** One step's batch, with the token ids of its types' descriptions. */
export interface DescribedBatch extends Batch {
  readonly descriptions: readonly Int32Array[];
}

/** With `batchTokens`, short windows make batches of up to this many times `batchWindows`. */
const shortWindowFactor = 8;

/** Most windows in a step. */
export const maxBatchWindows = ({ batchWindows, batchTokens }: Recipe): number =>
  batchTokens === null ? batchWindows : batchWindows * shortWindowFactor;

/** Most tokens in a step, padding counted. */
export const maxBatchTokens = ({ batchWindows, batchTokens, windowTokens }: Recipe): number =>
  batchTokens ?? batchWindows * windowTokens;

/** A corpus's own types in a step. */
const ownTypesPerBatch = (
  { types, pinnedTypes = [], typesPerBatch }: Corpus,
  recipe: Recipe,
): number =>
  Math.max(
    pinnedTypes.length,
    Math.min(types.length, typesPerBatch ?? recipe.typesPerBatch ?? types.length),
  );

/** Most types in a step. */
export const maxBatchTypes = (corpora: readonly Corpus[], recipe: Recipe): number =>
  Math.max(
    ...corpora.map(
      (corpus) =>
        ownTypesPerBatch(corpus, recipe) +
        Math.min(corpus.absentTypes.length, recipe.absentTypesPerBatch),
    ),
  );

/** The windows of a corpus that are learnt from. */
async function keptExamples(
  { train, types }: Corpus,
  { tokenizer }: Inputs,
  { recipe, random }: { recipe: Recipe; random: Random },
): Promise<Example[]> {
  const examples = await createExamples(train, {
    tokenizer,
    types: types.map(({ name }) => name),
    windowTokens: recipe.windowTokens,
    overlapTokens: recipe.overlapTokens,
    maxSpanTokens: recipe.candidateTokens,
  });
  return examples.filter(
    ({ gold, tokens }) =>
      tokens.length > specialTokensPerWindow &&
      (random.uniform() < recipe.emptyWindowShare || gold.length > 0),
  );
}

/** Spans of the chosen types only, by their place among the chosen. */
function renumbered(example: Example, places: ReadonlyMap<number, number>): Example {
  const chosen = (spans: readonly GoldSpan[]): GoldSpan[] =>
    spans.flatMap((span) => {
      const type = places.get(span.type);
      return type === undefined ? [] : [{ ...span, type }];
    });
  return { ...example, gold: chosen(example.gold), uncertain: chosen(example.uncertain) };
}

/** All batches of a run. */
export class EpochBatches {
  readonly #recipe: Recipe;
  readonly #corpora: readonly Corpus[];
  readonly #examples: readonly (readonly Example[])[];
  readonly #descriptions: Descriptions;
  /** Steps of each epoch. */
  readonly steps: readonly number[];
  #order: { readonly epoch: number; readonly batches: readonly BatchOrder[] } | undefined;

  private constructor(
    { corpora }: Inputs,
    recipe: Recipe,
    parts: { examples: readonly (readonly Example[])[]; descriptions: Descriptions },
  ) {
    this.#recipe = recipe;
    this.#corpora = corpora;
    this.#examples = parts.examples;
    this.#descriptions = parts.descriptions;
    this.steps = Array.from({ length: recipe.epochs }, (_, epoch) => this.#ordered(epoch).length);
  }

  static async open(inputs: Inputs, recipe: Recipe): Promise<EpochBatches> {
    const { corpora, tokenizer, encoder } = inputs;
    const random = createRandom(recipe.seed, purposes.emptyWindows);
    const examples: Example[][] = [];
    for (const corpus of corpora)
      examples.push(await keptExamples(corpus, inputs, { recipe, random }));
    const reader = new DescriptionReader(tokenizer, encoder.settings.maxPositions);
    const descriptions = await Descriptions.open(corpora, recipe, reader);
    return new EpochBatches(inputs, recipe, { examples, descriptions });
  }

  /** Whether any window has a mention to learn from. */
  get hasMentions(): boolean {
    return this.#examples.some((examples) => examples.some(({ gold }) => gold.length > 0));
  }

  /** The batch of a step, counted within its epoch. */
  batch(epoch: number, step: number): DescribedBatch {
    const { corpus, windows } = this.#ordered(epoch)[step]!;
    const random = createRandom(this.#recipe.seed, purposes.batchTypes, epoch, step);
    const examples = windows.map((window) => this.#examples[corpus]![window]!);
    const mentioned = new Set(examples.flatMap(({ gold }) => gold.map(({ type }) => type)));
    const addresses = this.#chooseTypes(corpus, mentioned, random);
    const places = new Map(
      addresses.flatMap((address, place) =>
        address.corpus === corpus ? [[address.type, place] as const] : [],
      ),
    );
    return {
      examples: examples.map((example) => renumbered(example, places)),
      types: addresses.length,
      descriptions: addresses.map((address) => this.#descriptions.draw(address, random)),
    };
  }

  /**
   * Types of the corpus, then types that it never mentions. Where not all of its own fit, half of the
   * places go to types that the windows mention: of hundreds of types the others have next to none.
   */
  #chooseTypes(place: number, mentioned: ReadonlySet<number>, random: Random): TypeAddress[] {
    const corpus = this.#corpora[place]!;
    const { types, absentTypes, pinnedTypes = [] } = corpus;
    const count = ownTypesPerBatch(corpus, this.#recipe);
    const absent = shuffle([...absentTypes], random).slice(0, this.#recipe.absentTypesPerBatch);
    let own = types.map((_, type) => type);
    if (count < own.length) {
      const others = shuffle(
        own.filter((type) => !pinnedTypes.includes(type)),
        random,
      );
      const first = others.filter((type) => mentioned.has(type)).slice(0, Math.ceil(count / 2));
      own = [...new Set([...pinnedTypes, ...first, ...others])].slice(0, count);
    }
    return [...own.map((type) => ({ corpus: place, type })), ...absent];
  }

  #ordered(epoch: number): readonly BatchOrder[] {
    if (this.#order?.epoch !== epoch) {
      const { seed, batchTokens } = this.#recipe;
      const windows = this.#corpora.map(({ weight }, place) => ({
        weight,
        lengths: this.#examples[place]!.map(({ tokens }) => tokens.length),
      }));
      const batchWindows = maxBatchWindows(this.#recipe);
      const batches = epochOrder(windows, { seed, epoch, batchWindows, batchTokens });
      this.#order = { epoch, batches };
    }
    return this.#order.batches;
  }
}
