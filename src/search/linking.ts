/**
 * Vocabularies kept, and concepts proposed in the background for every stored mention: first the names of
 * vocabularies get their meaning vectors, then each document that waits is linked. Every step can be
 * repeated: what was not written waits still, and what has changed meanwhile waits again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createThread, type Thread } from '../ipc/thread.ts';
import { type MeaningSource, meaningsByText, meaningsOfRows } from '../ner/meanings.ts';
import type { Database } from '../store/database.ts';
import { databaseFile } from '../store/maintenance.ts';
import {
  deleteVocabulary,
  importVocabulary,
  namesToEncode,
  progressOfVocabularies,
  putNameMeanings,
  putProposals,
  unlinkedDocuments,
} from '../store/vocabularies.ts';
import type {
  UnlinkedDocument,
  VocabularyDraft,
  VocabularyProgress,
} from '../store/vocabulary-records.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { LinkerThreadOptions } from './linker-thread.ts';
import type { LinkAnswer, LinkRequest } from './stored-matchers.ts';

/** What linking needs. */
export interface LinkingParts {
  readonly database: Database;
  readonly extractor: MeaningSource;
  readonly logger: Logger;
}

/** Texts encoded in one call: few, so that a document that is read does not wait for long. */
const encodedAtOnce = 64;

/** Documents linked in one transaction. */
const linkedAtOnce = 16;

/** Mentions that were stored are looked for this often: to be told of each would cost more. */
const pollMs = 1_000;

/** After a fault nothing is tried for this long. */
const faultPauseMs = 2_000;

const progressMs = 100;

/** Links documents in the background. */
export class Linking {
  readonly #parts: LinkingParts;
  readonly #thread: Thread;
  readonly #stop = new AbortController();
  readonly #run: Promise<void>;
  #wake = new AbortController();

  constructor(parts: LinkingParts) {
    this.#parts = parts;
    const { folder } = parts.database;
    const argument: LinkerThreadOptions = { folder, path: databaseFile(folder) };
    const module = new URL('./linker-thread.ts', import.meta.url);
    this.#thread = createThread({ name: 'linker', module, argument });
    this.#run = this.#work();
  }

  /**
   * Keeps a vocabulary in the place of the one that had its name. Gives its row.
   *
   * Throws: ARGUMENT_INVALID when the collection has too many.
   */
  async import(draft: VocabularyDraft): Promise<number> {
    const id = await importVocabulary(this.#parts.database, draft);
    this.#hurry();
    return id;
  }

  /** Deletes a vocabulary with all that is proposed by it. Returns whether it was there. */
  async remove(id: number): Promise<boolean> {
    const isDeleted = await deleteVocabulary(this.#parts.database, id);
    this.#hurry();
    return isDeleted;
  }

  /** Waits until a vocabulary has nothing more to do or is gone, or the signal; tells how far it is. */
  async settled(
    id: number,
    signal: AbortSignal,
    onProgress: (progress: VocabularyProgress) => void = () => undefined,
  ): Promise<void> {
    while (!signal.aborted) {
      const progress = (await progressOfVocabularies(this.#parts.database, [id])).get(id);
      if (!progress) return;
      onProgress(progress);
      if (progress.namesWaiting + progress.documentsWaiting === 0) return;
      // Whoever waits keeps the process.
      await pause(progressMs, signal, true);
    }
  }

  /** Cuts a pause short. */
  #hurry(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  /** Begins nothing more; done when what is in hand is stored. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#hurry();
    await this.#run;
    await this.#thread.close();
  }

  async #work(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      // Taken before looking: what is imported meanwhile must cut the pause short.
      const { signal } = this.#wake;
      try {
        const done = (await this.#encodeNames()) || (await this.#linkDocuments());
        if (done === 0) await pause(pollMs, signal);
      } catch (error) {
        if (!this.#stop.signal.aborted) {
          this.#parts.logger.error({ error }, 'linking mentions was interrupted');
        }
        await pause(faultPauseMs, this.#stop.signal);
      }
    }
  }

  /** Gives some names of vocabularies their meaning vectors. Returns how many there were. */
  async #encodeNames(): Promise<number> {
    const { database, extractor } = this.#parts;
    const names = await namesToEncode(database, encodedAtOnce);
    if (names.length === 0) return 0;
    await putNameMeanings(database, await meaningsOfRows(extractor, names));
    return names.length;
  }

  /** Links some documents of one collection. Returns how many there were. */
  async #linkDocuments(): Promise<number> {
    const { database } = this.#parts;
    const waiting = await unlinkedDocuments(database, linkedAtOnce);
    const [first] = waiting;
    if (!first) return 0;
    const answer = await this.#propose(first.collectionId, waiting);
    return answer.kind === 'LINKED' ? putProposals(database, answer.documents) : 0;
  }

  /** Asks for proposals, and for the meanings that are missing, until there is none. */
  async #propose(
    collectionId: number,
    documents: readonly UnlinkedDocument[],
  ): Promise<LinkAnswer> {
    const meanings = new Map<string, Float32Array>();
    for (;;) {
      const request: LinkRequest = { collectionId, documents, meanings };
      const answer = await this.#thread.call<LinkAnswer>('link', request);
      if (answer.kind !== 'MISSING') return answer;
      const found = await meaningsByText(this.#parts.extractor, answer.forms, encodedAtOnce);
      for (const [form, vector] of found) meanings.set(form, vector);
    }
  }
}

/** A pause that is cut short is what the signal is for. */
const pause = (ms: number, signal: AbortSignal, ref = false): Promise<void> =>
  sleep(ms, undefined, { signal, ref }).catch(() => undefined);
