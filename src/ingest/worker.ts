/**
 * Claims documents and has them read until it is told to stop: first what somebody waits for, then the
 * oldest, then what was read before but lacks an entity type. What failed before is read while nothing
 * else is: if the model's process dies again, it is known which document did it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Claim,
  claimDocuments,
  claimRescores,
  extendLease,
  returnClaims,
} from '../store/jobs.ts';
import { batchClaims, encodeStoredForms, type PipelineParts, readBatch } from './pipeline.ts';
import { SharedLock } from './shared-lock.ts';

/** What a worker needs. */
export interface WorkerParts extends Omit<PipelineParts, 'isStopping'> {
  /** Documents are read together up to this length. Units: UTF-16 code units. */
  readonly batchChars: number;
}

const leaseMs = 60_000;

/** A document that waits after a failure is looked for this often. */
const pollMs = 1_000;

/** After a fault of the database nothing is tried for this long. */
const faultPauseMs = 2_000;

const claimsAtOnce = 8;

/** Documents scored together from their ledgers. */
const ledgersAtOnce = 256;

/**
 * What the runners claim. While one stores what it read, another keeps the model busy; the last has
 * nothing else in hand when somebody waits for a document.
 */
const runners = ['bulk', 'bulk', 'interactive'] as const;

/** True for as many claims as there may be at once, but not of what somebody waits for. */
const doMoreWait = (claims: readonly Claim[]): boolean =>
  claims.length >= claimsAtOnce && claims[0]?.priority === 'bulk';

/** Reads documents in the background. */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #held = new Map<string, Claim>();
  /** Claims that a fault of the database has kept from being stored or given back. */
  readonly #left: Claim[] = [];
  readonly #runs: Promise<void>[];
  readonly #lock = new SharedLock();
  readonly #heartbeat: NodeJS.Timeout;
  readonly #stop = new AbortController();
  #wake = new AbortController();
  #encoding: Promise<number> | undefined;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#heartbeat = setInterval(() => void this.#extendLeases(), leaseMs / 3).unref();
    this.#runs = runners.map((priority) => this.#run(priority));
  }

  /** Says that there may be something to claim. */
  wake(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  /** Claims nothing more; done when the batches in hand are stored or given back. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.wake();
    await Promise.all(this.#runs);
    clearInterval(this.#heartbeat);
  }

  async #run(priority: Claim['priority']): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        // Taken before claiming: a call to wake while claiming must cut the pause short.
        const { signal } = this.#wake;
        await this.#giveBackLeft();
        const claims = await this.#claim(priority);
        const isUp = await this.#read(claims);
        // Also after claims: where there are always some, forms would never have their turn.
        const mayEncode = isUp && priority === 'bulk';
        const isBusy = doMoreWait(claims) || this.#held.size > 0;
        const encoded = mayEncode ? await this.#encodeForms(isBusy) : 0;
        if (!isUp) await this.#pause(pollMs, this.#stop.signal);
        else if (claims.length === 0 && encoded === 0) await this.#pause(pollMs, signal);
      } catch (error) {
        this.#parts.logger.error({ error }, 'reading documents was interrupted');
        await this.#pause(faultPauseMs, this.#stop.signal);
      }
    }
  }

  /** Gives every stored surface form its meaning vector. */
  async encodeForms(): Promise<void> {
    await this.#encoding;
    while ((await this.#encodeForms(false)) > 0);
  }

  /** One runner encodes, the others wait for it: both would take the same forms. */
  async #encodeForms(doDocumentsWait: boolean): Promise<number> {
    if (this.#stop.signal.aborted) return 0;
    this.#encoding ??= this.#lock
      .shared(() => encodeStoredForms(this.#parts, doDocumentsWait))
      .finally(() => {
        this.#encoding = undefined;
      });
    return this.#encoding;
  }

  async #claim(priority: Claim['priority']): Promise<readonly Claim[]> {
    const options = { limit: claimsAtOnce, leaseMs };
    const { database, changes } = this.#parts;
    const claims = await claimDocuments(database, { ...options, priority });
    for (const { documentId: id } of claims) changes.documentChanged({ id, state: 'RUNNING' });
    if (claims.length > 0 || priority === 'interactive') return claims;
    const ledgerLimit = this.#parts.ledgers ? ledgersAtOnce : undefined;
    return claimRescores(database, { ...options, ledgerLimit }, () => changes.jobsMoved());
  }

  /** Returns false when the model is down; what is left is given back then. */
  async #read(claims: readonly Claim[]): Promise<boolean> {
    let isUp = true;
    for (const claim of claims) this.#held.set(claim.token, claim);
    try {
      for (const batch of batchClaims(claims, this.#parts.batchChars)) {
        if (isUp && !this.#stop.signal.aborted)
          isUp = await this.#readBatch(batch, doMoreWait(claims));
        else await returnClaims(this.#parts.database, batch);
      }
      return isUp;
    } catch (error) {
      this.#left.push(...claims);
      throw error;
    } finally {
      for (const claim of claims) this.#held.delete(claim.token);
    }
  }

  /** The disk's fault is no document's: it is read at once when the disk is well again. */
  async #giveBackLeft(): Promise<void> {
    const left = this.#left.splice(0);
    try {
      if (left.length > 0) await returnClaims(this.#parts.database, left);
    } catch (error) {
      this.#left.push(...left);
      throw error;
    }
  }

  #readBatch(batch: readonly Claim[], doMore: boolean): Promise<boolean> {
    const isStopping = (): boolean => this.#stop.signal.aborted;
    const read = () => readBatch({ ...this.#parts, isStopping }, batch, doMore);
    const [first] = batch;
    if (first && first.attempt > 1) return this.#lock.alone(read);
    // What somebody waits for does not wait for a suspect; should it be one itself, it is next time.
    return first?.priority === 'interactive' ? read() : this.#lock.shared(read);
  }

  async #extendLeases(): Promise<void> {
    try {
      for (const claim of this.#held.values()) {
        await extendLease(this.#parts.database, claim, leaseMs);
      }
    } catch (error) {
      this.#parts.logger.error({ error }, 'a lease could not be extended');
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    // A pause that is cut short is what the signal is for.
    await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
