/** The part of the table in error-catalog.ts that is about files that are read and written. */
import { quote } from './quote.ts';

/** What kind each failure is and what it says, by code. */
export const fileErrors = {
  FILE_UNREADABLE: {
    kind: 'missing',
    message: (d: { path: string; reason: string }) =>
      `A file must be readable, but got: ${quote(d.path)} (${d.reason}).`,
  },
  FILE_INVALID: {
    kind: 'invalid',
    message: (d: { path: string; line: number; rule: string; value: unknown }) =>
      `Line ${d.line} of ${quote(d.path)} must be ${d.rule}, but got: ${quote(d.value)}.`,
  },
  FORMAT_UNKNOWN: {
    kind: 'invalid',
    message: (d: { path: string; reason: string }) =>
      `A file must be in a format that can be read, but got: ${quote(d.path)} (${d.reason}).`,
  },
  FORMAT_CANNOT_HOLD: {
    kind: 'invalid',
    message: (d: { format: string; rule: string; value: unknown }) =>
      `A document written as ${d.format} must have ${d.rule}, but got: ${quote(d.value)}.`,
  },
  ENCODING_INVALID: {
    kind: 'invalid',
    message: (d: { path: string; line: number; encoding: string; value: string }) =>
      `Line ${d.line} of ${quote(d.path)} must be ${d.encoding}, but got: ${quote(d.value)}.`,
  },
  RECORD_TOO_LONG: {
    kind: 'invalid',
    message: (d: { path: string; line: number; maxBytes: number }) =>
      `Line ${d.line} of ${quote(d.path)} must begin a record of at most ${d.maxBytes} bytes, but got: more.`,
  },
  ANNOTATION_MISMATCH: {
    kind: 'invalid',
    message: (d: { path: string; line: number; stated: string; found: string }) =>
      `The mention on line ${d.line} of ${quote(d.path)} must be the text at its offsets, ${quote(d.found)}, but got: ${quote(d.stated)}.`,
  },
  XML_ENTITY_REFUSED: {
    kind: 'invalid',
    message: (d: { path: string; line: number; name: string }) =>
      `Line ${d.line} of ${quote(d.path)} must declare no entity of its own, but got: ${quote(d.name)}.`,
  },
  ARCHIVE_TOO_LARGE: {
    kind: 'invalid',
    message: (d: { path: string; what: string; max: number }) =>
      `An archive must have at most ${d.max} ${d.what}, but got: more in ${quote(d.path)}.`,
  },
  ARCHIVE_PATH_UNSAFE: {
    kind: 'invalid',
    message: (d: { path: string; name: string }) =>
      `An archive's entries must have names inside it, but got: ${quote(d.name)} in ${quote(d.path)}.`,
  },
  FILE_TOO_COMPLEX: {
    kind: 'invalid',
    message: (d: { path: string; what: string; max: number }) =>
      `A file must need at most ${d.max} ${d.what} to be read, but got: ${quote(d.path)}, which needs more.`,
  },
  FILE_WITHOUT_TEXT: {
    kind: 'invalid',
    message: (d: { path: string; line: number; reason: string }) =>
      `A document must have a text, but got: line ${d.line} of ${quote(d.path)} (${d.reason}).`,
  },
} as const;
