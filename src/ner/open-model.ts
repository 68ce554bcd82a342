/**
 * A model in this process: what the library and the command line use, and what the server's encoder
 * process runs.
 *
 * Work is done in pieces of one batch, as many at once as there are threads, and before each urgent work
 * passes. With one thread, computing blocks the event loop for the length of a piece.
 */
import { defaultThreads } from '../core/default-threads.ts';
import type { EntityType } from '../core/document.ts';
import { invariant } from '../core/invariant.ts';
import { checkText } from '../text/check-text.ts';
import { type Bundle, readBundle } from './bundle.ts';
import { checkTypes } from './check-types.ts';
import { DescribedTypes } from './described-types.ts';
import { extractTexts, type ReadingParts } from './extract-texts.ts';
import type { Extraction, ExtractOptions, Extractor, ModelInfo } from './extractor.ts';
import { type MeaningEncoder, openMeaningEncoder } from './meaning-encoder.ts';
import type { Arithmetic } from './model-graphs.ts';
import { askTypes, type SpanHead } from './scorer.ts';
import { openSpanEncoder } from './span-encoder.ts';
import { readSpanHead } from './span-head.ts';
import { Turns } from './turns.ts';
import { openTypeEncoder, type TypeEncoder } from './type-encoder.ts';

/** How a model runs and what it accepts. */
export interface ModelOptions {
  /** Threads to compute with: so many batches are computed at once. Default: one a processor, at most 8. */
  readonly threads?: number;
  /** Longest text. Units: UTF-16 code units. Default: 10,000,000. */
  readonly maxChars?: number;
  /** Most windows that are computed together; results do not depend on it. Default: 4. */
  readonly batchWindows?: number;
  /** Of the text encoder. Default: int8 when the bundle stores its layers as integers. */
  readonly arithmetic?: Arithmetic;
}

/** Longest text unless the options say otherwise. Units: UTF-16 code units. */
export const defaultMaxChars = 10_000_000;

/** What a bundle tells the rest of the program. */
const modelInfo = ({ id, manifest }: Bundle, head: SpanHead): ModelInfo => ({
  id,
  name: manifest.name,
  types: manifest.types,
  embeddingSize: manifest.heads.embeddingSize,
  meaningSize: manifest.meaning.size,
  logitScale: head.logitScale,
  thresholdShift: head.thresholdShift,
  licence: manifest.licence,
  metrics: manifest.metrics,
  windowTokens: manifest.window.maxTokens,
  overlapTokens: manifest.window.overlapTokens,
  maxSpanTokens: manifest.maxSpanTokens,
  calibration: manifest.calibration?.curve ?? null,
});

/** Something that is opened when it is first needed, and closed if it was. */
class Lazy<Resource extends { close(): Promise<void> }> {
  readonly #open: () => Promise<Resource>;
  #opened: Promise<Resource> | undefined;

  constructor(open: () => Promise<Resource>) {
    this.#open = open;
  }

  get opened(): Promise<Resource> | undefined {
    return this.#opened;
  }

  get(): Promise<Resource> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async close(): Promise<void> {
    await (await this.#opened)?.close();
  }
}

const ping = (encoder: MeaningEncoder): Promise<void> => encoder.ping();

/** What this process has opened to read with. */
interface OpenParts extends ReadingParts {
  readonly turns: Turns;
}

/** A model in this process. */
export interface LocalExtractor extends Extractor {
  /** Settles once nothing that computes is held up by a batch. */
  ping(): Promise<void>;
}

class LocalModel implements LocalExtractor {
  readonly model: ModelInfo;
  readonly head: SpanHead;
  readonly #reading: OpenParts;
  readonly #types: Lazy<TypeEncoder>;
  readonly #described: DescribedTypes;
  readonly #meanings: Lazy<MeaningEncoder>;
  readonly #maxChars: number;
  #closed = false;

  constructor(bundle: Bundle, reading: OpenParts, options: ModelOptions) {
    this.model = modelInfo(bundle, reading.head);
    this.head = reading.head;
    this.#reading = reading;
    this.#maxChars = options.maxChars ?? defaultMaxChars;
    this.#types = new Lazy(() => openTypeEncoder(bundle));
    this.#described = new DescribedTypes(reading);
    this.#meanings = new Lazy(() =>
      openMeaningEncoder(bundle, { sessions: options.threads ?? defaultThreads() }),
    );
  }

  async extract(
    texts: readonly string[],
    types: readonly EntityType[],
    { priority = 'interactive', keepLedgers = false }: ExtractOptions = {},
  ): Promise<Extraction[]> {
    for (const text of texts) checkText(text, this.#maxChars);
    const vectors = await this.encodeTypes(types);
    const names = types.map(({ name }) => name);
    const offsets = types.map(({ offset = 0 }) => offset);
    const asked = askTypes(this.head, vectors, offsets);
    return extractTexts(this.#reading, texts, { ...asked, names, priority, keepLedgers });
  }

  async encodeTypes(types: readonly EntityType[]): Promise<Float32Array[]> {
    invariant(!this.#closed, 'a closed model is not used');
    checkTypes(types);
    return this.#described.encode(await this.#types.get(), types);
  }

  async encodeMeanings(forms: readonly string[]): Promise<Float32Array[]> {
    invariant(!this.#closed, 'a closed model is not used');
    const encoder = await this.#meanings.get();
    const { tokens, batches } = await encoder.prepare(forms);
    const vectors: Float32Array[] = [];
    await this.#reading.turns.each('interactive', batches, async ({ members, paddedLength }) => {
      const batch = members.map((index) => tokens[index]!);
      const encoded = await encoder.encode(batch, paddedLength);
      members.forEach((index, i) => {
        vectors[index] = encoded[i]!;
      });
    });
    return vectors;
  }

  async ping(): Promise<void> {
    await Promise.all([this.#reading.encoder.ping(), this.#meanings.opened?.then(ping)]);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // The last turn ends before what it computes with is released.
    await this.#reading.turns.close();
    await Promise.all([this.#reading.encoder.close(), this.#types.close(), this.#meanings.close()]);
  }
}

/**
 * Opens the model bundle in a folder, in this process.
 *
 * Throws: BUNDLE_INVALID.
 * Cost:   about 1 s and 150 MB for a MiniLM-6 model; the type and the meaning encoder open when
 *         they are first used.
 */
export const openModel = async (
  directory: string,
  options: ModelOptions = {},
): Promise<LocalExtractor> => openBundle(await readBundle(directory), options);

/** Opens a bundle that is in memory already, e.g. a model in training. */
export async function openBundle(
  bundle: Bundle,
  options: ModelOptions = {},
): Promise<LocalExtractor> {
  return new LocalModel(bundle, await openReadingParts(bundle, options), options);
}

/** Opens what texts are read with. */
export async function openReadingParts(
  bundle: Bundle,
  options: ModelOptions = {},
): Promise<OpenParts> {
  const { maxTokens, overlapTokens } = bundle.manifest.window;
  const sessions = options.threads ?? defaultThreads();
  return {
    tokenizer: bundle.tokenizer,
    windows: { windowTokens: maxTokens, overlapTokens },
    head: await readSpanHead(bundle),
    calibration: bundle.manifest.calibration?.curve ?? null,
    encoder: await openSpanEncoder(bundle, { ...options, sessions }),
    turns: new Turns(sessions),
  };
}
