/**
 * Room for the entity types that documents come with: a document is read for all types of its collection at
 * once, so one type too many would keep every document from being read.
 */
import { type EntityType, maxEntityTypes } from '../core/document.ts';
import { appError } from '../core/errors.ts';
import type { DocumentDraft } from '../store/documents.ts';

/** Whether a draft comes with mentions, whose types need room. */
export const hasMentions = ({ mentions = [] }: DocumentDraft): boolean => mentions.length > 0;

/** The types of a collection, and those of the drafts that were let in. */
export class TypeRoom {
  #names: ReadonlySet<string>;

  constructor(present: readonly Pick<EntityType, 'name'>[]) {
    this.#names = new Set(present.map(({ name }) => name));
  }

  /** Makes room for the types of a draft's mentions. Throws: ARGUMENT_INVALID when they are too many. */
  take({ mentions = [] }: DocumentDraft): void {
    const names = new Set([...this.#names, ...mentions.map(({ type }) => type)]);
    if (names.size > maxEntityTypes) {
      const rule = `of types with which the collection has at most ${maxEntityTypes}`;
      throw appError('ARGUMENT_INVALID', { argument: 'mentions', rule, value: names.size });
    }
    this.#names = names;
  }
}
