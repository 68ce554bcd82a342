/**
 * Options that several commands share, checked as they are read.
 */
import { InvalidArgumentError, Option } from 'commander';
import type { EntityType } from '../core/document.ts';
import { appError } from '../core/errors.ts';
import type { OverlapPolicy } from '../ner/overlap.ts';
import { listedStates, type MentionState, mentionStates } from '../store/records.ts';

/** `--json` */
export const jsonOption = (): Option => new Option('--json', 'print JSON, for other programs');

/** A text of at least one character, as a parser of an option's argument. */
export function filled(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It must have at least one character.');
}

/** `--model DIR` */
export const modelOption = (): Option =>
  new Option(
    '--model <dir>',
    'folder of the model bundle (default: SPANDEX_MODEL_DIR, or the model that is shipped)',
  ).argParser(filled);

/** What `ingest` and `extract` read. */
export const filesDescription =
  'files, folders and .zip archives with documents: text, Markdown, HTML, PDF, DOCX, e-mail, CSV, JSON lines, PubMed XML, BioC, PubTator, CoNLL, brat; also gzipped';

/** `--field NAME`, for tables `--column NAME`: two names of one option. */
export const fieldOptions = (): Option[] =>
  ['--field <name>', '--column <name>'].map(
    (flags) =>
      new Option(
        flags,
        `${flags.startsWith('--f') ? 'field of JSON lines' : 'column of tables'} that is the text (default: text, abstract, body, content or document)`,
      ),
  );

/** What `fieldOptions` say. */
export interface FieldOptions {
  readonly field?: string;
  readonly column?: string;
}

/** `--data DIR` */
export const dataOption = (): Option =>
  new Option(
    '--data <dir>',
    'folder of the database and the indexes (default: SPANDEX_DATA_DIR, or .data)',
  ).argParser(filled);

/** `--collection NAME` */
export const collectionOption = (): Option =>
  new Option('--collection <name>', 'name of the collection').default('default');

/** `--types NAME…`: of stored types. */
export const typeNamesOption = (): Option =>
  new Option('--types <name...>', 'names of entity types (default: all of the collection)');

/** `--state STATE…` */
export const stateOption = (): Option =>
  new Option(
    '--state <state...>',
    'what people have decided about the mentions (default: all but rejected ones)',
  ).choices(mentionStates.map((state) => state.toLowerCase()));

/** The states that `--state` names. */
export const statesOf = (names: readonly string[] | undefined): readonly MentionState[] =>
  names?.map((name) => name.toUpperCase() as MentionState) ?? listedStates;

/** `--types FILE.json` */
export const typesOption = (otherwise = 'those the model was trained on'): Option =>
  new Option(
    '--types <file>',
    `entity types, as JSON [{"name", "description", "offset"?}] (default: ${otherwise})`,
  );

/** `--overlap nested|flat` */
export const overlapOption = (policy: 'nested' | 'flat'): Option =>
  new Option(
    '--overlap <policy>',
    'nested: keep mentions that overlap; flat: of those, the surest only',
  )
    .choices(['nested', 'flat'])
    .default(policy);

/** The policy that `--overlap` names. */
export const overlapPolicy = (name: 'nested' | 'flat'): OverlapPolicy =>
  name === 'flat' ? 'FLAT' : 'NESTED';

/** How weights are stored, by the names that `--storage` has for it. */
export const storages = {
  compact: { kind: 'compact', levels: 63 },
  float32: { kind: 'float32' },
} as const;

/** `--storage compact|float32` */
export const storageOption = (kind: keyof typeof storages): Option =>
  new Option('--storage <kind>', 'compact: weights in 8 and 16 bits; float32: as they are')
    .choices(Object.keys(storages))
    .default(kind);

/** A whole number in a range, as a parser of an option's argument. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };

/** A number in a range, as a parser of an option's argument. */
export const numberWithin =
  (min: number, max: number) =>
  (text: string): number => {
    const number = Number(text);
    if (text.trim() !== '' && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };

/** `--offset TYPE=NUMBER`, once for each type */
export const offsetOption = (): Option =>
  new Option(
    '--offset <type=number>',
    'ask mentions of a type to score so much more than their threshold, below 0: less; in units of scores; may be repeated',
  ).argParser((text: string, before: ReadonlyMap<string, number> | undefined) => {
    const [, type, number] = /^(.+)=(-?\d+(?:\.\d+)?)$/s.exec(text) ?? [];
    if (type === undefined) {
      throw new InvalidArgumentError('It must be the name of a type, "=" and a number.');
    }
    return new Map([...(before ?? []), [type, Number(number)]]);
  });

/** The types with the offsets of `--offset`. Throws: ENTITY_TYPE_UNKNOWN. */
export function withOffsets(
  types: readonly EntityType[],
  offsets: ReadonlyMap<string, number> = new Map(),
): readonly EntityType[] {
  for (const name of offsets.keys())
    if (!types.some((type) => type.name === name)) throw appError('ENTITY_TYPE_UNKNOWN', { name });
  return types.map((type) => ({ ...type, offset: offsets.get(type.name) ?? type.offset ?? 0 }));
}

/** The types of a file, or those given. Throws: FILE_UNREADABLE, FILE_INVALID. */
export async function typesOr(
  path: string | undefined,
  otherwise: readonly EntityType[],
): Promise<readonly EntityType[]> {
  if (path === undefined) return otherwise;
  const { readAskedTypes } = await import('../training/inputs.ts');
  return readAskedTypes(path);
}
