/**
 * Agreement with the official BINDER program: how far this program's scores, loss, gradients and
 * optimizer steps are from what that program recorded for the same model and batch.
 */
import { invariant } from '../core/invariant.ts';
import { type FloatTensors, readReferenceCase } from './reference-case.ts';
import { runReference } from './reference-run.ts';

/** Differences from the official program; null for what a case did not record. */
export interface ReferenceErrors {
  /** Largest absolute difference of any start, end or span score. */
  readonly scoresMaxError: number | null;
  /** Absolute difference of the loss. */
  readonly lossError: number | null;
  /** The largest of all tensors: |difference| / max(|gradient|, 1e-4 |all gradients|). */
  readonly gradientRelativeError: number | null;
  /** Largest absolute difference of the losses before each optimizer step. */
  readonly lossOverStepsMaxError: number | null;
}

/** Largest differences that count as agreement. */
export const referenceTolerances: Readonly<Record<keyof ReferenceErrors, number>> = {
  scoresMaxError: 1e-4,
  lossError: 1e-5,
  gradientRelativeError: 1e-3,
  lossOverStepsMaxError: 1e-3,
};

const smallestShare = 1e-4;
const empty = new Float32Array();

function norm(values: Iterable<number>): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}

/** Element by element, in double precision; an array that is missing counts as zeros. */
function* differences(a: ArrayLike<number>, b: ArrayLike<number>): Iterable<number> {
  invariant(a.length * b.length === 0 || a.length === b.length, 'Compared arrays must fit.');
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) yield (a[i] ?? 0) - (b[i] ?? 0);
}

/** Largest absolute difference between tensors of equal names. */
export function largestDifference(actual: FloatTensors, recorded: FloatTensors): number {
  let largest = 0;
  for (const [name, { data }] of recorded) {
    const found = actual.get(name)?.data ?? empty;
    for (const difference of differences(found, data)) {
      largest = Math.max(largest, Math.abs(difference));
    }
  }
  return largest;
}

/** The largest relative error of any tensor that either side has. */
export function largestGradientError(actual: FloatTensors, recorded: FloatTensors): number {
  const whole = norm([...recorded.values()].map(({ data }) => norm(data)));
  const names = new Set([...actual.keys(), ...recorded.keys()]);
  const errors = [...names].map((name) => {
    const [found, wanted] = [actual, recorded].map((side) => side.get(name)?.data ?? empty);
    const scale = Math.max(norm(wanted!), smallestShare * whole);
    const error = norm(differences(found!, wanted!));
    return error === 0 ? 0 : error / scale;
  });
  return Math.max(0, ...errors);
}

const largestGap = (actual: readonly number[], recorded: readonly number[]): number =>
  Math.max(...recorded.map((loss, step) => Math.abs(loss - actual[step]!)));

/**
 * Compares this program with the official one on a case laid out as test/fixtures/binder-tiny.
 *
 * Throws: FILE_UNREADABLE, FILE_INVALID.
 */
export async function compareWithReference(directory: string): Promise<ReferenceErrors> {
  const reference = await readReferenceCase(directory);
  const run = await runReference(reference);
  const { scores, gradients, loss, lossOverSteps } = reference;
  const errors = {
    scoresMaxError: scores && largestDifference(run.scores, scores),
    lossError: loss === null ? null : Math.abs(run.losses[0]! - loss),
    gradientRelativeError: gradients && largestGradientError(run.gradients, gradients),
    lossOverStepsMaxError:
      lossOverSteps.length === 0 ? null : largestGap(run.losses, lossOverSteps),
  };
  for (const [name, error] of Object.entries(errors))
    invariant(error === null || Number.isFinite(error), `${name} must be a number.`);
  return errors;
}
