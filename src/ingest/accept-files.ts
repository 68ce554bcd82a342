/** The documents of files, taken in as a job. */
import { AppError } from '../core/errors.ts';
import {
  charsOf,
  inGroups,
  type PlacedDocument,
  readDocumentFiles,
} from '../formats/document-files.ts';
import type { LinePlace } from '../formats/lines.ts';
import type { DocumentDraft, PutResult } from '../store/documents.ts';
import type { Ingest } from './ingest.ts';
import type { PlacedRefusal } from './jobs.ts';

/** What to take in, and who is told. */
export interface AcceptFilesOptions {
  readonly paths: readonly string[];
  readonly collectionId: number;
  /** Column of tables or field of JSON lines that is the text; found by its name unless given. */
  readonly textField?: string | undefined;
  /** Knows what its file does not name by where it is, so that a changed file replaces its document. */
  readonly isKnownByPlace?: boolean | undefined;
  /** Told of what was refused; the place comes along where the message does not say it. */
  readonly onRefused?: (error: AppError, place?: LinePlace) => void;
  readonly onAccepted?: (result: PutResult, place: LinePlace) => void;
  /** Called before each group of documents; what it throws ends the work. */
  readonly check?: () => void;
}

const documentsAtOnce = 100;

/** A place as a text: the path, and the line unless it is the first. */
const nameOf = ({ path, line }: LinePlace): string => (line === 1 ? path : `${path}:${line}`);

function draftOf(
  { document, place }: PlacedDocument,
  { isKnownByPlace = false }: AcceptFilesOptions,
): DocumentDraft {
  // A file of which everything was read, or without pages, says so: what was known of an earlier one is over.
  const { dropped = [], pageStarts = [] } = document;
  const draft = { ...document, dropped, pageStarts };
  if (draft.externalId !== undefined || !isKnownByPlace) return draft;
  return { ...draft, externalId: nameOf(place) };
}

/** One call of `acceptFiles`. */
class FilesJob {
  readonly #ingest: Ingest;
  readonly #options: AcceptFilesOptions;
  readonly #jobId: number;
  readonly #refusals: PlacedRefusal[] = [];

  constructor(ingest: Ingest, options: AcceptFilesOptions, jobId: number) {
    this.#ingest = ingest;
    this.#options = options;
    this.#jobId = jobId;
  }

  async run(): Promise<void> {
    const { paths, textField, check } = this.#options;
    const documents = readDocumentFiles(paths, (error) => this.#refuse(error), { textField });
    for await (const group of inGroups(documents, documentsAtOnce, charsOf)) {
      check?.();
      await this.#accept(group);
      await this.#tellRefusals();
    }
    await this.#tellRefusals();
  }

  async #accept(group: readonly PlacedDocument[]): Promise<void> {
    const { collectionId, onAccepted } = this.#options;
    const drafts = group.map((placed) => draftOf(placed, this.#options));
    const target = { collectionId, jobId: this.#jobId };
    const results = await this.#ingest.accept(drafts, 'bulk', target);
    results.forEach((result, at) => {
      const { place } = group[at]!;
      if (result instanceof AppError) this.#refuse(result, place);
      else onAccepted?.(result, place);
    });
  }

  #refuse(error: AppError, place?: LinePlace): void {
    this.#refusals.push({ error, place: place && nameOf(place) });
    this.#options.onRefused?.(error, place);
  }

  #tellRefusals(): Promise<void> {
    return this.#ingest.jobs.refused(this.#jobId, this.#refusals.splice(0));
  }
}

/**
 * Takes all documents of the files in, as a job; gives its id. When it returns they survive a crash.
 *
 * Throws: STORAGE_FULL, JOB_CANCELLED, and what `check` throws; what was taken in until then is kept.
 * Cost:   holds a hundred documents at a time, fewer of long ones.
 */
export async function acceptFiles(ingest: Ingest, options: AcceptFilesOptions): Promise<number> {
  const jobId = await ingest.jobs.begin(options.collectionId);
  try {
    await new FilesJob(ingest, options, jobId).run();
  } finally {
    await ingest.jobs.end(jobId);
  }
  return jobId;
}
