import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { normalize } from '../../../src/core/vector.ts';
import { HnswGraph } from '../../../src/vectors/hnsw-graph.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { seededRandom } from '../../support/vectors/random-vectors.ts';

const dimensions = 4;
const query = Float32Array.of(1, 0, 0, 0);

/** A graph of `count` vectors, each linked to the nearest of `efConstruction` candidates. */
function graphOf(count: number, efConstruction: number): HnswGraph {
  const random = seededRandom(5);
  const graph = HnswGraph.create(dimensions, { m: 2, efConstruction, ef: 10, seed: 1 });
  for (let id = 0; id < count; id += 1) {
    graph.put(id, normalize(Float32Array.from({ length: dimensions }, () => random() - 0.5)));
  }
  return graph;
}

describe('HnswGraph', () => {
  it('says that it finds too few when vectors cannot be reached', () => {
    const graph = graphOf(200, 1);

    const { ids, isShort } = graph.search(query, 200);

    expect(graph.size).toBe(200);
    expect(ids.length).toBeLessThan(200);
    expect(isShort).toBe(true);
  });

  it('does not call an answer short that has every vector there is', () => {
    const graph = graphOf(200, 10);

    const { ids, isShort } = graph.search(query, 1_000);

    expect(new Set(ids).size).toBe(200);
    expect(isShort).toBe(false);
  });

  it('does not miss what was removed', () => {
    const graph = graphOf(200, 10);
    for (let id = 0; id < 150; id += 1) graph.remove(id);

    const { ids, isShort } = graph.search(query, 200);

    expect(graph.size).toBe(50);
    expect(graph.tombstones).toBe(150);
    expect([...ids].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => 150 + i));
    expect(isShort).toBe(false);
  });

  it('finds nothing when it is empty, and does not call that short', () => {
    const graph = graphOf(0, 10);

    expect(graph.search(query, 5)).toEqual({
      ids: new Float64Array(),
      similarities: new Float64Array(),
      isShort: false,
    });
  });

  it.each([0, 1, 3])('takes vectors again after it was saved with %i', async (count) => {
    const parameters = { m: 2, efConstruction: 10, ef: 10, seed: 1 };
    const file = join(temporaryFolder(), 'graph');
    const saved = graphOf(count, 10);
    await saved.save(file);

    const loaded = await HnswGraph.load(file, saved.ids(), { dimensions, parameters });
    for (let id = count; id < count + 5; id += 1) loaded.put(id, query);

    expect(loaded.search(query, 10).ids).toHaveLength(count + 5);
  });
});
