/**
 * A thread that proposes concepts for stored mentions: it reads with a connection of its own, and holds the
 * names of a collection's vocabularies. Started by `linking.ts`.
 */
import { hostThread } from '../ipc/thread-host.ts';
import { SqlConnection } from '../store/connection.ts';
import { type LinkRequest, StoredMatchers } from './stored-matchers.ts';

/** What the thread opens. */
export interface LinkerThreadOptions {
  readonly folder: string;
  readonly path: string;
}

hostThread<LinkerThreadOptions>((files) => {
  const connection = new SqlConnection({ ...files, readonly: true });
  const matchers = new StoredMatchers(connection);
  return {
    methods: { link: (request: LinkRequest) => matchers.link(request) },
    close: () => connection.close(),
  };
});
