/** The work on a document, as it is handed out. */
import type { EntityTypeRow } from './entity-type-rows.ts';
import type { EntityTypeRecord } from './records.ts';

/** A document that this worker may read until its lease ends. */
export interface Claim {
  /** READ: everything. RESCORE: `types` only, windows and coverage stay as they are. */
  readonly kind: 'READ' | 'RESCORE';
  /** What it is read from: a RESCORE whose document has a ledger needs no text. */
  readonly from: 'TEXT' | 'LEDGER';
  readonly documentId: number;
  readonly collectionId: number;
  /** Empty when it is read from its ledger. */
  readonly text: string;
  /** Whether its ledger is to be kept. */
  readonly keepsLedger: boolean;
  /** The types to score, in their current versions. */
  readonly types: readonly EntityTypeRecord[];
  readonly priority: 'interactive' | 'bulk';
  /** From 1. */
  readonly attempt: number;
  readonly token: string;
  /** The collection's count of type changes that `types` belongs to. */
  readonly typesRevision: number;
}

/** How to claim. */
export interface ClaimOptions {
  /** At most so many documents. */
  readonly limit: number;
  /** 'interactive': only what somebody waits for. Default: everything, that first. */
  readonly priority?: 'interactive' | 'bulk' | undefined;
  /**
   * For `claimRescores`: most documents that are scored from their ledgers. Without it all are read from
   * their texts.
   */
  readonly ledgerLimit?: number | undefined;
  /** How long they stay this worker's without a sign of life. */
  readonly leaseMs: number;
}

/** Why a document could not be read. */
export interface ReadingFailure {
  readonly code: string;
  readonly message: string;
  /** Whether another attempt may succeed. */
  readonly retry: boolean;
}

/** A claim on its way from the thread that wrote it. */
export type ClaimRow = Omit<Claim, 'types'> & { readonly types: readonly EntityTypeRow[] };
