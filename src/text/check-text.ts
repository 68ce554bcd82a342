/**
 * What a text must be to be read. NUL and other control characters are allowed: a text is kept as it
 * is given, and its coverage says that they were not read.
 */
import { appError } from '../core/errors.ts';

// With the flag u a pair is one character, so what is still a surrogate has no partner.
const loneSurrogate = /\p{Surrogate}/u;

/**
 * Refuses a text that cannot be read.
 *
 * Throws: TEXT_TOO_LONG, TEXT_EMPTY, TEXT_NOT_UNICODE.
 */
export function checkText(text: string, maxChars: number): void {
  if (text.length > maxChars) {
    throw appError('TEXT_TOO_LONG', { chars: text.length, maxChars });
  }
  if (text.trim() === '') throw appError('TEXT_EMPTY', { chars: text.length });
  const offset = text.search(loneSurrogate);
  if (offset >= 0) throw appError('TEXT_NOT_UNICODE', { offset });
}
