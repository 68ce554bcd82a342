/**
 * `spandex train`: a model bundle from annotated documents, a recipe and a pretrained encoder, or another
 * bundle that is to learn more types.
 */
import { execFileSync } from 'node:child_process';
import { Command, Option } from 'commander';
import type { TrainingEvent } from '../training/progress.ts';
import type { RunResult } from '../training/run.ts';
import { interruptible } from './interruption.ts';
import { jsonOption, numberWithin, storageOption, storages } from './options.ts';
import { percent, printJson, printLine } from './output.ts';
import { printChanges, reportForgotten } from './printed-changes.ts';
import { openProgress, type Progress } from './progress.ts';
import { readStart, type StartOptions } from './train-start.ts';

interface Options extends StartOptions {
  readonly train?: string[];
  readonly dev?: string[];
  readonly out: string;
  readonly types?: string;
  readonly storage: keyof typeof storages;
  readonly resume?: true;
  readonly json?: true;
}

const saving =
  'Interrupted: saving a checkpoint (--resume goes on from it; Ctrl-C again gives up).';

/** What an old type may lose without --margin. Units: F1, from 0 to 1. */
const usualMargins = { ANNOTATIONS: 0.05, AGREEMENT: 0.15 };

const nothingLearnt =
  'No epoch was better than what was before: the weights are those of the bundle.';

const minutes = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

function show(progress: Progress, event: TrainingEvent): void {
  if (event.kind === 'step') {
    const { epoch, epochs, loss, tokensPerSecond, secondsLeft } = event;
    const text = `epoch ${epoch}/${epochs} loss ${loss.toFixed(4)} ${Math.round(tokensPerSecond)} tokens/s, ${minutes(secondsLeft)} left`;
    progress.update(event.step, { total: event.steps, text });
  } else if (event.kind === 'found') {
    progress.log(`${event.mentions} mentions of types that the bundle knows are learnt along`);
  } else if (event.kind === 'evaluation') {
    const best = event.isBest ? ', the best' : '';
    const when = event.epoch === 0 ? 'before' : `epoch ${event.epoch}`;
    progress.log(`${when}: dev F1 ${percent(event.quality.f1)}${best}`);
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

/** Prints the result; old types that lost too much are failures, though the bundle is written. */
async function printResult(result: RunResult, { json, margin }: Options): Promise<void> {
  const { modelId, epoch, quality, changes } = result;
  if (json) await printJson(result);
  else {
    if (changes) await printChanges(changes);
    await printLine(`model ${modelId}: epoch ${epoch}, dev F1 ${percent(quality.f1)}`);
    if (epoch === 0) await printLine(nothingLearnt);
  }
  const margins = margin === undefined ? usualMargins : { ANNOTATIONS: margin, AGREEMENT: margin };
  reportForgotten(changes ?? [], margins);
}

async function run(options: Options): Promise<void> {
  const { packageRoot, readConfig } = await import('../app/config.ts');
  const { train } = await import('../training/train.ts');
  const { paths, recipe } = await readStart(options);
  const progress = openProgress('steps', 0);
  const training = {
    ...paths,
    recipe,
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
    await printResult(result, options);
  } finally {
    progress.stop();
  }
}

/** Options of a run that goes on from a bundle. */
const fromOptions = (): Option[] => [
  new Option(
    '--from <dir>',
    'bundle to teach the types of --train, or to go on with by a recipe of corpora, instead of --encoder',
  ),
  new Option('--replay <file...>', 'with --from: documents of old types, to learn from again'),
  new Option(
    '--replay-types <file>',
    'their entity types (default: types.json beside the first of them)',
  ),
  new Option(
    '--old-dev <file...>',
    'with --from: documents annotated with old types, to measure what was forgotten',
  ),
  new Option(
    '--margin <f1>',
    `with --from: how much F1 an old type may lose, 0 to 1 (default: ${usualMargins.ANNOTATIONS}, or ${usualMargins.AGREEMENT} where only agreement with the bundle is known)`,
  ).argParser(numberWithin(0, 1)),
];

/** The command. */
export function trainCommand(): Command {
  const command = new Command('train')
    .description('train a model on annotated documents and write its bundle')
    .requiredOption('--out <dir>', 'folder of the bundle')
    .option(
      '--recipe <file>',
      'hyper-parameters, JSON (default with --from: recipes/own-types.json)',
    )
    .option('--encoder <dir>', 'pretrained BERT: config.json, model.safetensors, tokenizer.json')
    .option('--train <file...>', 'documents to learn from, .jsonl or .jsonl.gz')
    .option('--dev <file...>', 'documents to choose the best epoch by, .jsonl or .jsonl.gz')
    .option('--corpora <dir>', 'folder of the corpora that the recipe names, instead of files')
    .option('--types <file>', 'entity types (default: types.json beside the first training file)');
  for (const option of fromOptions()) command.addOption(option);
  return command
    .addOption(storageOption('compact'))
    .option('--resume', 'go on from the checkpoint of an interrupted run')
    .addOption(jsonOption())
    .action(run);
}
