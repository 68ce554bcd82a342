/** What the store takes and gives of vocabularies. */

/** How a mention was matched with a concept. */
export type MatchMethod = 'NAME' | 'SYNONYM' | 'ABBREVIATION' | 'MEANING';

/** A name as a surface form, with its concept: a place in a list, or a row. */
export interface ConceptName {
  readonly form: string;
  readonly concept: number;
  readonly method: 'NAME' | 'SYNONYM';
}
