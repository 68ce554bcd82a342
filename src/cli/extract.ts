/**
 * `spandex extract`: the mentions of texts; nothing is stored.
 */
import { buffer } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import { AppError } from '../core/errors.ts';
import { quote } from '../core/quote.ts';
import type { PlacedDocument } from '../formats/document-files.ts';
import { reportFailure } from './failures.ts';
import {
  type FieldOptions,
  fieldOptions,
  filesDescription,
  jsonOption,
  modelOption,
  offsetOption,
  overlapOption,
  overlapPolicy,
  typesOption,
  typesOr,
  withOffsets,
} from './options.ts';
import { note, printJson, printLine } from './output.ts';
import {
  annotatedLine,
  mentionLine,
  type OffsetUnit,
  type PrintedExtraction,
  printedExtraction,
} from './printed-extraction.ts';

interface Options extends FieldOptions {
  readonly model?: string;
  readonly types?: string;
  readonly offset?: ReadonlyMap<string, number>;
  readonly overlap: 'nested' | 'flat';
  readonly offsets: OffsetUnit;
  readonly annotated?: true;
  readonly json?: true;
}

/** Enough to fill batches of windows of like length. */
const documentsAtOnce = 64;
const standardInput = '-';

/** The text of standard input. Throws: FILE_INVALID when it is no UTF-8. */
async function* readStandardInput(): AsyncGenerator<PlacedDocument> {
  const { decodeUtf8 } = await import('../formats/lines.ts');
  if (process.stdin.isTTY) note('Reading from the terminal; Ctrl-D ends the text.');
  const place = { path: standardInput, line: 1 };
  yield { document: { text: decodeUtf8(await buffer(process.stdin), place) }, place };
}

/** The documents that a model accepts; the others are told. */
async function* readable(
  paths: readonly string[],
  textField: string | undefined,
): AsyncGenerator<PlacedDocument> {
  const { readDocumentFiles } = await import('../formats/document-files.ts');
  const { defaultMaxChars } = await import('../ner/open-model.ts');
  const { checkText } = await import('../text/check-text.ts');
  const all =
    paths.length === 0
      ? readStandardInput()
      : readDocumentFiles(paths, reportFailure, { textField });
  for await (const placed of all) {
    try {
      checkText(placed.document.text, defaultMaxChars);
      yield placed;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      reportFailure(error, placed.place);
    }
  }
}

async function print(
  extraction: PrintedExtraction,
  text: string,
  { annotated, json }: Options,
): Promise<void> {
  if (annotated) return printJson(annotatedLine(extraction, text));
  if (json) return printJson(extraction);
  const { file, line, mentions } = extraction;
  if (file !== standardInput) await printLine(`${quote(file)}, line ${line}:`);
  for (const mention of mentions) await printLine(mentionLine(mention));
}

async function run(paths: readonly string[], options: Options): Promise<void> {
  const { readConfig } = await import('../app/config.ts');
  const { charsOf, inGroups } = await import('../formats/document-files.ts');
  const { openModel } = await import('../ner/open-model.ts');
  const { modelDirectory, threads } = readConfig();
  const model = await openModel(options.model ?? modelDirectory, { threads });
  const unit = options.annotated ? 'code-points' : options.offsets;
  const printing = { overlap: overlapPolicy(options.overlap), unit } as const;
  try {
    const types = withOffsets(await typesOr(options.types, model.model.types), options.offset);
    const documents = readable(paths, options.column ?? options.field);
    for await (const group of inGroups(documents, documentsAtOnce, charsOf)) {
      const texts = group.map(({ document }) => document.text);
      const extractions = await model.extract(texts, types, { priority: 'bulk' });
      for (const [at, placed] of group.entries()) {
        const printed = printedExtraction(placed, extractions[at]!, printing);
        await print(printed, placed.document.text, options);
      }
    }
  } finally {
    await model.close();
  }
}

/** The command. */
export function extractCommand(): Command {
  const command = new Command('extract')
    .description('print the mentions in texts; nothing is stored')
    .argument('[path...]', `${filesDescription} (default: the text on standard input)`)
    .addOption(modelOption())
    .addOption(typesOption())
    .addOption(offsetOption())
    .addOption(overlapOption('nested'))
    .addOption(
      new Option('--offsets <unit>', 'what start and end count')
        .choices(['utf16', 'code-points'])
        .default('utf16'),
    )
    .addOption(
      new Option(
        '--annotated',
        'print each document with its mentions, as evaluate and train read them',
      ).conflicts(['offsets', 'json']),
    )
    .addOption(jsonOption())
    .action(run);
  for (const option of fieldOptions()) command.addOption(option);
  return command;
}
