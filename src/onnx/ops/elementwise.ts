/**
 * Operations on matching elements; binary ones broadcast, and their gradients sum back.
 */
import { emitOne, type Value } from '../graph.ts';
import { broadcastShapes } from '../shape.ts';
import { unbroadcast } from './broadcast.ts';

/** A value, or a number that stands for a constant scalar. */
type Operand = Value | number;

const asValue = (operand: Operand, like: Value): Value =>
  typeof operand === 'number' ? like.graph.scalar(operand) : operand;

/** a + b */
export function add(a: Value, right: Operand): Value {
  const b = asValue(right, a);
  return emitOne('Add', [a, b], {
    shape: broadcastShapes(a.shape, b.shape),
    backward: (g) => [unbroadcast(g, a.shape), unbroadcast(g, b.shape)],
  });
}

/** a − b */
export function subtract(a: Value, right: Operand): Value {
  const b = asValue(right, a);
  return emitOne('Sub', [a, b], {
    shape: broadcastShapes(a.shape, b.shape),
    backward: (g) => [unbroadcast(g, a.shape), unbroadcast(negate(g), b.shape)],
  });
}

/** a · b, element by element */
export function multiply(a: Value, right: Operand): Value {
  const b = asValue(right, a);
  return emitOne('Mul', [a, b], {
    shape: broadcastShapes(a.shape, b.shape),
    backward: (g) => [unbroadcast(multiply(g, b), a.shape), unbroadcast(multiply(g, a), b.shape)],
  });
}

/** a / b, element by element */
export function divide(a: Value, right: Operand): Value {
  const b = asValue(right, a);
  const quotient: Value = emitOne('Div', [a, b], {
    shape: broadcastShapes(a.shape, b.shape),
    backward: (g) => {
      const scaled = divide(g, b);
      return [
        unbroadcast(scaled, a.shape),
        unbroadcast(negate(multiply(scaled, quotient)), b.shape),
      ];
    },
  });
  return quotient;
}

/** −x */
export function negate(x: Value): Value {
  return emitOne('Neg', [x], { shape: x.shape, backward: (g) => [negate(g)] });
}

/** e^x */
export function exp(x: Value): Value {
  const power: Value = emitOne('Exp', [x], {
    shape: x.shape,
    backward: (g) => [multiply(g, power)],
  });
  return power;
}

/** ln x */
export function log(x: Value): Value {
  return emitOne('Log', [x], { shape: x.shape, backward: (g) => [divide(g, x)] });
}

/** √x; the gradient at 0 is infinite, so keep x above 0. */
export function squareRoot(x: Value): Value {
  const root: Value = emitOne('Sqrt', [x], {
    shape: x.shape,
    backward: (g) => [divide(multiply(g, 0.5), root)],
  });
  return root;
}

/** The larger of x and a constant; no gradient where the constant is larger. */
export function atLeast(x: Value, minimum: number): Value {
  const clipped: Value = emitOne('Max', [x, x.graph.scalar(minimum)], {
    shape: x.shape,
    backward: (g) => {
      const above = emitOne('Greater', [x, x.graph.scalar(minimum)], { shape: x.shape });
      return [
        emitOne('Where', [above, g, x.graph.scalar(0)], { shape: x.shape, type: x.type }),
        null,
      ];
    },
  });
  return clipped;
}

/** The error function. */
function erf(x: Value): Value {
  return emitOne('Erf', [x], { shape: x.shape });
}

/**
 * x · Φ(x), the exact (erf) Gaussian error linear unit of BERT.
 * The gradient is Φ(x) + x·φ(x). Source: Hendrycks & Gimpel 2016.
 */
export function gelu(x: Value): Value {
  return emitOne('Gelu', [x], {
    shape: x.shape,
    backward: (g) => {
      const distribution = multiply(add(erf(multiply(x, Math.SQRT1_2)), 1), 0.5);
      const density = multiply(exp(multiply(multiply(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return [multiply(g, add(distribution, multiply(x, density)))];
    },
  });
}

/** ln(1 + e^x), stable for large x; the gradient is the logistic function. */
export function softplus(x: Value): Value {
  return emitOne('Softplus', [x], {
    shape: x.shape,
    backward: (g) => [multiply(g, emitOne('Sigmoid', [x], { shape: x.shape }))],
  });
}
