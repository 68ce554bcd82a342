/**
 * Conditions on what documents were ingested with, by key: `document_metadata` has a row for each
 * value, and for each element of an array, so that one that passes is enough.
 */
import type { Binder } from './binder.ts';

/** What a value can equal. */
export type MetadataValue = string | number | boolean | null;

/** Limits that values are compared with; both are included. */
export interface ValueRange<Value> {
  readonly min?: Value | undefined;
  readonly max?: Value | undefined;
}

/** An instant is in it from `since` on and before `before`. Units: milliseconds since 1970. */
export interface TimeRange {
  readonly since?: number | undefined;
  readonly before?: number | undefined;
}

/** A condition on one key at the top of a document's metadata. What is given must all hold. */
export interface MetadataFilter {
  readonly key: string;
  /** Whether the key is there, with any value. */
  readonly exists?: boolean | undefined;
  /** The value is one of these. */
  readonly equals?: readonly MetadataValue[] | undefined;
  readonly number?: ValueRange<number> | undefined;
  /** Compared as code points. */
  readonly text?: ValueRange<string> | undefined;
  /** The value is a date, such as "2024", "2024-03" or "2024-03-05T10:00:00Z", that begins in this. */
  readonly date?: TimeRange | undefined;
}

/** Texts that are compared may be so long, in UTF-16 code units: the table has so much of each. */
export const maxComparedChars = 500;

const valueColumns = { string: 'text', number: 'number' } as const;

function equalTo(values: readonly MetadataValue[], binder: Binder): string {
  const ofKind = (kind: 'string' | 'number'): string[] => {
    const some = values.filter((value): value is string & number => typeof value === kind);
    const column = valueColumns[kind];
    // The kind tells a number from a boolean.
    const isKind = kind === 'number' ? "k.kind = 'NUMBER' AND " : '';
    return some.length === 0 ? [] : [`(${isKind}k.${column} IN ${binder.bindList(some)})`];
  };
  const booleans = values.filter((value) => typeof value === 'boolean').map(Number);
  const alternatives = [
    ...ofKind('string'),
    ...ofKind('number'),
    ...(booleans.length === 0
      ? []
      : [`(k.kind = 'BOOLEAN' AND k.number IN ${binder.bindList(booleans)})`]),
    ...(values.includes(null) ? [`k.kind = 'NULL'`] : []),
  ];
  return alternatives.length === 0 ? 'FALSE' : `(${alternatives.join(' OR ')})`;
}

interface Limit {
  readonly operator: '>=' | '<=' | '<';
  readonly value: string | number | undefined;
}

const within = (column: string, limits: readonly Limit[], binder: Binder): string[] =>
  limits.flatMap(({ operator, value }) =>
    value === undefined ? [] : [`k.${column} ${operator} ${binder.bind(value)}`],
  );

/** The conditions on a value `k` of the key, besides that it has the key. */
function valueConditions(filter: MetadataFilter, binder: Binder): string[] {
  const { equals, number, text, date } = filter;
  const numbers = within(
    'number',
    [
      { operator: '>=', value: number?.min },
      { operator: '<=', value: number?.max },
    ],
    binder,
  );
  return [
    ...(equals ? [equalTo(equals, binder)] : []),
    ...(numbers.length > 0 ? ["k.kind = 'NUMBER'", ...numbers] : []),
    ...within(
      'text',
      [
        { operator: '>=', value: text?.min },
        { operator: '<=', value: text?.max },
      ],
      binder,
    ),
    ...within(
      'date',
      [
        { operator: '>=', value: date?.since },
        { operator: '<', value: date?.before },
      ],
      binder,
    ),
  ];
}

/** The condition on a row `k` of `document_metadata` that makes its document pass. */
export const metadataCondition = (filter: MetadataFilter, binder: Binder): string =>
  [`k.key = ${binder.bind(filter.key)}`, ...valueConditions(filter, binder)].join(' AND ');

/** Whether the rows that pass lead to the documents that do. */
export const isPositive = ({ exists }: MetadataFilter): boolean => exists !== false;

/** The condition on a document `d`. */
export function documentHas(filter: MetadataFilter, binder: Binder): string {
  const condition = metadataCondition(filter, binder);
  const not = isPositive(filter) ? '' : 'NOT ';
  return `${not}EXISTS (SELECT 1 FROM document_metadata k
    WHERE k.document_id = d.id AND ${condition})`;
}
