/**
 * The thread's side of `thread.ts`: opens something, answers calls of its methods one after the other,
 * closes it.
 */
import { parentPort } from 'node:worker_threads';
import { packError, type Reply, type Request } from './message.ts';

/** What a thread offers. */
export interface HostedThread {
  readonly methods: Readonly<Record<string, (argument: never) => unknown>>;
  close(): void | Promise<void>;
}

/** A result of which some buffers move to the caller instead of being copied. */
export class Transferred {
  readonly value: unknown;
  readonly buffers: readonly ArrayBufferLike[];

  constructor(value: unknown, buffers: readonly ArrayBufferLike[]) {
    this.value = value;
    this.buffers = buffers;
  }
}

function send(reply: Reply, buffers: readonly ArrayBufferLike[] = []): void {
  parentPort?.postMessage(reply, buffers as readonly ArrayBuffer[]);
}

async function answer(hosted: HostedThread, request: Request & { kind: 'call' }): Promise<void> {
  const { id, method: name, argument } = request;
  try {
    const method = Object.hasOwn(hosted.methods, name) ? hosted.methods[name] : undefined;
    if (method === undefined) throw new Error(`Unknown method of a thread: ${name}`);
    const result = await method(argument as never);
    if (result instanceof Transferred) {
      send({ kind: 'result', id, value: result.value }, result.buffers);
    } else {
      send({ kind: 'result', id, value: result });
    }
  } catch (error) {
    send({ kind: 'failure', id, error: packError(error) });
  }
}

/** Makes this thread answer calls. Called once, at the top of a `*-process.ts`. */
export function hostThread<A>(open: (argument: A) => HostedThread | Promise<HostedThread>): void {
  let hosted: HostedThread | undefined;
  let refusal: unknown;

  async function receive(request: Request): Promise<void> {
    if (request.kind === 'open') {
      try {
        hosted = await open(request.argument as A);
        send({ kind: 'opened' });
      } catch (error) {
        refusal = error;
        send({ kind: 'refused', error: packError(error) });
      }
    } else if (request.kind === 'call') {
      if (hosted) await answer(hosted, request);
      else send({ kind: 'failure', id: request.id, error: packError(refusal) });
    } else {
      await hosted?.close();
      parentPort?.close();
    }
  }

  let last: Promise<void> = Promise.resolve();
  parentPort?.on('message', (request: Request) => {
    last = last.then(() => receive(request));
  });
}
