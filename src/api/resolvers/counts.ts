/** Queries that count stored mentions. */
import { timed } from '../../core/timed.ts';
import type {
  MentionSetInput,
  QueryMentionCountsArgs,
  QueryResolvers,
  Resolvers,
} from '../../generated/graphql.ts';
import { storedFilter } from '../../search/mention-filter.ts';
import type { AnyFilter, PreparedFilter } from '../../store/mention-conditions.ts';
import {
  type Contrast,
  type ContrastTotals,
  contrastMentions,
} from '../../store/mention-contrast.ts';
import {
  type CountBy,
  type CountPage,
  countCounted,
  countKeys,
  countMentionsBy,
  countWithoutKey,
  type MentionCount,
} from '../../store/mention-counts.ts';
import type { MentionRecord } from '../../store/records.ts';
import { checkChars, invalid } from '../check-arguments.ts';
import { collectionIdOf } from '../collection.ts';
import type { ApiContext } from '../context.ts';
import { explainList } from '../explain.ts';
import { toMentionFilter } from '../filters.ts';
import { printGlobalId } from '../global-id.ts';
import { connection, type KeyedPosition, keyedPage, printCursor } from '../page.ts';

type ByArguments = Pick<QueryMentionCountsArgs, 'by' | 'metadataKey' | 'bucket'>;

/** Throws: ARGUMENT_INVALID for arguments that do not belong together. */
function checkBelonging({ by, metadataKey, bucket }: ByArguments): void {
  if (typeof metadataKey === 'string') {
    checkChars('metadataKey', metadataKey);
    if (by !== 'METADATA' && by !== 'TIME') {
      throw invalid('metadataKey', 'left out unless `by` is METADATA or TIME', metadataKey);
    }
  }
  if (bucket && by !== 'TIME') throw invalid('bucket', 'left out unless `by` is TIME', bucket);
}

/** Throws: ARGUMENT_INVALID. */
function toCountBy(args: ByArguments): CountBy {
  checkBelonging(args);
  const { by, bucket, metadataKey: key = null } = args;
  if (by === 'SURFACE_FORM') return { kind: by, prefix: '' };
  if (by === 'METADATA') {
    if (key === null) throw invalid('metadataKey', 'given when `by` is METADATA', key);
    return { kind: by, key };
  }
  if (by !== 'TIME') return { kind: by };
  if (!bucket) throw invalid('bucket', 'given when `by` is TIME', bucket);
  return { kind: by, key, bucket };
}

const toPosition = (after: KeyedPosition | null): CountPage['after'] =>
  after && { count: after[0], key: after[1] };

/** A page of counts in the list of this name. */
async function countPage(
  { database }: ApiContext,
  query: { readonly list: string; readonly by: CountBy; readonly filter: PreparedFilter },
  page: CountPage,
) {
  const { list, by, filter } = query;
  const counted = { by, filter };
  const { rows, hasNext, timeMs } = await timed(() => countMentionsBy(database, counted, page));
  const keyOf = ({ key }: MentionCount): string =>
    typeof key === 'number' ? printGlobalId('Document', key) : key;
  const edges = rows.map((row) => ({
    cursor: printCursor(list, [row.mentions, row.key]),
    node: { ...row, key: keyOf(row) },
  }));
  const pageInfo = { hasNextPage: hasNext, hasPreviousPage: page.after !== null };
  return {
    ...connection(edges, pageInfo),
    countKeys: () => countKeys(database, counted),
    countWithoutKey: () => countWithoutKey(database, counted),
    explain: explainList(filter, { scanned: () => countCounted(database, counted), timeMs }),
  };
}

async function sideFilter(
  context: ApiContext,
  { collection, filter }: MentionSetInput,
): Promise<AnyFilter> {
  const collectionId = await collectionIdOf(context, collection);
  return storedFilter({ ...context, collectionId }, toMentionFilter(filter));
}

/** How many times the right share the left one is; null where one of the two is none that could be divided. */
const ratioOf = (row: Contrast, total: ContrastTotals): number | null =>
  row.right === 0 || total.left === 0 ? null : row.left / total.left / (row.right / total.right);

/** Resolvers of queries that count. */
export const countResolvers = {
  mentionCounts: async (_parent, { filter, first, after, order, ...args }, context) => {
    const by = toCountBy(args);
    const list = `mentionCounts ${order} ${JSON.stringify(by)}`;
    const page = keyedPage(list, { first, after });
    const stored = await storedFilter(context, toMentionFilter(filter));
    const query = { list, by, filter: stored };
    return countPage(context, query, { first, after: toPosition(page.after), order });
  },
  surfaceForms: async (_parent, { prefix, filter: asked, first, after }, context) => {
    checkChars('prefix', prefix);
    const page = keyedPage('surfaceForms', { first, after });
    const filter = await storedFilter(context, toMentionFilter(asked));
    const by = { kind: 'SURFACE_FORM', prefix } as const;
    const query = { list: 'surfaceForms', by, filter };
    return countPage(context, query, { first, after: toPosition(page.after), order: 'COUNT' });
  },
  compareMentions: async (_parent, { by, left, right, first, after }, context) => {
    const list = `compareMentions ${by}`;
    const page = keyedPage(list, { first, after });
    const [score, key] = page.after ?? [];
    const query = {
      by: by === 'SURFACE_FORM' ? ({ kind: by, prefix: '' } as const) : ({ kind: by } as const),
      left: await sideFilter(context, left),
      right: await sideFilter(context, right),
    };
    const position = score === undefined ? null : { score, key: String(key) };
    const found = await contrastMentions(context.database, query, { first, after: position });
    const edges = found.rows.map((row) => ({
      cursor: printCursor(list, [row.score, row.key]),
      node: {
        ...row,
        ratio: ratioOf(row, found),
      },
    }));
    const pageInfo = { hasNextPage: found.hasNext, hasPreviousPage: position !== null };
    return { ...connection(edges, pageInfo), leftTotal: found.left, rightTotal: found.right };
  },
} satisfies QueryResolvers;

/** A mention that was counted, unless it has been deleted since. */
const exampleOf = (
  { loaders }: ApiContext,
  id: number | null,
): Promise<MentionRecord | null> | null => (id === null ? null : loaders.mentions.load(id));

/** Resolvers of counts. */
export const countTypeResolvers: Resolvers = {
  MentionCountConnection: {
    totalCount: (page) => page.countKeys(),
    mentionsWithoutKey: (page) => page.countWithoutKey(),
  },
  MentionCount: { example: ({ example }, _args, context) => exampleOf(context, example) },
  MentionContrast: {
    leftExample: ({ leftExample }, _args, context) => exampleOf(context, leftExample),
    rightExample: ({ rightExample }, _args, context) => exampleOf(context, rightExample),
  },
};
