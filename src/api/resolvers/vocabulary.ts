/** Vocabularies, and the concepts that they have for mentions. */
import { appError } from '../../core/errors.ts';
import type {
  ImportVocabularyInput,
  MutationResolvers,
  QueryResolvers,
  Resolvers,
  UserError,
} from '../../generated/graphql.ts';
import { typeNamed } from '../../search/mention-filter.ts';
import { vocabularyDraft } from '../../search/vocabulary-draft.ts';
import { listEntityTypes } from '../../store/entity-types.ts';
import { findVocabularies, listVocabularies } from '../../store/vocabularies.ts';
import type { VocabularyProgress, VocabularyRecord } from '../../store/vocabulary-records.ts';
import { checkRange, invalid } from '../check-arguments.ts';
import { collectionIdOf } from '../collection.ts';
import type { ApiContext } from '../context.ts';
import { printGlobalId, rowOf } from '../global-id.ts';
import { orRefused } from '../or-refused.ts';
import { connection, type PagedList, pageById, printCursor } from '../page.ts';

const maxWaitSeconds = 30;

/** Most concepts of one request; files have more. */
const maxEntries = 10_000;

const vocabularies: PagedList = { name: 'vocabularies', positionLength: 1 };

interface Payload {
  readonly vocabulary: VocabularyRecord | null;
  readonly errors: readonly UserError[];
}

async function importVocabulary(
  context: ApiContext,
  { collection, name, entries, types }: ImportVocabularyInput,
  waitSeconds: number,
): Promise<Payload> {
  const { database, linking } = context;
  if (entries.length > maxEntries) {
    throw invalid('entries', `1 to ${maxEntries} concepts in a request`, entries.length);
  }
  if (types?.length === 0) throw invalid('types', '1 type at least, or left out', 0);
  const collectionId = await collectionIdOf(context, collection);
  const stored = types ? await listEntityTypes(database, collectionId) : [];
  const typeIds = types?.map((each) => typeNamed(stored, each).id) ?? null;
  const concepts = entries.map(({ id, name: own, synonyms = [] }) => ({ id, name: own, synonyms }));
  const given = { collectionId, name, typeIds, entries: concepts };
  const row = await linking.import(vocabularyDraft(given));
  await linking.settled(row, AbortSignal.timeout(Math.ceil(waitSeconds * 1_000)));
  return { vocabulary: (await findVocabularies(database, [row])).get(row) ?? null, errors: [] };
}

/** Unknown types are those of the argument `types`. */
const refused = (errors: readonly UserError[]): Payload => ({
  vocabulary: null,
  errors: errors.map((error) =>
    error.code === 'ENTITY_TYPE_UNKNOWN' ? { ...error, path: ['input', 'types'] } : error,
  ),
});

async function deleteVocabulary({ linking }: ApiContext, id: string) {
  const row = rowOf('Vocabulary', id);
  if (row === null || !(await linking.remove(row))) throw appError('VOCABULARY_UNKNOWN', { id });
  return { deletedId: id, errors: [] };
}

/** Queries of vocabularies. */
export const vocabularyQueryResolvers = {
  vocabularies: async (_parent, { first, after }, { database, collectionId }) => {
    const page = pageById(vocabularies, { first, after });
    const { rows, hasNext } = await listVocabularies(database, collectionId, page);
    const edges = rows.map((node) => ({ cursor: printCursor(vocabularies.name, [node.id]), node }));
    return connection(edges, { hasNextPage: hasNext, hasPreviousPage: page.after !== undefined });
  },
} satisfies QueryResolvers;

/** Changes of vocabularies. */
export const vocabularyMutationResolvers = {
  importVocabulary: (_parent, { input, waitSeconds }, context) =>
    orRefused<Payload>(
      { root: [], of: {} },
      () => {
        checkRange('waitSeconds', waitSeconds, [0, maxWaitSeconds]);
        return orRefused(
          { root: ['input'], of: { COLLECTION_UNKNOWN: ['collection'] } },
          () => importVocabulary(context, input, waitSeconds),
          refused,
        );
      },
      refused,
    ),
  deleteVocabulary: (_parent, { id }, context) =>
    orRefused<{ deletedId: string | null; errors: readonly UserError[] }>(
      { root: [], of: { VOCABULARY_UNKNOWN: ['id'] } },
      () => deleteVocabulary(context, id),
      (errors) => ({ deletedId: null, errors }),
    ),
} satisfies MutationResolvers;

async function progressOf({ loaders }: ApiContext, { id }: VocabularyRecord) {
  const none = { namesTotal: 0, namesWaiting: 0, documentsTotal: 0, documentsWaiting: 0 };
  return (await loaders.vocabularyProgress.load(id)) ?? (none satisfies VocabularyProgress);
}

/** Fields of vocabularies. */
export const vocabularyTypeResolvers: Resolvers = {
  Vocabulary: {
    id: ({ id }) => printGlobalId('Vocabulary', id),
    types: async ({ typeIds }, _args, { loaders }) => {
      if (typeIds === null) return null;
      const types = await Promise.all(typeIds.map((id) => loaders.entityTypes.load(id)));
      // One that was deleted since the vocabulary was read is a type of it no more.
      return types.filter((type) => type !== null);
    },
    namesTotal: async (vocabulary, _args, context) =>
      (await progressOf(context, vocabulary)).namesTotal,
    namesEncoded: async (vocabulary, _args, context) => {
      const { namesTotal, namesWaiting } = await progressOf(context, vocabulary);
      return namesTotal - namesWaiting;
    },
    documentsTotal: async (vocabulary, _args, context) =>
      (await progressOf(context, vocabulary)).documentsTotal,
    documentsLinked: async (vocabulary, _args, context) => {
      const { documentsTotal, documentsWaiting } = await progressOf(context, vocabulary);
      return documentsTotal - documentsWaiting;
    },
  },
};
