/**
 * Which spans are mentions of a type: those above the type's threshold in their window. They are judged
 * where their vectors are, best first, until there are enough: no vector leaves the database's thread.
 *
 * A place in a text that several windows have won is a span of each, with a vector and a threshold of its
 * own. It is one answer, by the window in which it scores best of those in which it passes.
 */
import { toBlob } from './blobs.ts';
import type { Database } from './database.ts';
import { type AnyFilter, mentionQueryOf } from './mention-conditions.ts';
import { mentionColumns } from './mentions.ts';
import type { MentionRecord } from './records.ts';

/** How a span is scored against a type. */
export interface TypeTest {
  /** Unit vector of the type. */
  readonly query: Float32Array;
  /** A score is so many times a cosine. */
  readonly logitScale: number;
  /** What is added to every threshold. */
  readonly thresholdShift: number;
  /** The margin must be larger. */
  readonly offset: number;
}

/** Which spans to judge. */
export interface TypedSpanQuery {
  /** The spans, best first. */
  readonly ids: readonly number[];
  readonly test: TypeTest;
  /** What a mention of the place must pass. */
  readonly filter: AnyFilter;
  /** The last span that may be, in the order in which they were stored. */
  readonly throughSpan: number;
  /** So many answers, the first ones. */
  readonly limit: number;
}

/** The mention of a place that passes the filter with the largest margin, and the span that is the answer. */
export interface TypedSpan {
  readonly id: number;
  readonly score: number;
  readonly threshold: number;
  readonly mention: MentionRecord;
}

const similarityOf = (span: string): string => `similarity(${span}.type_vector, :query)`;

const scoreOf = (span: string): string => `:logitScale * ${similarityOf(span)}`;

const thresholdOf = (window: string): string =>
  `(:logitScale * dot(${window}.threshold_vector, :query) + :thresholdShift)`;

/** Null, which is not true, where there is no vector, e.g. after a change of model. */
const passes = (span: string, window: string): string =>
  `${scoreOf(span)} - ${thresholdOf(window)} > :offset`;

const isSamePlace = (span: string): string => `${span}.document_id = a.document_id
  AND ${span}.start = a.start AND ${span}."end" = a."end"`;

const windowOf = (span: string, window: string): string => `windows ${window}
  ON ${window}.document_id = ${span}.document_id AND ${window}.position = ${span}.window`;

/** A span of the same place that passes and comes before. */
const better = `SELECT 1 FROM spans b CROSS JOIN ${windowOf('b', 'v')}
  WHERE ${isSamePlace('b')} AND b.id <> a.id AND b.id <= :throughSpan AND ${passes('b', 'v')}
  AND (${similarityOf('b')} > ${similarityOf('a')}
    OR (${similarityOf('b')} = ${similarityOf('a')} AND b.id < a.id))`;

/**
 * Nested as it is written: candidates in their order, what the filter leaves, what passes. The row's number
 * is that order, so nothing is sorted and the limit ends it.
 */
function typedSpansSql(conditions: readonly string[]): string {
  const mentions = `FROM spans s CROSS JOIN mentions m ON m.span_id = s.id
    CROSS JOIN entity_types t ON t.id = m.entity_type_id
    WHERE ${[isSamePlace('s'), ...conditions].join(' AND ')}`;
  return `SELECT x.rowid AS place, a.id AS answerId, ${scoreOf('a')} AS answerScore,
      ${thresholdOf('w')} AS answerThreshold,
      (SELECT m.id ${mentions} ORDER BY m.margin DESC, s.id, m.id LIMIT 1) AS mentionId
    FROM json_each(:ids) x CROSS JOIN spans a ON a.id = x.value CROSS JOIN ${windowOf('a', 'w')}
    WHERE a.id <= :throughSpan AND EXISTS (SELECT 1 ${mentions}) AND ${passes('a', 'w')}
    AND NOT EXISTS (${better}) ORDER BY x.rowid LIMIT :limit`;
}

interface Row extends MentionRecord {
  readonly answerId: number;
  readonly answerScore: number;
  readonly answerThreshold: number;
}

/** Those of some spans that are the answer for their place, in the order given. */
export async function findTypedSpans(
  database: Database,
  { ids, test: { query, ...numbers }, filter, throughSpan, limit }: TypedSpanQuery,
): Promise<TypedSpan[]> {
  const { conditions, bindings } = await mentionQueryOf(database, filter);
  const rows = await database.reader.query<Row>(
    `SELECT y.answerId, y.answerScore, y.answerThreshold, ${mentionColumns}
     FROM (${typedSpansSql(conditions)}) y CROSS JOIN mentions m ON m.id = y.mentionId
     CROSS JOIN spans s ON s.id = m.span_id CROSS JOIN entity_types t ON t.id = m.entity_type_id
     ORDER BY y.place`,
    {
      ...bindings,
      ...numbers,
      ids: JSON.stringify(ids),
      query: toBlob(query.slice()),
      throughSpan,
      limit,
    },
  );
  return rows.map(({ answerId, answerScore, answerThreshold, ...mention }) => ({
    id: answerId,
    score: answerScore,
    threshold: answerThreshold,
    mention,
  }));
}
