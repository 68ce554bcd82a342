/**
 * Tables: CSV and TSV with a header. One column is the text, the others are id, title and metadata.
 */
import { Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import { AppError, appError } from '../../core/errors.ts';
import { decoded } from '../encoding.ts';
import type { Format, ReadOptions } from '../format.ts';
import { maxRowBytes } from '../limits.ts';
import { type LineResult, lineResult } from '../lines.ts';
import { textFieldNames, textFieldOf, toDocument } from '../record.ts';
import type { Source } from '../source.ts';
import type { SourceDocument } from '../source-document.ts';

const delimiters = ['\t', ',', ';'] as const;

/** What parts the columns: the one that the first line has most of. */
function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/\r|\n|$/)).replace(/"[^"]*"/g, '');
  const counts = delimiters.map((delimiter) => header.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))]!;
}

/** A first line of names, one of which a text has, and a second with as many tabs. */
function looksLikeTable(text: string): boolean {
  const [header = '', second = ''] = text.replace(/^\ufeff/, '').split(/\r?\n/, 2);
  const names = header.split(delimiterOf(header)).map((name) => name.replace(/^"|"$/g, ''));
  if (names.length < 2 || names.some((name) => name === '' || name.length > 60)) return false;
  if (names.some((name) => textFieldNames.includes(name.toLowerCase()))) return true;
  return header.includes('\t') && second.split('\t').length === names.length;
}

interface Row {
  readonly record: readonly string[];
  readonly info: Info;
}

function openParser(first: string): ReturnType<typeof parse> {
  return parse({
    bom: true,
    delimiter: delimiterOf(first.replace(/^\ufeff/, '')),
    info: true,
    relax_quotes: true,
    max_record_size: maxRowBytes,
    skip_empty_lines: true,
    relax_column_count: true,
  });
}

/** The text in pieces, the first of which has the whole header. */
async function* headerFirst(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let first = '';
  let isWhole = false;
  for await (const piece of pieces) {
    if (isWhole) yield piece;
    else first += piece;
    if (isWhole || !(/[\r\n]/.test(first) || first.length > maxRowBytes)) continue;
    isWhole = true;
    yield first;
  }
  if (!isWhole && first !== '') yield first;
}

async function* rowsOf(source: Source): AsyncGenerator<Row> {
  const pieces = headerFirst(decoded(source.bytes(), source.path));
  const { value: first, done } = await pieces.next();
  if (done) return;
  async function* all(): AsyncGenerator<string> {
    yield first as string;
    yield* pieces;
  }
  const parser = openParser(first);
  const input = Readable.from(all());
  input.on('error', (error) => parser.destroy(error));
  try {
    yield* input.pipe(parser) as AsyncIterable<Row>;
  } finally {
    input.destroy();
    parser.destroy();
  }
}

/** What a table that breaks off says of it. */
function tableError(error: unknown, path: string, line: number): AppError {
  if (error instanceof AppError) return error;
  if (!(error instanceof CsvError)) throw error;
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return appError('RECORD_TOO_LONG', { path, line, maxBytes: maxRowBytes }, error);
  }
  return appError(
    'FILE_INVALID',
    { path, line, rule: 'a row of a table', value: error.code },
    error,
  );
}

const columnName = (name: string | undefined, at: number): string =>
  name?.trim() || `column ${at + 1}`;

/** The cells with a value by their columns; one beyond the header, or of a column that has one, is surplus. */
function cellsOf(record: readonly string[], names: readonly string[]) {
  const fields = new Map<string, string>();
  const surplus: (readonly [string, string])[] = [];
  for (const [at, value] of record.entries()) {
    if (value === '') continue;
    const name = names[at] ?? columnName(undefined, at);
    if (at >= names.length || fields.has(name)) surplus.push([name, value]);
    else fields.set(name, value);
  }
  return { fields: Object.fromEntries(fields), surplus };
}

/** The column that is the text. Throws: FILE_INVALID. */
function textColumn(names: readonly string[], path: string, asked: string | undefined): string {
  const field = textFieldOf(names, asked);
  if (field !== undefined && names.includes(field)) return field;
  const rule = `a header with the column ${field ?? textFieldNames.join(', ')}`;
  throw appError('FILE_INVALID', { path, line: 1, rule, value: names });
}

async function* readTable(
  source: Source,
  { textField }: ReadOptions,
): AsyncGenerator<LineResult<SourceDocument>> {
  const { path } = source;
  let line = 1;
  let names: readonly string[] | undefined;
  let column: string | undefined;
  try {
    for await (const { record, info } of rowsOf(source)) {
      if (names === undefined) names = record.map(columnName);
      else {
        column ??= textColumn(names, path, textField);
        const place = { path, line };
        const { fields, surplus } = cellsOf(record, names);
        const options = { textField: column, surplus };
        yield lineResult(line, () => toDocument(fields, place, options));
      }
      line = info.lines + 1;
    }
  } catch (error) {
    yield { line, error: tableError(error, path, line) };
  }
}

/** CSV and TSV. */
export const csvFormat: Format = {
  name: 'CSV or TSV',
  mediaTypes: ['text/csv', 'text/tab-separated-values'],
  recognise: ({ name, text }) =>
    /\.(csv|tsv|tab)$/.test(name) ||
    (!/\.(md|markdown|html?|eml)$/.test(name) && looksLikeTable(text)),
  read: readTable,
};
