/**
 * What became of each type in a run that went on from a bundle, as the command line prints it.
 */
import { appError } from '../core/errors.ts';
import {
  changedType,
  forgottenTypes,
  type Margins,
  type TypeChange,
} from '../training/type-changes.ts';
import { reportFailure } from './failures.ts';
import { percent, printLine } from './output.ts';

const nameWidth = 24;

const cells = (name: string, rest: readonly string[]): string =>
  [name.padEnd(nameWidth), ...rest.map((cell) => cell.padStart(9))].join(' ');

const rate = (share: number | null): string => (share === null ? '–' : percent(share));

function line({ isNew, measure, mentions, before, after, ...about }: TypeChange): string {
  const difference = before === null || after === null ? null : after - before;
  const sign = difference !== null && difference > 0 ? '+' : '';
  const against = measure === 'AGREEMENT' ? 'the bundle' : 'annotations';
  const change = `${sign}${rate(difference)}`;
  return `${cells(changedType(about), [isNew ? 'new' : 'old', String(mentions), rate(before), rate(after), change])}  ${against}`;
}

/** Prints a line for each type. */
export async function printChanges(changes: readonly TypeChange[]): Promise<void> {
  await printLine(`${cells('type', ['', 'mentions', 'F1 before', 'after', 'change'])}  against`);
  for (const change of changes) await printLine(line(change));
}

const digits = 4;
const rounded = (share: number): number => Number(share.toFixed(digits));

/** Reports each old type that lost more than its margin, which sets the exit code. */
export function reportForgotten(changes: readonly TypeChange[], margins: Margins): void {
  for (const { measure, before, after, ...about } of forgottenTypes(changes, margins))
    reportFailure(
      appError('TYPE_FORGOTTEN', {
        type: changedType(about),
        margin: margins[measure],
        before: rounded(before!),
        after: rounded(after!),
      }),
    );
}
