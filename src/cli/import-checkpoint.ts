/**
 * `spandex import-checkpoint`: a bundle of a model that the official BINDER program trained.
 */
import { basename, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { jsonOption, storageOption, storages, wholeNumber } from './options.ts';
import { printJson, printLine } from './output.ts';

interface Options {
  readonly checkpoint: string;
  readonly encoder: string;
  readonly types: string;
  readonly out: string;
  readonly name?: string;
  readonly licence: string;
  readonly storage: keyof typeof storages;
  readonly windowTokens?: number;
  readonly overlapTokens?: number;
  readonly maxSpanTokens?: number;
  readonly json?: true;
}

const mostTokens = 65_536;

const tokensOption = (name: string, description: string): Option =>
  new Option(`--${name} <n>`, description).argParser(wholeNumber(1, mostTokens));

async function run(options: Options): Promise<void> {
  const { importCheckpoint } = await import('../training/import-checkpoint.ts');
  const { checkpoint, encoder, types, out, name, storage, json, ...rest } = options;
  const modelId = await importCheckpoint({
    ...rest,
    checkpointPath: checkpoint,
    encoderDirectory: encoder,
    typesFile: types,
    outDirectory: out,
    name: name ?? basename(resolve(out)),
    storage: storages[storage],
  });
  if (json) return printJson({ modelId });
  await printLine(`model ${modelId}`);
}

/** The command. */
export const importCheckpointCommand = (): Command =>
  new Command('import-checkpoint')
    .description('make a bundle of a checkpoint of the official BINDER program')
    .requiredOption('--checkpoint <file>', 'its parameters, .safetensors')
    .requiredOption(
      '--encoder <dir>',
      'the BERT encoder it was made of: config.json, model.safetensors, tokenizer.json',
    )
    .requiredOption('--types <file>', 'its entity types, as JSON [{"name", "description"}]')
    .requiredOption('--out <dir>', 'folder of the bundle')
    .option('--name <name>', 'of the model (default: that of the folder)')
    .option('--licence <licence>', 'of the model', 'unknown')
    .addOption(storageOption('float32'))
    .addOption(
      tokensOption('window-tokens', 'longest window, in tokens (default: as it was trained)'),
    )
    .addOption(
      tokensOption('overlap-tokens', 'tokens shared by neighbouring windows (default: 32)'),
    )
    .addOption(tokensOption('max-span-tokens', 'longest mention, in tokens (default: 30)'))
    .addOption(jsonOption())
    .action(run);
