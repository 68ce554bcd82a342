/** What documents must be so that a run learns something, and is judged by something. */
import type { AnnotatedDocument, EntityType } from '../core/document.ts';
import { appError } from '../core/errors.ts';
import { spread } from '../core/spread.ts';
import { checkTypes } from '../ner/check-types.ts';
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
 * Refuses what epochs cannot be judged by: types that cannot be asked of a text, which would end the run at its
 * first evaluation, and documents of which those that are read have no mention of the types, by which every
 * epoch would be as good as the first. Throws: ARGUMENT_INVALID.
 */
export function checkEvaluated(
  argument: string,
  { dev, types }: { dev: readonly AnnotatedDocument[]; types: readonly EntityType[] },
  { devDocuments }: Recipe,
): void {
  checkTypes(types);
  checkAnnotated(argument, spread(dev, devDocuments), types);
}

/** Documents by id and text: files of different origin may use the same ids. */
class KnownDocuments {
  readonly #texts = new Map<string, string[]>();

  constructor(documents: readonly AnnotatedDocument[] = []) {
    for (const document of documents) this.add(document);
  }

  has({ id, text }: AnnotatedDocument): boolean {
    return this.#texts.get(id)?.includes(text) ?? false;
  }

  add({ id, text }: AnnotatedDocument): void {
    const texts = this.#texts.get(id);
    if (texts) texts.push(text);
    else this.#texts.set(id, [text]);
  }
}

/** Refuses documents of which one is there twice, by id and text. Throws: ARGUMENT_INVALID. */
export function checkDistinct(argument: string, documents: readonly AnnotatedDocument[]): void {
  const known = new KnownDocuments();
  for (const document of documents) {
    if (known.has(document))
      throw appError('ARGUMENT_INVALID', { argument, rule: 'given once each', value: document.id });
    known.add(document);
  }
}

/**
 * Refuses to evaluate on a document that is learnt from, by id and text: it would be known by heart.
 *
 * Throws: ARGUMENT_INVALID.
 */
export function checkUnlearnt(
  argument: string,
  dev: readonly AnnotatedDocument[],
  learnt: readonly AnnotatedDocument[],
): void {
  const known = new KnownDocuments(learnt);
  const repeated = dev.find((document) => known.has(document));
  if (!repeated) return;
  const rule = 'others than those that are learnt from';
  throw appError('ARGUMENT_INVALID', { argument, rule, value: repeated.id });
}
