/**
 * Some steps of training as a process of its own, so that its memory is its own: prints one line of
 * JSON with tokens, seconds, seconds inside the graph, and the most memory it had.
 *
 * node --import tsx bench/training/train-steps.ts RECIPE ENCODER CORPUS STEPS THREADS
 */
import { join } from 'node:path';
import { peakMemoryBytes } from '../../src/telemetry/peak-memory.ts';
import { readInputs } from '../../src/training/inputs.ts';
import { readRecipe } from '../../src/training/recipe.ts';
import { Trainer } from '../../src/training/trainer.ts';

/** The first steps allocate what the others use again. */
const warmUpSteps = 3;

const [recipePath, encoderDirectory, corpus, steps, threads] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const files = (name: string): string[] => [join(corpus, `${name}.jsonl.gz`)];
const recipe = await readRecipe(recipePath);
const paths = { encoderDirectory, trainFiles: files('train'), devFiles: files('dev') };
const inputs = await readInputs(paths, recipe);
const trainer = await Trainer.open(inputs, recipe, { threads: Number(threads) });

let graphMs = 0;
const run = trainer.model.run.bind(trainer.model);
Object.assign(trainer.model, {
  run: async (...feeds: Parameters<typeof run>) => {
    const start = performance.now();
    const loss = await run(...feeds);
    graphMs += performance.now() - start;
    return loss;
  },
});

async function step() {
  if (trainer.state.epochStep === trainer.epochSteps) trainer.endEpoch();
  return trainer.step();
}

const losses: number[] = [];
for (let i = 0; i < warmUpSteps; i += 1) losses.push((await step()).loss);
graphMs = 0;
let tokens = 0;
const start = performance.now();
for (let i = 0; i < Number(steps); i += 1) {
  const result = await step();
  tokens += result.tokens;
  losses.push(result.loss);
}
const seconds = (performance.now() - start) / 1000;
await trainer.close();
const peakRssBytes = peakMemoryBytes();
const graphSeconds = graphMs / 1000;
console.log(JSON.stringify({ tokens, seconds, graphSeconds, peakRssBytes, losses }));
