/**
 * `spandex calibrate`: measures how sure a model may be of its mentions and writes it into the bundle.
 */
import { Command } from 'commander';
import type { CalibrationCorpus } from '../ner/calibrate-model.ts';
import type { CalibrationQuality, ChosenCalibration } from '../ner/choose-calibration.ts';
import type { StoredCalibration } from '../ner/manifest.ts';
import { type MeasureOptions, measureModel, withMeasureOptions } from './annotated-corpora.ts';
import { printJson, printLine } from './output.ts';

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
  const { writeCalibration } = await import('../ner/bundle.ts');
  const { calibrateModel } = await import('../ner/calibrate-model.ts');
  const { chosen, corpora } = await measureModel(
    options,
    async ({ model, corpora: read, onProgress }) => ({
      chosen: await calibrateModel(model, read, onProgress),
      corpora: read,
    }),
  );
  await writeCalibration(options.model, toStore(chosen, corpora));
  await print(chosen, options.json === true);
}

/** The command. */
export const calibrateCommand = (): Command =>
  withMeasureOptions(
    new Command('calibrate').description(
      'measure how sure a model may be of its mentions and write it into its bundle',
    ),
  ).action(run);
