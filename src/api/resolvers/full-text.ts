/** Queries of documents by their words. */
import { appError } from '../../core/errors.ts';
import type { Span } from '../../core/span.ts';
import type { QueryResolvers, Resolvers } from '../../generated/graphql.ts';
import { type FoundDocument, searchDocuments } from '../../search/search-documents.ts';
import type { PassageOptions } from '../../store/passages.ts';
import type { DocumentRecord } from '../../store/records.ts';
import type { ApiContext } from '../context.ts';
import { measureText } from '../offsets.ts';
import { connection, type PagedList, pageRequest, printCursor } from '../page.ts';
import type { HighlightParent } from '../parents.ts';
import { textOf } from './document.ts';

const foundDocuments: PagedList = { name: 'searchDocuments', positionLength: 2 };

/** Throws: ARGUMENT_INVALID. */
function checkRange(argument: string, value: number, [min, max]: readonly [number, number]): void {
  if (value >= min && value <= max) return;
  throw appError('ARGUMENT_INVALID', { argument, rule: `from ${min} to ${max}`, value });
}

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
  { title, matches, passages }: Pick<FoundDocument, 'title' | 'matches' | 'passages'>,
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

/** Resolvers of queries by words. */
export const fullTextResolvers = {
  searchDocuments: async (_parent, { query, filter, first, after, ...shown }, context) => {
    const { limit, after: position } = pageRequest(foundDocuments, { first, after });
    const [score, id] = position ?? [];
    const { items, hasNext, count } = await searchDocuments(context, {
      text: query,
      states: filter?.states ?? undefined,
      passages: passageOptions(shown),
      page: { first: limit, after: score === undefined || id === undefined ? null : { score, id } },
    });
    const documents = await Promise.all(
      items.map(({ documentId }) => context.loaders.documents.load(documentId)),
    );
    const edges = items.flatMap((item, i) => {
      const node = documents[i];
      // Deleted since it was found.
      if (!node) return [];
      const cursor = printCursor(foundDocuments.name, [item.score, item.documentId]);
      return [{ cursor, score: item.score, ...shownIn(context, node, item), node }];
    });
    const pageInfo = { hasNextPage: hasNext, hasPreviousPage: position !== null };
    return { ...connection(edges, pageInfo), totalCount: count };
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
