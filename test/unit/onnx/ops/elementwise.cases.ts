import {
  add,
  atLeast,
  divide,
  exp,
  gelu,
  log,
  multiply,
  negate,
  softplus,
  squareRoot,
  subtract,
} from '../../../../src/onnx/ops/elementwise.ts';
import type { OperatorCase } from '../../../support/onnx/check-operator.ts';
import { given, positive, signed } from '../../../support/onnx/operator-inputs.ts';
import { mapped, plain } from '../../../support/onnx/plain-array.ts';

/** Φ(x) by summing the density from far below; the oracle of gelu. */
function normalDistribution(x: number): number {
  const steps = 4000;
  const from = -9;
  const width = (x - from) / steps;
  let sum = 0;
  for (let k = 0; k < steps; k += 1) sum += Math.exp(-((from + (k + 0.5) * width) ** 2) / 2);
  return (sum * width) / Math.sqrt(2 * Math.PI);
}

/** Uses of every export of ops/elementwise.ts. */
export const elementwiseCases: readonly OperatorCase[] = [
  {
    op: 'add',
    title: 'of equal shapes',
    inputs: [signed([2, 3]), signed([2, 3])],
    build: (a, b) => add(a, b),
    expected: (a, b) => plain([2, 3], (i, j) => a.at(i, j) + b.at(i, j)),
  },
  {
    op: 'add',
    title: 'with both sides repeated, one of lower rank',
    inputs: [signed([2, 1, 3]), signed([4, 1])],
    build: (a, b) => add(a, b),
    expected: (a, b) => plain([2, 4, 3], (i, j, k) => a.at(i, 0, k) + b.at(j, 0)),
  },
  {
    op: 'add',
    title: 'of sizes known at run time, one side repeated',
    inputs: [signed([2, 4, 3], ['B', 'L', 3]), signed([2, 1, 3], ['B', 1, 3])],
    build: (a, b) => add(a, b),
    expected: (a, b) => plain([2, 4, 3], (i, j, k) => a.at(i, j, k) + b.at(i, 0, k)),
  },
  {
    op: 'add',
    title: 'of a number',
    inputs: [signed([5])],
    build: (a) => add(a, 2.5),
    expected: (a) => mapped(a, (x) => x + 2.5),
  },
  {
    op: 'add',
    title: 'of a value to itself',
    inputs: [signed([2, 2])],
    build: (a) => add(a, a),
    expected: (a) => mapped(a, (x) => 2 * x),
  },
  {
    op: 'subtract',
    title: 'with the right side repeated',
    inputs: [signed([2, 3]), signed([3])],
    build: (a, b) => subtract(a, b),
    expected: (a, b) => plain([2, 3], (i, j) => a.at(i, j) - b.at(j)),
  },
  {
    op: 'subtract',
    title: 'from a scalar',
    inputs: [signed([]), signed([2, 3])],
    build: (a, b) => subtract(a, b),
    expected: (a, b) => plain([2, 3], (i, j) => a.at() - b.at(i, j)),
  },
  {
    op: 'multiply',
    title: 'with both sides repeated',
    inputs: [signed([3, 1]), signed([2, 1, 4])],
    build: (a, b) => multiply(a, b),
    expected: (a, b) => plain([2, 3, 4], (i, j, k) => a.at(j, 0) * b.at(i, 0, k)),
  },
  {
    op: 'multiply',
    title: 'of a value with itself',
    inputs: [signed([4])],
    build: (a) => multiply(a, a),
    expected: (a) => mapped(a, (x) => x * x),
  },
  {
    op: 'multiply',
    title: 'by a trained scalar',
    inputs: [signed([3, 2], ['B', 2]), signed([])],
    build: (a, b) => multiply(a, b),
    expected: (a, b) => plain([3, 2], (i, j) => a.at(i, j) * b.at()),
  },
  {
    op: 'divide',
    title: 'by rows',
    inputs: [signed([3, 2], ['B', 2]), positive([3, 1], ['B', 1])],
    build: (a, b) => divide(a, b),
    expected: (a, b) => plain([3, 2], (i, j) => a.at(i, j) / b.at(i, 0)),
  },
  {
    op: 'divide',
    title: 'by a number',
    inputs: [signed([4])],
    build: (a) => divide(a, 3),
    expected: (a) => mapped(a, (x) => x / 3),
  },
  {
    op: 'negate',
    title: 'of any sign',
    inputs: [signed([5])],
    build: (a) => negate(a),
    expected: (a) => mapped(a, (x) => -x),
  },
  {
    op: 'exp',
    title: 'of any sign',
    inputs: [signed([2, 3])],
    build: (a) => exp(a),
    expected: (a) => mapped(a, Math.exp),
  },
  {
    op: 'log',
    title: 'above zero',
    inputs: [positive([2, 3])],
    build: (a) => log(a),
    expected: (a) => mapped(a, Math.log),
  },
  {
    op: 'squareRoot',
    title: 'above zero',
    inputs: [positive([2, 3])],
    build: (a) => squareRoot(a),
    expected: (a) => mapped(a, Math.sqrt),
  },
  {
    op: 'atLeast',
    title: 'on both sides of the minimum',
    inputs: [given([6], [-1, 0.25, 0.75, 2, -3, 0.9])],
    build: (a) => atLeast(a, 0.5),
    expected: (a) => mapped(a, (x) => Math.max(x, 0.5)),
  },
  {
    op: 'gelu',
    title: 'on both sides of zero and far out',
    inputs: [given([9], [-4, -2, -1, -0.5, 0, 0.5, 1, 2, 4])],
    build: (a) => gelu(a),
    expected: (a) => mapped(a, (x) => x * normalDistribution(x)),
  },
  {
    op: 'softplus',
    title: 'on both sides of zero and far out',
    inputs: [given([7], [-20, -3, -0.5, 0, 0.5, 3, 40])],
    build: (a) => softplus(a),
    expected: (a) => mapped(a, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  },
];
