/**
 * `spandex calibrate`: measures how sure a model may be of its mentions and writes it into the bundle.
 */
import { Command } from 'commander';
import type { CalibrationCorpus } from '../ner/calibrate-model.ts';
import type { CalibrationQuality, ChosenCalibration } from '../ner/choose-calibration.ts';
import type { StoredCalibration } from '../ner/manifest.ts';
import { type MeasureOptions, readCorpora, withMeasureOptions } from './annotated-corpora.ts';
import { printJson, printLine } from './output.ts';
import { openProgress } from './progress.ts';

/** What the bundle keeps of it. */
const toStore = (
  { calibration, perCorpus }: ChosenCalibration,
  corpora: readonly CalibrationCorpus[],
): StoredCalibration => ({
  curve: calibration,
  overlap: corpora[0]?.overlap ?? 'NESTED',
  corpora: perCorpus.map((quality, i) => ({
    ...quality,
    documents: corpora[i]?.documents.length ?? 0,
  })),
});

const shown = (error: number | null): string => (error === null ? '-' : error.toFixed(4));

const line = (name: string, cells: readonly string[]): string =>
  [name.padEnd(28), ...cells.map((cell) => cell.padStart(10))].join(' ');

const qualityLine = (name: string, quality: CalibrationQuality): string =>
  line(name, [String(quality.mentions), shown(quality.errorBefore), shown(quality.errorAfter)]);

async function print(chosen: ChosenCalibration, json: boolean): Promise<void> {
  const { calibration, perCorpus, mentions, errorBefore, errorAfter } = chosen;
  const { method } = calibration;
  if (json) return printJson({ method, mentions, errorBefore, errorAfter, corpora: perCorpus });
  await printLine(line('', ['mentions', 'ECE before', 'ECE after']));
  for (const { name, ...quality } of perCorpus) await printLine(qualityLine(name, quality));
  await printLine(qualityLine('all', chosen));
  const curve =
    calibration.method === 'PLATT'
      ? `slope ${calibration.slope.toFixed(3)}, intercept ${calibration.intercept.toFixed(3)}`
      : `${calibration.margins.length} points`;
  await printLine(`${method}: ${curve}`);
}

/** Reads the documents, chooses, writes, prints. */
async function run(options: MeasureOptions): Promise<void> {
  const { readConfig } = await import('../app/config.ts');
  const { writeCalibration } = await import('../ner/bundle.ts');
  const { calibrateModel } = await import('../ner/calibrate-model.ts');
  const { openModel } = await import('../ner/open-model.ts');
  const model = await openModel(options.model, { threads: readConfig().threads });
  try {
    const corpora = await readCorpora(options, model.model.types);
    const total = corpora.reduce((sum, { documents }) => sum + documents.length, 0);
    const progress = openProgress('documents', total);
    const chosen = await calibrateModel(model, corpora, (done) => progress.update(done)).finally(
      () => progress.stop(),
    );
    await writeCalibration(options.model, toStore(chosen, corpora));
    await print(chosen, options.json === true);
  } finally {
    await model.close();
  }
}

/** The command. */
export const calibrateCommand = (): Command =>
  withMeasureOptions(
    new Command('calibrate').description(
      'measure how sure a model may be of its mentions and write it into its bundle',
    ),
  ).action(run);
