/**
 * The next version of a document that was read. The old one stays as it is, and can be searched, until
 * the new one has been read: then one transaction puts it in the old one's place.
 */
import type { SqlConnection } from '../connection.ts';
import type { ImportedMention } from '../drafts.ts';
import { putFileDrops } from './file-drops.ts';
import { putImportedMentions } from './imported-mentions.ts';
import { putPageStarts } from './page-starts.ts';
import { removeReading } from './reading.ts';
import { putSentences } from './sentences.ts';
import { carryVerdicts } from './verdicts.ts';

interface ReplacementRow {
  readonly textHash: string;
  readonly title: string | null;
  readonly metadata: string | null;
  readonly mentions: string | null;
  readonly text: string;
  readonly drops: string | null;
  readonly pageStarts: string | null;
}

/** Puts the version that waits, if there is one, in the place of the one that is there. */
export function takeReplacement(writer: SqlConnection, documentId: number): void {
  const id = documentId;
  const next = writer.get<ReplacementRow>('findReplacement', { id });
  if (!next) return;
  const { text, textHash, title, metadata, mentions, drops, pageStarts } = next;
  const now = Date.now();
  carryVerdicts(writer, { documentId, to: { text, textHash } });
  removeReading(writer, documentId);
  writer.run('replaceText', { id, text, textHash, now });
  putSentences(writer, id, text);
  writer.run('describeDocument', { id, title, metadata, now });
  putFileDrops(writer, id, drops);
  putPageStarts(writer, id, pageStarts);
  writer.run('deleteReplacement', { id });
  if (mentions === null) return;
  const imported = JSON.parse(mentions) as ImportedMention[];
  putImportedMentions(writer, { documentId, text, mentions: imported });
}
