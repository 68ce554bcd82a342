/**
 * `npm run dev`: generates the types, then runs the server from the sources and starts it again when
 * one of them changes. Its arguments are those of `spandex serve`.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import './generate.ts';

const server = spawn(
  process.execPath,
  ['--watch', '--import', 'tsx', 'src/cli/main.ts', 'serve', ...process.argv.slice(2)],
  { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => server.kill(signal));
server.on('close', (code) => {
  process.exitCode = code ?? 1;
});
