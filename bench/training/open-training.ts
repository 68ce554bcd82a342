/**
 * A training run for benches, with its first steps done: those allocate what the others use again.
 */
import { join } from 'node:path';
import { readInputs } from '../../src/training/inputs.ts';
import { readRecipe } from '../../src/training/recipe.ts';
import { type StepResult, Trainer, type TrainerOptions } from '../../src/training/trainer.ts';

const warmUpSteps = 3;

/** What is trained, by paths. */
export interface TrainingPaths {
  readonly recipe: string;
  readonly encoder: string;
  /** A folder with `train.jsonl.gz` and `dev.jsonl.gz`. */
  readonly corpus: string;
}

/** A run that goes on for as many steps as somebody asks for. */
export interface BenchTraining {
  readonly trainer: Trainer;
  /** Of the first steps. */
  readonly losses: readonly number[];
  step(): Promise<StepResult>;
}

export async function openTraining(
  { recipe: recipePath, encoder: encoderDirectory, corpus }: TrainingPaths,
  options: TrainerOptions,
): Promise<BenchTraining> {
  const files = (name: string): string[] => [join(corpus, `${name}.jsonl.gz`)];
  const recipe = await readRecipe(recipePath);
  const paths = { encoderDirectory, trainFiles: files('train'), devFiles: files('dev') };
  const trainer = await Trainer.open(await readInputs(paths, recipe), recipe, options);
  const step = async (): Promise<StepResult> => {
    if (trainer.state.epochStep === trainer.epochSteps) trainer.endEpoch();
    return trainer.step();
  };
  const losses: number[] = [];
  for (let i = 0; i < warmUpSteps; i += 1) losses.push((await step()).loss);
  return { trainer, losses, step };
}
