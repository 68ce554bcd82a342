/** Waits until both indexes have all vectors of what was ingested. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestServer } from './test-server.ts';

/** How many vectors there are of each. */
interface Sizes {
  readonly spans: number;
  readonly forms: number;
}

const query = '{ status { indexes { state size tail } } }';

/** Returns once the indexes have so many vectors and nothing is to be added. */
export async function untilIndexed(server: TestServer, { spans, forms }: Sizes): Promise<void> {
  for (;;) {
    const { data } = await server.ask(query);
    const states: { state: string; size: number; tail: number }[] = data.status.indexes;
    const isDone = states.every(({ state, tail }) => state === 'READY' && tail === 0);
    if (isDone && states[0]?.size === spans && states[1]?.size === forms) return;
    await sleep(50);
  }
}
