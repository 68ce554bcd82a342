/**
 * Where the time of training goes: making batches, dropout, the graph, AdamW, and the graph by
 * operator as onnxruntime's own profile has it, which slows it down a little. *Outside operators* is what
 * the graph's run takes beside them: handing tensors over, and writing the profile.
 *
 * Reads what bench/train.ts reads; skipped without an encoder and a corpus:
 * SPANDEX_BENCH_ENCODER=DIR SPANDEX_BENCH_CORPUS=DIR npm run bench -- train-profile
 * More: SPANDEX_BENCH_RECIPE (recipes/bc5cdr.json), SPANDEX_BENCH_STEPS (40), SPANDEX_BENCH_THREADS (2).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchTraining, openTraining } from './training/open-training.ts';
import { operatorTimes } from './training/operator-times.ts';

export const name = 'train-profile';

const root = fileURLToPath(new URL('..', import.meta.url));
const environment = process.env;

const recipe = environment.SPANDEX_BENCH_RECIPE ?? `${root}recipes/bc5cdr.json`;
const encoder = environment.SPANDEX_BENCH_ENCODER;
const corpus = environment.SPANDEX_BENCH_CORPUS;
const steps = Number(environment.SPANDEX_BENCH_STEPS ?? '40');
const threads = Number(environment.SPANDEX_BENCH_THREADS ?? '2');

export const unit = `see name; mean of ${steps} steps, % of a step`;

/** Operators below this share of a step are summed up. */
const leastShare = 0.005;

/** Milliseconds in the parts of all steps. */
interface Spent {
  batches: number;
  dropout: number;
  graph: number;
  adamw: number;
}

/** The steps with a stopwatch: the batch is made before the graph runs, AdamW comes after it. */
async function spentIn(training: BenchTraining): Promise<Spent> {
  const { model } = training.trainer;
  const spent: Spent = { batches: 0, dropout: 0, graph: 0, adamw: 0 };
  let last = 0;
  const lap = (part: keyof Spent): void => {
    const now = performance.now();
    spent[part] += now - last;
    last = now;
  };
  const runGraph = model.run.bind(model);
  const feeds = model.dropout.feeds.bind(model.dropout);
  Object.assign(model.dropout, {
    feeds: (...place: Parameters<typeof feeds>) => {
      lap('batches');
      const masks = feeds(...place);
      lap('dropout');
      return masks;
    },
  });
  Object.assign(model, {
    run: async (...all: Parameters<typeof runGraph>) => {
      lap('batches');
      const loss = await runGraph(...all);
      lap('graph');
      return loss;
    },
  });
  for (let i = 0; i < steps; i += 1) {
    last = performance.now();
    await training.step();
    lap('adamw');
  }
  return spent;
}

/** The profiled steps, and the text of the profile. */
async function profiled(paths: { encoder: string; corpus: string }) {
  const folder = mkdtempSync(join(tmpdir(), 'spandex-bench-'));
  try {
    const profilePath = join(folder, 'profile');
    const training = await openTraining({ ...paths, recipe }, { threads, profilePath });
    const spent = await spentIn(training);
    await training.trainer.close();
    const [file = ''] = readdirSync(folder);
    return { spent, profile: readFileSync(join(folder, file), 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function run(): Promise<Readonly<Record<string, number>> | undefined> {
  if (encoder === undefined || corpus === undefined) return undefined;
  const { spent, profile } = await profiled({ encoder, corpus });
  const { batches, dropout, graph, adamw } = spent;
  const parts = { 'making batches': batches, dropout, graph, AdamW: adamw };
  const sum = (times: readonly number[]): number => times.reduce((total, ms) => total + ms, 0);
  const total = sum(Object.values(parts));
  const times = operatorTimes(profile, steps);
  const large = times.filter(([, ms]) => ms >= leastShare * total);
  const small = times.slice(large.length);
  const shares: readonly (readonly [string, number])[] = [
    ...Object.entries(parts),
    ...large.map(([operator, ms]) => [`graph, ${operator}`, ms] as const),
    [`graph, ${small.length} other operators`, sum(small.map(([, ms]) => ms))],
    ['graph, outside operators', graph - sum(times.map(([, ms]) => ms))],
  ];
  return {
    'a step, ms': total / steps,
    ...Object.fromEntries(Object.entries(parts).map(([part, ms]) => [`${part}, ms`, ms / steps])),
    ...Object.fromEntries(shares.map(([part, ms]) => [`${part}, %`, (100 * ms) / total])),
  };
}
