/** Operations sent to a server over HTTP. */

/** What a GraphQL server answers. */
export interface GraphqlAnswer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever they asked for.
  readonly data: any;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: { readonly code: string; readonly [key: string]: unknown };
  }[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Sends an operation to a server. */
export async function askServer(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<GraphqlAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const {
    data = null,
    errors = [],
    extensions = {},
  } = (await response.json()) as Partial<GraphqlAnswer>;
  return { status: response.status, data, errors, extensions };
}
