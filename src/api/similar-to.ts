/** What similar mentions are compared with, checked: each contradiction is refused by itself. */
import type { SimilarToInput } from '../generated/graphql.ts';
import { checkTypeDescription } from '../ingest/check-draft.ts';
import type { SimilarQuestion, SimilarTo } from '../search/similar-query.ts';
import type { VectorSpace } from '../store/vectors.ts';
import { checkWords, contradictory, invalid, onlyGiven } from './check-arguments.ts';
import { rowOfMention } from './global-id.ts';

/** What is given on one side: `to`, or `to.not`. */
type Side = Omit<SimilarToInput, 'not'>;

const maxMentionIds = 100;

/** What each way of saying it has a vector in; the others have one in both. */
const onlySpaceOf = { text: 'MEANING', typeDescription: 'TYPE' } as const;

function toRows(path: string, ids: readonly string[]): readonly number[] {
  if (ids.length >= 1 && ids.length <= maxMentionIds) return ids.map(rowOfMention);
  throw invalid(`${path}.mentionIds`, `1 to ${maxMentionIds} ids`, ids.length);
}

/** The one way in which a side is said. Throws: ARGUMENTS_CONTRADICT. */
function wayOf(path: string, input: Side, space: VectorSpace): void {
  const { mentionIds, text, vector, typeDescription } = input;
  const given = onlyGiven({ mentionIds, text, vector, typeDescription }, `${path}.`);
  for (const [way, only] of Object.entries(onlySpaceOf)) {
    if (way !== given || only === space) continue;
    throw contradictory(`space and ${path}.${way}`, `go together: space must be ${only}`, space);
  }
}

/** Throws: ARGUMENT_INVALID, ARGUMENTS_CONTRADICT, MENTION_UNKNOWN. */
function toSide(path: string, input: Side, space: VectorSpace): SimilarTo {
  wayOf(path, input, space);
  const { mentionIds, text, vector, typeDescription } = input;
  if (mentionIds) return { mentionIds: toRows(path, mentionIds) };
  if (vector) return { vector };
  if (typeof text === 'string') {
    checkWords(`${path}.text`, text);
    return { text };
  }
  const description = typeDescription ?? '';
  const argument = `${path}.typeDescription`;
  if (description.trim() === '') {
    throw invalid(argument, 'a description that is not empty', description);
  }
  checkTypeDescription(description, argument);
  return { typeDescription: description };
}

const idsOf = (side: SimilarTo | null): readonly number[] =>
  side && 'mentionIds' in side ? side.mentionIds : [];

/** Throws: ARGUMENT_INVALID, ARGUMENTS_CONTRADICT, MENTION_UNKNOWN. */
export function toSimilar(
  { not: notInput, ...toInput }: SimilarToInput,
  asked: VectorSpace | null | undefined,
): SimilarQuestion {
  const space = asked ?? (typeof toInput.typeDescription === 'string' ? 'TYPE' : 'MEANING');
  const to = toSide('to', toInput, space);
  const not = notInput ? toSide('to.not', notInput, space) : null;
  const both = idsOf(to).filter((id) => idsOf(not).includes(id));
  if (both.length === 0) return { to, not, space };
  const names = 'to.mentionIds and to.not.mentionIds';
  throw contradictory(names, 'have no mention in common', both.length);
}
