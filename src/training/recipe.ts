/**
 * A training recipe: every number that a run is made of besides its inputs. A recipe is a JSON file
 * with any of these fields; docs/recipes.md explains each.
 */
import { z } from 'zod';
import { appError } from '../core/errors.ts';
import { readTextFile } from '../formats/text-file.ts';

/** A number in a range; the rule is what an error message says. */
function number(min: number, max: number) {
  const error = `a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

function whole(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

const text = z.string({ error: 'a text' }).min(1, { error: 'a text that is not empty' });
const share = number(0, 1).default(0);
const entityType = z.strictObject({ name: text, description: z.string({ error: 'a text' }) });
const overlap = z.enum(['flat', 'nested'], { error: "'flat' or 'nested'" });
const credit = z.strictObject({ name: text, licence: text }).readonly();

/** A folder with train and dev documents (.jsonl or .jsonl.gz) and types.json. */
const corpus = z
  .strictObject({
    name: text,
    /** Windows an epoch takes for each there is: 2 takes each twice, 0.5 another half each time. */
    weight: number(0.001, 100).default(1),
    overlap: overlap.default('nested'),
    /** Whether its dev documents count in choosing the best epoch. */
    evaluate: z.boolean({ error: 'true or false' }).default(true),
    /** Most of its types in a step; left out: the recipe's. */
    typesPerBatch: whole(1, 1_024).exactOptional(),
    /** Ids of training documents that are not learnt from, e.g. because others evaluate on them. */
    leaveOut: z.array(text).readonly().default([]),
    /** Types of other corpora that its texts never mention, "corpus/type" or "corpus/\*". */
    absentTypes: z.array(text).readonly().default([]),
  })
  .readonly();

/** Source of the defaults, unless a reason is given: the official BINDER program. */
const recipeSchema = z
  .strictObject({
    /** Name of the model, in its bundle. */
    name: text.default('model'),
    licence: text.default('Apache-2.0'),
    /** Whom to credit: the pretrained encoder and the corpora. */
    credits: z
      .strictObject({ encoder: credit, data: z.array(credit).readonly() })
      .readonly()
      .default({ encoder: { name: 'unknown', licence: 'unknown' }, data: [] }),

    /** Why fields have their values, by field: for people, weights do not depend on it. */
    why: z.record(z.string(), text).readonly().default({}),

    /** Types of the model; null: those of its corpora. */
    types: z
      .array(entityType.readonly())
      .min(1, { error: 'null or types' })
      .nullable()
      .default(null),
    /** Corpora learnt from together, each a folder; none: the files that the run is given. */
    corpora: z.array(corpus).readonly().default([]),
    /** How often each way to describe a type is drawn, as parts of their sum. */
    descriptions: z
      .strictObject({
        definition: share,
        /** The name as words. */
        name: share,
        nameAndDefinition: share,
        /** Of `paraphrases`. */
        paraphrase: share,
        /** Four of the type's common training mentions. */
        examples: share,
      })
      .readonly()
      .default({ definition: 1, name: 0, nameAndDefinition: 0, paraphrase: 0, examples: 0 }),
    /** Other descriptions of types, by "corpus/type". */
    paraphrases: z.record(z.string(), z.array(text).min(1).readonly()).readonly().default({}),
    /** Most of a corpus's own types in a step, half of them such as its windows mention; null: all. */
    typesPerBatch: whole(1, 1_024).nullable().default(null),
    /** Absent types of the corpus in a step, drawn at random, as negatives. */
    absentTypesPerBatch: whole(0, 1_024).default(0),

    /** Passes over the training windows. */
    epochs: whole(1, 10_000).default(12),
    /** Of the first step after warming up; falls linearly to 0 at the last. Chosen on bc5cdr's dev. */
    learningRate: number(0, 1).default(1e-4),
    /** Of everything but the encoders; null: the same. */
    headLearningRate: number(0, 1).nullable().default(null),
    /** Share of all steps in which the learning rate rises from 0. */
    warmupShare: number(0, 1).default(0),
    weightDecay: number(0, 1).default(0),
    /** Longest gradient of a step. */
    clipNorm: number(1e-6, 1e6).default(1),
    dropout: number(0, 0.9).default(0.1),
    /** Share of tokens that are read as [MASK], drawn anew each time: mentions are also known by context. */
    maskShare: number(0, 0.9).default(0),
    /** Everything random follows from it: equal seeds give equal weights, bit for bit. */
    seed: whole(0, 2 ** 31 - 1).default(42),

    /** Windows in a step. 16 are processed a little faster than the official 8. */
    batchWindows: whole(1, 4_096).default(16),
    /**
     * Most tokens in a step, padding counted, where windows are short: as many as fit, up to
     * 8 x batchWindows. null: batchWindows windows, however short they are.
     */
    batchTokens: whole(8, 65_536).nullable().default(null),
    /** Longest window, [CLS] and [SEP] included. */
    windowTokens: whole(8, 4_096).default(128),
    /** Tokens that neighbouring training windows share. */
    overlapTokens: whole(0, 2_048).default(16),
    /** Longest negative candidate in tokens; null: every pair of words. */
    candidateTokens: whole(1, 4_096).nullable().default(null),
    /** Share of the windows without any mention that are kept: they teach thresholds what nothing is. */
    emptyWindowShare: number(0, 1).default(1),

    /** Parts of the loss: kinds of score, and mentions against thresholds. */
    lossWeights: z
      .strictObject({
        start: number(0, 1).default(0.2),
        end: number(0, 1).default(0.2),
        span: number(0, 1).default(0.6),
        mention: number(0, 1).default(0.5),
        threshold: number(0, 1).default(0.5),
      })
      .readonly()
      .prefault({}),
    /** What cosines are divided by at first; trained. */
    temperature: number(1e-3, 10).default(0.07),
    /** Numbers of a span or type vector (E), and of a width embedding (D). */
    embeddingSize: whole(1, 4_096).default(128),
    widthSize: whole(1, 4_096).default(128),

    /** Epochs between evaluations on dev; the last epoch is evaluated, too. */
    evaluateEveryEpochs: whole(1, 10_000).default(1),
    /** Evaluations in a row without a better one after which the run ends; null: never. */
    patience: whole(1, 10_000).nullable().default(null),
    /** Dev documents that are read of each corpus, evenly spread; null: all. */
    devDocuments: whole(1, 1_000_000).nullable().default(null),
    /** How dev is scored: flat for corpora whose mentions never overlap. */
    overlap: overlap.default('nested'),

    /** Serving: the longest mention, and what neighbouring windows share (at least as much). */
    maxSpanTokens: whole(1, 4_095).default(30),
    /** Longest window when serving; null: as in training. */
    servingWindowTokens: whole(8, 4_096).nullable().default(null),
    servingOverlapTokens: whole(1, 2_048).default(32),
  })
  .readonly();

/** A valid recipe with every field. */
export type Recipe = z.infer<typeof recipeSchema>;

/** What weights depend on. */
export const withoutReasons = (recipe: Recipe): Recipe => ({ ...recipe, why: {} });

/** Longest window when serving. */
export const servingWindow = ({ servingWindowTokens, windowTokens }: Recipe): number =>
  servingWindowTokens ?? windowTokens;

/** Rows of the width table: one for each width a span can have, and row 0. */
export const widthRows = ({ candidateTokens, windowTokens }: Recipe): number =>
  (candidateTokens ?? windowTokens) + 1;

interface Rule {
  readonly field: keyof Recipe;
  readonly rule: string;
  readonly holds: boolean;
}

/** Rules that concern several sizes. */
const sizeRules = (recipe: Recipe): readonly Rule[] => [
  {
    field: 'overlapTokens',
    rule: 'so small that windows advance: less than windowTokens - 2',
    holds: recipe.overlapTokens < recipe.windowTokens - 2,
  },
  {
    field: 'servingOverlapTokens',
    rule: 'at least maxSpanTokens and less than servingWindowTokens - 2',
    holds:
      recipe.servingOverlapTokens >= recipe.maxSpanTokens &&
      recipe.servingOverlapTokens < servingWindow(recipe) - 2,
  },
  {
    field: 'batchTokens',
    rule: 'null or at least windowTokens',
    holds: recipe.batchTokens === null || recipe.batchTokens >= recipe.windowTokens,
  },
  {
    field: 'candidateTokens',
    rule: 'null or from maxSpanTokens to windowTokens',
    holds:
      recipe.candidateTokens === null ||
      (recipe.candidateTokens >= recipe.maxSpanTokens &&
        recipe.candidateTokens <= recipe.windowTokens),
  },
];

/** Rules that concern what is in a list or a map. */
const contentRules = (recipe: Recipe): readonly Rule[] => [
  {
    field: 'corpora',
    rule: 'corpora of different names, and at least one that is evaluated',
    holds:
      recipe.corpora.length === 0 ||
      (new Set(recipe.corpora.map(({ name }) => name)).size === recipe.corpora.length &&
        recipe.corpora.some(({ evaluate }) => evaluate)),
  },
  {
    field: 'descriptions',
    rule: 'shares of which at least one is above 0',
    holds: Object.values(recipe.descriptions).some((part) => part > 0),
  },
  {
    field: 'why',
    rule: 'reasons for fields that a recipe has',
    holds: Object.keys(recipe.why).every((field) => field in recipe),
  },
];

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);

function issueOf(error: z.ZodError, value: unknown) {
  const issue = error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    return {
      field: [...issue.path, issue.keys[0]].join('.'),
      rule: 'a known field',
      value: issue.keys[0],
    };
  }
  const field = issue.path.join('.');
  return { field: field || 'content', rule: issue.message, value: valueAt(value, issue.path) };
}

/** The recipe in a parsed JSON file. Throws: RECIPE_INVALID with field, rule and value. */
export function parseRecipe(value: unknown): Recipe {
  const { success, data, error } = recipeSchema.safeParse(value);
  if (!success) throw appError('RECIPE_INVALID', issueOf(error, value), error);
  const broken = [...sizeRules(data), ...contentRules(data)].find(({ holds }) => !holds);
  if (broken) {
    const { field, rule } = broken;
    throw appError('RECIPE_INVALID', { field, rule, value: data[field] });
  }
  return data;
}

/** Reads a recipe file. Throws: FILE_UNREADABLE, FILE_INVALID, RECIPE_INVALID. */
export async function readRecipe(
  path: string,
  parse: (value: unknown) => Recipe = parseRecipe,
): Promise<Recipe> {
  const json = await readTextFile(path);
  try {
    return parse(JSON.parse(json));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw appError('FILE_INVALID', { path, line: 1, rule: 'JSON', value: cause.message }, cause);
  }
}
