/** A thread that runs one session. Started by `session-pool.ts`. */
import { hostThread } from '../ipc/thread-host.ts';
import { openPrintedSession, type Tensors } from './session.ts';

/** What a thread opens. */
export interface SessionThreadOptions {
  /** A model in ONNX's format. */
  readonly model: Uint8Array;
  readonly outputNames: readonly string[];
}

hostThread<SessionThreadOptions>(async ({ model, outputNames }) => {
  const session = await openPrintedSession(model, outputNames, { threads: 1 });
  return {
    methods: { run: (feeds: Tensors) => session.run(feeds), ping: () => undefined },
    close: () => session.close(),
  };
});
