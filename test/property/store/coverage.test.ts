import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ensureCollection } from '../../../src/store/collections.ts';
import {
  type CoverageTotals,
  dropsOfCollection,
  totalCoverage,
} from '../../../src/store/coverage.ts';
import { deleteDocuments, putDocuments } from '../../../src/store/documents.ts';
import type { FileDrop } from '../../../src/store/drafts.ts';
import type { DropSum } from '../../../src/store/drop-sums.ts';
import { withReader } from '../../../src/store/maintenance.ts';
import { checkSums } from '../../../src/store/verify/check-sums.ts';
import { countWords } from '../../../src/text/count-words.ts';
import { openLastingStore, type TestStore } from '../../support/store/open-store.ts';
import { readWithDictionary } from '../../support/store/read-documents.ts';

const texts = ['aspirin', 'a\u0001b\u0002\u0003c', `\u0001${'tremor '.repeat(130)}`] as const;
const names = ['one', 'two', 'three'] as const;

const anyDrop = fc.oneof(
  fc.record({
    reason: fc.constantFrom('NOT_MAIN_CONTENT', 'FIELD_NOT_READ'),
    at: fc.nat(5),
    chars: fc.nat(2_000),
    text: fc.string(),
  }),
  fc.record({
    reason: fc.constant('ATTACHMENT'),
    at: fc.nat(5),
    chars: fc.constant(0),
    bytes: fc.nat(2 ** 40),
    text: fc.string(),
  }),
);

const anyDrops = fc.oneof(
  fc.array(anyDrop, { maxLength: 5 }),
  fc.array(anyDrop, { minLength: 99, maxLength: 130 }),
);

/** What may happen: documents given, everything that waits read, a document deleted. */
const anyEvent = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      name: fc.constantFrom(...names),
      text: fc.constantFrom(...texts),
      dropped: fc.option(anyDrops, { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'read' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), name: fc.constantFrom(...names) }),
  },
);

type Event = typeof anyEvent extends fc.Arbitrary<infer Kind> ? Kind : never;

interface Version {
  readonly text: string;
  readonly dropped: readonly FileDrop[];
}

/** The definition: a document is its present version, which may have been read, and one that waits. */
interface Model {
  readonly id: number;
  readonly present: Version;
  readonly isRead: boolean;
  readonly next: Version | undefined;
}

function given(known: Model | undefined, id: number, put: Event & { kind: 'put' }): Model {
  const version = { text: put.text, dropped: put.dropped ?? [] };
  if (!known) return { id, present: version, isRead: false, next: undefined };
  const again = (old: Version): Version => ({ ...old, dropped: put.dropped ?? old.dropped });
  if (known.next?.text === put.text) return { ...known, next: again(known.next) };
  if (known.present.text === put.text) {
    return { ...known, present: again(known.present), next: undefined };
  }
  return known.isRead ? { ...known, next: version } : { ...known, present: version };
}

const read = ({ id, present, next }: Model): Model => ({
  id,
  present: next ?? present,
  isRead: true,
  next: undefined,
});

/** What the dictionary extractor does not read. */
const partsOf = (text: string): string[] => text.match(/[\u0001-\u0003]+/g) ?? [];

const lengthOf = (list: readonly string[]): number => list.join('').length;

/** Everything counted again. */
function coverageOf(models: readonly Model[]): Omit<CoverageTotals, 'tokens' | 'unknownTokens'> {
  const all = models.filter(({ isRead }) => isRead).map(({ present }) => present.text);
  const sum = (size: (text: string) => number): number =>
    all.reduce((total, text) => total + size(text), 0);
  return {
    characters: sum((text) => text.length),
    charactersRead: sum((text) => text.length - lengthOf(partsOf(text))),
    words: sum(countWords),
    windows: sum((text) => Math.ceil(text.length / 400)),
    droppedParts: sum((text) => partsOf(text).length),
  };
}

function dropsOf(models: readonly Model[]): DropSum[] {
  const all = models
    .filter(({ isRead }) => isRead)
    .flatMap(({ present: { text, dropped } }) => [
      ...partsOf(text).map((part) => ({
        reason: 'CONTROL_CHARACTER',
        chars: part.length,
        bytes: 0,
      })),
      ...dropped,
    ]);
  return [...new Set(all.map(({ reason }) => reason))].map((reason) => {
    const parts = all.filter((part) => part.reason === reason);
    return {
      reason,
      parts: parts.length,
      characters: parts.reduce((total, { chars }) => total + chars, 0),
      bytes: parts.reduce((total, { bytes = 0 }) => total + bytes, 0),
    };
  });
}

const byReason = (sums: readonly DropSum[]): DropSum[] =>
  sums.toSorted((a, b) => (a.reason < b.reason ? -1 : 1));

describe('totalCoverage and dropsOfCollection', () => {
  let store: TestStore;
  let runs = 0;
  beforeAll(async () => {
    store = await openLastingStore();
  });

  async function happen(
    documents: Map<string, Model>,
    collectionId: number,
    event: Event,
  ): Promise<void> {
    const { database } = store;
    if (event.kind === 'put') {
      const { name: externalId, text, dropped } = event;
      const options = { collectionId, priority: 'bulk' as const };
      const [result] = await putDocuments(database, [{ externalId, text, dropped }], options);
      documents.set(externalId, given(documents.get(externalId), result?.id ?? 0, event));
    } else if (event.kind === 'read') {
      await readWithDictionary(store);
      for (const [name, model] of documents) documents.set(name, read(model));
    } else {
      const model = documents.get(event.name);
      await deleteDocuments(database, model ? [model.id] : []);
      documents.delete(event.name);
    }
  }

  it('are the sums over what was read last of each document, whatever happens to them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 8 }), async (events) => {
        runs += 1;
        const { database } = store;
        const collectionId = await ensureCollection(database, `run ${runs}`, []);
        const documents = new Map<string, Model>();
        for (const event of events) {
          await happen(documents, collectionId, event);
          const models = [...documents.values()];
          const totals = await totalCoverage(database, collectionId);
          expect(totals).toMatchObject(coverageOf(models));
          expect(byReason(await dropsOfCollection(database, collectionId))).toEqual(
            byReason(dropsOf(models)),
          );
        }
      }),
      { numRuns: 40, seed: 31 },
    );

    expect(withReader(store.database.folder, checkSums).faults).toEqual([]);
  });
});
