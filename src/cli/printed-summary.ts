/** What became of files that were taken in, as people read it. */
import type { IngestSummary } from '../app/ingest-files.ts';

/** '3 RUNNING_HEAD (57 characters), 1 ATTACHMENT (2048 bytes)'. */
const printDrops = (drops: IngestSummary['droppedByReason']): string =>
  drops
    .map(({ reason, parts, characters, bytes }) => {
      const length = bytes > 0 ? `${bytes} bytes` : `${characters} characters`;
      return `${parts} ${reason} (${length})`;
    })
    .join(', ');

/** The lines of a summary: documents, then characters and what was dropped, where there is any. */
export function summaryLines(summary: IngestSummary): string[] {
  const { characters, charactersDropped, droppedByReason, ...documents } = summary;
  const counts = Object.entries(documents).filter(([, count]) => count > 0);
  const lines = [counts.map(([name, count]) => `${count} ${name}`).join(', ') || 'no documents'];
  if (characters > 0) {
    lines.push(`${characters - charactersDropped} characters read, ${charactersDropped} not read`);
  }
  if (droppedByReason.length > 0) lines.push(`dropped: ${printDrops(droppedByReason)}`);
  return lines;
}
