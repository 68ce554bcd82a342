import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DocumentFilter } from '../../../src/store/document-filter.ts';
import { countPassing, type DocumentDraft, listDocuments } from '../../../src/store/documents.ts';
import { isWithinEdits } from '../../../src/store/edits.ts';
import { type MentionFilter, prepareFilter } from '../../../src/store/mention-conditions.ts';
import { listMentions } from '../../../src/store/mentions.ts';
import type { MetadataFilter, MetadataValue } from '../../../src/store/metadata-filter.ts';
import type { DocumentRecord, MentionRecord } from '../../../src/store/records.ts';
import type { TextFilter } from '../../../src/store/text-filter.ts';
import { conceptsOfMentions } from '../../../src/store/vocabularies.ts';
import { linkByForm } from '../../support/store/linked-mentions.ts';
import {
  createType,
  openLastingStore,
  putDrafts,
  readAll,
  type TestStore,
} from '../../support/store/open-store.ts';

const words = [
  'aspirin',
  'Aspirin',
  'asprin',
  'aspirins',
  'tremor',
  'trémor',
  'tremors',
  'b',
  'ab💊',
];
const margins = [0.5, 1, 2, 3];
const dates = [
  '2019',
  '2020-05',
  '2020-05-07',
  '2021-01-01T00:30:00+02:00',
  'no date',
  '2020-13-40',
];
const value = fc.oneof(
  fc.constantFrom('a', 'b', 'ä', 'ab', '1', ''),
  fc.integer({ min: -2, max: 3 }),
  fc.boolean(),
  fc.constant(null),
);

const draft = fc.record({
  title: fc.option(fc.constantFrom('On Aspirin', 'tremor', 'TREMOR and more'), { nil: undefined }),
  metadata: fc.option(
    fc.record(
      {
        tag: fc.oneof(value, fc.array(value, { maxLength: 3 })),
        date: fc.constantFrom(...dates),
        'a.b"c': fc.oneof(value, fc.constant({ deep: 1 })),
      },
      { requiredKeys: [] },
    ),
    { nil: undefined },
  ),
});

const textFilter: fc.Arbitrary<TextFilter> = fc.oneof(
  fc.constantFrom(...words, 'zzz').map((equals) => ({ equals })),
  fc.constantFrom('a', 'AS', 'trem', 'tré', 'z', '\u{10ffff}').map((prefix) => ({ prefix })),
  fc.constantFrom('i', 'pir', 'rem', '💊').map((contains) => ({ contains })),
  fc.record({
    nearly: fc.constantFrom('aspirin', 'tremor', 'ab', 'aspirinsss'),
    maxEdits: fc.constantFrom(1, 2, 3),
  }),
);

const timeOf = (text: string): number => Date.parse(text);
const instants = ['2019-01-01', '2020-05-01', '2020-05-07', '2020-12-31T22:30:00Z', '2022-01-01'];
const metadataFilter: fc.Arbitrary<MetadataFilter> = fc
  .record({
    key: fc.constantFrom('tag', 'date', 'a.b"c', 'nothing'),
    condition: fc.oneof(
      fc.record({ exists: fc.boolean() }),
      fc.record({ equals: fc.array(value, { minLength: 1, maxLength: 3 }) }),
      fc.record({ number: fc.record({ min: fc.integer({ min: -2, max: 3 }) }) }),
      fc.record({ number: fc.constant({ min: 0, max: 1.5 }) }),
      fc.record({ text: fc.constant({ min: 'a', max: 'ab' }) }),
      fc.record({ text: fc.constant({ max: '9' }) }),
      fc.record({ date: fc.record({ since: fc.constantFrom(...instants.map(timeOf)) }) }),
      fc.record({ date: fc.record({ before: fc.constantFrom(...instants.map(timeOf)) }) }),
    ),
  })
  .map(({ key, condition }) => ({ key, ...condition }));

const documentFilter: fc.Arbitrary<DocumentFilter> = fc.record(
  {
    externalIds: fc.array(fc.constantFrom('d0', 'd1', 'd2', 'd3', 'd77'), { maxLength: 3 }),
    title: textFilter,
    metadata: fc.array(metadataFilter, { minLength: 1, maxLength: 2 }),
    states: fc.constant(['DONE'] as const),
    created: fc.constantFrom({ since: 0 }, { before: 1 }),
  },
  { requiredKeys: [] },
);

const mentionFilter: fc.Arbitrary<MentionFilter> = fc.record(
  {
    text: textFilter,
    textMatch: textFilter,
    documents: fc.array(documentFilter, { minLength: 1, maxLength: 2 }),
    documentIds: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 10 }),
    typeIds: fc.constantFrom([1], [2], [1, 2], []),
    sources: fc.constantFrom(['MODEL'], ['IMPORT'], ['HUMAN'], ['MODEL', 'IMPORT']) as fc.Arbitrary<
      MentionRecord['source'][]
    >,
    conceptIds: fc.subarray(['C0', 'C1', 'C2', 'unknown']),
    minMargin: fc.constantFrom(...margins),
    maxMargin: fc.constantFrom(...margins),
    belowMargin: fc.constantFrom(...margins),
  },
  { requiredKeys: [] },
);

const passesText = (filter: TextFilter, text: string): boolean => {
  const folded = text.toLowerCase();
  if ('equals' in filter) return folded === filter.equals.toLowerCase();
  if ('prefix' in filter) return folded.startsWith(filter.prefix.toLowerCase());
  if ('contains' in filter) return folded.includes(filter.contains.toLowerCase());
  return isWithinEdits(folded, filter.nearly.toLowerCase(), filter.maxEdits);
};

const beginningOf = (text: MetadataValue): number =>
  typeof text === 'string' && /^\d{4}(-\d\d(-\d\d.*)?)?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;

/** Whether a value is one of those that are asked for, if any are. */
const isAmong = <Value>(wanted: readonly Value[] | undefined, one: Value): boolean =>
  wanted === undefined || wanted.includes(one);

/** Whether a value is within limits of its own kind, both included. */
const isWithin = (
  range: { readonly min?: unknown; readonly max?: unknown } | undefined,
  one: MetadataValue,
  kind: 'number' | 'string',
): boolean =>
  range === undefined ||
  (typeof one === kind &&
    one! >= ((range.min ?? one) as string) &&
    one! <= ((range.max ?? one) as string));

const isDuring = (range: { since?: number; before?: number } | undefined, time: number): boolean =>
  range === undefined || (time >= (range.since ?? -Infinity) && time < (range.before ?? Infinity));

const passesValue = ({ equals, number, text, date }: MetadataFilter, one: MetadataValue): boolean =>
  isAmong(equals, one) &&
  isWithin(number, one, 'number') &&
  isWithin(text, one, 'string') &&
  isDuring(date as { since?: number }, beginningOf(one));

function passesMetadata(filter: MetadataFilter, metadata: DocumentRecord['metadata']): boolean {
  if (filter.exists === false) return metadata?.[filter.key] === undefined;
  const stored = metadata?.[filter.key];
  if (stored === undefined) return false;
  const values = Array.isArray(stored) && stored.length > 0 ? stored : [stored];
  return values.some((one) => passesValue(filter, one as MetadataValue));
}

const passesDocument = (filter: DocumentFilter, document: DocumentRecord): boolean =>
  isAmong(filter.externalIds, document.externalId ?? '') &&
  (!filter.title || passesText(filter.title, document.title ?? '')) &&
  isAmong(filter.states, document.state) &&
  isDuring(filter.created as { since?: number }, document.createdAt.getTime()) &&
  (filter.metadata ?? []).every((each) => passesMetadata(each, document.metadata));

/** A mention with the id of what is proposed for it. */
interface LinkedMention extends MentionRecord {
  readonly conceptId: string;
}

const passesMention = (
  filter: MentionFilter,
  mention: LinkedMention,
  document: DocumentRecord,
): boolean =>
  [filter.text, filter.textMatch].every((part) => !part || passesText(part, mention.text)) &&
  isAmong(filter.typeIds, mention.entityTypeId) &&
  isAmong(filter.documentIds, mention.documentId) &&
  isAmong(filter.sources, mention.source) &&
  isAmong(filter.conceptIds, mention.conceptId) &&
  isWithin({ min: filter.minMargin, max: filter.maxMargin }, mention.margin, 'number') &&
  mention.margin < (filter.belowMargin ?? Infinity) &&
  (filter.documents ?? []).every((each) => passesDocument(each, document));

describe('filters, against a plain model', () => {
  let store: TestStore;
  let documents: Map<number, DocumentRecord>;
  let mentions: LinkedMention[];

  beforeAll(async () => {
    store = await openLastingStore();
    const { database, collectionId } = store;
    await createType(store, 'A');
    await createType(store, 'B');
    const drafts = fc.sample(draft, { numRuns: 30, seed: 5 }).map(
      (each, i): DocumentDraft => ({
        text: `${i} ${words.join(' ')}`,
        ...(i % 2 === 0 ? { externalId: `d${i}` } : {}),
        ...(each.title === undefined ? {} : { title: each.title }),
        ...(each.metadata === undefined ? {} : { metadata: each.metadata }),
        ...(i % 5 === 0 ? { mentions: [{ start: 0, end: 1, type: 'A' }] } : {}),
      }),
    );
    await putDrafts(store, ...drafts);
    await readAll(
      store,
      words.map((word, i) => ({
        word,
        type: i % 2 === 0 ? 'A' : 'B',
        margin: margins[i % margins.length]!,
      })),
    );
    const everything = await listDocuments(database, { collectionId }, { first: 100 });
    documents = new Map(everything.rows.map((row) => [row.id, row]));
    const { rows } = await listMentions(database, {}, { first: 1_000 });
    await linkByForm(store, rows);
    const concepts = await conceptsOfMentions(
      database,
      rows.map(({ id }) => id),
    );
    mentions = rows.map((row) => ({ ...row, conceptId: concepts.get(row.id)?.id ?? '' }));
  });

  it.each([
    ['that are looked up', undefined],
    ['that are asked of each mention', { manyForms: 1, manyDocuments: 1 }],
  ])('keeps the mentions that pass, in order, by conditions %s', async (_name, limits) => {
    const { database, collectionId } = store;
    await fc.assert(
      fc.asyncProperty(mentionFilter, async (filter) => {
        const prepared = await prepareFilter(database, { ...filter, collectionId }, limits);
        const { rows } = await listMentions(database, prepared, { first: 1_000 });
        const expected = mentions.filter((mention) =>
          passesMention(filter, mention, documents.get(mention.documentId)!),
        );
        expect(rows.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      }),
      { numRuns: 200, seed: 6 },
    );
  });

  it('keeps the documents that pass, in order, page by page, and counts them', async () => {
    const { database, collectionId } = store;
    await fc.assert(
      fc.asyncProperty(documentFilter, async (filter) => {
        const asked = { ...filter, collectionId };
        const first = await listDocuments(database, asked, { first: 4 });
        const after = first.rows.at(-1)?.id;
        const rest = await listDocuments(database, asked, { first: 100, after });
        const expected = [...documents.values()].filter((each) => passesDocument(filter, each));
        const found = first.hasNext ? [...first.rows, ...rest.rows] : first.rows;
        expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
        expect(await countPassing(database, asked)).toBe(expected.length);
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it('follows metadata that change', async () => {
    const own = await openLastingStore();
    const { database, collectionId } = own;
    const filter = { collectionId, metadata: [{ key: 'tag', equals: ['new'] }] };
    await putDrafts(own, { text: 'x', externalId: 'x', metadata: { tag: 'old' } });
    expect(await countPassing(database, filter)).toBe(0);

    await putDrafts(own, { text: 'x', externalId: 'x', metadata: { tag: ['newer', 'new'] } });

    expect(await countPassing(database, filter)).toBe(1);
  });
});
