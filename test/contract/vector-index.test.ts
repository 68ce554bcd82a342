import { join } from 'node:path';
import { ExactIndex } from '../../src/vectors/exact-index.ts';
import type { VectorIndex } from '../../src/vectors/vector-index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { SourcedIndex } from '../support/vectors/hnsw.ts';
import { MapSource } from '../support/vectors/map-source.ts';
import { describeVectorIndex, type OpenedIndex } from './vector-index.ts';

/** The exact index is in memory: it is reopened by reading it out and in. */
function openExact(index = new ExactIndex(3)): OpenedIndex {
  const kept = new MapSource();
  const recorded: VectorIndex = {
    dimensions: index.dimensions,
    get size() {
      return index.size;
    },
    put: async (vectors) => {
      await index.put(vectors);
      kept.put(vectors.map(({ id, vector }) => ({ id, vector: vector.slice() })));
    },
    remove: async (ids) => {
      await index.remove(ids);
      kept.remove(ids);
    },
    find: (query) => index.find(query),
    search: (query) => index.search(query),
    close: () => index.close(),
  };
  return {
    index: recorded,
    reopen: async () => {
      await index.close();
      const again = new ExactIndex(3);
      await again.put([...kept.vectors].map(([id, vector]) => ({ id, vector })));
      return openExact(again);
    },
    close: () => index.close(),
  };
}

async function openHnsw(
  limits: { readonly exactProducts?: number } = {},
  source = new MapSource(),
  folder = temporaryFolder(),
): Promise<OpenedIndex> {
  const path = join(folder, 'test.index');
  const index = new SourcedIndex({ path, dimensions: 3, modelId: 'model', ...limits }, source);
  await index.index.ready();
  return {
    index,
    reopen: async () => {
      await index.close();
      return openHnsw(limits, source, folder);
    },
    close: () => index.close(),
  };
}

describeVectorIndex('ExactIndex', async () => openExact());
describeVectorIndex('HnswIndex, comparing', () => openHnsw());
describeVectorIndex('HnswIndex, by its graph', () => openHnsw({ exactProducts: 0 }));
