/** Documents and their mentions. */
import { codePointsBefore } from '../../core/code-points.ts';
import { appError, type ErrorCode } from '../../core/errors.ts';
import { pageNumber } from '../../core/page-starts.ts';
import type { DocumentResolvers } from '../../generated/graphql.ts';
import { resolveOverlap } from '../../ner/overlap.ts';
import { typeNamed } from '../../search/mention-filter.ts';
import { listEntityTypes } from '../../store/entity-types.ts';
import { type DocumentRecord, listedStates, type MentionRecord } from '../../store/records.ts';
import type { ApiContext } from '../context.ts';
import { printGlobalId } from '../global-id.ts';
import type { MeasuredText } from '../offsets.ts';
import { connection, type PagedList, pageRequest, printCursor } from '../page.ts';

/** Reading order: by start, the shorter first, then as stored. */
const mentionsInText: PagedList = { name: 'mentionsOfDocument', positionLength: 3 };

const placeOf = ({ start, end, id }: MentionRecord): readonly number[] => [start, end, id];

const comparePlaces = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((order, value, i) => order || value - (b[i] ?? 0), 0);

/** What a document has, unless it was deleted since somebody named it. Throws: DOCUMENT_UNKNOWN. */
export function stillThere<Found>(found: Found | null, documentId: number): Found {
  if (found !== null) return found;
  throw appError('DOCUMENT_UNKNOWN', { id: printGlobalId('Document', documentId) });
}

/** The text of a document. Throws: DOCUMENT_UNKNOWN. */
export async function textOf({ loaders }: ApiContext, documentId: number): Promise<MeasuredText> {
  return stillThere(await loaders.texts.load(documentId), documentId);
}

/** Number of the page that an offset of a document is on; null for a text without pages. */
export async function pageAt(
  { loaders }: ApiContext,
  documentId: number,
  offset: number,
): Promise<number | null> {
  const starts = await loaders.pageStarts.load(documentId);
  return starts && pageNumber(starts, offset);
}

async function mentionsOfTypes(
  { loaders, database }: ApiContext,
  document: DocumentRecord,
  names: readonly string[] | null | undefined,
): Promise<readonly MentionRecord[]> {
  const mentions = (await loaders.mentionsOfDocument.load(document.id)) ?? [];
  if (!names) return mentions;
  const types = await listEntityTypes(database, document.collectionId);
  const ids = new Set(names.map((name) => typeNamed(types, name).id));
  return mentions.filter((mention) => ids.has(mention.entityTypeId));
}

const documentResolvers: DocumentResolvers = {
  id: (document) => printGlobalId('Document', document.id),
  text: async (document, _args, context) => (await textOf(context, document.id)).text,
  length: async (document, { unit }, context) => {
    const { text } = await textOf(context, document.id);
    return unit === 'UTF16' ? text.length : codePointsBefore(text, text.length);
  },
  pageStarts: async ({ id }, { unit }, context) => {
    const starts = await context.loaders.pageStarts.load(id);
    if (starts === null || unit === 'UTF16') return starts;
    const measured = await textOf(context, id);
    return starts.map((start) => measured.offset(start, unit));
  },
  pageText: async ({ id }, { number }, context) => {
    const starts = await context.loaders.pageStarts.load(id);
    const start = starts?.[number - 1];
    if (start === undefined) return null;
    return (await textOf(context, id)).text.slice(start, starts?.[number]);
  },
  error: ({ state, error }) =>
    error === null || state !== 'FAILED'
      ? null
      : { code: error.code as ErrorCode, message: error.message },
  coverage: ({ id, readAt, coverage }) =>
    readAt === null ? null : { ...coverage, documentId: id },
  mentions: async (document, { types, state, overlap, first, after }, context) => {
    const { limit, after: place } = pageRequest(mentionsInText, { first, after });
    const states = state ?? listedStates;
    const mentions = (await mentionsOfTypes(context, document, types)).filter((mention) =>
      states.includes(mention.state),
    );
    const ordered = resolveOverlap(mentions, overlap)
      .toSorted((a, b) => comparePlaces(placeOf(a), placeOf(b)))
      .filter((mention) => place === null || comparePlaces(placeOf(mention), place) > 0);
    const edges = ordered.slice(0, limit).map((node) => ({
      cursor: printCursor(mentionsInText.name, placeOf(node)),
      node,
    }));
    return connection(edges, {
      hasNextPage: ordered.length > limit,
      hasPreviousPage: place !== null,
    });
  },
};

/** Resolvers of documents. */
export const documentTypeResolvers: { readonly Document: DocumentResolvers } = {
  Document: documentResolvers,
};
