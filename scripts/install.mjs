/**
 * Installs what package-lock.json names, when node_modules is not that already.
 * Only Node's built-in modules: this runs on a fresh clone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const compilers = [
  ['a C++ compiler', ['c++', 'g++', 'clang++']],
  ['make', ['make', 'gmake']],
  ['Python 3', ['python3', 'python']],
];

const toolchainAdvice = `hnswlib-node and better-sqlite3 are compiled on installation. They need:
  Debian, Ubuntu   apt-get install build-essential python3
  Fedora           dnf install gcc-c++ make python3
  macOS            xcode-select --install
  Windows          Visual Studio Build Tools with C++, and Python 3
and Node's headers: node-gyp downloads them from nodejs.org, or takes them from the directory
that the environment variable npm_config_nodedir names (such as /usr).`;

const packagesOf = (file) =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;

/** True when a folder's node_modules holds the version that its lock file names of every package. */
export function isInstalled(folder) {
  const wanted = packagesOf(`${folder}/package-lock.json`);
  const present = packagesOf(`${folder}/node_modules/.package-lock.json`);
  if (present === undefined) return false;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' ||
      // A package for another platform is not there, and rightly so.
      (entry.optional && present[path] === undefined) ||
      present[path]?.version === entry.version,
  );
}

/** Why the compiled addons do not work in this Node, or undefined when they do. */
function addonProblem() {
  const addons = [
    'better-sqlite3/build/Release/better_sqlite3.node',
    'hnswlib-node/build/Release/addon.node',
  ];
  const missing = addons.find((addon) => !existsSync(`${root}node_modules/${addon}`));
  if (missing !== undefined) return `${missing} is missing`;
  try {
    // Only this one depends on the version of Node; the other is a Node-API addon.
    process.dlopen({ exports: {} }, `${root}node_modules/${addons[0]}`);
    return undefined;
  } catch (error) {
    return error.message;
  }
}

const isOnPath = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

function checkToolchain() {
  if (process.platform === 'win32') return;
  const missing = compilers
    .filter(([, commands]) => !commands.some(isOnPath))
    .map(([name]) => name);
  if (missing.length === 0) return;
  console.error(`The installation needs ${missing.join(' and ')}, which is not here.`);
  console.error(toolchainAdvice);
  process.exit(1);
}

/** Runs npm with the output on stderr, so that stdout stays what the caller prints. */
function npm(...args) {
  console.error(`npm ${args.join(' ')}`);
  const path = process.env.npm_execpath;
  const [command, ...first] = path?.endsWith('.js')
    ? [process.execPath, path]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
  const run = spawnSync(command, [...first, ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: command.endsWith('.cmd'),
    // Install scripts must not download: onnxruntime's fetches files for a GPU, which this program never
    // uses (and fails without a network), Prisma's an engine that only its own migrations need.
    env: {
      ...process.env,
      ONNXRUNTIME_NODE_INSTALL: 'skip',
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    },
  });
  if (run.status === 0) return;
  console.error(`npm ${args.join(' ')} failed (${run.error?.message ?? `exit ${run.status}`}).`);
  console.error(toolchainAdvice);
  process.exit(1);
}

/** Makes node_modules what package-lock.json says and this Node can load; nothing when it is. */
export function install() {
  if (!isInstalled(root)) {
    checkToolchain();
    npm('ci', '--no-audit', '--no-fund');
  }
  const problem = addonProblem();
  if (problem === undefined) return;
  console.error(`Compiling the addons again: ${problem}`);
  checkToolchain();
  npm('rebuild', 'better-sqlite3', 'hnswlib-node');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) install();
