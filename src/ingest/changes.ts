/**
 * News of documents, entity types and jobs, for those who wait for them or follow them.
 */
import { EventEmitter, on } from 'node:events';
import type { DocumentState } from '../store/records.ts';

/** A document that has a new state, or was deleted. */
export interface DocumentChange {
  readonly id: number;
  readonly state: DocumentState | 'DELETED';
}

/** How often the progress of types and jobs is told. Units: milliseconds. */
const progressIntervalMs = 500;

/** Tells what changes to whoever listens; keeps nothing for those who come later. */
export class Changes {
  readonly #emitter = new EventEmitter().setMaxListeners(0);
  readonly #movedTypes = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #jobTimer: NodeJS.Timeout | undefined;

  /** Says that a document has changed. */
  documentChanged(change: DocumentChange): void {
    this.#emitter.emit('document', change);
    this.jobsMoved();
  }

  /** Says that jobs may have got on; told at most twice a second, the last news always. */
  jobsMoved(): void {
    this.#jobTimer ??= setTimeout(() => {
      this.#jobTimer = undefined;
      this.#emitter.emit('jobs');
    }, progressIntervalMs).unref();
  }

  /** Says that types have got on; told at most twice a second, the last news always. */
  typesMoved(ids: Iterable<number>): void {
    for (const id of ids) this.#movedTypes.add(id);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const moved = [...this.#movedTypes];
      this.#movedTypes.clear();
      for (const id of moved) this.#emitter.emit('type', id);
    }, progressIntervalMs).unref();
  }

  /** Calls the listener with each change of a document until the result is called. */
  onDocument(listener: (change: DocumentChange) => void): () => void {
    this.#emitter.on('document', listener);
    return () => this.#emitter.off('document', listener);
  }

  /** Changes of documents from now on. */
  documents(): AsyncIterableIterator<[DocumentChange]> {
    return this.#follow<[DocumentChange]>('document');
  }

  /** Types that get on, from now on. */
  types(): AsyncIterableIterator<[number]> {
    return this.#follow<[number]>('type');
  }

  /** Each time that some job may have got on, from now on. */
  jobs(): AsyncIterableIterator<[]> {
    return this.#follow<[]>('jobs');
  }

  /** Ends every iteration. */
  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#jobTimer);
    this.#emitter.emit('close');
  }

  #follow<Event>(name: 'document' | 'type' | 'jobs'): AsyncIterableIterator<Event> {
    return on(this.#emitter, name, { close: ['close'] }) as AsyncIterableIterator<Event>;
  }
}
