import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultCollection } from '../../../src/store/collections.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { type MentionFilter, mentionQueryOf } from '../../../src/store/mention-conditions.ts';
import { mentionKeysOf } from '../../../src/store/mention-owners.ts';
import {
  countMentions,
  findMentions,
  listMentions,
  mentionsOfDocuments,
} from '../../../src/store/mentions.ts';
import { listedStates, type MentionState, mentionStates } from '../../../src/store/records.ts';
import { createType, putDrafts, readAll } from '../../support/store/open-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const finds = [
  { word: 'Aspirin', type: 'Chemical', margin: 3 },
  { word: 'ASPIRIN', type: 'Chemical', margin: 1 },
  { word: 'Aspirin acid', type: 'Chemical', margin: 2 },
  { word: 'pain', type: 'Disease', margin: 0.5 },
  { word: '100%', type: 'Chemical' },
  { word: 'a_b', type: 'Chemical' },
  { word: 'Ärger', type: 'Disease' },
  { word: 'x', type: 'Disease' },
];

describe('listMentions', () => {
  let database: Database;
  let ids: number[] = [];
  let chemical = 0;
  let disease = 0;
  beforeAll(async () => {
    database = await openDatabase({ folder: temporaryFolder(), modelId: 'model' });
    const store = { database, collectionId: (await defaultCollection(database)).id };
    chemical = (await createType(store, 'Chemical')).id;
    disease = (await createType(store, 'Disease')).id;
    const texts = ['Aspirin acid for pain', 'ASPIRIN', '100% a_b', '100x aXb', 'Ärger'];
    ids = await putDrafts(store, ...texts.map((text) => ({ text })));
    await readAll(store, finds);
  });
  afterAll(() => database.close());

  const textsOf = async (filter: MentionFilter): Promise<string[]> => {
    const { rows } = await listMentions(database, filter, { first: 100 });
    expect(await countMentions(database, filter)).toBe(rows.length);
    return rows.map(({ text }) => text);
  };

  it.each<[string, () => MentionFilter, string[]]>([
    [
      'nothing',
      () => ({}),
      ['Aspirin', 'Aspirin acid', 'pain', 'ASPIRIN', '100%', 'a_b', 'x', 'Ärger'],
    ],
    ['a type', () => ({ typeIds: [disease] }), ['pain', 'x', 'Ärger']],
    ['no type at all', () => ({ typeIds: [] }), []],
    ['documents', () => ({ documentIds: [ids[1] ?? 0, ids[4] ?? 0] }), ['ASPIRIN', 'Ärger']],
    ['a margin', () => ({ minMargin: 2 }), ['Aspirin', 'Aspirin acid']],
    ['an equal text', () => ({ text: { equals: 'aspirin' } }), ['Aspirin', 'ASPIRIN']],
    [
      'a contained text',
      () => ({ text: { contains: 'SPIRIN' } }),
      ['Aspirin', 'Aspirin acid', 'ASPIRIN'],
    ],
    ['a text of another case beyond ASCII', () => ({ text: { equals: 'äRGER' } }), ['Ärger']],
    ['one character', () => ({ text: { contains: 'x' } }), ['x']],
    ['a percent sign', () => ({ text: { contains: '%' } }), ['100%']],
    ['an underscore', () => ({ text: { contains: 'a_b' } }), ['a_b']],
    ['double quotes', () => ({ text: { contains: '"aspirin" OR "pain"' } }), []],
    ['a quote and a comment', () => ({ text: { contains: "' OR 1 --" } }), []],
    [
      'everything together',
      () => ({ typeIds: [chemical], documentIds: ids, text: { contains: 'acid' }, minMargin: 2 }),
      ['Aspirin acid'],
    ],
    ['another collection', () => ({ collectionId: 99 }), []],
  ])('filters by %s', async (_, filter, expected) => {
    expect(await textsOf(filter())).toEqual(expected);
  });

  it('asks for the usual states alike, in whatever order and however often they are given', async () => {
    const queryOf = (states: readonly MentionState[]) => mentionQueryOf(database, { states });

    const usual = await queryOf(listedStates);

    expect(await queryOf(['ACCEPTED', 'UNREVIEWED', 'ACCEPTED'])).toEqual(usual);
    expect(await queryOf(['ACCEPTED'])).not.toEqual(usual);
    expect(await queryOf(mentionStates)).not.toEqual(usual);
  });

  it('gives every mention once, in order, page by page', async () => {
    const pages: number[][] = [];
    for (let after = 0; ; ) {
      const { rows, hasNext } = await listMentions(database, {}, { first: 3, after });
      pages.push(rows.map(({ id }) => id));
      after = rows.at(-1)?.id ?? 0;
      if (!hasNext) break;
    }

    expect(pages).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8],
    ]);
  });

  it('finds by id and form, leaving out what is not there', async () => {
    const byId = await findMentions(database, [4, 1, 77]);
    const first = byId.get(1);
    const byForm = await mentionKeysOf(database, {
      owner: 'FORM',
      ownerIds: [first?.surfaceFormId ?? 0],
      filter: { minMargin: 2 },
      without: [],
      oncePer: 'NONE',
      after: null,
      limit: 10,
    });

    expect([...byId.keys()]).toEqual([1, 4]);
    expect(first?.text).toBe('Aspirin');
    expect(byForm.map(({ id }) => id)).toEqual([1]);
  });

  it('groups by document in reading order', async () => {
    const groups = await mentionsOfDocuments(database, [ids[0] ?? 0, 99]);

    const spans = [...groups.values()].map((group) => group.map(({ start, end }) => [start, end]));
    expect(spans).toEqual([
      [
        [0, 7],
        [0, 12],
        [17, 21],
      ],
      [],
    ]);
  });
});
