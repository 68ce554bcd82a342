/**
 * How late this process' event loop runs: what a request waits while some other work holds the loop.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Delays since the measurement began. Units: milliseconds. */
export interface EventLoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** A measurement that goes on until it is closed. */
export interface EventLoopMonitor {
  delay(): EventLoopDelay;
  close(): void;
}

const resolutionMs = 10;

/** Starts to measure. Cost: a timer every 10 ms, which does not keep the process alive. */
export function openEventLoopMonitor(): EventLoopMonitor {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  // The histogram holds times between two ticks of its timer: the timer's own period is no delay.
  const toMs = (nanoseconds: number): number =>
    Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e6 - resolutionMs) : 0;
  return {
    delay: () => ({
      p50Ms: toMs(histogram.percentile(50)),
      p99Ms: toMs(histogram.percentile(99)),
      maxMs: toMs(histogram.max),
    }),
    close: () => histogram.disable(),
  };
}
