/**
 * Dropout by multiplying with a stretch of a pool of random masks: the pool is drawn once by the
 * caller and each site reads it from a new offset, which costs a copy instead of a random number
 * per element, and makes a run repeatable from its seed.
 */
import { emitOne, type Value } from '../graph.ts';
import { multiply } from './elementwise.ts';
import { slice } from './layout.ts';

/** Random masks to read from: `pool` holds 0 and 1 / (1 − rate); `offsets` one place for each site. */
export interface DropoutSource {
  /** float32 [R] */
  readonly pool: Value;
  /** int64 [sites] */
  readonly offsets: Value;
}

/** The pool's masks from the offset of site number `site`, as many as x has elements and in its shape. */
function masksLike(x: Value, { pool, offsets }: DropoutSource, site: number): Value {
  const vector = { type: 'int64', shape: [1] } as const;
  const begin = slice(offsets, { axis: 0, start: site, size: 1 });
  const [dims] = x.graph.emit({
    op: 'Shape',
    inputs: [x],
    outputs: [{ type: 'int64', shape: [x.shape.length] }],
  });
  const count = emitOne('ReduceProd', [dims], { ...vector, attributes: { keepdims: { int: 1 } } });
  const end = emitOne('Add', [begin, count], vector);
  const stretch = emitOne('Slice', [pool, begin, end], { shape: [`stretch of ${x.name}`] });
  return emitOne('Reshape', [stretch, dims], { shape: x.shape });
}

/**
 * x times the pool's masks from the offset of site number `site`.
 *
 * The gradient reads the masks again, by its own shape so that they are read no earlier: kept from the
 * forward run they would be a sixth of all that a step has in memory at once.
 */
export const dropout = (x: Value, source: DropoutSource, site: number): Value =>
  emitOne('Mul', [x, masksLike(x, source, site)], {
    shape: x.shape,
    backward: (gradient) => [multiply(gradient, masksLike(gradient, source, site)), null],
  });
