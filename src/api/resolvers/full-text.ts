/** Queries of documents by their words. */
import type { Span } from '../../core/span.ts';
import { timed } from '../../core/timed.ts';
import type { QueryResolvers, Resolvers } from '../../generated/graphql.ts';
import { searchHybrid } from '../../search/hybrid-documents.ts';
import { searchDocuments } from '../../search/search-documents.ts';
import type { FoundInDocument, PassageOptions } from '../../store/passages.ts';
import type { DocumentRecord } from '../../store/records.ts';
import { checkRange, checkWords } from '../check-arguments.ts';
import type { ApiContext } from '../context.ts';
import { explainHybrid, explainWords } from '../explain.ts';
import { toDocumentFilter, toMentionFilter } from '../filters.ts';
import { measureText } from '../offsets.ts';
import { connection } from '../page.ts';
import type { HighlightParent } from '../parents.ts';
import { fingerprint, type ShownItem } from '../ranked-pages.ts';
import { pageAt, textOf } from './document.ts';

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
      page: () => pageAt(context, document.id, (passage.matches[0] ?? passage).start),
      matches: passage.matches.map((span) => range(span, inText)),
    })),
  };
}

/** What a cursor keeps of documents: each is shown once. */
const shownItems = (
  items: readonly { readonly documentId: number; readonly score: number }[],
): ShownItem[] =>
  items.map(({ documentId, score }) => ({ similarity: score, id: documentId, key: documentId }));

/** The documents of a page with what was found in them, without those deleted since. */
async function edgesOf<Item extends FoundInDocument & { documentId: number; score: number }>(
  context: ApiContext,
  items: readonly Item[],
  cursorOf: (place: number) => string,
) {
  const documents = await Promise.all(
    items.map(({ documentId }) => context.loaders.documents.load(documentId)),
  );
  return items.flatMap((item, place) => {
    const node = documents[place];
    if (!node) return [];
    return [
      {
        ...item,
        ...shownIn(context, node, item),
        node,
        get cursor() {
          return cursorOf(place);
        },
      },
    ];
  });
}

/** Resolvers of queries by words. */
export const fullTextResolvers = {
  searchDocuments: async (_parent, { first, after, ...asked }, context) => {
    const { query, filter, ...shown } = asked;
    const { page, cursors } = context.rankings.searchDocuments.request({
      first,
      after,
      asked: fingerprint(context.collectionId, asked),
    });
    const { items, hasNext, moment, ...found } = await timed(() =>
      searchDocuments(context, {
        text: query,
        filter: filter ? toDocumentFilter('', filter) : undefined,
        passages: passageOptions(shown),
        page,
      }),
    );
    const explain = explainWords(found);
    const edges = await edgesOf(context, items, cursors(moment, shownItems(items)));
    const pageInfo = { hasNextPage: hasNext, hasPreviousPage: page.after !== null };
    return { ...connection(edges, pageInfo), totalCount: found.count, explain };
  },
  hybridDocuments: async (_parent, { first, after, ...asked }, context) => {
    const { query, similarTo, filter, documents, ...shown } = asked;
    const { page, cursors } = context.rankings.hybridDocuments.request({
      first,
      after,
      asked: fingerprint(context.collectionId, asked),
    });
    if (typeof similarTo === 'string') checkWords('similarTo', similarTo);
    const { items, hasNext, moment, report, timeMs } = await timed(() =>
      searchHybrid(context, {
        text: query,
        similarTo: similarTo ?? null,
        filter: toMentionFilter(filter),
        documents: documents ? toDocumentFilter('documents.', documents) : undefined,
        passages: passageOptions(shown),
        page,
      }),
    );
    const explain = explainHybrid(report, timeMs);
    const edges = await edgesOf(context, items, cursors(moment, shownItems(items)));
    const pageInfo = { hasNextPage: hasNext, hasPreviousPage: page.after !== null };
    return { ...connection(edges, pageInfo), explain };
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
  Passage: { ...rangeResolvers, page: ({ page }) => page() },
  Highlight: rangeResolvers,
};
