/**
 * Failures as the command line shows them: one line on standard error and an exit code by kind.
 */
import { CommanderError } from 'commander';
import { diskFailure } from '../core/disk-failure.ts';
import type { ErrorKind } from '../core/error-catalog.ts';
import { AppError } from '../core/errors.ts';
import { quote } from '../core/quote.ts';
import type { LinePlace } from '../formats/lines.ts';
import { note } from './output.ts';

const bugExitCode = 1;
const usageExitCode = 2;

const exitCodes: Readonly<Record<ErrorKind, number>> = {
  invalid: 2,
  missing: 2,
  conflict: 2,
  unauthenticated: 3,
  forbidden: 3,
  limited: 4,
  unavailable: 4,
};

/**
 * Tells a failure and sets the exit code of the process; the first one counts. The place comes along
 * where the message does not say it. Only a bug shows its stack.
 */
export function reportFailure(error: unknown, place?: LinePlace): void {
  process.exitCode ||= exitCodeOf(error);
  if (error instanceof AppError) note(`${error.code}: ${placeOf(place)}${error.message}`);
  // What commander has to say about usage it has said by then.
  else if (!(error instanceof CommanderError)) {
    note('This is a bug of the program:');
    for (const line of stackOf(error).split('\n')) note(line);
  }
}

/**
 * Ends the process when nothing more can be said. `head` and `less` close the pipe when they have seen enough:
 * that is an end, not a failure. A full disk is one: what is there of the answer is not all of it.
 */
export function endWithReaders(): void {
  for (const [name, stream] of [
    ['standard output', process.stdout],
    ['standard error', process.stderr],
  ] as const) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') reportFailure(diskFailure(error, name) ?? error);
      process.exit();
    });
  }
}

const placeOf = (place: LinePlace | undefined): string =>
  place === undefined ? '' : `Line ${place.line} of ${quote(place.path)}: `;

function exitCodeOf(error: unknown): number {
  if (error instanceof AppError) return exitCodes[error.kind];
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode;
  return bugExitCode;
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
