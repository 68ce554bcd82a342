/**
 * Rescaling each row: layer normalisation, softmax and unit length.
 */
import { emitOne, type Value } from '../graph.ts';
import { reduceShape } from '../shape.ts';
import { reduceSum, unbroadcast } from './broadcast.ts';
import { atLeast, divide, multiply, squareRoot, subtract } from './elementwise.ts';
import { lastMean } from './reduction.ts';

/** Scale and shift after layer normalisation. Shapes: both [n]. */
export interface NormalizationParameters {
  readonly weight: Value;
  readonly bias: Value;
}

/**
 * Each row less its mean, over its standard deviation, scaled and shifted.
 *
 * Shapes: x [..., n] → [..., n]. Source: Ba et al. 2016.
 */
export function layerNormalization(
  x: Value,
  { weight, bias }: NormalizationParameters,
  epsilon: number,
): Value {
  const statistics = { type: x.type, shape: reduceShape(x.shape, [x.shape.length - 1], true) };
  const made = x.graph.emit({
    op: 'LayerNormalization',
    inputs: [x, weight, bias],
    outputs: [{ type: x.type, shape: x.shape }, statistics, statistics],
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
    backward: (g) => {
      const [, mean, inverseDeviation] = made as readonly [Value, Value, Value];
      const standard = multiply(subtract(x, mean), inverseDeviation);
      const scaled = multiply(g, weight);
      const centred = subtract(scaled, lastMean(scaled));
      const projected = multiply(standard, lastMean(multiply(scaled, standard)));
      return [
        multiply(subtract(centred, projected), inverseDeviation),
        unbroadcast(multiply(g, standard), weight.shape),
        unbroadcast(g, bias.shape),
      ];
    },
  });
  return made[0];
}

/** e^x over its sum along the last axis. Shapes: [..., n] → [..., n]. */
export function softmax(x: Value): Value {
  const probabilities: Value = emitOne('Softmax', [x], {
    shape: x.shape,
    attributes: { axis: { int: -1 } },
    backward: (g) => {
      const weighted = multiply(g, probabilities);
      const total = reduceSum(weighted, [-1], true);
      return [subtract(weighted, multiply(probabilities, total))];
    },
  });
  return probabilities;
}

/** Length of each row, at least `epsilon`. Shapes: [..., n] → [..., 1]. */
export function rowLength(x: Value, epsilon: number): Value {
  return squareRoot(atLeast(reduceSum(multiply(x, x), [-1], true), epsilon * epsilon));
}

/** Each row scaled to length 1 (a row shorter than `epsilon` is divided by it). */
export function unitRows(x: Value, epsilon = 1e-12): Value {
  return divide(x, rowLength(x, epsilon));
}
