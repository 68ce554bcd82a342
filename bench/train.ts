/**
 * How fast a model is trained, and in how much memory: tokens a second without padding, the share of
 * the time that is not the graph's own, peak memory; and the same of a PyTorch program with the same
 * rewrites (bench/pytorch/train.py), in alternation, where python3 has what that needs.
 *
 * Reads a recipe, an encoder and a corpus by path; skipped without them:
 * SPANDEX_BENCH_ENCODER=DIR SPANDEX_BENCH_CORPUS=DIR npm run bench -- train
 * More: SPANDEX_BENCH_RECIPE (recipes/bc5cdr.json), SPANDEX_BENCH_STEPS (40), SPANDEX_BENCH_ROUNDS (3),
 * SPANDEX_BENCH_THREADS (2), SPANDEX_BENCH_PYTHON (python3).
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from './support/median.ts';

export const name = 'train';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const environment = process.env;

const recipe = environment.SPANDEX_BENCH_RECIPE ?? `${root}recipes/bc5cdr.json`;
const encoder = environment.SPANDEX_BENCH_ENCODER;
const corpus = environment.SPANDEX_BENCH_CORPUS;
const steps = environment.SPANDEX_BENCH_STEPS ?? '40';
const rounds = Number(environment.SPANDEX_BENCH_ROUNDS ?? '3');
const threads = environment.SPANDEX_BENCH_THREADS ?? '2';
const python = environment.SPANDEX_BENCH_PYTHON ?? 'python3';

export const unit = `see name; medians of ${rounds} rounds of ${steps} steps`;

const ours = fileURLToPath(new URL('./training/train-steps.ts', import.meta.url));
const theirs = fileURLToPath(new URL('./pytorch/train.py', import.meta.url));

/** What a program says of its steps. */
interface Measured {
  readonly tokens: number;
  readonly seconds: number;
  readonly peakRssBytes: number;
  readonly losses: readonly number[];
}

interface MeasuredOurs extends Measured {
  readonly graphSeconds: number;
}

async function measure<M extends Measured>(command: string, args: readonly string[]): Promise<M> {
  const { stdout } = await execute(command, args, { maxBuffer: 1 << 24 });
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  const measured = JSON.parse(last) as M;
  if (!measured.losses.every(Number.isFinite)) throw new Error(`${command}: the loss is no number`);
  return measured;
}

/** True where python3 has the packages of the other program. */
const hasPytorch = (): Promise<boolean> =>
  execute(python, ['-c', 'import torch, tokenizers, safetensors']).then(
    () => true,
    () => false,
  );

const tokensPerSecond = ({ tokens, seconds }: Measured): number => tokens / seconds;
const gigabytes = ({ peakRssBytes }: Measured): number => peakRssBytes / 1e9;

export async function run(): Promise<Readonly<Record<string, number>> | undefined> {
  if (encoder === undefined || corpus === undefined) return undefined;
  const compares = await hasPytorch();
  const inputs = [recipe, encoder, corpus, steps, threads];
  const here: MeasuredOurs[] = [];
  const there: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) {
    here.push(await measure<MeasuredOurs>(process.execPath, ['--import', 'tsx', ours, ...inputs]));
    if (compares) there.push(await measure<Measured>(python, [theirs, ...inputs]));
  }
  const speed = median(here.map(tokensPerSecond));
  const overheads = here.map(({ seconds, graphSeconds }) => (seconds / graphSeconds - 1) * 100);
  return {
    'tokens/s': speed,
    'overhead above the graph, %': median(overheads),
    'peak memory, GB': Math.max(...here.map(gigabytes)),
    ...(compares && {
      'PyTorch, tokens/s': median(there.map(tokensPerSecond)),
      'PyTorch, peak memory, GB': Math.max(...there.map(gigabytes)),
      'times the tokens/s of PyTorch': speed / median(there.map(tokensPerSecond)),
    }),
  };
}
