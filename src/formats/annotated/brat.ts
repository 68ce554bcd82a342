/**
 * brat standoff: the text in `name.txt`, its annotations in `name.ann` beside it, a `T` line for each
 * mention and an `N` line for what it denotes. Offsets count code points, as brat does, unless the
 * stated texts say otherwise. A mention in several parts with nothing but white space between them
 * (how brat writes one that a line break cuts) is one span; any other is noted as dropped.
 * Source: https://brat.nlplab.org/standoff.html
 */
import { AppError, appError } from '../../core/errors.ts';
import { readText } from '../encoding.ts';
import type { AnnotatedFormat, PrintedFile } from '../format.ts';
import { maxMentions } from '../limits.ts';
import { type LinePlace, type LineResult, readLines } from '../lines.ts';
import type { Source } from '../source.ts';
import type { DroppedText, ImportedDocument, SourceDocument } from '../source-document.ts';
import { TextBuilder } from '../text-builder.ts';
import { requireHolds, requireNoNul, requireNoPages } from './holding.ts';
import {
  placeMentions,
  type StatedMention,
  toCodePoints,
  tooManyMentions,
  utf16Offsets,
} from './stated-mention.ts';

const format = 'brat';

/** File systems take names of 255 bytes, endings included. */
const maxNameBytes = 251;

interface Fragment {
  readonly start: number;
  readonly end: number;
}

/** A `T` line. */
interface TextBound extends StatedMention {
  readonly id: string;
  readonly fragments: readonly Fragment[];
}

const fragment = /^(\d{1,9}) (\d{1,9})$/;
const normalization = /^N\S*\tReference (\S+) (\S+)/;

/** Fragments as written, "0 5;6 10"; empty when they are not. */
function fragmentsIn(spans: string): Fragment[] {
  const found = spans.split(';').map((span) => fragment.exec(span));
  return found
    .flatMap((match) => (match ? [{ start: Number(match[1]), end: Number(match[2]) }] : []))
    .slice(0, found.includes(null) ? 0 : undefined);
}

/** Throws: FILE_INVALID. */
function textBoundOf(line: string, place: LinePlace): TextBound {
  const [id = '', annotation = '', ...texts] = line.split('\t');
  const blank = annotation.indexOf(' ');
  const type = annotation.slice(0, Math.max(blank, 0));
  const fragments = fragmentsIn(annotation.slice(blank + 1));
  const [first, last] = [fragments[0], fragments.at(-1)];
  if (type === '' || first === undefined || last === undefined) {
    const rule = 'an id, a type with offsets, and a text';
    throw appError('FILE_INVALID', { ...place, rule, value: line });
  }
  const text = texts.length === 0 ? undefined : texts.join('\t');
  return { id, type, start: first.start, end: last.end, fragments, text, line: place.line };
}

/** What annotations of a text say, each still as it is stated. */
interface Annotations {
  readonly mentions: readonly StatedMention[];
  readonly dropped: readonly DroppedText[];
}

/** True when only white space is between the fragments; `at` gives UTF-16 offsets. */
function isWhole(
  text: string,
  { fragments }: TextBound,
  at: (offset: number) => number | undefined,
): boolean {
  return fragments.slice(1).every(({ start }, before) => {
    const gap = text.slice(at(fragments[before]!.end) ?? 0, at(start) ?? text.length);
    return gap.trim() === '';
  });
}

/** The text of a mention as stated: of one that is cut, the file leaves out how. */
const statedOf = (mention: TextBound): StatedMention =>
  mention.fragments.length === 1 ? mention : { ...mention, text: undefined };

async function annotationsOf(source: Source, text: string): Promise<Annotations> {
  const found: TextBound[] = [];
  const concepts = new Map<string, string>();
  const lines = readLines(source, (line, place) => {
    const written = line.replace(/\r$/, '');
    const [, id, concept] = normalization.exec(written) ?? [];
    if (id !== undefined && concept !== undefined) {
      const known = concepts.get(id);
      concepts.set(id, known === undefined ? concept : `${known}|${concept}`);
    }
    if (written.startsWith('T')) found.push(textBoundOf(written, place));
    if (found.length > maxMentions) throw tooManyMentions(place.path);
  });
  for await (const result of lines) if ('error' in result) throw result.error;
  const builder = new TextBuilder();
  const mentions = found.map((mention) => ({ ...mention, concept: concepts.get(mention.id) }));
  const at = utf16Offsets(text, 'code points');
  for (const mention of mentions) {
    if (!isWhole(text, mention, at))
      builder.drop('DISCONTINUOUS_MENTION', mention.text ?? mention.id);
  }
  const whole = mentions.filter((mention) => isWhole(text, mention, at));
  return { mentions: whole.map(statedOf), dropped: builder.finish().dropped };
}

const stemOf = (name: string): string => name.replace(/\.(txt|ann)$/i, '');

/** Throws: FILE_UNREADABLE, FILE_INVALID, ANNOTATION_MISMATCH. */
async function documentOf(source: Source): Promise<SourceDocument> {
  const stem = stemOf(source.name);
  const isText = /\.txt$/i.test(source.name);
  const [textSource, annotationSource] = isText
    ? [source, await source.sibling(`${stem}.ann`)]
    : [await source.sibling(`${stem}.txt`), source];
  if (!textSource || !annotationSource) {
    const reason = 'brat annotations need the text in a file beside them, .txt';
    throw appError('FILE_UNREADABLE', { path: source.path, reason });
  }
  const text = await readText(textSource);
  const { mentions, dropped } = await annotationsOf(annotationSource, text);
  const placed = placeMentions(text, mentions, annotationSource.path);
  return { text, title: stem, mentions: placed, ...(dropped.length > 0 && { dropped }) };
}

async function* readBrat(source: Source): AsyncGenerator<LineResult<SourceDocument>> {
  try {
    yield { line: 1, value: await documentOf(source) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    yield { line: 1, error };
  }
}

/** The fragments of a mention: brat cuts at line feeds. */
function fragmentsOf(text: string, start: number, end: number): Fragment[] {
  const fragments: Fragment[] = [];
  let from = start;
  for (const line of text.slice(start, end).split('\n')) {
    if (line.trim() !== '') fragments.push({ start: from, end: from + line.length });
    from += line.length + 1;
  }
  return fragments;
}

function requireBrat(document: ImportedDocument): void {
  requireNoPages(format, document);
  const { id, text, mentions } = document;
  requireNoNul(format, text);
  const isName = /^[^/\\\0]+$/.test(id) && !/^\.|\.(?:txt|ann|gz)$/i.test(id);
  requireHolds(isName && Buffer.byteLength(id) <= maxNameBytes, {
    format,
    rule: `an id that is a file name of at most ${maxNameBytes} bytes`,
    value: id,
  });
  requireHolds(!text.startsWith('\ufeff'), {
    format,
    rule: 'a text without a byte order mark',
    value: text,
  });
  for (const { start, end, type, concept = 'x' } of mentions) {
    const slice = text.slice(start, end);
    requireHolds(/^\S+$/.test(type), { format, rule: 'types without blanks', value: type });
    requireHolds(/^\S+$/.test(concept), {
      format,
      rule: 'concepts without blanks',
      value: concept,
    });
    const lines = slice.split('\n');
    const edges = [lines[0], lines.at(-1)].every(
      (line) => lines.length === 1 || line?.trim() !== '',
    );
    requireHolds(edges, {
      format,
      rule: 'mentions without line feeds at their ends',
      value: slice,
    });
  }
}

/** The lines of a .ann file. Throws: FORMAT_CANNOT_HOLD. */
function printAnnotations(document: ImportedDocument): string {
  requireBrat(document);
  const { text, mentions } = document;
  const at = toCodePoints(text);
  return mentions
    .flatMap(({ start, end, type, concept }, number) => {
      const id = `T${number + 1}`;
      const fragments = fragmentsOf(text, start, end);
      const spans = fragments.length === 0 ? [{ start, end }] : fragments;
      const offsets = spans.map((span) => `${at(span.start)} ${at(span.end)}`).join(';');
      const stated = text.slice(start, end).replace(/\s/g, ' ');
      const reference =
        concept === undefined ? [] : [`N${number + 1}\tReference ${id} ${concept}\t${stated}`];
      return [`${id}\t${type} ${offsets}\t${stated}`, ...reference];
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** brat standoff. */
export const bratFormat: AnnotatedFormat = {
  name: format,
  mediaTypes: ['text/plain'],
  recognise: (head) =>
    head.name.endsWith('.ann') ||
    (head.name.endsWith('.txt') && head.hasSibling(`${stemOf(head.name)}.ann`)),
  read: readBrat,
  printing: null,
  print: (documents): readonly PrintedFile[] =>
    documents.flatMap((document) => [
      { name: `${document.id}.txt`, text: document.text },
      { name: `${document.id}.ann`, text: printAnnotations(document) },
    ]),
};
