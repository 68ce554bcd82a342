/**
 * Starting from snapshots: seconds until the graphs of both spaces answer, and the memory of their
 * processes and of what this process takes for them. SPANDEX_BENCH_MENTIONS says how many mentions
 * (default 20,000; 1,000,000 takes about half an hour to prepare), a quarter as many surface forms.
 * The vectors are made up as they are read: what is loaded is as large whatever it says, and this process
 * takes no memory for them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HnswIndex } from '../src/vectors/hnsw-index.ts';
import type { VectorSource } from '../src/vectors/vector-source.ts';
import { madeUpSource } from './support/made-up-source.ts';
import { residentOf } from './support/resident.ts';

export const name = 'load-index';

const mentions = Number(process.env.SPANDEX_BENCH_MENTIONS ?? 20_000);
const mentionsPerForm = 4;

export const unit = `see name; ${mentions} mentions, ${mentions / mentionsPerForm} surface forms`;

interface Space {
  readonly dimensions: number;
  readonly count: number;
}

const spaces: readonly Space[] = [
  { dimensions: 128, count: mentions },
  { dimensions: 384, count: mentions / mentionsPerForm },
];

const openSpace = (folder: string, { dimensions }: Space, source: VectorSource): HnswIndex =>
  HnswIndex.open({
    path: join(folder, `${dimensions}`),
    dimensions,
    modelId: 'bench',
    source,
    auditEveryMs: 0,
  });

async function writeSnapshot(folder: string, space: Space): Promise<void> {
  const index = openSpace(folder, space, madeUpSource(space));
  try {
    await index.ready();
  } finally {
    await index.close();
  }
}

async function load(folder: string): Promise<Record<string, number>> {
  const before = process.memoryUsage().rss;
  const from = performance.now();
  const indexes = spaces.map((space) => openSpace(folder, space, madeUpSource(space)));
  try {
    await Promise.all(indexes.map((index) => index.ready()));
    const seconds = (performance.now() - from) / 1_000;
    const children = indexes.map(({ pid }) => residentOf(pid ?? process.pid));
    const here = Math.max(0, process.memoryUsage().rss - before);
    const gigabytes = (children.reduce((sum, bytes) => sum + bytes, 0) + here) / 2 ** 30;
    const size = indexes.reduce((sum, index) => sum + index.size, 0);
    return { 's until both answer': seconds, 'GB of memory': gigabytes, 'vectors loaded': size };
  } finally {
    await Promise.all(indexes.map((index) => index.close()));
  }
}

export async function run(): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'spandex-bench-'));
  try {
    for (const space of spaces) await writeSnapshot(folder, space);
    return await load(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
