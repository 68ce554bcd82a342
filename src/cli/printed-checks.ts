/** What checks of a data folder have found, for people and for programs. */
import { appError } from '../core/errors.ts';
import type { Check } from '../store/verify/fault.ts';
import { reportFailure } from './failures.ts';
import { printJson, printLine } from './output.ts';

const shownFaults = 10;

const countOf = (checks: readonly Check[]): number =>
  checks.reduce((sum, { faults }) => sum + faults.length, 0);

function linesOf({ name, checked, faults }: Check): string[] {
  const shown = faults
    .slice(0, shownFaults)
    .map(({ table, id, what }) => `  ${table}${id === null ? '' : ` ${id}`} ${what}`);
  const rest = faults.length - shown.length;
  return [
    `${name}: ${checked} checked, ${faults.length} faults`,
    ...shown,
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

/** Prints the checks; faults set the exit code. */
export async function printChecks(
  folder: string,
  checks: readonly Check[],
  asJson: boolean,
): Promise<void> {
  const faults = countOf(checks);
  if (asJson) {
    const shown = checks.map((check) => ({
      name: check.name,
      checked: check.checked,
      faultCount: check.faults.length,
      faults: check.faults.slice(0, shownFaults),
    }));
    await printJson({ folder, isWhole: faults === 0, checks: shown });
  } else {
    for (const check of checks) for (const line of linesOf(check)) await printLine(line);
  }
  if (faults > 0) reportFailure(appError('STORAGE_DAMAGED', { folder, faults }));
}
