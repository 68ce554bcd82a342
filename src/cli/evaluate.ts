/**
 * `spandex evaluate`: quality and speed of a model on annotated documents.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { appError } from '../core/errors.ts';
import type { ModelEvaluationOptions } from '../ner/evaluate-model.ts';
import type { Extractor } from '../ner/extractor.ts';
import { reportFailure } from './failures.ts';
import {
  jsonOption,
  modelOption,
  offsetOption,
  overlapOption,
  overlapPolicy,
  typesOption,
  typesOr,
  withOffsets,
} from './options.ts';
import { noteOtherTypes, printEvaluation, printSweep } from './printed-evaluation.ts';
import { openProgress, type Progress } from './progress.ts';

interface Options {
  readonly data: string;
  readonly model?: string;
  readonly types?: string;
  readonly offset?: ReadonlyMap<string, number>;
  readonly sweep?: true | readonly [number, ...number[]];
  readonly overlap: 'nested' | 'flat';
  readonly json?: true;
}

/** Offsets of `--sweep` without a range. */
const usualOffsets = '-6:8:1';
const maxOffsets = 1_000;

/** The numbers of LOW:HIGH:STEP, rounded to what was written. */
function offsetsOf(text: string): readonly [number, ...number[]] {
  const [low = NaN, high = NaN, step = NaN] = text.split(':').map(Number);
  const count = Math.floor((high - low) / step + 1e-9) + 1;
  if (!/^[^:]+:[^:]+:[^:]+$/.test(text) || !(step > 0 && count >= 1 && count <= maxOffsets)) {
    throw new InvalidArgumentError(
      `It must be LOW:HIGH:STEP, at most ${maxOffsets} numbers, such as ${usualOffsets}.`,
    );
  }
  const rest = Array.from({ length: count - 1 }, (_, i) => +(low + (i + 1) * step).toFixed(9));
  return [low, ...rest];
}

interface Reading extends ModelEvaluationOptions {
  readonly model: Extractor;
  readonly progress: Progress;
}

/** Evaluates, at one offset a type or at several, and prints. */
async function evaluateAndPrint(
  { model, progress, ...reading }: Reading,
  { sweep, json }: Options,
): Promise<void> {
  const { evaluateModel } = await import('../ner/evaluate-model.ts');
  const { sweepOffsets } = await import('../ner/sweep-offsets.ts');
  if (sweep === undefined) {
    const result = (await evaluateModel(model, reading))!;
    progress.stop();
    return printEvaluation(result, json === true);
  }
  const offsets = sweep === true ? offsetsOf(usualOffsets) : sweep;
  const swept = (await sweepOffsets(model, { ...reading, offsets }))!;
  progress.stop();
  return printSweep(swept, json === true);
}

/** Reads the documents, evaluates, prints. */
async function run(options: Options): Promise<void> {
  const { readConfig } = await import('../app/config.ts');
  const { readAnnotatedJsonl } = await import('../formats/annotated/annotated-jsonl.ts');
  const { openModel } = await import('../ner/open-model.ts');
  const { modelDirectory, threads } = readConfig();
  const { documents, errors } = await readAnnotatedJsonl(options.data);
  for (const error of errors) reportFailure(error);
  if (documents.length === 0) {
    // Why a line is no document has been told.
    if (errors.length > 0) return;
    const rule = 'a file with a document at least';
    throw appError('ARGUMENT_INVALID', { argument: '--data', rule, value: options.data });
  }
  const model = await openModel(options.model ?? modelDirectory, { threads });
  const progress = openProgress('documents', documents.length);
  try {
    const types = withOffsets(await typesOr(options.types, model.model.types), options.offset);
    const overlap = overlapPolicy(options.overlap);
    const onProgress = (done: number): boolean => {
      progress.update(done);
      return true;
    };
    noteOtherTypes(documents, types);
    await evaluateAndPrint({ model, progress, documents, types, overlap, onProgress }, options);
  } finally {
    progress.stop();
    await model.close();
  }
}

/** The command. */
export const evaluateCommand = (): Command =>
  new Command('evaluate')
    .description('measure a model on annotated documents by strict match: start, end and type')
    .requiredOption(
      '--data <file>',
      'documents, .jsonl or .jsonl.gz, one {"id", "text", "entities"} a line, offsets in code points',
    )
    .addOption(modelOption())
    .addOption(typesOption())
    .addOption(overlapOption('nested'))
    .addOption(offsetOption())
    .addOption(
      new Option(
        '--sweep [low:high:step]',
        `rates at offsets from low to high, in units of scores, for all types at once (default: ${usualOffsets})`,
      )
        .argParser(offsetsOf)
        .conflicts('offset'),
    )
    .addOption(jsonOption())
    .action(run);
