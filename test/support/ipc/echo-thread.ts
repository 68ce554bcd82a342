/** A thread that does what its caller says, for the tests of src/ipc/thread.ts. */
import { threadId } from 'node:worker_threads';
import { appError } from '../../../src/core/errors.ts';
import { hostThread, Transferred } from '../../../src/ipc/thread-host.ts';

hostThread<{ readonly refuses?: true }>(({ refuses }) => {
  if (refuses) throw appError('STORAGE_FULL', { folder: 'f' });
  let calls = 0;
  return {
    methods: {
      count: () => {
        calls += 1;
        return calls;
      },
      thread: () => threadId,
      double: (numbers: Float32Array) => {
        const doubled = numbers.map((number) => 2 * number);
        return new Transferred(doubled, [doubled.buffer]);
      },
      fail: () => {
        throw appError('TEXT_TOO_LONG', { chars: 3, maxChars: 2 });
      },
      block: (ms: number) => {
        const until = performance.now() + ms;
        while (performance.now() < until);
      },
      die: () => {
        setImmediate(() => {
          throw new Error('It broke.');
        });
        return new Promise(() => undefined);
      },
    },
    close: () => undefined,
  };
});
