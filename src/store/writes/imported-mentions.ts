/**
 * Mentions that come with a document. They have no window, no vector and no scores, stand beside what
 * the model finds in the same place, and stay when it reads again.
 */
import { appError } from '../../core/errors.ts';
import { invariant } from '../../core/invariant.ts';
import type { SqlConnection } from '../connection.ts';
import type { ImportedMention } from '../drafts.ts';
import type { EntityTypeRow } from '../entity-type-rows.ts';
import { surfaceForm } from '../surface-form.ts';
import { createEntityType } from './entity-types.ts';
import { putForm, removeUnusedSpans } from './spans.ts';
import { applyVerdicts } from './verdicts.ts';

/** The position of no window: spans that nobody read. */
const noWindow = -1;

/** The types of these mentions by name; those that the collection lacks are made. */
function typesOf(
  writer: SqlConnection,
  collectionId: number,
  mentions: readonly ImportedMention[],
): Map<string, EntityTypeRow> {
  const names = new Set(mentions.map(({ type }) => type));
  return new Map(
    [...names].map((name) => [
      name,
      writer.get<EntityTypeRow>('findTypeByName', { collectionId, name }) ??
        createEntityType(writer, { collectionId, name, description: '' }),
    ]),
  );
}

function putSpan(
  writer: SqlConnection,
  documentId: number,
  { start, end, surface }: { start: number; end: number; surface: string },
): number {
  const place = { documentId, start, end, window: noWindow };
  const known = writer.get<{ id: number }>('findSpan', place);
  if (known) return known.id;
  const formId = putForm(writer, surfaceForm(surface), undefined);
  return writer.run('insertSpan', { ...place, surface, formId, vector: null }).lastId;
}

const placeOf = ({ start, end, type }: ImportedMention): string =>
  JSON.stringify([start, end, type]);

/** What the mentions denote, by place and type: one that is there several times denotes all that is said. */
function conceptsOf(mentions: readonly ImportedMention[]): Map<string, string> {
  const concepts = new Map<string, Set<string>>();
  for (const mention of mentions) {
    if (mention.concept === undefined) continue;
    const place = placeOf(mention);
    concepts.set(place, (concepts.get(place) ?? new Set()).add(mention.concept));
  }
  return new Map([...concepts].map(([place, each]) => [place, [...each].join('|')]));
}

/** Mentions of a document, in its text. */
export interface ImportedMentions {
  readonly documentId: number;
  readonly text: string;
  readonly mentions: readonly ImportedMention[];
}

/** Makes the types that a collection lacks, so that they are there before the mentions are. */
export function createTypesOf(
  writer: SqlConnection,
  collectionId: number,
  mentions: readonly ImportedMention[],
): void {
  typesOf(writer, collectionId, mentions);
}

/**
 * Replaces what was imported with a document; inside a transaction of its caller.
 *
 * Throws: ARGUMENT_INVALID for a mention that is not in the text.
 */
export function putImportedMentions(
  writer: SqlConnection,
  { documentId, text, mentions }: ImportedMentions,
): void {
  const before = writer.all<{ id: number; formId: number }>('spansOfDocument', { documentId });
  const row = writer.get<{ collectionId: number }>('collectionOf', { id: documentId });
  invariant(row, 'Mentions are imported into a document that is there.');
  writer.run('deleteImportedMentions', { documentId });
  const types = typesOf(writer, row.collectionId, mentions);
  const concepts = conceptsOf(mentions);
  for (const [i, mention] of mentions.entries()) {
    const { start, end, type: name } = mention;
    if (!(start >= 0 && start < end && end <= text.length)) {
      const rule = `a span of the text, which has ${text.length} UTF-16 code units`;
      throw appError('ARGUMENT_INVALID', {
        argument: `mentions.${i}`,
        rule,
        value: { start, end },
      });
    }
    const type = types.get(name);
    invariant(type, 'Every type of an imported mention is there.');
    const spanId = putSpan(writer, documentId, { start, end, surface: text.slice(start, end) });
    writer.run('insertMention', {
      spanId,
      documentId,
      entityTypeId: type.id,
      typeVersion: type.version,
      score: 0,
      threshold: 0,
      margin: 0,
      source: 'IMPORT',
      concept: concepts.get(placeOf(mention)) ?? null,
      now: Date.now(),
    });
  }
  applyVerdicts(writer, documentId);
  removeUnusedSpans(writer, before);
}
