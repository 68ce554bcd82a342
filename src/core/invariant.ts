/**
 * Stops on a bug: a condition that this program promises and that no input can break.
 * Bad input is an `AppError` (errors.ts), never an invariant.
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`);
}
