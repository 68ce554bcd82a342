/** HNSW indexes over sources in memory, for tests. */
import { HnswIndex } from '../../../src/vectors/hnsw-index.ts';
import type { HnswIndexOptions } from '../../../src/vectors/hnsw-options.ts';
import type {
  IndexedVector,
  NeighborQuery,
  VectorIndex,
} from '../../../src/vectors/vector-index.ts';
import { MapSource } from './map-source.ts';

/** An index whose source is given the same changes, as a database would be. */
export class SourcedIndex implements VectorIndex {
  readonly index: HnswIndex;
  readonly source: MapSource;

  constructor(options: Omit<HnswIndexOptions, 'source'>, source = new MapSource()) {
    this.source = source;
    this.index = HnswIndex.open({ ...options, source });
  }

  get dimensions(): number {
    return this.index.dimensions;
  }

  get size(): number {
    return this.index.size;
  }

  async put(vectors: readonly IndexedVector[]): Promise<void> {
    await this.index.put(vectors);
    this.source.put(vectors);
  }

  async remove(ids: readonly number[]): Promise<void> {
    await this.index.remove(ids);
    this.source.remove(ids);
  }

  find(query: NeighborQuery) {
    return this.index.find(query);
  }

  search(query: NeighborQuery) {
    return this.index.search(query);
  }

  close(): Promise<void> {
    return this.index.close();
  }
}
