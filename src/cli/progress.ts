/**
 * How far work is, on standard error: a bar on a terminal, else a line now and then, so that a log
 * stays readable.
 */
import { Presets, SingleBar } from 'cli-progress';
import { note } from './output.ts';

/** What is told besides how much is done. */
export interface ProgressNews {
  /** When it was not known at the start. */
  readonly total?: number;
  /** More, e.g. the loss. */
  readonly text?: string;
}

/** Something that is told how far work is. */
export interface Progress {
  update(done: number, news?: ProgressNews): void;
  /** Writes a line that stays. */
  log(line: string): void;
  stop(): void;
}

const lineEveryMs = 30_000;

function barProgress(what: string, total: number): Progress {
  const format = `${what} [{bar}] {percentage}% {value}/{total} {text}`;
  const bar = new SingleBar(
    { format, stream: process.stderr, gracefulExit: false, hideCursor: null, fps: 5 },
    Presets.legacy,
  );
  let text = '';
  bar.start(total, 0, { text });
  return {
    update(done, news = {}) {
      if (news.total !== undefined) bar.setTotal(news.total);
      text = news.text ?? text;
      bar.update(done, { text });
    },
    log(line) {
      // Over the bar, which is drawn again below it.
      process.stderr.write('\r\u001b[2K');
      note(line);
      bar.render();
    },
    stop: () => bar.stop(),
  };
}

function lineProgress(what: string, atFirst: number): Progress {
  let toldMs = performance.now();
  let total = atFirst;
  return {
    update(done, news = {}) {
      total = news.total ?? total;
      const nowMs = performance.now();
      if (nowMs - toldMs < lineEveryMs) return;
      toldMs = nowMs;
      note(`${what} ${done}/${total} ${news.text ?? ''}`.trimEnd());
    },
    log: note,
    stop: () => undefined,
  };
}

/** Tells how much of `total` is done. */
export const openProgress = (what: string, total: number): Progress =>
  process.stderr.isTTY ? barProgress(what, total) : lineProgress(what, total);
