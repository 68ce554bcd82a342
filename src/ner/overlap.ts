/**
 * Views of a document's nested mentions. What is stored stays nested: a type that is added later
 * must not make the mentions of older types vanish.
 */
import type { Mention } from '../core/document.ts';
import { compareSpans, overlaps, type Span } from '../core/span.ts';
import { compareMentions } from './mention-order.ts';

/** NESTED keeps every mention; FLAT keeps the surest of those that overlap, across types. */
export type OverlapPolicy = 'NESTED' | 'FLAT';

/** What a view needs to know of a mention. */
export type RankedSpan = Span &
  Pick<Mention, 'type' | 'margin'> & {
    /** ACCEPTED by a person is surer than any margin. */
    readonly state?: 'UNREVIEWED' | 'ACCEPTED' | 'REJECTED';
  };

const isAccepted = ({ state }: RankedSpan): number => Number(state === 'ACCEPTED');

/** The surest first: what a person accepted, then by margin, then start, end and type. */
const compareRank = (a: RankedSpan, b: RankedSpan): number =>
  isAccepted(b) - isAccepted(a) || b.margin - a.margin || compareMentions(a, b);

/**
 * The mentions of one document under a policy, in their given order. FLAT is greedy: the mention of
 * the largest margin is kept, those that overlap it are not, and so on with the rest.
 */
export const resolveOverlap = <M extends RankedSpan>(
  mentions: readonly M[],
  policy: OverlapPolicy,
): M[] => (policy === 'FLAT' ? flat(mentions) : [...mentions]);

/** The FLAT view. Cost: O(n log n) and, within mentions that hang together, O(n^2). */
export function flat<M extends RankedSpan>(mentions: readonly M[]): M[] {
  const kept = new Set(clusters(mentions).flatMap(keepSurest));
  return mentions.filter((mention) => kept.has(mention));
}

/** Groups that share no character, so that each is decided alone. */
function clusters<M extends RankedSpan>(mentions: readonly M[]): M[][] {
  const groups: M[][] = [];
  let reach = -1;
  for (const mention of mentions.toSorted(compareSpans)) {
    if (mention.start >= reach) groups.push([]);
    groups.at(-1)!.push(mention);
    reach = Math.max(reach, mention.end);
  }
  return groups;
}

function keepSurest<M extends RankedSpan>(cluster: readonly M[]): M[] {
  const kept: M[] = [];
  for (const mention of cluster.toSorted(compareRank))
    if (!kept.some((other) => overlaps(other, mention))) kept.push(mention);
  return kept;
}
