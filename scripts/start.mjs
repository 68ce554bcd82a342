/**
 * `npm start`: installs and builds what is not up to date, then is the server.
 * The server runs in this very process, so signals and the exit code are its own.
 */
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { install } from './install.mjs';

install();
build();

const main = new URL('../dist/cli/main.js', import.meta.url);
process.argv = [process.argv[0], fileURLToPath(main), 'serve', ...process.argv.slice(2)];
await import(main.href);
