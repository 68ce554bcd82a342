/** A program for the tests of src/ipc/thread.ts that leaves a thread open when it has nothing left to do. */
import { openThread } from '../../../src/ipc/thread.ts';

const module = new URL('./echo-thread.ts', import.meta.url);
const thread = await openThread({ name: 'echo', module, argument: {} });
process.stdout.write(`${await thread.call<number>('count', undefined)}\n`);
