/** A child process for the tests of src/ipc: answers, fails, dies and emits on request. */
import { appError } from '../../../src/core/errors.ts';
import { hostMethods } from '../../../src/ipc/host.ts';

interface EchoArgument {
  readonly greeting: string;
}

hostMethods<EchoArgument>(async ({ greeting }, emit) => {
  if (greeting === '')
    throw appError('ARGUMENT_INVALID', { argument: 'greeting', rule: 'a word', value: '' });
  let heldUp: Promise<void> | undefined;
  return {
    methods: {
      holdUp: () => {
        heldUp = new Promise(() => undefined);
        return heldUp;
      },
      greet: (name: string) => `${greeting} ${name}`,
      echo: (value: unknown) => value,
      double: (vectors: readonly Float32Array[]) => vectors.map((v) => v.map((x) => x * 2)),
      kind: (value: object) => Object.prototype.toString.call(value),
      failForUser: () => {
        throw appError('TEXT_TOO_LONG', { chars: 12, maxChars: 10 });
      },
      failByBug: () => {
        throw new TypeError('a bug');
      },
      failBySystem: () => {
        throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      },
      answerUncloneable: () => () => undefined,
      die: () => process.kill(process.pid, 'SIGKILL'),
      never: () => new Promise(() => undefined),
      hang: (ms: number) => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
        return 'awake';
      },
      sleep: (ms: number) => new Promise((resolve) => setTimeout(() => resolve('awake'), ms)),
      countTo: async (count: number) => {
        for (let i = 1; i <= count; i += 1) emit({ count: i });
      },
    },
    ping: async () => heldUp,
    close: async () => {
      emit('closing');
    },
  };
});
