/** How much was read, of a document and of a collection, and what was not. */
import type { DroppedPart, DropReason, DropSum, Resolvers } from '../../generated/graphql.ts';
import { dropsOfCollection, totalCoverage } from '../../store/coverage.ts';
import type { FileDrop } from '../../store/drafts.ts';
import { addDrops, type DropSum as StoredDropSum } from '../../store/drop-sums.ts';
import type { DroppedRecord } from '../../store/records.ts';
import type { ApiContext } from '../context.ts';
import type { TotalCoverageParent } from '../parents.ts';

/** Most parts that are listed as not read. */
const maxDropped = 100;

/** How much of a collection was read. */
export const coverageOfCollection = async (
  { database }: ApiContext,
  collectionId: number,
): Promise<TotalCoverageParent> => ({
  ...(await totalCoverage(database, collectionId)),
  collectionId,
});

/** Reasons are written by this program: every one of them is in the schema. */
const toDropSum = ({ reason, ...sum }: StoredDropSum): DropSum => ({
  ...sum,
  reason: reason as DropReason,
});

const partOfText = ({ start, end, reason }: DroppedRecord): DroppedPart => ({
  start,
  end,
  reason: reason as DropReason,
  characters: end - start,
  bytes: null,
  excerpt: null,
});

const partOfFile = ({ at, reason, chars, bytes, text }: FileDrop): DroppedPart => ({
  start: at,
  end: at,
  reason: reason as DropReason,
  characters: bytes === undefined ? chars : null,
  bytes: bytes ?? null,
  excerpt: text,
});

const sumOfPart = ({ start, end, reason }: DroppedRecord): StoredDropSum => ({
  reason,
  parts: 1,
  characters: end - start,
  bytes: 0,
});

/** Resolvers of coverage. */
export const coverageTypeResolvers: Resolvers = {
  Coverage: {
    windows: async (coverage, _args, { loaders }) =>
      'windows' in coverage
        ? coverage.windows
        : ((await loaders.windowCounts.load(coverage.documentId)) ?? 0),
    words: (coverage, _args, { loaders }) =>
      'documentId' in coverage ? loaders.wordCounts.load(coverage.documentId) : coverage.words,
    dropped: async (coverage, _args, { loaders }) => {
      const ofText = coverage.dropped.slice(0, maxDropped).map(partOfText);
      if (!('documentId' in coverage)) return ofText;
      const ofFile = (await loaders.fileDrops.load(coverage.documentId)) ?? [];
      return [...ofText, ...ofFile.map(partOfFile)]
        .sort((a, b) => a.start - b.start)
        .slice(0, maxDropped);
    },
    droppedByReason: async (coverage, _args, { loaders }) => {
      const sums =
        'documentId' in coverage
          ? await loaders.dropSums.load(coverage.documentId)
          : addDrops(coverage.dropped.map(sumOfPart));
      return (sums ?? []).map(toDropSum);
    },
  },
  TotalCoverage: {
    charactersDropped: ({ characters, charactersRead }) => characters - charactersRead,
    droppedByReason: async ({ collectionId }, _args, { database }) =>
      (await dropsOfCollection(database, collectionId)).map(toDropSum),
  },
};
