/** Examples of entity types, as they are given and as people's decisions make them. */
import type { TypeExample } from '../core/document.ts';
import type { TypeExampleInput, UpdateEntityTypeInput } from '../generated/graphql.ts';
import { checkExamples, maxExampleChars, maxExamples } from '../ner/check-types.ts';
import type { EntityTypeRecord } from '../store/records.ts';
import { standingExamples } from '../store/reviews.ts';
import { isWordEdge } from '../text/words.ts';
import { invalid } from './check-arguments.ts';
import type { ApiContext } from './context.ts';

/** The examples that somebody gives. */
export const givenExamples = (given: readonly TypeExampleInput[]): readonly TypeExample[] =>
  given.map(({ isPositive = true, ...example }) => ({ ...example, isPositive }));

/**
 * The examples, which the model can read: it does so once, and remembers what it made of them.
 *
 * Throws: ARGUMENT_INVALID, TEXT_EMPTY, TEXT_TOO_LONG, TEXT_NOT_UNICODE.
 */
export async function readableExamples(
  { extractor }: Pick<ApiContext, 'extractor'>,
  examples: readonly TypeExample[],
): Promise<readonly TypeExample[]> {
  checkExamples(examples);
  if (examples.length > 0) {
    await extractor.encodeTypes([{ name: 'examples', description: '', examples }]);
  }
  return examples;
}

/** True for a span that starts and ends where words do, in a text that is not too long. */
const isReadable = ({ text, start, end }: TypeExample): boolean =>
  text.length <= maxExampleChars && isWordEdge(text, start) && isWordEdge(text, end);

/**
 * The first examples of each kind for which there is room: half of it is for either, and more where the other
 * needs less.
 */
export function chooseExamples(examples: readonly TypeExample[], room: number): TypeExample[] {
  const positive = examples.filter(({ isPositive }) => isPositive);
  const negative = examples.filter(({ isPositive }) => !isPositive);
  const ofNegative = Math.min(
    negative.length,
    Math.max(Math.floor(room / 2), room - positive.length),
  );
  return [...positive.slice(0, room - ofNegative), ...negative.slice(0, ofNegative)];
}

/** Who asks for examples from reviews, and the examples that stand beside them. */
export interface ReviewsAsked {
  /** Name of the argument that asks. */
  readonly argument: string;
  readonly byHand: readonly TypeExample[];
}

/**
 * Examples that the standing decisions about a type are, as many as there is room for beside those given by
 * hand (`standingExamples` says in which order).
 *
 * Throws: ARGUMENT_INVALID where there is no room, or where neither is positive.
 */
export async function examplesFromReviews(
  { database }: Pick<ApiContext, 'database'>,
  entityTypeId: number,
  { argument, byHand }: ReviewsAsked,
): Promise<readonly TypeExample[]> {
  const room = maxExamples - byHand.length;
  if (room <= 0) {
    throw invalid(argument, `asked beside fewer than ${maxExamples} given examples`, byHand.length);
  }
  // Of those that people have marked some may be no whole words.
  const query = { entityTypeId, limit: 2 * maxExamples, maxChars: maxExampleChars };
  const standing = await standingExamples(database, query);
  const examples = chooseExamples(standing.filter(isReadable), room);
  if ([...byHand, ...examples].some(({ isPositive }) => isPositive)) return examples;
  const rule = 'asked where a mention of whole words is accepted or a positive example given';
  throw invalid(argument, rule, { accepted: 0, rejected: examples.length });
}

/**
 * The examples that a type has by a change of it; undefined where the change is about none. What is given by
 * hand and what reviews say are changed each without the other.
 *
 * Throws: ARGUMENT_INVALID, TEXT_EMPTY, TEXT_TOO_LONG, TEXT_NOT_UNICODE.
 */
export async function changedExamples(
  context: ApiContext,
  { id, examples }: Pick<EntityTypeRecord, 'id' | 'examples'>,
  change: Pick<UpdateEntityTypeInput, 'examples' | 'examplesFromReviews'>,
): Promise<readonly TypeExample[] | undefined> {
  const { examples: given, examplesFromReviews: isAsked } = change;
  if (!given && typeof isAsked !== 'boolean') return undefined;
  const isByHand = ({ documentId }: TypeExample): boolean => documentId === undefined;
  const byHand = given ? givenExamples(given) : examples.filter(isByHand);
  const asked = { argument: 'examplesFromReviews', byHand };
  const reviewed = isAsked
    ? await examplesFromReviews(context, id, asked)
    : examples.filter((example) => isAsked !== false && !isByHand(example));
  return readableExamples(context, [...byHand, ...reviewed]);
}
