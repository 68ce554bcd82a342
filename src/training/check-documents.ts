/** What documents must be so that a run learns something, and is judged by something. */
import type { AnnotatedDocument, EntityType } from '../core/document.ts';
import { appError } from '../core/errors.ts';
import { spread } from '../core/spread.ts';
import type { Recipe } from './recipe.ts';

/** Refuses documents that nobody annotated with any of the types. Throws: ARGUMENT_INVALID. */
export function checkAnnotated(
  argument: string,
  documents: readonly AnnotatedDocument[],
  types: readonly EntityType[],
): void {
  const names = new Set(types.map(({ name }) => name));
  if (documents.some(({ mentions }) => mentions.some(({ type }) => names.has(type)))) return;
  const rule = `annotated with at least one mention of ${[...names].join(', ')}`;
  const found = new Set(documents.flatMap(({ mentions }) => mentions.map(({ type }) => type)));
  const value = found.size === 0 ? 'no mention' : [...found];
  throw appError('ARGUMENT_INVALID', { argument, rule, value });
}

/**
 * Refuses documents to evaluate epochs on of which those that are read have no mention of the types:
 * every epoch would be as good as the first. Throws: ARGUMENT_INVALID.
 */
export const checkEvaluated = (
  argument: string,
  { dev, types }: { dev: readonly AnnotatedDocument[]; types: readonly EntityType[] },
  { devDocuments }: Recipe,
): void => checkAnnotated(argument, spread(dev, devDocuments), types);
