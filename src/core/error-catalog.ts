/**
 * The one table of everything that can go wrong for a user. A code is public and permanent: the enum
 * `ErrorCode` of schema.graphql and docs/errors.md list the same names, and a test compares them.
 *
 * A message states the rule and shows the value: "X must be Y, but got: Z." Values that come from a
 * user go through `quote`, so that nothing unescaped or endless reaches a terminal or a log.
 */
import { fileErrors } from './file-errors.ts';
import { quote } from './quote.ts';

/** What kind of failure it is; everything else (HTTP status, exit code, retry) follows from it. */
export type ErrorKind =
  | 'invalid'
  | 'missing'
  | 'unauthenticated'
  | 'forbidden'
  | 'conflict'
  | 'limited'
  | 'unavailable';

/** What kind each failure is and what it says, by code. */
export const catalog = {
  TEXT_EMPTY: {
    kind: 'invalid',
    message: (d: { chars: number }) =>
      `A text must have at least one character that is not white space, but got: ${d.chars} characters of white space.`,
  },
  TEXT_TOO_LONG: {
    kind: 'invalid',
    message: (d: { chars: number; maxChars: number }) =>
      `A text must be at most ${d.maxChars} characters, but got: ${d.chars}.`,
  },
  TEXT_NOT_UNICODE: {
    kind: 'invalid',
    message: (d: { offset: number }) =>
      `A text must be well-formed Unicode, but got: a lone surrogate at offset ${d.offset}.`,
  },
  ARGUMENT_INVALID: {
    kind: 'invalid',
    message: (d: { argument: string; rule: string; value: unknown }) =>
      `${d.argument} must be ${d.rule}, but got: ${quote(d.value)}.`,
  },
  ARGUMENTS_CONTRADICT: {
    kind: 'invalid',
    message: (d: { arguments: string; rule: string; value: unknown }) =>
      `${d.arguments} must ${d.rule}, but got: ${quote(d.value)}.`,
  },
  PAGE_SIZE_INVALID: {
    kind: 'invalid',
    message: (d: { first: number; max: number }) =>
      `first must be from 1 to ${d.max}, but got: ${d.first}.`,
  },
  CURSOR_INVALID: {
    kind: 'invalid',
    message: (d: { cursor: string }) =>
      `after must be a cursor that this query returned, but got: ${quote(d.cursor)}.`,
  },
  QUERY_INVALID: {
    kind: 'invalid',
    message: (d: { rule: string; value: string }) =>
      `A full-text query must ${d.rule}, but got: ${quote(d.value)}.`,
  },
  CURSOR_EXPIRED: {
    kind: 'conflict',
    message: (d: { pages: number }) =>
      `after must be a cursor of one of the last ${d.pages} pages since the start of the server, but got: an older one. Ask for the first page again.`,
  },
  VECTOR_INVALID: {
    kind: 'invalid',
    message: (d: { rule: string; value: string }) =>
      `A vector must ${d.rule}, but got: ${d.value}.`,
  },
  ENTITY_TYPE_UNKNOWN: {
    kind: 'missing',
    message: (d: { name: string }) => `An entity type must exist, but got: ${quote(d.name)}.`,
  },
  ENTITY_TYPE_EXISTS: {
    kind: 'conflict',
    message: (d: { name: string }) =>
      `An entity type's name must be new in its collection, but got: ${quote(d.name)}.`,
  },
  DOCUMENT_UNKNOWN: {
    kind: 'missing',
    message: (d: { id: string }) => `A document must exist, but got: ${quote(d.id)}.`,
  },
  MENTION_UNKNOWN: {
    kind: 'missing',
    message: (d: { id: string }) => `A mention must exist, but got: ${quote(d.id)}.`,
  },
  REVIEW_UNKNOWN: {
    kind: 'missing',
    message: (d: { id: string }) => `A review must exist, but got: ${quote(d.id)}.`,
  },
  REVIEW_UNDONE: {
    kind: 'conflict',
    message: (d: { by: string }) =>
      `A review must stand to be undone, but got: one that was undone by ${quote(d.by)}.`,
  },
  REVIEW_COUNT_CHANGED: {
    kind: 'conflict',
    message: (d: { expected: number; count: number }) =>
      `A review must be about as many mentions as expected, ${d.expected}, but got: ${d.count}.`,
  },
  VOCABULARY_UNKNOWN: {
    kind: 'missing',
    message: (d: { id: string }) => `A vocabulary must exist, but got: ${quote(d.id)}.`,
  },
  JOB_UNKNOWN: {
    kind: 'missing',
    message: (d: { id: string }) =>
      `A job's id must name one that exists, but got: ${quote(d.id)}.`,
  },
  JOB_ENDED: {
    kind: 'conflict',
    message: (d: { id: string; state: string }) =>
      `A job must go on to be paused, resumed or cancelled, but got: ${quote(d.id)}, which is ${d.state}.`,
  },
  JOB_CANCELLED: {
    kind: 'conflict',
    message: (d: { job: number }) =>
      `A document must be read before its job is cancelled, but got: job ${d.job}, which was cancelled first.`,
  },
  COLLECTION_UNKNOWN: {
    kind: 'missing',
    message: (d: { name: string; argument?: string }) =>
      `A collection's name must be that of one that exists, but got: ${quote(d.name)}.`,
  },
  LEDGER_MISSING: {
    kind: 'conflict',
    message: (d: { documents: number }) =>
      `A preview must have documents with a ledger to look at, but got: none among the ${d.documents} documents that have been read. Collections with keepsLedgers false have none; documents read before that was true have one when they are read again.`,
  },
  OPERATION_TOO_COMPLEX: {
    kind: 'invalid',
    message: (d: { what: string; max: number; value: number | string }) =>
      `An operation's ${d.what} must be at most ${d.max}, but got: ${d.value}.`,
  },
  REQUEST_TOO_LARGE: {
    kind: 'invalid',
    message: (d: { maxBytes: number }) =>
      `A request must be at most ${d.maxBytes} bytes, but got: more.`,
  },
  REQUEST_TOO_SLOW: {
    kind: 'limited',
    message: (d: { rule: string; value: string }) =>
      `A request must ${d.rule}, but got: ${d.value}.`,
  },
  REQUEST_NOT_LOCAL: {
    kind: 'forbidden',
    message: (d: { header: string; value: string }) =>
      `The header ${d.header} must name this machine or a host that the settings allow, but got: ${quote(d.value)}.`,
  },
  TOO_MANY_AT_ONCE: {
    kind: 'limited',
    message: (d: { what: string; max: number }) =>
      `There must be at most ${d.max} ${d.what} at once, but got: one more.`,
  },
  SETTING_INVALID: {
    kind: 'invalid',
    message: (d: { setting: string; rule: string; value: unknown }) =>
      `The setting ${d.setting} must be ${d.rule}, but got: ${quote(d.value)}.`,
  },
  ADDRESS_UNAVAILABLE: {
    kind: 'unavailable',
    message: (d: { host: string; port: number; reason: string }) =>
      `The address ${quote(d.host)}, port ${d.port}, must be free to listen on, but got: ${d.reason}.`,
  },
  BUNDLE_INVALID: {
    kind: 'invalid',
    message: (d: { path: string; rule: string; value: unknown }) =>
      `The model bundle ${quote(d.path)} must ${d.rule}, but got: ${quote(d.value)}.`,
  },
  CHECKPOINT_INVALID: {
    kind: 'invalid',
    message: (d: { path: string; rule: string; value: unknown }) =>
      `The checkpoint ${quote(d.path)} must ${d.rule}, but got: ${quote(d.value)}.`,
  },
  RECIPE_INVALID: {
    kind: 'invalid',
    message: (d: { field: string; rule: string; value: unknown }) =>
      `The recipe's ${d.field} must be ${d.rule}, but got: ${quote(d.value)}.`,
  },
  TYPE_FORGOTTEN: {
    kind: 'invalid',
    message: (d: { type: string; margin: number; before: number; after: number }) =>
      `The old type ${quote(d.type)} must lose at most ${d.margin} of its F1 of ${d.before}, but got: ${d.after}. The bundle is written all the same; more documents of old types (--replay, or a corpus with them) keep more of them.`,
  },
  ...fileErrors,
  INTERRUPTED: {
    kind: 'unavailable',
    message: (d: { what: string }) => `The ${d.what} was interrupted before it was done.`,
  },
  READING_FAILED: {
    kind: 'unavailable',
    message: (d: { logId: string }) =>
      `A document must be readable to the end, but got: an internal error, logged as ${d.logId}.`,
  },
  STORAGE_FULL: {
    kind: 'unavailable',
    message: (d: { folder: string }) =>
      `The disk of ${quote(d.folder)} must have free space, but got: none. Nothing was stored by halves; free some and try again.`,
  },
  STORAGE_FAILED: {
    kind: 'unavailable',
    message: (d: { folder: string; value: unknown }) =>
      `The disk of ${quote(d.folder)} must take what is written, but got: ${quote(d.value)}. What was acknowledged before is there; what was not may have to be given again.`,
  },
  STORAGE_LOCKED: {
    kind: 'conflict',
    message: (d: { folder: string; pid: number | null }) =>
      `The data folder ${quote(d.folder)} must be used by one process at a time, but got: ${d.pid === null ? 'another process' : `process ${d.pid}`} has it open.`,
  },
  STORAGE_INVALID: {
    kind: 'invalid',
    message: (d: { folder: string; rule: string; value: unknown }) =>
      `The data folder ${quote(d.folder)} must ${d.rule}, but got: ${quote(d.value)}.`,
  },
  ADDON_MISSING: {
    kind: 'unavailable',
    message: (d: { name: string }) =>
      `The compiled addon of ${quote(d.name)} must be there, but got: none. It was installed without install scripts; run npm rebuild ${d.name} (it needs a C++ compiler and Python 3).`,
  },
  STORAGE_BUSY: {
    kind: 'unavailable',
    message: (d: { folder: string }) =>
      `The database of ${quote(d.folder)} must not be read by another program while its log is emptied, but got: one that goes on reading. End it and try again.`,
  },
  STORAGE_DAMAGED: {
    kind: 'invalid',
    message: (d: { folder: string; faults: number }) =>
      `The data folder ${quote(d.folder)} must be whole, but got: ${d.faults} faults.`,
  },
  BACKUP_INVALID: {
    kind: 'invalid',
    message: (d: { path: string; rule: string; value: unknown }) =>
      `The backup ${quote(d.path)} must ${d.rule}, but got: ${quote(d.value)}.`,
  },
  FILE_EXISTS: {
    kind: 'conflict',
    message: (d: { path: string }) =>
      `What is written must not be there yet, but got: ${quote(d.path)}.`,
  },
  CHILD_PROCESS_DOWN: {
    kind: 'unavailable',
    // `wasDown`: it was down before it was called, so the call is not what ended it.
    message: (d: { name: string; reason: string; wasDown?: boolean }) =>
      `The ${d.name} process must be running, but got: ${d.reason}. It is being started again.`,
  },
} as const satisfies Record<string, { kind: ErrorKind; message: (details: never) => string }>;
