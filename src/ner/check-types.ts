/**
 * What a set of entity types must be to be asked of a document.
 */
import type { EntityType } from '../core/document.ts';
import { appError } from '../core/errors.ts';

/** Each type is one column of scores for every candidate span. */
const maxTypes = 1_000;

/** Lower, and every second span of a text is a mention; higher, and none is. */
export const offsetRange = { min: -10, max: 100 };

const invalid = (rule: string, value: unknown) =>
  appError('ARGUMENT_INVALID', { argument: 'The entity types', rule, value });

/** True for what an entity type's offset may be. */
export const isOffset = (offset: number): boolean =>
  offset >= offsetRange.min && offset <= offsetRange.max;

/** Refuses types that cannot be read or told apart. Throws: ARGUMENT_INVALID. */
export function checkTypes(types: readonly EntityType[]): void {
  if (types.length > maxTypes) throw invalid(`at most ${maxTypes}`, types.length);
  const names = new Set<string>();
  for (const { name, description, offset = 0 } of types) {
    if (name.trim() === '' && description.trim() === '') {
      throw invalid('described by a name or a description', { name, description });
    }
    if (!isOffset(offset)) {
      throw invalid(`of offsets from ${offsetRange.min} to ${offsetRange.max}`, String(offset));
    }
    if (names.has(name)) throw invalid('of different names', name);
    names.add(name);
  }
}
