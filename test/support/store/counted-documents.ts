/** Documents of few words and types, with metadata of every kind, for what counts mentions. */
import fc from 'fast-check';
import { createType, putDrafts, readAll, type TestStore } from './open-store.ts';

/** A word and as what it is found; one word is two things. */
const finds = [
  { word: 'Ab', type: 'Chemical' },
  { word: 'abc', type: 'Chemical' },
  { word: 'b c', type: 'Disease' },
  { word: 'Ärger', type: 'Disease' },
  { word: 'ärger', type: 'Chemical' },
  { word: 'x💊', type: 'Disease' },
  { word: 'X💊', type: 'Disease' },
];

const someTimes = [
  '2024',
  '2024-03',
  '2024-03-05',
  '2024-03-05T10:00:00Z',
  '2024-02-30',
  '24',
  'May',
];

/** Longer than the database keeps beside the metadata, by a byte and by many. */
const longTexts = [`${'é'.repeat(750)}a`, 'B'.repeat(3_000)];

/** Beyond this, a floating-point number does not say with which digits it was written. */
const largeNumbers = [9007199254740991, -9007199254740994];

const value = fc.oneof(
  fc.constantFrom<unknown>('a', 'B', 'é', '', '"', 7, 2.5, true, false, null, { a: 'a' }),
  fc.constantFrom<unknown>(...longTexts, ...largeNumbers, 0, -0.125),
  fc.array(fc.constantFrom<unknown>('a', 'B', 7, true, null, ['a'], ...longTexts), {
    maxLength: 3,
  }),
);

const metadata = fc.record(
  { topic: value, 'odd "key" $.x': value, when: fc.constantFrom<unknown>(...someTimes, 2023) },
  { requiredKeys: [] },
);

const draft = fc.record({
  words: fc.array(fc.constantFrom(...finds.map(({ word }) => word)), { maxLength: 6 }),
  metadata: fc.option(metadata, { nil: undefined }),
});

/** Puts so many documents in, the same for a seed, and reads them. */
export async function putCounted(
  store: TestStore,
  { documents, seed }: { readonly documents: number; readonly seed: number },
): Promise<void> {
  await createType(store, 'Chemical');
  await createType(store, 'Disease');
  const drafts = fc.sample(draft, { numRuns: documents, seed });
  await putDrafts(
    store,
    ...drafts.map(({ words, metadata: given }, i) => ({
      text: `${words.join(', ')}. Number ${i} of ${seed}.`,
      externalId: `${i}`,
      ...(given === undefined ? {} : { metadata: given }),
    })),
  );
  await readAll(store, finds);
}
