/** Entity types as they are given and as they are stored. */
import type { TypeExample } from '../core/document.ts';
import { fromBlob } from './blobs.ts';
import type { EntityTypeRecord } from './records.ts';

/** An entity type as it is given. */
export interface EntityTypeDraft {
  readonly collectionId: number;
  readonly name: string;
  readonly description: string;
  /** Default: none. */
  readonly examples?: readonly TypeExample[] | undefined;
  /** Default: 0. */
  readonly offset?: number | undefined;
}

/** What may change of an entity type. */
export interface EntityTypeChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly examples?: readonly TypeExample[] | undefined;
  readonly offset?: number | undefined;
}

/** A row of `entity_types` as the statements give it. */
export interface EntityTypeRow {
  readonly id: number;
  readonly collectionId: number;
  readonly name: string;
  readonly description: string;
  /** JSON. */
  readonly examples: string;
  readonly version: number;
  readonly offset: number;
  readonly vector: Uint8Array | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The record of a row. */
export const toEntityTypeRecord = (row: EntityTypeRow): EntityTypeRecord => ({
  ...row,
  examples: JSON.parse(row.examples) as TypeExample[],
  vector: row.vector === null ? null : fromBlob(row.vector),
  createdAt: new Date(row.createdAt),
  updatedAt: new Date(row.updatedAt),
});
