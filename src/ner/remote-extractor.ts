/**
 * A model in a child process, so that computing never blocks the process that answers requests. A
 * child that dies is started again; meanwhile calls fail at once with CHILD_PROCESS_DOWN.
 *
 * Work is sent in small pieces: messages stay small, and in the child urgent work passes between them.
 */
import type { EntityType } from '../core/document.ts';
import { appError } from '../core/errors.ts';
import { invariant } from '../core/invariant.ts';
import { checkText } from '../text/check-text.ts';
import { checkTypes } from './check-types.ts';
import type { Extraction, ExtractOptions, Extractor, ModelInfo } from './extractor.ts';
import type { ExtractRequest, RemoteModelArgument } from './extractor-process.ts';
import { defaultMaxChars, type ModelOptions } from './open-model.ts';
import { type PortableExtraction, unpackExtraction } from './portable-extraction.ts';
import { RestartedChild } from './restarted-child.ts';
import type { SpanHead } from './scorer.ts';

/** How a model in a child process runs. */
export interface RemoteModelOptions extends ModelOptions {
  /** Called when the child has ended without having been asked to, and may be told again. */
  readonly onDown?: (reason: string) => void;
  /** Called when it has been started again. */
  readonly onUp?: () => void;
  /** Wait before the first restart. Default: 200. */
  readonly firstRestartMs?: number;
  /** A child that computes for so long without a sign of life is ended, and started again. */
  readonly maxSilenceMs?: number | undefined;
}

/** A piece is a few documents, but a long one is a piece of its own. */
const pieceTexts = 16;
const pieceChars = 20_000;
/** One piece is computed while the next waits in the child, so that it is never idle. */
const piecesAtOnce = 2;
const pieceForms = 500;

/** Consecutive texts in groups of bounded size; each has at least one. */
export function textPieces(texts: readonly string[]): string[][] {
  const pieces: string[][] = [];
  let chars = 0;
  for (const text of texts) {
    const piece = pieces.at(-1);
    chars += text.length;
    if (piece && piece.length < pieceTexts && chars <= pieceChars) piece.push(text);
    else {
      pieces.push([text]);
      chars = text.length;
    }
  }
  return pieces;
}

/** The results of all pieces, in order, a few under way at a time. The first failure ends it. */
async function inOrder<Piece, Result>(
  pieces: readonly Piece[],
  work: (piece: Piece) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results: (readonly Result[])[] = [];
  const open = pieces.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [i, piece] of open) {
      if (failed) return;
      results[i] = await work(piece).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: piecesAtOnce }, worker));
  return results.flat();
}

/** A model in a child process. */
export interface RemoteExtractor extends Extractor {
  /** The child's process id, or undefined while it is down. */
  readonly pid: number | undefined;
}

/** What the child says of its model. */
interface OpenedModel {
  readonly model: ModelInfo;
  readonly head: SpanHead | null;
}

class RemoteModel implements RemoteExtractor {
  readonly model: ModelInfo;
  readonly head: SpanHead | null;
  readonly #child: RestartedChild;
  readonly #maxChars: number;

  constructor({ model, head }: OpenedModel, child: RestartedChild, maxChars: number) {
    this.model = model;
    this.head = head;
    this.#child = child;
    this.#maxChars = maxChars;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async extract(
    texts: readonly string[],
    types: readonly EntityType[],
    { priority = 'interactive', keepLedgers = false }: ExtractOptions = {},
  ): Promise<Extraction[]> {
    for (const text of texts) checkText(text, this.#maxChars);
    checkTypes(types);
    return inOrder(textPieces(texts), async (piece) => {
      const request: ExtractRequest = { texts: piece, types, priority, keepLedgers };
      const packed = await this.#child.call<PortableExtraction[]>('extract', request);
      return packed.map((each) => unpackExtraction(each, this.model.calibration));
    });
  }

  encodeTypes(types: readonly EntityType[]): Promise<Float32Array[]> {
    return this.#child.call('encodeTypes', types);
  }

  encodeMeanings(forms: readonly string[]): Promise<Float32Array[]> {
    const count = Math.ceil(forms.length / pieceForms);
    const pieces = Array.from({ length: count }, (_, i) =>
      forms.slice(i * pieceForms, (i + 1) * pieceForms),
    );
    return inOrder(pieces, (piece) => this.#child.call<Float32Array[]>('encodeMeanings', piece));
  }

  close(): Promise<void> {
    return this.#child.close();
  }
}

/**
 * Opens the model bundle in a folder, in a child process.
 *
 * Throws: BUNDLE_INVALID.
 */
export async function openRemoteModel(
  directory: string,
  { onDown, onUp, firstRestartMs, maxSilenceMs, ...options }: RemoteModelOptions = {},
): Promise<RemoteExtractor> {
  let opened: OpenedModel | undefined;
  const argument: RemoteModelArgument = { directory, options };
  const child = await RestartedChild.open({
    name: 'encoder',
    module: new URL('./extractor-process.ts', import.meta.url),
    argument,
    maxSilenceMs,
    async verify(started) {
      const found = await started.call<ModelInfo>('model', undefined);
      opened ??= { model: found, head: await started.call('head', undefined) };
      // Vectors of two models must never mix: a replaced bundle is for the next start.
      if (found.id === opened.model.id) return;
      const rule = `still be the model ${opened.model.id}`;
      throw appError('BUNDLE_INVALID', { path: directory, rule, value: found.id });
    },
    ...(onDown && { onDown }),
    ...(onUp && { onUp }),
    ...(firstRestartMs !== undefined && { firstRestartMs }),
  });
  invariant(opened, 'a child that was opened has been verified');
  return new RemoteModel(opened, child, options.maxChars ?? defaultMaxChars);
}
