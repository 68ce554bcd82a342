/**
 * A BioC document, whether it came as XML or as JSON, as one of ours.
 *
 * Its passages follow each other at their stated offsets: what lies between two becomes a line feed
 * and spaces. A mention is placed within its passage (or sentence), so that a wrong gap moves nothing.
 * Offsets count code points unless the stated texts say otherwise (see `stated-mention.ts`).
 * Source: Comeau et al. 2013, BioC: a minimalist approach to interoperability.
 */
import { AppError, appError } from '../../core/errors.ts';
import type { LineResult } from '../lines.ts';
import type { ImportedMention, SourceDocument } from '../source-document.ts';
import { TextBuilder } from '../text-builder.ts';
import {
  lengthIn,
  type OffsetUnit,
  placeMentions,
  type StatedMention,
  unitOf,
} from './stated-mention.ts';

/** Key and value pairs that BioC hangs on everything. */
export type Infons = Readonly<Record<string, string>>;

/** An annotation as BioC writes it; several locations are one mention in parts. */
export interface BiocAnnotation {
  readonly infons: Infons;
  readonly locations: readonly { readonly offset: number; readonly length: number }[];
  readonly text: string;
  readonly line: number;
}

/** A passage, or a sentence of one. */
export interface BiocPassage {
  readonly infons: Infons;
  readonly offset: number;
  readonly text: string;
  readonly annotations: readonly BiocAnnotation[];
}

/** A document. */
export interface BiocDocument {
  readonly id: string;
  readonly infons: Infons;
  readonly passages: readonly BiocPassage[];
  readonly line: number;
}

/** A passage that begins further on is more likely one whose offset is wrong. */
const maxGapChars = 1_000;

/** Keys under which tools keep what a mention denotes. */
const conceptKeys = ['identifier', 'concept', 'MESH', 'NCBI Gene', 'NCBI GENE'] as const;

function conceptOf(infons: Infons): string | undefined {
  const concept = conceptKeys.map((key) => infons[key]).find((value) => value !== undefined);
  return concept === '' || concept === '-' ? undefined : concept;
}

function stated({ infons, locations, text, line }: BiocAnnotation, origin: number): StatedMention {
  const { offset, length } = locations[0]!;
  const type = infons.type ?? '';
  return {
    start: offset - origin,
    end: offset - origin + length,
    type,
    concept: conceptOf(infons),
    text,
    line,
  };
}

/** The unit that all passages of a document count in. */
function documentUnit(passages: readonly BiocPassage[]): OffsetUnit {
  const units: readonly OffsetUnit[] = ['code points', 'UTF-16', 'UTF-8'];
  const fitting = passages.map(({ text, offset, annotations }) =>
    unitOf(
      text,
      annotations.filter(isWhole).map((annotation) => stated(annotation, offset)),
    ),
  );
  const found = units.findLastIndex((unit) => fitting.includes(unit));
  return units[found] ?? 'code points';
}

const isWhole = ({ locations }: BiocAnnotation): boolean => locations.length === 1;

/** What separates a passage from the one before, which ends at `end`. */
function gapOf(offset: number, end: number): string {
  const chars = offset - end;
  if (chars === 0) return '';
  return chars > 0 && chars <= maxGapChars ? `\n${' '.repeat(chars - 1)}` : '\n';
}

function checkTypes({ passages }: BiocDocument, path: string): void {
  for (const { infons, line, locations } of passages.flatMap(({ annotations }) => annotations)) {
    const rule = 'an annotation with an infon type and a location';
    if ((infons.type ?? '') === '' || locations.length === 0) {
      throw appError('FILE_INVALID', { path, line, rule, value: infons });
    }
  }
}

/** Throws: FILE_INVALID, ANNOTATION_MISMATCH, FILE_WITHOUT_TEXT. */
function documentOf(bioc: BiocDocument, path: string): SourceDocument {
  checkTypes(bioc, path);
  const passages = bioc.passages.filter(({ text }) => text !== '');
  const unit = documentUnit(passages);
  const builder = new TextBuilder();
  const mentions: ImportedMention[] = [];
  let end = passages[0]?.offset ?? 0;
  for (const { text, offset, annotations } of passages) {
    if (builder.length > 0) builder.add(gapOf(offset, end));
    const origin = builder.length;
    builder.add(text);
    end = offset + lengthIn(text, unit);
    const whole = annotations.filter(isWhole).map((annotation) => stated(annotation, offset));
    for (const mention of placeMentions(text, whole, path)) {
      mentions.push({ ...mention, start: mention.start + origin, end: mention.end + origin });
    }
    for (const part of annotations)
      if (!isWhole(part)) builder.drop('DISCONTINUOUS_MENTION', part.text);
  }
  return assembled(bioc, builder, mentions);
}

/** What kind of passage it is: nothing to filter documents by. */
const passageKeys = new Set(['type', 'section_type', 'section']);

function assembled(
  { id, infons, passages }: BiocDocument,
  builder: TextBuilder,
  mentions: readonly ImportedMention[],
): SourceDocument {
  const { text, dropped } = builder.finish();
  const metadata = { ...passages[0]?.infons, ...infons };
  const others = Object.entries(metadata).filter(([key]) => !passageKeys.has(key));
  const titled = passages.find((passage) => /title|front/i.test(passage.infons.type ?? ''));
  const title = titled?.text ?? infons.title;
  return {
    text,
    mentions,
    ...(id !== '' && { externalId: id }),
    ...(title !== undefined && { title: title.slice(0, 1_000) }),
    ...(others.length > 0 && { metadata: Object.fromEntries(others) }),
    ...(dropped.length > 0 && { dropped }),
  };
}

/** A BioC document as ours, or why not. */
export function fromBioc(bioc: BiocDocument, path: string): LineResult<SourceDocument> {
  const { line } = bioc;
  try {
    return { line, value: documentOf(bioc, path) };
  } catch (error) {
    if (error instanceof AppError) return { line, error };
    throw error;
  }
}
