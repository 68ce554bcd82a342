/**
 * Annotated documents that a bundle is measured on, a corpus a file.
 */
import { basename, dirname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { EntityType } from '../core/document.ts';
import { spread } from '../core/spread.ts';
import type { CalibrationCorpus } from '../ner/calibrate-model.ts';
import type { LocalExtractor } from '../ner/open-model.ts';
import {
  jsonOption,
  overlapOption,
  overlapPolicy,
  typesOption,
  typesOr,
  wholeNumber,
} from './options.ts';
import { noteOtherTypes } from './printed-evaluation.ts';
import { openProgress } from './progress.ts';

/** Options of a command that measures a bundle and writes what it found into it. */
export interface MeasureOptions {
  readonly model: string;
  readonly data: readonly string[];
  readonly types?: string;
  readonly overlap: 'nested' | 'flat';
  /** Most documents of each file. */
  readonly limit?: number;
  readonly json?: true;
}

/**
 * The types of a file; without one, those beside the documents; without any, the model's. Their
 * offsets are left out: what is measured is the model, whatever somebody asks for.
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

/** A corpus: a bad line anywhere stops it, because nobody measures on less than was asked for. */
async function readCorpus(
  path: string,
  options: MeasureOptions,
  otherwise: readonly EntityType[],
): Promise<CalibrationCorpus> {
  const { readAnnotatedJsonl } = await import('../formats/annotated/annotated-jsonl.ts');
  const { documents: all, errors } = await readAnnotatedJsonl(path);
  if (errors[0]) throw errors[0];
  const documents = spread(all, options.limit ?? null);
  const types = await typesOf(path, options.types, otherwise);
  noteOtherTypes(documents, types);
  return { name: corpusName(path), documents, types, overlap: overlapPolicy(options.overlap) };
}

/** What a measurement works with. */
export interface Measuring {
  readonly model: LocalExtractor;
  readonly corpora: readonly CalibrationCorpus[];
  /** Shows that so many documents are read. */
  readonly onProgress: (documents: number) => void;
}

/** Opens the model, reads the corpora of `--data`, and measures. */
export async function measureModel<Result>(
  options: MeasureOptions,
  measure: (measuring: Measuring) => Promise<Result>,
): Promise<Result> {
  const { readConfig } = await import('../app/config.ts');
  const { openModel } = await import('../ner/open-model.ts');
  const model = await openModel(options.model, { threads: readConfig().threads });
  try {
    const { types } = model.model;
    const corpora = await Promise.all(options.data.map((path) => readCorpus(path, options, types)));
    const total = corpora.reduce((sum, { documents }) => sum + documents.length, 0);
    const progress = openProgress('documents', total);
    const onProgress = (documents: number) => progress.update(documents);
    return await measure({ model, corpora, onProgress }).finally(() => progress.stop());
  } finally {
    await model.close();
  }
}

/** Adds the options. */
export const withMeasureOptions = (command: Command): Command =>
  command
    .requiredOption('--model <dir>', 'folder of the model bundle, whose manifest is rewritten')
    .addOption(
      new Option(
        '--data <file...>',
        'annotated documents that the model did not learn from, .jsonl or .jsonl.gz',
      ).makeOptionMandatory(),
    )
    .addOption(typesOption('types.json beside the documents, else those of the model'))
    .addOption(overlapOption('nested'))
    .addOption(
      new Option(
        '--limit <documents>',
        'so many documents from all over each file, 1 to 1000000 (default: all)',
      ).argParser(wholeNumber(1, 1_000_000)),
    )
    .addOption(jsonOption());
