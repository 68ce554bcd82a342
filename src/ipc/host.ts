/**
 * The child's side of `child.ts`: opens something, answers calls of its methods, closes it.
 *
 * Invariant: a child does not outlive its parent, and only the parent decides when it ends: Ctrl-C
 * and a service manager's SIGTERM reach every process of the group, and a child that died of them
 * could not save what its parent is about to ask for.
 */
import { packError, type Reply, type Request } from './message.ts';

/** What a child process offers. Methods may run at the same time; each orders its own work. */
export interface HostedMethods {
  readonly methods: Readonly<Record<string, (argument: never) => unknown>>;
  /** Settles once everything that computes has given a sign of life. Default: this thread's is enough. */
  ping?(): Promise<void>;
  close(): Promise<void>;
}

/** Opens what this process is for; `emit` pushes an event to the parent. */
export type OpenHosted<A> = (argument: A, emit: (event: unknown) => void) => Promise<HostedMethods>;

function send(reply: Reply, sent?: () => void): void {
  if (process.connected) process.send?.(reply, undefined, {}, () => sent?.());
}

async function answer(hosted: HostedMethods, id: number, request: Request): Promise<void> {
  if (request.kind !== 'call') return;
  try {
    const method = Object.hasOwn(hosted.methods, request.method)
      ? hosted.methods[request.method]
      : undefined;
    if (method === undefined) throw new Error(`Unknown method of a child: ${request.method}`);
    const value = await method(request.argument as never);
    send({ kind: 'result', id, value });
  } catch (error) {
    send({ kind: 'failure', id, error: packError(error) });
  }
}

async function end(hosted: HostedMethods | undefined): Promise<void> {
  try {
    await hosted?.close();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  }
}

/** Makes this process answer its parent's calls. Called once, at the top of a `*-process.ts`. */
export function hostMethods<A>(open: OpenHosted<A>): void {
  let hosted: HostedMethods | undefined;

  async function receive(request: Request): Promise<void> {
    if (request.kind === 'close') return end(hosted);
    if (request.kind === 'ping') {
      await hosted?.ping?.();
      return send({ kind: 'alive' });
    }
    if (request.kind === 'call' && hosted) return answer(hosted, request.id, request);
    if (request.kind !== 'open') return;
    try {
      hosted = await open(request.argument as A, (event) => send({ kind: 'event', event }));
      send({ kind: 'opened' });
    } catch (error) {
      send({ kind: 'refused', error: packError(error) }, () => process.exit(1));
    }
  }

  process.on('message', (request) => void receive(request as Request));
  process.on('disconnect', () => process.exit(1));
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
}
