/**
 * Values of a query that is put together from fixed parts. The names depend on the order only, so that
 * queries of one shape are one prepared statement.
 */

/** Values bound to `:names`. */
export type BoundValues = Record<string, string | number>;

/** Gives each value a name to write in the query. */
export interface Binder {
  readonly bindings: BoundValues;
  /** What stands for the value, e.g. `:v0`. */
  readonly bind: (value: string | number) => string;
  /** What stands for these values behind IN: they travel as JSON, however many. */
  readonly bindList: (values: readonly (string | number)[]) => string;
}

/** A binder without values. A query that has several gives the names of each another beginning. */
export function createBinder(prefix = 'v'): Binder {
  const bindings: BoundValues = {};
  const bind = (value: string | number): string => {
    const name = `${prefix}${Object.keys(bindings).length}`;
    bindings[name] = value;
    return `:${name}`;
  };
  return {
    bindings,
    bind,
    bindList: (values) => `(SELECT value FROM json_each(${bind(JSON.stringify(values))}))`,
  };
}
