/**
 * `spandex search`: stored mentions by type, text and similar meaning; a server may use the data folder
 * meanwhile.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { FoundMention } from '../app/search-stored.ts';
import { appError } from '../core/errors.ts';
import { pageNumber } from '../core/page-starts.ts';
import { quote } from '../core/quote.ts';
import type { Distinct } from '../search/rank-similar.ts';
import type { Database } from '../store/database.ts';
import { csvRow } from './csv-row.ts';
import {
  collectionOption,
  dataOption,
  jsonOption,
  modelOption,
  stateOption,
  statesOf,
  typeNamesOption,
  wholeNumber,
} from './options.ts';
import { printJson, printLine, printText } from './output.ts';
import { printedPlace } from './printed-place.ts';
import { readSettings, type SettingOptions } from './settings.ts';

interface Options extends SettingOptions {
  readonly collection: string;
  readonly types?: readonly string[];
  readonly text?: string;
  readonly similar?: string;
  readonly minMargin?: number;
  readonly concept?: readonly string[];
  readonly state?: readonly string[];
  readonly distinct: 'surface-form' | 'document' | 'none';
  readonly limit: number;
  readonly json?: true;
  readonly csv?: true;
}

const defaultLimit = 100;
const maxLimit = 1_000_000;
const maxSimilar = 10_000;
const maxTextChars = 1_000;

/** A mention as it is printed, in the order of the columns. */
type PrintedMention = Readonly<Record<(typeof columns)[number], string | number | null>>;

const columns = [
  'document',
  'start',
  'end',
  'page',
  'type',
  'text',
  'similarity',
  'score',
  'threshold',
  'margin',
  'source',
  'state',
  'concept',
] as const;

function line(mention: PrintedMention): string {
  const { document, start, end, page, type, text, similarity, margin } = mention;
  const near = similarity === null ? '' : `${Number(similarity).toFixed(3).padStart(6)}  `;
  const place = printedPlace({ start, end, page });
  const sureness = Number(margin).toFixed(2).padStart(6);
  return `${near}${quote(document)} ${place} ${quote(type)} ${sureness}  ${quote(text)}`;
}

async function print(mention: PrintedMention, { json, csv }: Options): Promise<void> {
  if (json) await printJson(mention);
  else if (csv) await printText(csvRow(columns.map((name) => mention[name] ?? '')));
  else await printLine(line(mention));
}

/** Texts as long as the server takes them. Throws: ARGUMENT_INVALID. */
function checkTexts({ text = 'x', similar = 'x', similar: asked, limit }: Options): void {
  for (const [argument, value] of [
    ['--text', text],
    ['--similar', similar],
  ] as const) {
    if (value.trim() !== '' && value.length <= maxTextChars) continue;
    throw appError('ARGUMENT_INVALID', {
      argument,
      rule: `1 to ${maxTextChars} characters`,
      value,
    });
  }
  if (asked === undefined || limit <= maxSimilar) return;
  const rule = `at most ${maxSimilar} with --similar`;
  throw appError('ARGUMENT_INVALID', { argument: '--limit', rule, value: limit });
}

/** The mentions that pass, in the order in which they were stored. */
async function* filtered(
  database: Database,
  { types: names, text, minMargin, concept: conceptIds, limit, state }: Options,
  collectionId: number,
): AsyncGenerator<FoundMention> {
  const { mentionsByFilter } = await import('../app/search-stored.ts');
  const { listEntityTypes } = await import('../store/entity-types.ts');
  const { typeNamed } = await import('../search/mention-filter.ts');
  const types = await listEntityTypes(database, collectionId);
  const typeIds = names?.map((each) => typeNamed(types, each).id);
  const contained = text === undefined ? undefined : { contains: text };
  const states = statesOf(state);
  const filter = { collectionId, typeIds, text: contained, minMargin, conceptIds, states };
  yield* mentionsByFilter(database, filter, limit);
}

/** The mentions that were asked for, in order. */
async function* found(
  database: Database,
  options: Options,
  modelDirectory: string,
): AsyncGenerator<FoundMention> {
  const { mentionsBySimilarity } = await import('../app/search-stored.ts');
  const { findCollection } = await import('../store/collections.ts');
  const { collection: name, types, text, similar, minMargin, limit } = options;
  const collection = await findCollection(database, name);
  if (collection === null) throw appError('COLLECTION_UNKNOWN', { name });
  const { id: collectionId } = collection;
  if (similar === undefined) {
    yield* filtered(database, options, collectionId);
    return;
  }
  const { openModel } = await import('../ner/open-model.ts');
  const model = await openModel(modelDirectory);
  try {
    yield* await mentionsBySimilarity(database, model, {
      collectionId,
      text: similar,
      filter: {
        types,
        text,
        minMargin,
        conceptIds: options.concept,
        state: statesOf(options.state),
      },
      distinct: options.distinct.toUpperCase().replace('-', '_') as Distinct,
      limit,
    });
  } finally {
    await model.close();
  }
}

const documentsAtOnce = 500;

/** The mentions as they are printed, with the names of their documents, pages and what is proposed. */
async function* printed(
  database: Database,
  mentions: AsyncGenerator<FoundMention>,
): AsyncGenerator<PrintedMention> {
  const { inGroups } = await import('../formats/document-files.ts');
  const { findDocuments } = await import('../store/documents.ts');
  const { pageStartsOfDocuments } = await import('../store/page-starts.ts');
  const { conceptsOfMentions } = await import('../store/vocabularies.ts');
  for await (const group of inGroups(mentions, documentsAtOnce)) {
    const ids = [...new Set(group.map(({ mention }) => mention.documentId))];
    const documents = await findDocuments(database, ids);
    const pages = await pageStartsOfDocuments(database, ids);
    const concepts = await conceptsOfMentions(
      database,
      group.map(({ mention }) => mention.id),
    );
    for (const { mention, similarity } of group) {
      const { documentId, start, end, type, text, score, threshold, margin } = mention;
      const { source, state } = mention;
      const concept = concepts.get(mention.id)?.id ?? null;
      const document = documents.get(documentId)?.externalId ?? `document-${documentId}`;
      const starts = pages.get(documentId);
      const page = starts === undefined ? null : pageNumber(starts, start);
      const scores = { similarity, score, threshold, margin };
      yield { document, start, end, page, type, text, ...scores, source, state, concept };
    }
  }
}

async function run(options: Options): Promise<void> {
  checkTexts(options);
  const { dataDirectory, modelDirectory } = await readSettings(options);
  const { openReadOnlyDatabase } = await import('../store/read-only-database.ts');
  const database = openReadOnlyDatabase(dataDirectory);
  try {
    if (options.csv) await printText(csvRow(columns));
    const mentions = printed(database, found(database, options, modelDirectory));
    for await (const mention of mentions) await print(mention, options);
  } finally {
    await database.close();
  }
}

function finite(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('It must be a finite number.');
}

/** Which mentions, and in which order. */
const choiceOptions = (): Option[] => [
  typeNamesOption(),
  new Option(
    '--text <text>',
    `contained in the mention, ignoring case; at most ${maxTextChars} characters`,
  ),
  new Option(
    '--similar <text>',
    `rank by likeness of meaning to this text, at most ${maxTextChars} characters`,
  ),
  new Option('--distinct <what>', 'with --similar: what appears once only')
    .choices(['surface-form', 'document', 'none'])
    .default('surface-form'),
  new Option(
    '--min-margin <number>',
    'smallest margin: score less threshold, in units of scores',
  ).argParser(finite),
  new Option(
    '--concept <id...>',
    'that may be one of these things: ids in vocabularies of the collection',
  ),
  stateOption(),
  collectionOption(),
  new Option(
    '--limit <number>',
    `at most so many, 1 to ${maxLimit}, with --similar to ${maxSimilar}`,
  )
    .argParser(wholeNumber(1, maxLimit))
    .default(defaultLimit),
];

/** The command. */
export function searchCommand(): Command {
  const command = new Command('search').description(
    'print stored mentions; also while a server uses them',
  );
  for (const option of choiceOptions()) command.addOption(option);
  return command
    .addOption(jsonOption().conflicts('csv'))
    .addOption(new Option('--csv', 'print CSV with a row of names'))
    .addOption(modelOption())
    .addOption(dataOption())
    .action(run);
}
