/**
 * Takes the documents of files in and waits until they are read.
 */
import { AppError, appError, type ErrorCode } from '../core/errors.ts';
import type { LinePlace } from '../formats/lines.ts';
import { acceptFiles } from '../ingest/accept-files.ts';
import type { Ingest } from '../ingest/ingest.ts';
import { dropsOfDocuments } from '../store/coverage.ts';
import type { Database } from '../store/database.ts';
import { findDocuments, type PutResult } from '../store/documents.ts';
import { addDrops, type DropSum } from '../store/drop-sums.ts';

/** What to take in, and who is told. */
export interface IngestFilesOptions {
  readonly paths: readonly string[];
  /** Column of tables or field of JSON lines that is the text; found by its name unless given. */
  readonly textField?: string | undefined;
  /**
   * Told of each file, line or document that could not be taken in or read; the others are. The place
   * comes along where the message does not say it.
   */
  readonly onFailure: (error: AppError, place?: LinePlace) => void;
  /** Told how many documents were taken in so far, and how many of them are done. */
  readonly onProgress: (accepted: number, done: number) => void;
  /** Where they go; made where there is none. Default: the default collection. */
  readonly collection?: string | undefined;
  /** Knows what its file does not name by where it is, so that a changed file replaces its document. */
  readonly isKnownByPlace?: boolean | undefined;
  /** Aborted: no more is taken in or waited for. What was taken in is kept. */
  readonly signal: AbortSignal;
}

/** What became of the documents; one that files have twice is counted twice. */
export interface IngestSummary {
  readonly created: number;
  readonly replaced: number;
  /** Known with the same text. */
  readonly unchanged: number;
  readonly refused: number;
  /** Documents read to the end, now or before. */
  readonly read: number;
  readonly failed: number;
  /** Length of the documents that were read. Units: UTF-16 code units. */
  readonly characters: number;
  /** How many of these were not read. */
  readonly charactersDropped: number;
  /** What was not read of these documents and their files, by reason, most parts first. */
  readonly droppedByReason: readonly DropSum[];
}

/** What takes documents in. */
export interface IngestTarget {
  readonly ingest: Ingest;
  readonly database: Database;
}

const documentsAtOnce = 100;
const longestWaitMs = 24 * 60 * 60 * 1000;

/** One call of `ingestFiles`. */
class FileIngest {
  readonly #target: IngestTarget;
  readonly #options: IngestFilesOptions;
  readonly #places = new Map<number, LinePlace>();
  readonly #done = new Set<number>();
  #doneCount = 0;
  #drops: readonly DropSum[] = [];
  readonly #counts = {
    created: 0,
    replaced: 0,
    unchanged: 0,
    refused: 0,
    read: 0,
    failed: 0,
    characters: 0,
    charactersDropped: 0,
  };

  constructor(target: IngestTarget, options: IngestFilesOptions) {
    this.#target = target;
    this.#options = options;
  }

  async run(): Promise<IngestSummary> {
    const stopListening = this.#target.ingest.changes.onDocument(({ id, state }) => {
      if ((state !== 'DONE' && state !== 'FAILED') || this.#done.has(id)) return;
      this.#done.add(id);
      if (this.#places.has(id)) this.#doneCount += 1;
      this.#tell();
    });
    try {
      await this.#accept();
      for (const ids of this.#idGroups()) await this.#finish(ids);
      await this.#target.ingest.encodeForms();
      return { ...this.#counts, droppedByReason: this.#drops };
    } finally {
      stopListening();
    }
  }

  async #accept(): Promise<void> {
    const { paths, textField, collection, isKnownByPlace, onFailure } = this.#options;
    const { ingest } = this.#target;
    await acceptFiles(ingest, {
      paths,
      textField,
      isKnownByPlace,
      collectionId: await ingest.collection(collection),
      check: () => this.#checkSignal(),
      onRefused: (error, place) => {
        this.#counts.refused += 1;
        onFailure(error, place);
      },
      onAccepted: (result, place) => this.#add(result, place),
    });
  }

  #checkSignal(): void {
    if (this.#options.signal.aborted) throw appError('INTERRUPTED', { what: 'ingest' });
  }

  #add({ id, outcome }: PutResult, place: LinePlace): void {
    // It may be done already: reading does not wait for the last group.
    if (!this.#places.has(id) && this.#done.has(id)) this.#doneCount += 1;
    this.#places.set(id, place);
    this.#counts[outcomeCounts[outcome]] += 1;
    this.#tell();
  }

  /** Waits for documents and counts how they ended. */
  async #finish(ids: readonly number[]): Promise<void> {
    const { signal, onFailure } = this.#options;
    await Promise.race([this.#target.ingest.settled(ids, longestWaitMs), aborted(signal)]);
    this.#checkSignal();
    const drops = await dropsOfDocuments(this.#target.database, ids);
    this.#drops = addDrops([...this.#drops, ...[...drops.values()].flat()]);
    const documents = await findDocuments(this.#target.database, ids);
    for (const { id, error, state, coverage } of documents.values()) {
      if (state === 'DONE') {
        this.#counts.read += 1;
        this.#counts.characters += coverage.characters;
        this.#counts.charactersDropped += coverage.characters - coverage.charactersRead;
      }
      if (state !== 'FAILED' || !error) continue;
      this.#counts.failed += 1;
      onFailure(new AppError(error.code as ErrorCode, error.message, {}), this.#places.get(id));
    }
  }

  *#idGroups(): Generator<number[]> {
    const ids = [...this.#places.keys()];
    for (let first = 0; first < ids.length; first += documentsAtOnce)
      yield ids.slice(first, first + documentsAtOnce);
  }

  #tell(): void {
    this.#options.onProgress(this.#places.size, this.#doneCount);
  }
}

const outcomeCounts = {
  CREATED: 'created',
  REPLACED: 'replaced',
  RETRIED: 'unchanged',
  UNCHANGED: 'unchanged',
} as const;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/**
 * Takes all documents of the files in, then waits until they are read.
 *
 * Throws: INTERRUPTED after the signal; STORAGE_FULL.
 */
export const ingestFiles = (
  target: IngestTarget,
  options: IngestFilesOptions,
): Promise<IngestSummary> => new FileIngest(target, options).run();
