/** What is wrong with stored rows, as checks tell it and `repair` takes it up. */

/** What is checked. */
export type CheckName =
  | 'DATABASE'
  | 'FOREIGN_KEYS'
  | 'TEXTS'
  | 'PAGES'
  | 'MENTIONS'
  | 'REVIEWS'
  | 'VECTORS'
  | 'LEDGERS'
  | 'SUMS'
  | 'TEXT_INDEX'
  | 'FULL_TEXT'
  | 'PLACES'
  | 'METADATA'
  | 'CONCEPTS'
  | 'VECTOR_INDEX';

/** One thing that is wrong. */
export interface Fault {
  readonly table: string;
  /** The row's id; of a window or a ledger, its document's. Null where there is none. */
  readonly id: number | null;
  /** What is wrong with it, without any text of a document. */
  readonly what: string;
}

/** The result of one check. */
export interface Check {
  readonly name: CheckName;
  /** How many things were looked at. */
  readonly checked: number;
  readonly faults: readonly Fault[];
}
