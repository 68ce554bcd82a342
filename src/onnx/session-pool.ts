/**
 * One model in several sessions, each in a thread of its own that computes alone.
 *
 * Two sessions side by side read more than one session with two threads inside: those wait for each
 * other at the end of every operation, and for what the caller does between two runs (13 % more on two
 * cores, MiniLM-L6 in 8 bits, bench/RESULTS.md). And the caller's event loop stays free.
 */
import { openThread, type Thread } from '../ipc/thread.ts';
import type { Graph } from './graph.ts';
import { type Outputs, printModel } from './model.ts';
import { openSession, type Session, type SessionOptions, type Tensors } from './session.ts';
import type { SessionThreadOptions } from './session-thread.ts';

/** Sessions of which the idlest runs what comes. */
export interface SessionPool extends Pick<Session, 'close'> {
  /**
   * Computes the outputs; at most `sessions` calls at once make progress.
   * Throws: when a feed is missing or has the wrong shape; CHILD_PROCESS_DOWN.
   */
  run(feeds: Tensors): Promise<Tensors>;
  /** Settles once every session has ended the run that it is in, if any: none is held up. */
  ping(): Promise<void>;
}

/** How to open a pool. */
export interface SessionPoolOptions extends Pick<SessionOptions, 'weights'> {
  /** 1: a session in this thread, which blocks its event loop. */
  readonly sessions: number;
}

/** Compiles what `outputs` need of a graph, once a session. */
export async function openSessionPool(
  graph: Graph,
  outputs: Outputs,
  { sessions, ...options }: SessionPoolOptions,
): Promise<SessionPool> {
  if (sessions === 1) {
    const session = await openSession(graph, outputs, { ...options, threads: 1 });
    return { ...session, ping: () => Promise.resolve() };
  }
  const argument: SessionThreadOptions = {
    model: printModel(graph, outputs, options.weights),
    outputNames: Object.keys(outputs),
  };
  const module = new URL('./session-thread.ts', import.meta.url);
  const threads = await Promise.all(
    Array.from({ length: sessions }, () => openThread({ name: 'session', module, argument })),
  );
  const ofAll = async (act: (thread: Thread) => Promise<void>): Promise<void> =>
    void (await Promise.all(threads.map(act)));
  return {
    run(feeds) {
      const idlest = threads.reduce((a, b) => (b.waiting < a.waiting ? b : a));
      return idlest.call<Tensors>('run', feeds);
    },
    ping: () => ofAll((thread) => thread.call('ping', undefined)),
    close: () => ofAll((thread) => thread.close()),
  };
}
