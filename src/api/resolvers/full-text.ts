/** Queries of documents by their words. */
import type { Span } from '../../core/span.ts';
import type { QueryResolvers, Resolvers } from '../../generated/graphql.ts';
import { searchHybrid } from '../../search/hybrid-documents.ts';
import { searchDocuments } from '../../search/search-documents.ts';
import type { FullTextPage } from '../../store/full-text.ts';
import type { FoundInDocument, PassageOptions } from '../../store/passages.ts';
import type { DocumentRecord } from '../../store/records.ts';
import { checkRange, checkWords } from '../check-arguments.ts';
import type { ApiContext } from '../context.ts';
import { toDocumentFilter } from '../filters.ts';
import { measureText } from '../offsets.ts';
import { connection, type PagedList, pageRequest, printCursor } from '../page.ts';
import type { HighlightParent } from '../parents.ts';
import { textOf } from './document.ts';

const foundDocuments: PagedList = { name: 'searchDocuments', positionLength: 2 };
const hybridDocuments: PagedList = { name: 'hybridDocuments', positionLength: 2 };

/** Throws: ARGUMENT_INVALID. */
function passageOptions(args: {
  readonly passages: number;
  readonly passageChars: number;
}): PassageOptions {
  checkRange('passages', args.passages, [0, 10]);
  checkRange('passageChars', args.passageChars, [40, 1_000]);
  return { count: args.passages, chars: args.passageChars };
}

/** What was found in a document, with offsets that can be asked for in either unit. */
function shownIn(
  context: ApiContext,
  document: DocumentRecord,
  { title, matches, passages }: FoundInDocument,
) {
  const inTitle = async () => measureText(document.title ?? '');
  const inText = () => textOf(context, document.id);
  const range = ({ start, end }: Span, measured: HighlightParent['measured']) => ({
    start,
    end,
    measured,
  });
  return {
    titleMatches: title.map((span) => range(span, inTitle)),
    matches,
    passages: passages.map((passage) => ({
      ...range(passage, inText),
      text: passage.text,
      matches: passage.matches.map((span) => range(span, inText)),
    })),
  };
}

/** The documents of a page with what was found in them, without those deleted since. */
async function edgesOf<Item extends FoundInDocument & { documentId: number; score: number }>(
  context: ApiContext,
  list: PagedList,
  items: readonly Item[],
) {
  const documents = await Promise.all(
    items.map(({ documentId }) => context.loaders.documents.load(documentId)),
  );
  return items.flatMap((item, i) => {
    const node = documents[i];
    if (!node) return [];
    const cursor = printCursor(list.name, [item.score, item.documentId]);
    return [{ ...item, cursor, ...shownIn(context, node, item), node }];
  });
}

/** The page that is asked for by a score and a row. Throws: PAGE_SIZE_INVALID, CURSOR_INVALID. */
function scoredPage(
  list: PagedList,
  args: { readonly first: number; readonly after?: string | null | undefined },
): FullTextPage {
  const { limit, after } = pageRequest(list, args);
  const [score, id] = after ?? [];
  return { first: limit, after: score === undefined || id === undefined ? null : { score, id } };
}

/** Resolvers of queries by words. */
export const fullTextResolvers = {
  searchDocuments: async (_parent, { query, filter, first, after, ...shown }, context) => {
    const page = scoredPage(foundDocuments, { first, after });
    const { items, hasNext, count } = await searchDocuments(context, {
      text: query,
      filter: filter ? toDocumentFilter('', filter) : undefined,
      passages: passageOptions(shown),
      page,
    });
    const edges = await edgesOf(context, foundDocuments, items);
    const pageInfo = { hasNextPage: hasNext, hasPreviousPage: page.after !== null };
    return { ...connection(edges, pageInfo), totalCount: count };
  },
  hybridDocuments: async (
    _parent,
    { query, similarTo, types, first, after, ...shown },
    context,
  ) => {
    const page = scoredPage(hybridDocuments, { first, after });
    if (typeof similarTo === 'string') checkWords('similarTo', similarTo);
    const { items, hasNext } = await searchHybrid(context, {
      text: query,
      similarTo: similarTo ?? null,
      types: types ?? undefined,
      passages: passageOptions(shown),
      page,
    });
    const edges = await edgesOf(context, hybridDocuments, items);
    return connection(edges, { hasNextPage: hasNext, hasPreviousPage: page.after !== null });
  },
} satisfies QueryResolvers;

const rangeResolvers = {
  start: async (
    { start, measured }: HighlightParent,
    { unit }: { unit: 'UTF16' | 'CODE_POINT' },
  ) => (unit === 'UTF16' ? start : (await measured()).offset(start, unit)),
  end: async ({ end, measured }: HighlightParent, { unit }: { unit: 'UTF16' | 'CODE_POINT' }) =>
    unit === 'UTF16' ? end : (await measured()).offset(end, unit),
};

/** Resolvers of the parts of a text. */
export const fullTextTypeResolvers: Resolvers = {
  FoundDocumentConnection: { totalCount: ({ totalCount }) => totalCount() },
  Passage: rangeResolvers,
  Highlight: rangeResolvers,
};
