/**
 * Parses what may be hostile in a child process of its own, which is stopped when it takes too long or
 * too much memory: a file costs itself, never the program. The child's side is `parser-process.ts`.
 */
import { AppError, appError } from '../core/errors.ts';
import { type Child, openChild } from '../ipc/child.ts';
import type { BoundedParser, ParsedElsewhere } from './format.ts';
import { parserLimits } from './limits.ts';
import type { SourceDocument } from './source-document.ts';

/** What a parser may take. */
export interface ParserLimits {
  readonly timeMs: number;
  /** Resident memory of the whole child. */
  readonly memoryBytes: number;
}

/** A parser that holds a process. */
export interface OpenParser extends BoundedParser {
  close(): Promise<void>;
}

class ChildParser implements OpenParser {
  readonly #limits: ParserLimits;
  #child: Promise<Child> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(limits: ParserLimits) {
    this.#limits = limits;
  }

  /** One file after the other: limits are a file's own. */
  parse(kind: ParsedElsewhere, path: string, bytes: Buffer): Promise<SourceDocument> {
    const parsed = this.#last.then(() => this.#parse(kind, path, bytes));
    this.#last = parsed.catch(() => undefined);
    return parsed;
  }

  async close(): Promise<void> {
    const child = await this.#child?.catch(() => undefined);
    await child?.close();
  }

  async #parse(kind: ParsedElsewhere, path: string, bytes: Buffer): Promise<SourceDocument> {
    const { timeMs, memoryBytes } = this.#limits;
    this.#child ??= openChild({
      name: 'parser',
      module: new URL('./parser-process.ts', import.meta.url),
      argument: { memoryBytes },
      closeTimeoutMs: 200,
    });
    const child = await this.#child;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const [what, max] = ['seconds', timeMs / 1_000];
      timer = setTimeout(() => reject(appError('FILE_TOO_COMPLEX', { path, what, max })), timeMs);
    });
    try {
      return await Promise.race([child.call<SourceDocument>(kind, { path, bytes }), late]);
    } catch (error) {
      throw await this.#failure(error, path, child);
    } finally {
      clearTimeout(timer);
    }
  }

  /** What a failure means to the user; a child that is stuck or gone is replaced for the next file. */
  async #failure(error: unknown, path: string, child: Child): Promise<unknown> {
    if (!(error instanceof AppError)) return error;
    if (error.code !== 'FILE_TOO_COMPLEX' && error.code !== 'CHILD_PROCESS_DOWN') return error;
    this.#child = undefined;
    await child.close();
    if (error.code === 'FILE_TOO_COMPLEX') return error;
    const [what, max] = ['bytes of memory', this.#limits.memoryBytes];
    return appError('FILE_TOO_COMPLEX', { path, what, max }, error);
  }
}

/** A parser whose process starts with the first file. Cost: 0.2 s then; a tenth of a second a file. */
export const openParser = (limits: ParserLimits = parserLimits): OpenParser =>
  new ChildParser(limits);
