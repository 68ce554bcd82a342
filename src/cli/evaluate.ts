/**
 * `spandex evaluate`: quality and speed of a model on annotated documents.
 */
import { Command } from 'commander';
import { reportFailure } from './failures.ts';
import {
  jsonOption,
  modelOption,
  overlapOption,
  overlapPolicy,
  typesOption,
  typesOr,
} from './options.ts';
import { noteOtherTypes, printEvaluation } from './printed-evaluation.ts';
import { openProgress } from './progress.ts';

interface Options {
  readonly data: string;
  readonly model?: string;
  readonly types?: string;
  readonly overlap: 'nested' | 'flat';
  readonly json?: true;
}

/** Reads the documents, evaluates, prints. */
async function run(options: Options): Promise<void> {
  const { readConfig } = await import('../app/config.ts');
  const { readAnnotatedJsonl } = await import('../formats/annotated/annotated-jsonl.ts');
  const { evaluateModel } = await import('../ner/evaluate-model.ts');
  const { openModel } = await import('../ner/open-model.ts');
  const { modelDirectory, threads } = readConfig();
  const { documents, errors } = await readAnnotatedJsonl(options.data);
  for (const error of errors) reportFailure(error);
  const model = await openModel(options.model ?? modelDirectory, { threads });
  const progress = openProgress('documents', documents.length);
  try {
    const types = await typesOr(options.types, model.model.types);
    const overlap = overlapPolicy(options.overlap);
    const onProgress = (done: number): boolean => {
      progress.update(done);
      return true;
    };
    noteOtherTypes(documents, types);
    const result = (await evaluateModel(model, { documents, types, overlap, onProgress }))!;
    progress.stop();
    await printEvaluation(result, options.json === true);
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
    .addOption(jsonOption())
    .action(run);
