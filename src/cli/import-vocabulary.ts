/**
 * `spandex import-vocabulary`: keeps a vocabulary of a file in the data folder and proposes its concepts for
 * the mentions that are stored.
 */
import { Command } from 'commander';
import type { App } from '../app/app.ts';
import { appError } from '../core/errors.ts';
import type { Concept } from '../formats/vocabulary.ts';
import {
  collectionOption,
  dataOption,
  jsonOption,
  modelOption,
  typeNamesOption,
} from './options.ts';
import { printJson, printLine } from './output.ts';
import { openProgress, Pace } from './progress.ts';
import { readSettings, type SettingOptions } from './settings.ts';
import { withApp } from './with-app.ts';

interface Options extends SettingOptions {
  readonly name: string;
  readonly collection: string;
  readonly types?: readonly string[];
  readonly json?: true;
}

const saving = 'Interrupted: the vocabulary is kept, and the rest is done when a server runs.';

/** Rows of what the options name. Throws: COLLECTION_UNKNOWN, ENTITY_TYPE_UNKNOWN. */
async function rowsOf({ database }: App['parts'], { collection: name, types }: Options) {
  const { findCollection } = await import('../store/collections.ts');
  const { listEntityTypes } = await import('../store/entity-types.ts');
  const { typeNamed } = await import('../search/mention-filter.ts');
  const collection = await findCollection(database, name);
  if (collection === null) throw appError('COLLECTION_UNKNOWN', { name });
  const stored = types ? await listEntityTypes(database, collection.id) : [];
  const typeIds = types?.map((each) => typeNamed(stored, each).id) ?? null;
  return { collectionId: collection.id, typeIds };
}

/** Waits until every mention has been looked at. */
async function settle({ linking }: App['parts'], id: number, signal: AbortSignal): Promise<void> {
  const progress = openProgress('documents linked', 0);
  const pace = new Pace();
  try {
    await linking.settled(id, signal, (news) => {
      const { namesTotal, namesWaiting, documentsTotal: total, documentsWaiting } = news;
      const done = total - documentsWaiting;
      const names = `${namesTotal - namesWaiting} of ${namesTotal} names encoded`;
      progress.update(done, { total, text: namesWaiting > 0 ? names : pace.text(done, total) });
    });
  } finally {
    progress.stop();
  }
}

async function run(path: string, options: Options): Promise<void> {
  const config = await readSettings(options);
  const { parseVocabulary } = await import('../formats/vocabulary.ts');
  const { readTextFile } = await import('../formats/text-file.ts');
  const { vocabularyDraft } = await import('../search/vocabulary-draft.ts');
  const entries: readonly Concept[] = parseVocabulary(await readTextFile(path), path);
  await withApp(config, saving, async ({ parts }, signal) => {
    const { name } = options;
    const draft = vocabularyDraft({ ...(await rowsOf(parts, options)), name, entries });
    const id = await parts.linking.import(draft);
    await settle(parts, id, signal);
    if (signal.aborted) throw appError('INTERRUPTED', { what: 'import-vocabulary' });
    const counts = { concepts: draft.concepts.length, names: draft.names.length };
    if (options.json) await printJson({ name: draft.name, ...counts });
    else await printLine(`${counts.concepts} concepts with ${counts.names} names kept`);
  });
}

/** The command. */
export const importVocabularyCommand = (): Command =>
  new Command('import-vocabulary')
    .description('keep things with ids and names, and propose them for stored mentions')
    .argument('<file>', 'CSV, TSV or JSON lines: id, name, synonyms')
    .requiredOption('--name <name>', 'name of the vocabulary; one that is there is replaced')
    .addOption(typeNamesOption())
    .addOption(collectionOption())
    .addOption(modelOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(run);
