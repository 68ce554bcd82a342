/**
 * `spandex train`: a model bundle from a recipe, a pretrained encoder and annotated documents.
 */
import { execFileSync } from 'node:child_process';
import { Command, Option } from 'commander';
import type { TrainingEvent } from '../training/progress.ts';
import { interruptible } from './interruption.ts';
import { jsonOption } from './options.ts';
import { percent, printJson, printLine } from './output.ts';
import { openProgress, type Progress } from './progress.ts';

interface Options {
  readonly recipe: string;
  readonly encoder: string;
  readonly train?: string[];
  readonly dev?: string[];
  readonly corpora?: string;
  readonly out: string;
  readonly types?: string;
  readonly storage: 'compact' | 'float32';
  readonly resume?: true;
  readonly json?: true;
}

const saving =
  'Interrupted: saving a checkpoint (--resume goes on from it; Ctrl-C again gives up).';
const storages = {
  compact: { kind: 'compact', levels: 63 },
  float32: { kind: 'float32' },
} as const;

const minutes = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

function show(progress: Progress, event: TrainingEvent): void {
  if (event.kind === 'step') {
    const { epoch, epochs, loss, tokensPerSecond, secondsLeft } = event;
    const text = `epoch ${epoch}/${epochs} loss ${loss.toFixed(4)} ${Math.round(tokensPerSecond)} tokens/s, ${minutes(secondsLeft)} left`;
    progress.update(event.step, { total: event.steps, text });
  } else if (event.kind === 'evaluation') {
    const best = event.isBest ? ', the best' : '';
    progress.log(`epoch ${event.epoch}: dev F1 ${percent(event.quality.f1)}${best}`);
    for (const [corpus, { precision, recall, f1 }] of Object.entries(event.quality.corpora)) {
      const rates = [precision, recall, f1].map(percent).join(' / ');
      progress.log(`  ${corpus}: ${rates} (P / R / F1)`);
    }
  }
}

/** The commit of the program's own repository; an installed copy has none. */
function sourceCommit(packageRoot: string): string {
  try {
    const git = ['-C', packageRoot, 'rev-parse', '--show-prefix', 'HEAD'];
    const [prefix, commit] = execFileSync('git', git, { stdio: 'pipe' }).toString().split('\n');
    return prefix === '' && commit ? commit : 'unknown';
  } catch {
    return 'unknown';
  }
}

async function run(options: Options): Promise<void> {
  const { packageRoot, readConfig } = await import('../app/config.ts');
  const { train } = await import('../training/train.ts');
  const { readRecipe } = await import('../training/recipe.ts');
  const recipe = await readRecipe(options.recipe);
  const progress = openProgress('steps', 0);
  const training = {
    recipe,
    encoderDirectory: options.encoder,
    outDirectory: options.out,
    resume: options.resume === true,
    storage: storages[options.storage],
    commit: sourceCommit(packageRoot),
    threads: readConfig().threads,
    onProgress: (event: TrainingEvent) => show(progress, event),
    ...(options.train !== undefined && { trainFiles: options.train }),
    ...(options.dev !== undefined && { devFiles: options.dev }),
    ...(options.corpora !== undefined && { corporaDirectory: options.corpora }),
    ...(options.types !== undefined && { typesFile: options.types }),
  };
  try {
    const result = await interruptible(saving, (signal) => train({ ...training, signal }));
    progress.stop();
    if (options.json) return await printJson(result);
    const f1 = percent(result.quality.f1);
    await printLine(`model ${result.modelId}: epoch ${result.epoch}, dev F1 ${f1}`);
  } finally {
    progress.stop();
  }
}

/** The command. */
export const trainCommand = (): Command =>
  new Command('train')
    .description('train a model on annotated documents and write its bundle')
    .requiredOption('--recipe <file>', 'hyper-parameters, JSON')
    .requiredOption(
      '--encoder <dir>',
      'pretrained BERT: config.json, model.safetensors, tokenizer.json',
    )
    .requiredOption('--out <dir>', 'folder of the bundle')
    .option('--train <file...>', 'documents to learn from, .jsonl or .jsonl.gz')
    .option('--dev <file...>', 'documents to choose the best epoch by')
    .option('--corpora <dir>', 'folder of the corpora that the recipe names, instead of files')
    .option('--types <file>', 'entity types (default: types.json beside the first training file)')
    .addOption(
      new Option('--storage <kind>', 'weights in 8 and 16 bits, or as they are')
        .choices(Object.keys(storages))
        .default('compact'),
    )
    .option('--resume', 'go on from the checkpoint of an interrupted run')
    .addOption(jsonOption())
    .action(run);
