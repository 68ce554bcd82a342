/** The two vector indexes of a data folder, following what the store writes. */
import type { IndexReport } from '../api/context.ts';
import type { ModelInfo } from '../ner/extractor.ts';
import type { Database } from '../store/database.ts';
import { indexFile } from '../store/index-files.ts';
import { loggedVectors, modelGeneration } from '../store/index-log.ts';
import type { VectorSpace } from '../store/vectors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { HnswIndex } from '../vectors/hnsw-index.ts';

/** What an index must know of a model. */
export type IndexedModel = Pick<ModelInfo, 'id' | 'embeddingSize' | 'meaningSize'>;

/** The open indexes. */
export interface Indexes {
  readonly typeIndex: HnswIndex;
  readonly meaningIndex: HnswIndex;
  reports(): readonly IndexReport[];
  /** Builds both anew, and leaves in their files nothing that the database does not have. */
  rewrite(): Promise<void>;
  close(): Promise<void>;
}

const reportOf = (space: VectorSpace, index: HnswIndex): IndexReport => {
  const { phase, waiting, absorbed: _, ...counts } = index.status;
  return { space, state: phase, size: index.size, tail: waiting, ...counts };
};

/** Opens both; each answers at once, exactly until its graph is there. */
export async function openIndexes(
  database: Database,
  model: IndexedModel,
  logger: Logger,
): Promise<Indexes> {
  const generation = await modelGeneration(database);
  const open = (space: VectorSpace, dimensions: number): HnswIndex =>
    HnswIndex.open({
      path: indexFile(database.folder, space),
      dimensions,
      modelId: model.id,
      generation,
      source: loggedVectors(database, space),
      notice: (detail) => logger.warn({ space, detail }, 'news of a vector index'),
    });
  const typeIndex = open('TYPE', model.embeddingSize);
  const meaningIndex = open('MEANING', model.meaningSize);
  return {
    typeIndex,
    meaningIndex,
    reports: () => [reportOf('TYPE', typeIndex), reportOf('MEANING', meaningIndex)],
    rewrite: async () => {
      await Promise.all([typeIndex.rewrite(), meaningIndex.rewrite()]);
    },
    close: async () => {
      await Promise.all([typeIndex.close(), meaningIndex.close()]);
    },
  };
}
