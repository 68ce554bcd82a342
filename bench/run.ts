/**
 * `npm run bench [-- NAME…]`: runs the benches of this folder (all, or those named) and prints a row of
 * bench/RESULTS.md for each figure. A bench is a file that exports `name`, `unit` and `run`.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/** What a file of this folder exports. */
export interface Bench {
  readonly name: string;
  readonly unit: string;
  /** Measures once: a figure, or figures by name. Undefined where something it needs is not there. */
  run(): Promise<number | Readonly<Record<string, number>> | undefined>;
}

async function loadBenches(names: readonly string[]): Promise<Bench[]> {
  const files = readdirSync(new URL('.', import.meta.url)).filter(
    (file) => file.endsWith('.ts') && file !== 'run.ts',
  );
  const benches = await Promise.all(
    files.map(async (file) => (await import(`./${file}`)) as Bench),
  );
  const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    const known = benches.map((bench) => bench.name).join(', ');
    throw new Error(`A bench must be one of ${known}, but got: ${unknown.join(', ')}.`);
  }
  return benches.filter((bench) => names.length === 0 || names.includes(bench.name));
}

const machine = `${availableParallelism()} × ${cpus()[0]?.model ?? process.arch}, Node ${process.versions.node}`;
const date = new Date().toISOString().slice(0, 10);

/** Three significant digits, whole numbers whole. */
const shown = (figure: number): string =>
  Math.abs(figure) >= 100 ? figure.toFixed(0) : String(Number(figure.toPrecision(3)));

console.log('| what | figure | unit | machine | date |\n|---|---|---|---|---|');
for (const bench of await loadBenches(process.argv.slice(2))) {
  const result = await bench.run();
  if (result === undefined) console.log(`| ${bench.name} | skipped | | | |`);
  const figures = typeof result === 'number' ? { '': result } : (result ?? {});
  for (const [part, figure] of Object.entries(figures)) {
    const name = part === '' ? bench.name : `${bench.name}: ${part}`;
    console.log(`| ${name} | ${shown(figure)} | ${bench.unit} | ${machine} | ${date} |`);
  }
}
