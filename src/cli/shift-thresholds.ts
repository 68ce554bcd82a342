/**
 * `spandex shift-thresholds`: chooses what is added to every threshold of a model and writes it into the
 * bundle.
 */
import { Command, Option } from 'commander';
import type { ShiftedCorpus } from '../ner/choose-threshold-shift.ts';
import { type MeasureOptions, readCorpora, withMeasureOptions } from './annotated-corpora.ts';
import { numberWithin } from './options.ts';
import { percent, printJson, printLine } from './output.ts';
import { openProgress } from './progress.ts';

interface Options extends MeasureOptions {
  readonly shift?: number;
}

/** What was written. */
interface Written {
  readonly thresholdShift: number;
  readonly modelId: string;
  readonly corpora: readonly ShiftedCorpus[];
}

async function print({ thresholdShift, modelId, corpora }: Written): Promise<void> {
  for (const { name, f1Before, f1After } of corpora)
    await printLine(`${name.padEnd(28)} F1 ${percent(f1Before)} -> ${percent(f1After)}`);
  await printLine(`model ${modelId}: ${thresholdShift} is added to every threshold`);
}

/** Reads the documents, chooses, writes, prints. */
async function run(options: Options): Promise<void> {
  const { readConfig } = await import('../app/config.ts');
  const { writeThresholdShift } = await import('../ner/bundle.ts');
  const { chooseThresholdShift } = await import('../ner/choose-threshold-shift.ts');
  const { openModel } = await import('../ner/open-model.ts');
  const model = await openModel(options.model, { threads: readConfig().threads });
  try {
    const corpora = await readCorpora(options, model.model.types);
    const total = corpora.reduce((sum, { documents }) => sum + documents.length, 0);
    const progress = openProgress('documents', total);
    const { shift, corpora: record } = await chooseThresholdShift(model, {
      corpora,
      shift: options.shift,
      onProgress: (done) => progress.update(done),
    }).finally(() => progress.stop());
    const thresholdShift = model.model.thresholdShift + shift;
    const modelId = await writeThresholdShift(options.model, { thresholdShift, record });
    const written: Written = { thresholdShift, modelId, corpora: record };
    await (options.json ? printJson(written) : print(written));
  } finally {
    await model.close();
  }
}

/** The command. */
export const shiftThresholdsCommand = (): Command =>
  withMeasureOptions(
    new Command('shift-thresholds').description(
      'choose what is added to every threshold of a model, by mean F1, and write it into its bundle',
    ),
  )
    .addOption(
      new Option(
        '--shift <number>',
        'add this to every threshold instead of what is best, -100 to 100, in units of scores',
      ).argParser(numberWithin(-100, 100)),
    )
    .action(run);
