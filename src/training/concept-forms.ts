/**
 * Which surface forms name the same thing, as annotators linked their mentions to concepts.
 *
 * A form may name several things ("cold"): it is then the same as any other name of any of them.
 */
import { readLinkedDocuments } from '../formats/annotated/annotated-jsonl.ts';
import type { SourceDocument } from '../formats/source-document.ts';

/** Distinct lower-cased forms, and which of them name the same thing. */
export interface ConceptForms {
  readonly forms: readonly string[];
  /** Places of the forms of each concept that has at least two. */
  readonly groups: readonly (readonly number[])[];
}

/** The forms of documents whose mentions have concepts. */
export function conceptForms(documents: Iterable<SourceDocument>): ConceptForms {
  const places = new Map<string, number>();
  const concepts = new Map<string, Set<number>>();
  for (const { text, mentions = [] } of documents)
    for (const { start, end, concept } of mentions) {
      if (concept === undefined) continue;
      const form = text.slice(start, end).toLowerCase();
      const place = places.get(form) ?? places.size;
      places.set(form, place);
      concepts.set(concept, (concepts.get(concept) ?? new Set()).add(place));
    }
  const groups = [...concepts.values()].map((forms) => [...forms]);
  return { forms: [...places.keys()], groups: groups.filter(({ length }) => length > 1) };
}

/**
 * The documents of files whose entities have a "concept". A bad line stops it.
 *
 * Throws: FILE_UNREADABLE, FILE_INVALID.
 */
export async function readConceptForms(paths: readonly string[]): Promise<ConceptForms> {
  const documents: SourceDocument[] = [];
  for (const path of paths)
    for await (const line of readLinkedDocuments(path)) {
      if ('error' in line) throw line.error;
      documents.push(line.value);
    }
  return conceptForms(documents);
}
