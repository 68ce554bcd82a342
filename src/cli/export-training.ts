/**
 * Reviewed documents as training data: what a person accepted is a mention, what a person rejected is
 * none, and what nobody has reviewed is left as it is, or left out.
 */
import { join } from 'node:path';
import { makeFolder } from '../core/make-folder.ts';
import type { ExportedDocument } from '../store/exported-documents.ts';
import { type MentionState, mentionStates } from '../store/records.ts';
import { openDestination, writeTextFile } from './document-writer.ts';
import { note, printJson } from './output.ts';

/** What to write, and where to. */
export interface TrainingOptions {
  readonly collection: string;
  readonly types?: readonly string[];
  readonly onlyAccepted?: true;
  readonly out: string;
  readonly json?: true;
}

/** How many mentions there are of each state. */
interface Counts {
  accepted: number;
  rejected: number;
  unreviewed: number;
}

function count(counts: Counts, { mentions }: ExportedDocument): void {
  for (const { state } of mentions) counts[state.toLowerCase() as Lowercase<MentionState>] += 1;
}

async function tell(
  documents: number,
  counts: Counts,
  { json, onlyAccepted }: TrainingOptions,
): Promise<void> {
  if (json) return printJson({ documents, ...counts });
  const rest = onlyAccepted ? 'left out' : 'kept as the model or an import has them';
  note(
    `${documents} documents: ${counts.accepted} mentions accepted, ${counts.rejected} rejected, ` +
      `${counts.unreviewed} not reviewed and ${rest}`,
  );
}

/** What nobody has looked at is nothing to train on. */
const whatIsLearnt = {
  states: mentionStates,
  onlyReviewed: true,
  withConcepts: false,
  withPages: false,
} as const;

/**
 * Writes `documents.jsonl` and `types.json` into a folder: the documents in which somebody has accepted or
 * rejected a mention of these types, and those of the types that have such a mention.
 *
 * Throws: COLLECTION_UNKNOWN, ENTITY_TYPE_UNKNOWN, STORAGE_INVALID; as `unwritable`.
 */
export async function exportTraining(folder: string, options: TrainingOptions): Promise<void> {
  const { openReader } = await import('../store/maintenance.ts');
  const { chosenTypes, exportedDocuments, reviewedTypes } = await import(
    '../store/exported-documents.ts'
  );
  const { printAnnotatedDocument } = await import('../formats/annotated/annotated-jsonl.ts');
  const { out, onlyAccepted = false } = options;
  const connection = openReader(folder);
  try {
    const chosen = chosenTypes(connection, options.collection, options.types);
    const types = reviewedTypes(connection, chosen.types);
    makeFolder(out);
    const destination = await openDestination(join(out, 'documents.jsonl'));
    const { collectionId } = chosen;
    const typeIds = types.map(({ id }) => id);
    const counts: Counts = { accepted: 0, rejected: 0, unreviewed: 0 };
    let documents = 0;
    const choice = { collectionId, typeIds, ...whatIsLearnt };
    for (const document of exportedDocuments(connection, choice)) {
      count(counts, document);
      documents += 1;
      const mentions = document.mentions.filter(
        ({ state }) => state === 'ACCEPTED' || (state === 'UNREVIEWED' && !onlyAccepted),
      );
      await destination.write(`${printAnnotatedDocument({ ...document, mentions })}\n`);
    }
    await destination.end();
    const described = types.map(({ name, description }) => ({ name, description }));
    writeTextFile(join(out, 'types.json'), `${JSON.stringify(described, null, 2)}\n`);
    await tell(documents, counts, options);
  } finally {
    connection.close();
  }
}
