/** The mutation by which tests give documents to a server. */

/**
 * Takes `documents` and, if they are given, `collection` and `wait`; answers these fields of documents, and
 * errors.
 */
export const ingestOperation = (fields = 'id state', waitSeconds = 20): string =>
  `mutation ($documents: [DocumentInput!]!, $collection: String, $wait: Float! = ${waitSeconds}) {
    ingestDocuments(input: { collection: $collection, documents: $documents }, waitSeconds: $wait) {
      documents { ${fields} } errors { code message path }
    }
  }`;
