/**
 * `spandex calibrate`: measures how sure a model may be of its mentions and writes it into the bundle.
 */
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import type { EntityType } from '../core/document.ts';
import type { CalibrationCorpus } from '../ner/calibrate-model.ts';
import type { CalibrationQuality, ChosenCalibration } from '../ner/choose-calibration.ts';
import type { StoredCalibration } from '../ner/manifest.ts';
import { jsonOption, overlapOption, overlapPolicy, typesOption, typesOr } from './options.ts';
import { printJson, printLine } from './output.ts';
import { noteOtherTypes } from './printed-evaluation.ts';
import { openProgress } from './progress.ts';

interface Options {
  readonly model: string;
  readonly data: readonly string[];
  readonly types?: string;
  readonly overlap: 'nested' | 'flat';
  readonly json?: true;
}

/**
 * The types of a file; without one, those beside the documents; without any, the model's. Their
 * offsets are left out: a confidence is of a margin, whatever somebody asks for.
 */
async function typesOf(
  data: string,
  path: string | undefined,
  otherwise: readonly EntityType[],
): Promise<readonly EntityType[]> {
  const { existsSync } = await import('node:fs');
  const beside = join(dirname(data), 'types.json');
  const types = await typesOr(path ?? (existsSync(beside) ? beside : undefined), otherwise);
  return types.map(({ name, description }) => ({ name, description }));
}

/** Folder and name of a file: what tells corpora apart, and nothing of the machine. */
const corpusName = (path: string): string => join(basename(dirname(resolve(path))), basename(path));

/** A corpus whole: a bad line stops it, because nobody calibrates on less than was asked for. */
async function readCorpus(
  path: string,
  options: Options,
  otherwise: readonly EntityType[],
): Promise<CalibrationCorpus> {
  const { readAnnotatedJsonl } = await import('../formats/annotated/annotated-jsonl.ts');
  const { documents, errors } = await readAnnotatedJsonl(path);
  if (errors[0]) throw errors[0];
  const types = await typesOf(path, options.types, otherwise);
  noteOtherTypes(documents, types);
  return { name: corpusName(path), documents, types, overlap: overlapPolicy(options.overlap) };
}

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
async function run(options: Options): Promise<void> {
  const { readConfig } = await import('../app/config.ts');
  const { writeCalibration } = await import('../ner/bundle.ts');
  const { calibrateModel } = await import('../ner/calibrate-model.ts');
  const { openModel } = await import('../ner/open-model.ts');
  const model = await openModel(options.model, { threads: readConfig().threads });
  try {
    const { types } = model.model;
    const corpora = await Promise.all(options.data.map((path) => readCorpus(path, options, types)));
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
  new Command('calibrate')
    .description('measure how sure a model may be of its mentions and write it into its bundle')
    .requiredOption('--model <dir>', 'folder of the model bundle, whose manifest is rewritten')
    .requiredOption(
      '--data <file...>',
      'annotated documents that the model did not learn from, .jsonl or .jsonl.gz',
    )
    .addOption(typesOption('types.json beside the documents, else those of the model'))
    .addOption(overlapOption('nested'))
    .addOption(jsonOption())
    .action(run);
