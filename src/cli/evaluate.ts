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
import { note, percent, printJson, printLine } from './output.ts';
import { openProgress } from './progress.ts';

interface Options {
  readonly data: string;
  readonly model?: string;
  readonly types?: string;
  readonly overlap: 'nested' | 'flat';
  readonly json?: true;
}

interface Summary {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

const summaryLine = (name: string, { precision, recall, f1 }: Summary): string =>
  `${name.padEnd(20)} ${[precision, recall, f1].map((rate) => percent(rate).padStart(9)).join(' ')}`;

/** Reads the documents, evaluates, prints. */
async function run(options: Options): Promise<void> {
  const { readConfig } = await import('../app/config.ts');
  const { readAnnotatedJsonl } = await import('../formats/annotated-jsonl.ts');
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
    const result = (await evaluateModel(model, { documents, types, overlap, onProgress }))!;
    progress.stop();
    const { precision, recall, f1, perType, tokens, seconds } = result;
    const tokensPerSecond = seconds === 0 ? 0 : Math.round(tokens / seconds);
    const rates = { precision, recall, f1, perType, documents: documents.length, tokensPerSecond };
    if (options.json) return await printJson(rates);
    await printLine(`${''.padEnd(20)} precision    recall        F1`);
    for (const [name, quality] of Object.entries(perType))
      await printLine(summaryLine(name, quality));
    await printLine(summaryLine('all', rates));
    note(`${documents.length} documents, ${tokens} tokens, ${tokensPerSecond} tokens/s`);
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
