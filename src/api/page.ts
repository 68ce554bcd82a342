/**
 * Relay pages: the size and place asked for, and the connection that is answered. A cursor holds the
 * name of what it goes through and the position after which to go on; clients treat it as opaque.
 */
import { appError } from '../core/errors.ts';
import type { PageInfo } from '../generated/graphql.ts';

/** Longest page, in items. */
export const maxPageSize = 100;

/** What a position in a list is: numbers that sort the list, or numbers and a key. */
export type Position = readonly (number | string)[];

/** The page that was asked for. */
export interface PageRequest {
  readonly limit: number;
  /** Position of the item before the page; null for the first page. */
  readonly after: readonly number[] | null;
}

/** An item with its place. */
export interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

/** What every connection has. */
export interface Connection<Item extends Edge<unknown>> {
  readonly edges: readonly Item[];
  readonly nodes: readonly Item['node'][];
  readonly pageInfo: PageInfo;
}

/** The cursor of a position in the list of this name. */
export const printCursor = (list: string, position: Position): string =>
  Buffer.from(JSON.stringify([list, ...position])).toString('base64url');

function parseCursor<Place extends Position>(
  list: string,
  cursor: string,
  isPosition: (values: readonly unknown[]) => values is Place,
): Place {
  try {
    const [name, ...position] = JSON.parse(
      Buffer.from(cursor, 'base64url').toString(),
    ) as unknown[];
    if (name === list && isPosition(position)) return position;
  } catch {
    // Not JSON: refused below like any other text that is no cursor of this list.
  }
  throw appError('CURSOR_INVALID', { cursor });
}

function checkPageSize(first: number): void {
  if (first >= 1 && first <= maxPageSize) return;
  throw appError('PAGE_SIZE_INVALID', { first, max: maxPageSize });
}

/** The arguments of a page. */
interface PageArguments {
  readonly first: number;
  readonly after?: string | null | undefined;
}

/** Which list a page is of: its name and how many numbers make a position. */
export interface PagedList {
  readonly name: string;
  readonly positionLength: number;
}

/**
 * The page that `first` and `after` ask for.
 *
 * Throws: PAGE_SIZE_INVALID, CURSOR_INVALID.
 */
export function pageRequest(
  { name, positionLength }: PagedList,
  { first, after }: PageArguments,
): PageRequest {
  checkPageSize(first);
  if (after === null || after === undefined) return { limit: first, after: null };
  const isPosition = (values: readonly unknown[]): values is readonly number[] =>
    values.length === positionLength && values.every(Number.isFinite);
  return { limit: first, after: parseCursor(name, after, isPosition) };
}

/** A place in a list of things that have a key each, in the order of a number and then the key. */
export type KeyedPosition = readonly [number, string | number];

const isKeyedPosition = (values: readonly unknown[]): values is KeyedPosition =>
  values.length === 2 &&
  Number.isFinite(values[0]) &&
  (typeof values[1] === 'string' || Number.isFinite(values[1]));

/**
 * The same for a list in the order of a number and a key.
 *
 * Throws: PAGE_SIZE_INVALID, CURSOR_INVALID.
 */
export function keyedPage(
  list: string,
  { first, after }: PageArguments,
): { readonly first: number; readonly after: KeyedPosition | null } {
  checkPageSize(first);
  if (after === null || after === undefined) return { first, after: null };
  return { first, after: parseCursor(list, after, isKeyedPosition) };
}

/**
 * The same for a list in the order of its rows' ids, as the store takes it.
 *
 * Throws: PAGE_SIZE_INVALID, CURSOR_INVALID.
 */
export function pageById(
  list: PagedList,
  args: PageArguments,
): { first: number; after: number | undefined } {
  const { limit, after } = pageRequest(list, args);
  return { first: limit, after: after?.[0] };
}

/** The connection of a page's edges. */
export function connection<Item extends Edge<unknown>>(
  edges: readonly Item[],
  page: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean },
): Connection<Item> {
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: {
      ...page,
      // Read when they are asked for: a cursor of a ranking keeps its page.
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
  };
}
