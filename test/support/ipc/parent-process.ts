/** A parent for the tests of src/ipc: opens a child, prints its pid and waits to be killed. */
import { openChild } from '../../../src/ipc/child.ts';

const child = await openChild({
  name: 'echo',
  module: new URL('./echo-process.ts', import.meta.url),
  argument: { greeting: 'hello' },
});
process.stdout.write(`${child.pid}\n`);
