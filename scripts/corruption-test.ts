/**
 * `npm run corruptiontest -- [--trials N] [--seed S]`: damages snapshots of the vector index and looks
 * whether it notices, answers right all the same, and is whole again. N trials of each damage (default
 * 60: six minutes). The last line says how it went; the exit code is 1 unless all went well.
 */
import { parseArgs } from 'node:util';
import { damages, runCorruptionTrials } from '../test/support/vectors/corruption-trials.ts';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
});
const trials = Number(values.trials);
const seed = Number(values.seed);
if (!Number.isSafeInteger(trials) || trials < 1)
  throw new Error('--trials must be a number from 1.');
if (!Number.isSafeInteger(seed)) throw new Error('--seed must be a whole number.');

const counts = await runCorruptionTrials({
  trials,
  seed,
  onTrial: (damage, { trials: done, detected, rebuilt }) => {
    if (done % trials !== 0) return;
    console.log(`${damage}: ${done} trials so far, ${detected} detected, ${rebuilt} rebuilt`);
  },
});
const { trials: done, detected, rebuilt, wrongAnswers, crashes } = counts;
const isGood =
  done === trials * damages.length &&
  detected === done &&
  rebuilt === done &&
  wrongAnswers === 0 &&
  crashes === 0;
if (!isGood) process.exitCode = 1;
console.log(
  `corruption (seed ${seed}): ${done} trials, ${detected} detected, ${rebuilt} rebuilt, ` +
    `${wrongAnswers} wrong answers, ${crashes} crashes`,
);
