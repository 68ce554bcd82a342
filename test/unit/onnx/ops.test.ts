import { readdir } from 'node:fs/promises';
import { emitOne, type Value } from '../../../src/onnx/graph.ts';
import { multiply } from '../../../src/onnx/ops/elementwise.ts';
import { checkOperator, type OperatorCase } from '../../support/onnx/check-operator.ts';
import { signed } from '../../support/onnx/operator-inputs.ts';
import { mapped } from '../../support/onnx/plain-array.ts';
import { broadcastCases } from './ops/broadcast.cases.ts';
import { dropoutCases } from './ops/dropout.cases.ts';
import { elementwiseCases } from './ops/elementwise.cases.ts';
import { indexingCases } from './ops/indexing.cases.ts';
import { layoutCases } from './ops/layout.cases.ts';
import { linearCases } from './ops/linear.cases.ts';
import { normalizationCases } from './ops/normalization.cases.ts';
import { quantizedCases } from './ops/quantized.cases.ts';
import { reductionCases } from './ops/reduction.cases.ts';

const cases = [
  ...broadcastCases,
  ...dropoutCases,
  ...elementwiseCases,
  ...indexingCases,
  ...layoutCases,
  ...linearCases,
  ...normalizationCases,
  ...quantizedCases,
  ...reductionCases,
];

const resultTolerance = 2e-6;
const gradientTolerance = 2e-4;

/** Names of the functions that a file of src/onnx/ops exports. */
async function exportedFunctions(file: string): Promise<string[]> {
  const exports: Record<string, unknown> = await import(`../../../src/onnx/ops/${file}`);
  return Object.keys(exports).filter((name) => typeof exports[name] === 'function');
}

/** e^x with a gradient that is too large by `excess`. */
const wrongExp = (excess: number): OperatorCase => ({
  op: 'exp',
  title: 'with a wrong gradient',
  inputs: [signed([4])],
  build: (x) => {
    const power: Value = emitOne('Exp', [x], {
      shape: x.shape,
      backward: (gradient) => [multiply(multiply(gradient, power), 1 + excess)],
    });
    return power;
  },
  expected: (x) => mapped(x, Math.exp),
});

describe.each(cases.map((operator) => ({ name: `${operator.op} ${operator.title}`, operator })))(
  '$name',
  ({ operator }) => {
    it('computes what loops compute, and the gradient that differences show', async () => {
      const errors = await checkOperator(operator);

      expect(errors.result).toBeLessThan(resultTolerance);
      expect(errors.gradient).toBeLessThan(gradientTolerance);
    });
  },
);

describe('checkOperator', () => {
  it('flags a gradient that is wrong by one per cent', async () => {
    const errors = await checkOperator(wrongExp(0.01));

    expect(errors.gradient).toBeGreaterThan(10 * gradientTolerance);
  });

  it('passes the same operator with the right gradient', async () => {
    const errors = await checkOperator(wrongExp(0));

    expect(errors.gradient).toBeLessThan(gradientTolerance);
  });

  it('flags a result that is wrong by one part in ten thousand', async () => {
    const wrong = {
      ...wrongExp(0),
      expected: (x: Parameters<OperatorCase['expected']>[0]) =>
        mapped(x, (value) => Math.exp(value) * 1.0001),
    };

    const errors = await checkOperator(wrong);

    expect(errors.result).toBeGreaterThan(10 * resultTolerance);
  });
});

describe('src/onnx/ops', () => {
  it('exports no function without a case', async () => {
    const files = await readdir(new URL('../../../src/onnx/ops/', import.meta.url));
    const exported = await Promise.all(files.map(exportedFunctions));

    const tested = new Set(cases.map(({ op }) => op));
    const untested = exported.flat().filter((name) => !tested.has(name));

    expect(exported.flat().length).toBeGreaterThan(20);
    expect(untested).toEqual([]);
  });
});
