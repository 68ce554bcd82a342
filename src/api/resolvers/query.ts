/** Queries of documents, entity types, anything by id, and texts that are not stored. */

import type { EntityType } from '../../core/document.ts';
import { appError } from '../../core/errors.ts';
import type { QueryResolvers } from '../../generated/graphql.ts';
import { checkTypeDescription, checkTypeName, checkTypeOffset } from '../../ingest/check-draft.ts';
import { resolveOverlap } from '../../ner/overlap.ts';
import { typeNamed } from '../../search/mention-filter.ts';
import { listCollections } from '../../store/collections.ts';
import { isNarrowing } from '../../store/document-filter.ts';
import { findDocumentByExternalId } from '../../store/document-lookup.ts';
import { countDocuments, countPassing, listDocuments } from '../../store/documents.ts';
import { listEntityTypes } from '../../store/entity-types.ts';
import type { EntityTypeRecord } from '../../store/records.ts';
import { checkText } from '../../text/check-text.ts';
import { onlyGiven } from '../check-arguments.ts';
import type { ApiContext } from '../context.ts';
import { toDocumentFilter } from '../filters.ts';
import { parseGlobalId, rowOf } from '../global-id.ts';
import { measureText } from '../offsets.ts';
import { connection, type PagedList, pageById, printCursor } from '../page.ts';
import type { DocumentConnectionParent, NodeParent } from '../parents.ts';

const maxExtractTypes = 100;

const documents: PagedList = { name: 'documents', positionLength: 1 };
const entityTypes: PagedList = { name: 'entityTypes', positionLength: 1 };

/** A type of `extract`: by name, or by its own description. */
interface ExtractType {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly offset?: number | null | undefined;
}

/** Throws: ARGUMENT_INVALID, ENTITY_TYPE_UNKNOWN. */
function typeToExtract(
  stored: readonly EntityTypeRecord[],
  { name, description, offset }: ExtractType,
): EntityType {
  if (typeof offset === 'number') checkTypeOffset(offset);
  if (description === undefined || description === null) {
    const type = typeNamed(stored, name);
    return { ...type, offset: offset ?? type.offset };
  }
  checkTypeName(name);
  checkTypeDescription(description);
  return { name, description, offset: offset ?? 0 };
}

/** Throws: ARGUMENT_INVALID, ENTITY_TYPE_UNKNOWN. */
async function typesToExtract(
  { database, collectionId }: ApiContext,
  given: readonly ExtractType[] | null | undefined,
): Promise<readonly EntityType[]> {
  const stored = await listEntityTypes(database, collectionId);
  if (!given) return stored;
  const names = new Set(given.map(({ name }) => name));
  if (names.size === 0 || names.size !== given.length || given.length > maxExtractTypes) {
    const rule = `1 to ${maxExtractTypes} types with different names`;
    throw appError('ARGUMENT_INVALID', { argument: 'types', rule, value: [...given] });
  }
  return given.map((type) => typeToExtract(stored, type));
}

function loadNode({ loaders }: ApiContext, id: string): Promise<NodeParent | null> {
  const key = parseGlobalId(id);
  if (key === null) return Promise.resolve(null);
  const loader = {
    Document: loaders.documents,
    EntityType: loaders.entityTypes,
    IngestJob: loaders.jobs,
    Mention: loaders.mentions,
    Review: loaders.reviews,
    Vocabulary: loaders.vocabularies,
  }[key.kind];
  return loader.load(key.row);
}

/** Resolvers of queries that do not search. */
export const queryResolvers = {
  extract: async (_parent, { text, types, overlap }, context) => {
    checkText(text, context.maxExtractChars);
    const wanted = await typesToExtract(context, types);
    const results = await context.extractor.extract([text], wanted, { priority: 'interactive' });
    const measured = measureText(text);
    return results.map(({ mentions, coverage }) => ({
      coverage,
      mentions: resolveOverlap(mentions, overlap).map((mention) => ({ mention, measured })),
    }))[0]!;
  },
  document: (_parent, { id, externalId }, { database, collectionId, loaders }) => {
    onlyGiven({ id, externalId });
    if (typeof externalId === 'string') {
      return findDocumentByExternalId(database, { collectionId, externalId });
    }
    const row = rowOf('Document', id ?? '');
    return row === null ? null : loaders.documents.load(row);
  },
  documents: async (_parent, { filter, first, after }, { database, collectionId }) => {
    const page = pageById(documents, { first, after });
    const asked = { ...toDocumentFilter('', filter ?? {}), collectionId };
    const { rows, hasNext } = await listDocuments(database, asked, page);
    const edges = rows.map((node) => ({ cursor: printCursor(documents.name, [node.id]), node }));
    const pageInfo = { hasNextPage: hasNext, hasPreviousPage: page.after !== undefined };
    return { ...connection(edges, pageInfo), filter: asked };
  },
  entityTypes: async (_parent, { first, after }, { database, collectionId }) => {
    const page = pageById(entityTypes, { first, after });
    const types = await listEntityTypes(database, collectionId);
    const rest = types.filter(({ id }) => id > (page.after ?? 0));
    const edges = rest
      .slice(0, page.first)
      .map((node) => ({ cursor: printCursor(entityTypes.name, [node.id]), node }));
    const hasNextPage = rest.length > page.first;
    const pageInfo = { hasNextPage, hasPreviousPage: page.after !== undefined };
    return { ...connection(edges, pageInfo), totalCount: types.length };
  },
  node: (_parent, { id }, context) => loadNode(context, id),
  collections: (_parent, _args, { database }) => listCollections(database),
  status: (_parent, _args, { collectionId }) => ({ collectionId }),
} satisfies QueryResolvers;

/** How many documents pass a page's filter: a running sum, unless it asks for more than states. */
export async function countOfDocuments(
  { filter }: DocumentConnectionParent,
  { database }: ApiContext,
): Promise<number> {
  if (isNarrowing(filter)) return countPassing(database, filter);
  const counts = await countDocuments(database, filter.collectionId);
  const wanted = new Set(filter.states ?? (['QUEUED', 'RUNNING', 'DONE', 'FAILED'] as const));
  return [...wanted].reduce((sum, state) => sum + counts[state], 0);
}
