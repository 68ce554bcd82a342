/**
 * Global ids: what kind of object and which row, as text that clients treat as opaque.
 */
import { AppError, appError } from '../core/errors.ts';

/** Kinds of objects that have global ids: types of schema.graphql that implement Node. */
export type NodeKind =
  | 'Document'
  | 'EntityType'
  | 'IngestJob'
  | 'Mention'
  | 'Review'
  | 'Vocabulary';

const kinds: readonly string[] = [
  'Document',
  'EntityType',
  'IngestJob',
  'Mention',
  'Review',
  'Vocabulary',
] satisfies NodeKind[];

/** What a global id names. */
export interface NodeKey {
  readonly kind: NodeKind;
  /** The object's row in its table. */
  readonly row: number;
}

/** The global id of a row. */
export const printGlobalId = (kind: NodeKind, row: number): string =>
  Buffer.from(`${kind}:${row}`).toString('base64url');

/** What a global id names, or null for a text that no `printGlobalId` gave. */
export function parseGlobalId(id: string): NodeKey | null {
  const [kind = '', digits = '', ...rest] = Buffer.from(id, 'base64url')
    .toString('latin1')
    .split(':');
  const row = Number(digits);
  if (rest.length > 0 || !kinds.includes(kind) || !Number.isSafeInteger(row)) return null;
  const key = { kind: kind as NodeKind, row };
  return printGlobalId(key.kind, key.row) === id ? key : null;
}

/** The row of a global id of this kind, or null when it names something else or nothing. */
export function rowOf(kind: NodeKind, id: string): number | null {
  const key = parseGlobalId(id);
  return key?.kind === kind ? key.row : null;
}

/** The row of a mention's global id. Throws: MENTION_UNKNOWN. */
export function rowOfMention(id: string): number {
  const row = rowOf('Mention', id);
  if (row === null) throw appError('MENTION_UNKNOWN', { id });
  return row;
}

/** Has the error of a mention that does not exist name it as the caller does, not by its row. */
export async function namingMentions<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'MENTION_UNKNOWN') throw error;
    const row = Number(error.details['id']);
    throw appError(error.code, { id: printGlobalId('Mention', row) }, error);
  }
}

/** The row of an entity type's global id. Throws: ENTITY_TYPE_UNKNOWN. */
export function rowOfType(id: string): number {
  const row = rowOf('EntityType', id);
  if (row === null) throw appError('ENTITY_TYPE_UNKNOWN', { name: id });
  return row;
}
