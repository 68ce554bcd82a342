/** Whether mentions are as people's verdicts about them say, and every review says something. */
import type { SqlConnection } from '../connection.ts';
import type { MentionState } from '../records.ts';
import type { VerdictRecord } from '../review-records.ts';
import type { Check, Fault } from './fault.ts';
import { rowsById } from './pages.ts';

const documents = `SELECT d.id, d.text FROM documents d WHERE d.id > :after
  AND (EXISTS (SELECT 1 FROM verdicts v WHERE v.document_id = d.id)
    OR EXISTS (SELECT 1 FROM mentions m WHERE m.document_id = d.id AND m.state <> 'UNREVIEWED'))
  ORDER BY d.id LIMIT :limit`;

const mentionsOf = `SELECT s.start, s."end", m.entity_type_id AS entityTypeId, m.state
  FROM mentions m JOIN spans s ON s.id = m.span_id WHERE m.document_id = :id`;

const emptyReviews = `SELECT r.id FROM reviews r
  WHERE NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.review_id = r.id) ORDER BY r.id`;

interface PlacedState {
  readonly start: number;
  readonly end: number;
  readonly entityTypeId: number | null;
  readonly state: MentionState;
}

const placeOf = ({ start, end, entityTypeId }: PlacedState): string =>
  `${start} ${end} ${entityTypeId}`;

/** Whether each mention has the state of its place, and each place that needs one has a mention. */
function agree(verdicts: readonly VerdictRecord[], mentions: readonly PlacedState[]): boolean {
  const stateOf = new Map(verdicts.map((verdict) => [placeOf(verdict), verdict.state]));
  const places = new Set(mentions.map(placeOf));
  return (
    mentions.every(
      (mention) => mention.state === (stateOf.get(placeOf(mention)) ?? 'UNREVIEWED'),
    ) &&
    verdicts.every(
      (verdict) =>
        places.has(placeOf(verdict)) ||
        (verdict.state === 'REJECTED' && verdict.source !== 'HUMAN'),
    )
  );
}

/** Whether what stands in the log of reviews is what documents have. */
export function checkReviews(connection: SqlConnection): Check {
  const faults = connection
    .query<{ id: number }>(emptyReviews, {})
    .map(({ id }): Fault => ({ table: 'reviews', id, what: 'is about nothing' }));
  let checked = 0;
  for (const { id, text } of rowsById<{ id: number; text: string }>(connection, documents)) {
    const verdicts = connection.all<VerdictRecord>('standingVerdicts', { documentId: id });
    checked += verdicts.length;
    for (const verdict of verdicts) {
      if (text.slice(verdict.start, verdict.end) === verdict.text) continue;
      const what = 'is not what its text says there';
      faults.push({ table: 'verdicts', id: verdict.id, what });
    }
    if (!agree(verdicts, connection.query<PlacedState>(mentionsOf, { id }))) {
      faults.push({ table: 'documents', id, what: 'has other mentions than its reviews say' });
    }
  }
  return { name: 'REVIEWS', checked, faults };
}
