/**
 * `npm run crashtest -- [--kills N] [--seed S]`: has a server work, kills it or one of its processes at a
 * moment drawn from the seed, and looks whether anything that was acknowledged is lost, N times (default
 * 50: some minutes). The last line says how it went; the exit code is 1 on any loss. Needs Linux's /proc.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runCrashTest } from '../test/support/crash/crash-run.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
  },
});
const kills = Number(values.kills);
const seed = Number(values.seed);
if (!Number.isSafeInteger(kills) || kills < 1) throw new Error('--kills must be a number from 1.');
if (!Number.isSafeInteger(seed)) throw new Error('--seed must be a whole number.');
if (!existsSync('/proc/self/task')) throw new Error('There is no /proc, which tells processes.');

const counts = await runCrashTest({
  kills,
  seed,
  onKill: ({ victim, phase, afterMs }, { kills: done, checks }) => {
    console.log(`${done} kills: ${victim}, ${phase}, after ${afterMs} ms; ${checks} checks so far`);
  },
  onLoss: (loss) => console.log(`LOSS in ${loss}`),
});
if (counts.losses > 0) {
  process.exitCode = 1;
  console.log(`What is left is in ${counts.folder}.`);
}
console.log(
  `crashtest (seed ${seed}): ${counts.kills} kills, ${counts.checks} checks, ${counts.losses} losses`,
);
