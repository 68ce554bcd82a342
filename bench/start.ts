/** What `npm start` costs before the server itself, when everything is installed and built. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const script = `
  import { install } from './scripts/install.mjs';
  import { build } from './scripts/build.mjs';
  install();
  build();
`;

function startOnce(): number {
  const from = performance.now();
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: root });
  return (performance.now() - from) / 1000;
}

export const name = 'start';
export const unit = 's before the server starts, median of 5';

export async function run(): Promise<number> {
  startOnce();
  const seconds = Array.from({ length: 5 }, startOnce).toSorted((a, b) => a - b);
  return seconds[2] ?? Number.NaN;
}
