import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findDocuments, putDocuments, readTexts } from '../../../src/store/documents.ts';
import { failClaim, finishClaim } from '../../../src/store/jobs.ts';
import { mentionsOfDocuments } from '../../../src/store/mentions.ts';
import {
  claimAll,
  createType,
  openLastingStore,
  readingOf,
  type TestStore,
} from '../../support/store/open-store.ts';

/** What may happen to one document: a version given, what waits read, or given up. */
const anyEvent = fc.oneof(
  fc.constantFrom('alpha', 'beta', 'gamma').map((text) => ({ kind: 'put', text }) as const),
  fc.constant({ kind: 'read' } as const),
  fc.constant({ kind: 'fail' } as const),
);

type Event = { kind: 'put'; text: string } | { kind: 'read' } | { kind: 'fail' };

/** The definition: what can be searched is what was read last, unless nothing was read yet. */
interface Expected {
  read: string | undefined;
  given: string | undefined;
  waits: boolean;
}

function expectAfter(state: Expected, { kind, ...event }: Event): Expected {
  if (kind === 'put') {
    const { text } = event as { text: string };
    // Given again as it is there: what waited is taken back. Given up, it is tried again.
    return { ...state, given: text, waits: text !== state.read };
  }
  if (!state.waits) return state;
  return kind === 'read'
    ? { read: state.given, given: state.given, waits: false }
    : { ...state, waits: false };
}

describe('putDocuments, finishClaim and failClaim', () => {
  let store: TestStore;
  let documents = 0;
  beforeAll(async () => {
    store = await openLastingStore();
    await createType(store, 'Word');
  });

  async function happen(externalId: string, given: Event): Promise<void> {
    const { database, collectionId } = store;
    if (given.kind === 'put') {
      const draft = { text: given.text, externalId };
      await putDocuments(database, [draft], { collectionId, priority: 'bulk' });
      return;
    }
    for (const claim of await claimAll(store)) {
      const reading = readingOf(claim.text, [{ word: claim.text, type: 'Word' }]);
      if (given.kind === 'read') await finishClaim(database, claim, reading);
      else await failClaim(database, claim, { code: 'X', message: 'no', retry: false });
    }
  }

  /** What a search finds of the document, and the text it finds it in. */
  async function seen(id: number) {
    const { database } = store;
    const mentions = (await mentionsOfDocuments(database, [id])).get(id) ?? [];
    const text = (await readTexts(database, [id])).get(id);
    const state = (await findDocuments(database, [id])).get(id)?.state;
    return { found: mentions.map((mention) => mention.text), text, waits: state === 'QUEUED' };
  }

  it('let what was read last be found, whatever is given, read and given up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 8 }), async (events) => {
        documents += 1;
        const externalId = `document ${documents}`;
        const first = { text: 'first', externalId };
        const [put] = await putDocuments(store.database, [first], {
          collectionId: store.collectionId,
          priority: 'bulk',
        });
        const id = put?.id ?? 0;
        let expected: Expected = { read: undefined, given: 'first', waits: true };
        for (const each of events) {
          await happen(externalId, each);
          expected = expectAfter(expected, each);
          const { read, given, waits } = expected;
          expect(await seen(id)).toEqual({
            found: read === undefined ? [] : [read],
            text: read ?? given,
            waits,
          });
        }
        await happen(externalId, { kind: 'read' });
      }),
      { numRuns: 60, seed: 11 },
    );
  });
});
