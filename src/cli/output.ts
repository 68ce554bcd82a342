/**
 * What the program says: answers on standard output, everything else on standard error. Text of users
 * reaches a terminal only as `quote` writes it, or without control characters.
 */
import { once } from 'node:events';

/** Control characters and whatever else could steer a terminal, as JSON escapes; JSON stays JSON. */
const escapeControls = (line: string): string =>
  line.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Writes a line of the answer; waits where whoever reads it is slower. */
export async function printLine(line: string): Promise<void> {
  if (!process.stdout.write(`${escapeControls(line)}\n`)) await once(process.stdout, 'drain');
}

/** Writes text of documents: as it is for files and programs, for a terminal as `printLine` does. */
export async function printText(text: string): Promise<void> {
  const shown = process.stdout.isTTY ? text.split('\n').map(escapeControls).join('\n') : text;
  if (!process.stdout.write(shown)) await once(process.stdout, 'drain');
}

/** Writes a value of the answer as one line of JSON. */
export const printJson = (value: unknown): Promise<void> => printLine(JSON.stringify(value));

/** Tells the person at the terminal something that is no answer. */
export function note(line: string): void {
  process.stderr.write(`${escapeControls(line)}\n`);
}

/** A share as a percentage, e.g. 86.04. */
export const percent = (share: number): string => (100 * share).toFixed(2);
