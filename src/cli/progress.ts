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

/** A pace is that of so long. */
const paceWindowMs = 30_000;

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

/** A time as people say it: '45 s', '3 min', '2.5 h'. */
export function spoken(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return seconds < 6_000 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

/** How fast things got done lately, and how long the rest takes. */
export class Pace {
  readonly #now: () => number;
  readonly #seen: { readonly atMs: number; readonly done: number }[];

  /** `now` in milliseconds; default: a clock that only goes forward. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#seen = [{ atMs: now(), done: 0 }];
  }

  /** The pace as a text: '12.5/s, 3 min left'; empty while nothing is known. */
  text(done: number, total: number): string {
    const atMs = this.#now();
    this.#seen.push({ atMs, done });
    while (this.#seen.length > 2 && atMs - this.#seen[1]!.atMs >= paceWindowMs) this.#seen.shift();
    const first = this.#seen[0]!;
    const rate = (1_000 * (done - first.done)) / Math.max(atMs - first.atMs, 1);
    if (rate <= 0) return '';
    const left = total > done ? `, ${spoken((total - done) / rate)} left` : '';
    return `${rate.toFixed(1)}/s${left}`;
  }
}

/** Tells how much of `total` is done. */
export const openProgress = (what: string, total: number): Progress =>
  process.stderr.isTTY ? barProgress(what, total) : lineProgress(what, total);
