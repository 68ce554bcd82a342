/**
 * `spandex import-checkpoint`: a bundle of a model that the official BINDER program trained.
 */
import { basename, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { jsonOption, wholeNumber } from './options.ts';
import { printJson, printLine } from './output.ts';

interface Options {
  readonly checkpoint: string;
  readonly encoder: string;
  readonly types: string;
  readonly out: string;
  readonly name?: string;
  readonly licence: string;
  readonly storage: 'compact' | 'float32';
  readonly windowTokens?: number;
  readonly overlapTokens?: number;
  readonly maxSpanTokens?: number;
  readonly json?: true;
}

const storages = {
  compact: { kind: 'compact', levels: 63 },
  float32: { kind: 'float32' },
} as const;

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
    .addOption(
      new Option('--storage <kind>', 'weights in 8 and 16 bits, or as they are')
        .choices(Object.keys(storages))
        .default('float32'),
    )
    .addOption(tokensOption('window-tokens', 'longest window (default: as it was trained)'))
    .addOption(tokensOption('overlap-tokens', 'shared by neighbouring windows (default: 32)'))
    .addOption(tokensOption('max-span-tokens', 'longest mention (default: 30)'))
    .addOption(jsonOption())
    .action(run);
