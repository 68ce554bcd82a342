/**
 * What a format has a place for: whatever it cannot hold is refused when it is written, because a file
 * that reads back as something else is worse than none.
 */
import { appError } from '../../core/errors.ts';
import type { ImportedDocument } from '../source-document.ts';

/** A file with NULs may be taken for UTF-16: formats that write characters as they are have none. */
export const requireNoNul = (format: string, text: string): void =>
  requireHolds(!text.includes('\0'), { format, rule: 'a text without NUL', value: text });

/** Only JSON lines have a place for where pages begin. Throws: FORMAT_CANNOT_HOLD. */
export const requireNoPages = (format: string, { pageStarts }: ImportedDocument): void =>
  requireHolds(pageStarts === undefined, {
    format,
    rule: 'a text without pages',
    value: pageStarts,
  });

/** Throws FORMAT_CANNOT_HOLD unless the condition holds. */
export function requireHolds(
  condition: boolean,
  { format, rule, value }: { format: string; rule: string; value: unknown },
): asserts condition {
  if (!condition) throw appError('FORMAT_CANNOT_HOLD', { format, rule, value });
}
