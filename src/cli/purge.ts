/**
 * `spandex purge`: deletes documents so that no file of the data folder holds anything of them.
 */
import { Command, Option } from 'commander';
import { rowOf } from '../api/global-id.ts';
import { appError } from '../core/errors.ts';
import type { SqlConnection } from '../store/connection.ts';
import { collectionOption, dataOption, jsonOption } from './options.ts';
import { printJson, printLine } from './output.ts';
import { readSettings, type SettingOptions } from './settings.ts';

interface Options extends SettingOptions {
  readonly collection: string;
  readonly allCollections?: true;
  readonly json?: true;
}

/** The collection that external ids are looked for in; null for all. Throws: COLLECTION_UNKNOWN. */
function collectionIdOf(
  writer: SqlConnection,
  { collection: name, allCollections }: Options,
): number | null {
  if (allCollections) return null;
  const found = writer.get<{ id: number }>('findCollection', { name });
  if (!found) throw appError('COLLECTION_UNKNOWN', { name });
  return found.id;
}

/** The document that has this id in the API. Throws: DOCUMENT_UNKNOWN. */
function documentOf(writer: SqlConnection, id: string): number {
  const row = rowOf('Document', id);
  if (row !== null && writer.get('collectionOf', { id: row })) return row;
  throw appError('DOCUMENT_UNKNOWN', { id });
}

async function run(ids: readonly string[], options: Options): Promise<void> {
  const { dataDirectory: folder } = await readSettings(options);
  const { withWriter } = await import('../store/maintenance.ts');
  const { findExternalIds, purgeOffline } = await import('../store/purge-offline.ts');
  const purged = withWriter(folder, (writer) => {
    const collectionId = collectionIdOf(writer, options);
    const known = findExternalIds(writer, { externalIds: ids, collectionId });
    // All or nothing: who mistypes one id finds out before anything is gone.
    const rows = ids.flatMap((id) => known.get(id) ?? [documentOf(writer, id)]);
    return purgeOffline(writer, folder, rows);
  });
  if (options.json) return printJson({ folder, purged: purged.length });
  await printLine(`Nothing of ${purged.length} documents is left in ${folder}.`);
}

/** The command. */
export const purgeCommand = (): Command =>
  new Command('purge')
    .description(
      'delete documents from a data folder that no server uses, so that nothing of them is left',
    )
    .argument(
      '<id...>',
      'external ids of documents of the collection, or the ids that documents of any have in the API',
    )
    .addOption(collectionOption())
    .addOption(
      new Option(
        '--all-collections',
        'delete what has such an external id in whatever collection',
      ).conflicts('collection'),
    )
    .addOption(dataOption())
    .addOption(jsonOption())
    .action(run);
