/**
 * What a set of entity types must be to be asked of a document.
 */
import { type EntityType, maxEntityTypes, type TypeExample } from '../core/document.ts';
import { appError } from '../core/errors.ts';
import { checkText } from '../text/check-text.ts';

/** Lower, and every second span of a text is a mention; higher, and none is. */
export const offsetRange = { min: -10, max: 100 };

const invalid = (rule: string, value: unknown) =>
  appError('ARGUMENT_INVALID', { argument: 'The entity types', rule, value });

/** True for what an entity type's offset may be. */
export const isOffset = (offset: number): boolean =>
  offset >= offsetRange.min && offset <= offsetRange.max;

/** Examples of a type: their texts are read whenever its vector is computed. */
export const maxExamples = 100;
/** Longest text of an example: a few sentences. Units: UTF-16 code units. */
export const maxExampleChars = 2_000;

/** Refuses examples that cannot be read. Throws: ARGUMENT_INVALID. */
export function checkExamples(examples: readonly TypeExample[]): void {
  const refuse = (rule: string, value: unknown) =>
    appError('ARGUMENT_INVALID', { argument: 'examples', rule, value });
  if (examples.length > maxExamples) throw refuse(`at most ${maxExamples}`, examples.length);
  if (examples.length > 0 && !examples.some(({ isPositive }) => isPositive)) {
    throw refuse('one that is positive, or more', examples.length);
  }
  for (const { text, start, end } of examples) {
    checkText(text, maxExampleChars);
    if (start >= 0 && start < end && end <= text.length) continue;
    throw refuse('spans of their texts', { text, start, end });
  }
}

/** Refuses types that cannot be read or told apart. Throws: ARGUMENT_INVALID. */
export function checkTypes(types: readonly EntityType[]): void {
  if (types.length > maxEntityTypes) throw invalid(`at most ${maxEntityTypes}`, types.length);
  const names = new Set<string>();
  for (const { name, description, examples = [], offset = 0 } of types) {
    checkExamples(examples);
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
