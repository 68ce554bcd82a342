/**
 * `spandex label`: training data from texts and a term list, without human labels.
 */
import { Command } from 'commander';
import type { AnnotatedDocument, GoldMention } from '../core/document.ts';
import { type AppError, appError } from '../core/errors.ts';
import { quote } from '../core/quote.ts';
import type { LinePlace, LineResult } from '../formats/lines.ts';
import type { EvaluatedDocument } from '../ner/evaluation.ts';
import { reportFailure } from './failures.ts';
import { jsonOption } from './options.ts';
import { printJson, printLine } from './output.ts';
import { printQuality } from './printed-evaluation.ts';

interface Options {
  readonly dictionary: string[];
  readonly data: string[];
  readonly out: string;
  readonly stop?: string;
  readonly compare?: true;
  readonly json?: true;
}

/** A text to label. */
interface SourceText {
  readonly id: string;
  readonly text: string;
  /** Annotated by people, if they are compared with. */
  readonly gold: readonly GoldMention[];
  readonly place: LinePlace;
}

/** What was done. */
interface Labelled {
  documents: number;
  readonly labels: Map<string, number>;
  /** Of documents that are compared. */
  readonly compared: EvaluatedDocument[];
}

/** The good lines of files; the others are told. */
async function* goodLines<T>(
  paths: readonly string[],
  read: (path: string) => AsyncIterable<LineResult<T>>,
): AsyncGenerator<{ readonly value: T; readonly place: LinePlace }> {
  for (const path of paths)
    for await (const result of read(path)) {
      if ('value' in result) yield { value: result.value, place: { path, line: result.line } };
      else reportFailure(result.error);
    }
}

/** Labels of nobody but the dictionary. */
async function* plainTexts(paths: readonly string[]): AsyncGenerator<SourceText> {
  const { readDocumentFiles } = await import('../formats/document-files.ts');
  const titles = new Set<string>();
  for await (const { document, place } of readDocumentFiles(paths, reportFailure)) {
    const { text, externalId, title } = document;
    const isNew = title !== undefined && !titles.has(title);
    if (isNew) titles.add(title);
    // A text file has its name, a line without an id its title; where another has that, its place.
    const id = externalId ?? (isNew ? title : `${place.path}:${place.line}`);
    yield { id, text, gold: [], place };
  }
}

async function* annotatedTexts(paths: readonly string[]): AsyncGenerator<SourceText> {
  const { readAnnotatedDocuments } = await import('../formats/annotated/annotated-jsonl.ts');
  for await (const { value, place } of goodLines(paths, readAnnotatedDocuments))
    yield { id: value.id, text: value.text, gold: value.mentions, place };
}

/** An id names one document, or the file could not be read again. */
function repeatedId({ id, place }: SourceText): AppError {
  const rule = 'a document whose id is new in the output';
  return appError('FILE_INVALID', { ...place, rule, value: id });
}

async function openLabeller({ dictionary, stop }: Options) {
  const { createLabeller } = await import('../training/dictionary-labels.ts');
  const { readStopTerms, readTerms } = await import('../training/term-list.ts');
  const terms = [];
  const stopTerms = [];
  for await (const { value } of goodLines(dictionary, readTerms)) terms.push(value);
  for await (const { value } of goodLines(stop === undefined ? [] : [stop], readStopTerms))
    stopTerms.push(value);
  if (terms.length === 0) {
    const rule = 'a list with at least one term';
    throw appError('ARGUMENT_INVALID', { argument: '--dictionary', rule, value: dictionary });
  }
  const types = new Set(terms.map(({ type }) => type));
  return { label: createLabeller({ terms, stopTerms }), types };
}

/** The labelled documents, counted as they pass. */
async function* labelled(
  options: Options,
  labeller: Awaited<ReturnType<typeof openLabeller>>,
  counted: Labelled,
): AsyncGenerator<AnnotatedDocument> {
  const seen = new Set<string>();
  const sources = options.compare ? annotatedTexts(options.data) : plainTexts(options.data);
  for await (const source of sources) {
    const { id, text } = source;
    if (seen.has(id)) {
      reportFailure(repeatedId(source));
      continue;
    }
    seen.add(id);
    const mentions = labeller.label(text);
    counted.documents += 1;
    for (const { type } of mentions) counted.labels.set(type, (counted.labels.get(type) ?? 0) + 1);
    const gold = source.gold.filter(({ type }) => labeller.types.has(type));
    if (options.compare) counted.compared.push({ gold, predicted: mentions });
    yield { id, text, mentions };
  }
}

async function* printed(documents: AsyncIterable<AnnotatedDocument>): AsyncGenerator<string> {
  const { printAnnotatedDocument } = await import('../formats/annotated/annotated-jsonl.ts');
  for await (const document of documents) yield printAnnotatedDocument(document);
}

async function run(options: Options): Promise<void> {
  const { evaluate } = await import('../ner/evaluation.ts');
  const { writeLineFile } = await import('./line-file.ts');
  const labeller = await openLabeller(options);
  const counted: Labelled = { documents: 0, labels: new Map(), compared: [] };
  await writeLineFile(options.out, printed(labelled(options, labeller, counted)));
  const quality = options.compare ? evaluate(counted.compared) : null;
  const { documents } = counted;
  const labels = Object.fromEntries([...counted.labels].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  if (options.json) return printJson({ documents, labels, ...(quality && { quality }) });
  const counts = Object.entries(labels).map(([type, count]) => `${count} ${quote(type)}`);
  await printLine(`${documents} documents, labels: ${counts.join(', ') || 'none'}`);
  if (quality) await printQuality(quality);
}

/** The command. */
export const labelCommand = (): Command =>
  new Command('label')
    .description('label texts with a term list, to train on without human labels')
    .requiredOption(
      '--dictionary <file...>',
      'terms: lines of term, tab, type, or .jsonl with {"term", "type"}',
    )
    .requiredOption(
      '--data <file...>',
      '.jsonl or .jsonl.gz, one {"id", "text"} a line; .txt or .md with one document each',
    )
    .requiredOption('--out <file>', 'the labelled documents, .jsonl, as train reads them')
    .option('--stop <file>', 'terms that are never labelled, one a line')
    .option('--compare', "measure the labels against the data's own entities by strict match")
    .addOption(jsonOption())
    .action(run);
