/**
 * Some steps of training as a process of its own, so that its memory is its own: prints one line of
 * JSON with tokens, seconds, seconds inside the graph, and the most memory it had.
 *
 * node --import tsx bench/training/train-steps.ts RECIPE ENCODER CORPUS STEPS THREADS
 */
import { peakMemoryBytes } from '../../src/telemetry/peak-memory.ts';
import { openTraining } from './open-training.ts';

const [recipe, encoder, corpus, steps, threads] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const paths = { recipe, encoder, corpus };
const training = await openTraining(paths, { threads: Number(threads) });
const { trainer } = training;

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

const losses = [...training.losses];
let tokens = 0;
const start = performance.now();
for (let i = 0; i < Number(steps); i += 1) {
  const result = await training.step();
  tokens += result.tokens;
  losses.push(result.loss);
}
const seconds = (performance.now() - start) / 1000;
await trainer.close();
const peakRssBytes = peakMemoryBytes();
const graphSeconds = graphMs / 1000;
console.log(JSON.stringify({ tokens, seconds, graphSeconds, peakRssBytes, losses }));
