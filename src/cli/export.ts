/**
 * `spandex export`: stored documents with their mentions, in annotated formats, or as training data. One
 * document at a time is in memory; a server may use the data folder meanwhile.
 */
import { Command, Option } from 'commander';
import type { Config } from '../app/config.ts';
import { appError } from '../core/errors.ts';
import type { AnnotatedFormat } from '../formats/format.ts';
import type { ImportedDocument } from '../formats/source-document.ts';
import {
  collectionOption,
  dataOption,
  jsonOption,
  modelOption,
  stateOption,
  statesOf,
  typeNamesOption,
} from './options.ts';
import { note, printJson } from './output.ts';
import { readSettings, type SettingOptions } from './settings.ts';

interface Options extends SettingOptions {
  readonly format?: string;
  readonly training?: true;
  readonly onlyAccepted?: true;
  readonly collection: string;
  readonly types?: readonly string[];
  readonly state?: readonly string[];
  readonly out?: string;
  readonly json?: true;
  readonly vocabulary?: string;
}

/** The formats by the names that `--format` has for them. */
const formats: Readonly<Record<string, () => Promise<AnnotatedFormat>>> & {
  readonly jsonl: () => Promise<AnnotatedFormat>;
} = {
  bioc: async () => (await import('../formats/annotated/bioc-json.ts')).biocJsonFormat,
  'bioc-xml': async () => (await import('../formats/annotated/bioc-xml.ts')).biocXmlFormat,
  pubtator: async () => (await import('../formats/annotated/pubtator.ts')).pubtatorFormat,
  conll: async () => (await import('../formats/annotated/conll.ts')).conllFormat,
  brat: async () => (await import('../formats/annotated/brat.ts')).bratFormat,
  jsonl: async () => (await import('../formats/annotated/annotated-jsonl.ts')).annotatedJsonlFormat,
};

/** Several files need a folder. Throws: ARGUMENT_INVALID. */
function folderOf({ out }: Options): string {
  if (out !== undefined) return out;
  const rule = 'given: a folder for the files';
  throw appError('ARGUMENT_INVALID', { argument: '--out', rule, value: 'nothing' });
}

/** The documents, linked when there is a vocabulary. Throws: ARGUMENT_INVALID. */
async function linked(
  documents: Iterable<ImportedDocument>,
  { vocabulary, format }: Options,
  modelDirectory: string,
): Promise<Iterable<ImportedDocument> | AsyncIterable<ImportedDocument>> {
  if (vocabulary === undefined) return documents;
  if (format === 'conll') {
    const rule = 'left out for CoNLL, which has no place for ids';
    throw appError('ARGUMENT_INVALID', { argument: '--vocabulary', rule, value: vocabulary });
  }
  const { linkConcepts } = await import('./link-concepts.ts');
  return linkConcepts(documents, { vocabulary, modelDirectory });
}

/** What is written beside mentions: CoNLL has no place for ids, and JSON lines alone have one for pages. */
const heldBy = ({ format = 'jsonl', vocabulary }: Options) => ({
  // Those of a file are instead of those that are stored.
  withConcepts: format !== 'conll' && vocabulary === undefined,
  withPages: format === 'jsonl',
});

async function exportFormat(
  { dataDirectory: folder, modelDirectory }: Config,
  options: Options,
): Promise<void> {
  const format = await (formats[options.format ?? ''] ?? formats.jsonl)();
  const { openReader } = await import('../store/maintenance.ts');
  const { chosenTypes, exportedDocuments } = await import('../store/exported-documents.ts');
  const { writeDocuments } = await import('./document-writer.ts');
  const { collection, types: names } = options;
  const out = format.printing === null ? folderOf(options) : options.out;
  const states = statesOf(options.state);
  const connection = openReader(folder);
  try {
    const { collectionId, types } = chosenTypes(connection, collection, names);
    const typeIds = types.map(({ id }) => id);
    const choice = { collectionId, typeIds, states, onlyReviewed: false, ...heldBy(options) };
    const chosen = exportedDocuments(connection, choice);
    const documents = await linked(chosen, options, modelDirectory);
    const written = await writeDocuments(documents, format, out);
    if (options.json) await printJson(written);
    else note(`${written.documents} documents with ${written.mentions} mentions written`);
  } finally {
    connection.close();
  }
}

async function run(options: Options): Promise<void> {
  const settings = await readSettings(options);
  if (options.json && options.out === undefined) {
    const rule = 'given with --out, since the documents go to standard output without it';
    throw appError('ARGUMENT_INVALID', { argument: '--json', rule, value: 'without it' });
  }
  if (options.training) {
    const { exportTraining } = await import('./export-training.ts');
    await exportTraining(settings.dataDirectory, { ...options, out: folderOf(options) });
    return;
  }
  if (options.onlyAccepted) {
    const rule = 'given with --training only';
    throw appError('ARGUMENT_INVALID', { argument: '--only-accepted', rule, value: 'without it' });
  }
  await exportFormat(settings, options);
}

/** The command. */
export const exportCommand = (): Command =>
  new Command('export')
    .description('write stored documents with their mentions; also while a server uses them')
    .addOption(
      new Option('--format <name>', 'what to write (default: jsonl)').choices(Object.keys(formats)),
    )
    .addOption(
      new Option(
        '--training',
        'write documents that people have reviewed, and their types, as train and evaluate read them',
      ).conflicts(['format', 'state']),
    )
    .addOption(
      new Option(
        '--only-accepted',
        'with --training: leave out mentions that nobody has reviewed; they are learnt as none',
      ),
    )
    .addOption(collectionOption())
    .addOption(typeNamesOption())
    .addOption(stateOption())
    .addOption(
      new Option(
        '--out <path>',
        'file, or folder for brat and --training (default: standard output, but for a folder)',
      ),
    )
    .addOption(
      new Option(
        '--vocabulary <file>',
        'write the ids of this vocabulary (CSV, TSV or JSON lines: id, name, synonyms) with the mentions, instead of those of the data folder',
      ).conflicts('training'),
    )
    .addOption(modelOption())
    .addOption(jsonOption())
    .addOption(dataOption())
    .action(run);
