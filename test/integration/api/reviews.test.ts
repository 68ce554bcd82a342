import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { printGlobalId } from '../../../src/api/global-id.ts';
import { withReader } from '../../../src/store/maintenance.ts';
import { verifyDatabase } from '../../../src/store/verify/verify.ts';
import type { GraphqlAnswer } from '../../support/ask-server.ts';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

const review = `mutation ($input: ReviewMentionsInput!) {
  reviewMentions(input: $input) {
    count mention { id text state source type { name } }
    review { id decision reviewer note mentionCount modelId verdicts { nodes { text type state source margin isCurrent mention { id } } } }
    errors { code message path }
  }
}`;
const add = `mutation ($input: AddMentionInput!) {
  addMention(input: $input) {
    mention { id text state source score confidence type { name } reviews { state review { reviewer note } } }
    review { decision } errors { code message path }
  }
}`;
const undo = `mutation ($id: ID!, $reviewer: String!) {
  undoReview(id: $id, reviewer: $reviewer) { review { undoneBy undoneAt } errors { code message path } }
}`;
const list = `query ($filter: MentionFilter, $overlap: Overlap! = NESTED) {
  mentions(filter: $filter, overlap: $overlap) { nodes { id text state source type { name } margin } }
}`;

interface MentionNode {
  readonly id: string;
  readonly text: string;
  readonly state: string;
  readonly source: string;
  readonly margin: number;
  readonly type: { readonly name: string };
}

const reviewer = 'Ada';

describe('reviews over HTTP', () => {
  let server: TestServer;
  let documents = 0;

  beforeAll(async () => {
    server = await startTestServer();
  });

  afterAll(() => server.close());

  /** A document of its own; gives its id. */
  async function ingested(text: string, externalId = `document ${documents}`): Promise<string> {
    documents += 1;
    const { data } = await server.ask(ingestOperation(), { documents: [{ text, externalId }] });
    return data.ingestDocuments.documents[0].id;
  }

  async function mentionsOf(id: string, filter: object = {}): Promise<MentionNode[]> {
    const { data } = await server.ask(list, { filter: { documentIds: [id], ...filter } });
    return data.mentions.nodes;
  }

  const shown = (nodes: readonly MentionNode[]): string[] =>
    nodes.map(({ text, type, source, state }) => `${text} ${type.name} ${source} ${state}`);

  async function decide(input: object): Promise<GraphqlAnswer['data']> {
    const { data, errors } = await server.ask(review, { input: { reviewer, ...input } });
    expect(errors).toEqual([]);
    return data.reviewMentions;
  }

  async function undone(id: string): Promise<GraphqlAnswer['data']> {
    const { data } = await server.ask(undo, { id, reviewer: 'Eve' });
    return data.undoReview;
  }

  it('accept and reject, keep what the model said, and leave rejected ones out of searches', async () => {
    const id = await ingested('aspirin against headache');
    const [aspirin, headache] = await mentionsOf(id);

    const accepted = await decide({ mentionIds: [aspirin?.id], decision: 'ACCEPT', note: 'sure' });
    const rejected = await decide({ mentionIds: [headache?.id], decision: 'REJECT' });

    expect(accepted).toMatchObject({
      count: 1,
      mention: { id: aspirin?.id, state: 'ACCEPTED', source: 'MODEL' },
      review: { decision: 'ACCEPT', reviewer, note: 'sure', mentionCount: 1 },
      errors: [],
    });
    expect(accepted.review.modelId).toMatch(/^[0-9a-f]{64}$/);
    expect(rejected.review.verdicts.nodes).toEqual([
      {
        text: 'headache',
        type: 'Disease',
        state: 'REJECTED',
        source: 'MODEL',
        margin: headache?.margin,
        isCurrent: true,
        mention: { id: headache?.id },
      },
    ]);
    expect(shown(await mentionsOf(id))).toEqual(['aspirin Chemical MODEL ACCEPTED']);
    expect(shown(await mentionsOf(id, { state: 'REJECTED' }))).toEqual([
      'headache Disease MODEL REJECTED',
    ]);
    const similar = await server.ask(
      `query ($id: ID!) { similarMentions(to: { text: "headache" }, filter: { documentIds: [$id] }) { nodes { text } }
        document(id: $id) { mentions { nodes { text } } all: mentions(state: [ACCEPTED, REJECTED]) { nodes { text } } } }`,
      { id },
    );
    expect(similar.data.similarMentions.nodes).toEqual([{ text: 'aspirin' }]);
    expect(similar.data.document).toEqual({
      mentions: { nodes: [{ text: 'aspirin' }] },
      all: { nodes: [{ text: 'aspirin' }, { text: 'headache' }] },
    });
  });

  it('stay when documents are read again, for a changed type or as another text', async () => {
    const id = await ingested('aspirin and caffeine', 'changing');
    const [aspirin] = await mentionsOf(id);
    await decide({ mentionIds: [aspirin?.id], decision: 'REJECT' });

    await ingested('We gave caffeine and aspirin', 'changing');

    expect(shown(await mentionsOf(id, { state: ['UNREVIEWED', 'REJECTED'] }))).toEqual([
      'caffeine Chemical MODEL UNREVIEWED',
      'aspirin Chemical MODEL REJECTED',
    ]);
    await ingested('Nothing of that', 'changing');
    const { data } = await server.ask(
      `query ($id: ID!) { reviews(documentId: $id) { nodes { reviewer verdicts { nodes { text start isCurrent mention { id } } } } } }`,
      { id },
    );
    expect(data.reviews.nodes).toEqual([
      {
        reviewer,
        verdicts: {
          nodes: [
            { text: 'aspirin', start: 0, isCurrent: false, mention: null },
            { text: 'aspirin', start: 21, isCurrent: false, mention: null },
          ],
        },
      },
    ]);
  });

  it('keep an accepted mention that a higher offset of its type rules out', async () => {
    const { data: made } = await server.ask(
      `mutation { createEntityType(input: { name: "Herb", description: "thyme, basil" }) { entityType { id } } }`,
    );
    const { id: typeId } = made.createEntityType.entityType;
    const id = await ingested('thyme and basil');
    const [thyme] = await mentionsOf(id, { types: ['Herb'] });
    await decide({ mentionIds: [thyme?.id], decision: 'ACCEPT' });

    await server.ask(
      `mutation ($id: ID!) { updateEntityType(input: { id: $id, offset: 50 }) { errors { code } } }`,
      { id: typeId },
    );

    expect(shown(await mentionsOf(id, { types: ['Herb'] }))).toEqual(['thyme Herb MODEL ACCEPTED']);
  });

  it('give another type or another span', async () => {
    const id = await ingested('low aspirin dose, bad headache');
    const [aspirin, headache] = await mentionsOf(id);

    const typed = await decide({
      mentionIds: [headache?.id],
      decision: 'RETYPE',
      toType: 'Chemical',
    });
    const moved = await decide({ mentionIds: [aspirin?.id], decision: 'MOVE', start: 0, end: 11 });

    expect(typed.mention).toMatchObject({
      text: 'headache',
      state: 'ACCEPTED',
      source: 'HUMAN',
      type: { name: 'Chemical' },
    });
    expect(moved.mention).toMatchObject({ text: 'low aspirin', source: 'HUMAN' });
    expect(shown(await mentionsOf(id)).sort()).toEqual([
      'headache Chemical HUMAN ACCEPTED',
      'low aspirin Chemical HUMAN ACCEPTED',
    ]);
    await undone(typed.review.id);
    expect(shown(await mentionsOf(id))).toEqual([
      'headache Disease MODEL UNREVIEWED',
      'low aspirin Chemical HUMAN ACCEPTED',
    ]);
  });

  it('add what the model did not find, which then is found by its meaning', async () => {
    const id = await ingested('a qwertyzine tablet with aspirin');
    const input = { documentId: id, start: 2, end: 12, type: 'Chemical', reviewer, note: 'new' };

    const { data } = await server.ask(add, { input });

    expect(data.addMention).toEqual({
      mention: {
        id: expect.any(String),
        text: 'qwertyzine',
        state: 'ACCEPTED',
        source: 'HUMAN',
        score: 0,
        confidence: null,
        type: { name: 'Chemical' },
        reviews: [{ state: 'ACCEPTED', review: { reviewer, note: 'new' } }],
      },
      review: { decision: 'ADD' },
      errors: [],
    });
    const end = Date.now() + 10_000;
    const find = async () =>
      (
        await server.ask(
          `{ similarMentions(to: { text: "qwertyzines" }, first: 1) { nodes { text } } }`,
        )
      ).data.similarMentions.nodes;
    while (Date.now() < end && (await find())[0]?.text !== 'qwertyzine');
    expect(await find()).toEqual([{ text: 'qwertyzine' }]);
  });

  it('are made of everything that a filter shows, counted before, and undone as one', async () => {
    const id = await ingested('aspirin, caffeine and tremor');
    const filter = { documentIds: [id], types: ['Chemical'] };

    const counted = await decide({ filter, decision: 'REJECT', dryRun: true });
    const refused = await decide({ filter, decision: 'REJECT', expectedCount: 3 });
    const unasked = await decide({ filter, decision: 'REJECT' });
    const done = await decide({ filter, decision: 'REJECT', expectedCount: counted.count });

    expect(counted).toMatchObject({ count: 2, review: null, errors: [] });
    expect(refused).toMatchObject({
      review: null,
      errors: [{ code: 'REVIEW_COUNT_CHANGED', path: ['input', 'expectedCount'] }],
    });
    expect(refused.errors[0].message).toContain('3, but got: 2');
    expect(unasked.errors).toMatchObject([
      { code: 'ARGUMENT_INVALID', path: ['input', 'expectedCount'] },
    ]);
    expect(done).toMatchObject({ count: 2, review: { mentionCount: 2 }, errors: [] });
    expect(shown(await mentionsOf(id))).toEqual(['tremor Disease MODEL UNREVIEWED']);
    expect(await undone(done.review.id)).toMatchObject({
      review: { undoneBy: 'Eve', undoneAt: expect.any(String) },
      errors: [],
    });
    expect(await mentionsOf(id)).toHaveLength(3);
    expect(await undone(done.review.id)).toMatchObject({
      review: null,
      errors: [{ code: 'REVIEW_UNDONE', path: ['id'] }],
    });
  });

  it('are surer than any margin in a flat view', async () => {
    const id = await ingested('lithium carbonate');
    const input = { documentId: id, start: 0, end: 7, type: 'Disease', reviewer };
    await server.ask(add, { input });

    const { data } = await server.ask(list, { filter: { documentIds: [id] }, overlap: 'FLAT' });

    expect(shown(data.mentions.nodes)).toEqual(['lithium Disease HUMAN ACCEPTED']);
  });

  it('are examples of a type', async () => {
    const { data: made } = await server.ask(
      `mutation { createEntityType(input: { name: "Drink", description: "cocoa, water" }) { entityType { id } } }`,
    );
    const id = await ingested('cocoa with water');
    const [cocoa, water] = await mentionsOf(id, { types: ['Drink'] });
    await decide({ mentionIds: [cocoa?.id], decision: 'ACCEPT' });
    const mistake = await decide({ mentionIds: [water?.id], decision: 'ACCEPT' });
    await decide({ mentionIds: [water?.id], decision: 'REJECT' });

    const examples = async () => {
      const { data } = await server.ask(
        'query ($id: ID!) { node(id: $id) { ... on EntityType { reviewedExamples { nodes { text state } } } } }',
        { id: made.createEntityType.entityType.id },
      );
      return data.node.reviewedExamples.nodes;
    };

    expect(await examples()).toEqual([
      { text: 'cocoa', state: 'ACCEPTED' },
      { text: 'water', state: 'REJECTED' },
    ]);
    await undone(mistake.review.id);
    expect(await examples()).toHaveLength(2);
  });

  it.each<[string, object, string, string]>([
    [
      'a mention that is not there',
      { mentionIds: ['TWVudGlvbjo5OTk5'] },
      'MENTION_UNKNOWN',
      'mentionIds',
    ],
    ['an id of something else', { mentionIds: ['x'] }, 'MENTION_UNKNOWN', 'mentionIds'],
    ['no mentions', { mentionIds: [] }, 'ARGUMENT_INVALID', 'mentionIds'],
    ['no reviewer', { filter: {}, dryRun: true, reviewer: ' ' }, 'ARGUMENT_INVALID', 'reviewer'],
    [
      'a long note',
      { filter: {}, dryRun: true, note: 'x'.repeat(10_001) },
      'ARGUMENT_INVALID',
      'note',
    ],
    [
      'an unknown type',
      { filter: {}, dryRun: true, decision: 'RETYPE', toType: 'Ghost' },
      ...(['ENTITY_TYPE_UNKNOWN', 'toType'] as const),
    ],
    [
      'RETYPE to no type',
      { filter: {}, dryRun: true, decision: 'RETYPE' },
      'ARGUMENT_INVALID',
      'toType',
    ],
    [
      'ACCEPT with a type',
      { filter: {}, dryRun: true, toType: 'Chemical' },
      'ARGUMENT_INVALID',
      'toType',
    ],
    ['MOVE to nowhere', { mentionIds: ['x'], decision: 'MOVE' }, 'ARGUMENT_INVALID', 'start'],
    [
      'MOVE of many',
      { filter: {}, dryRun: true, decision: 'MOVE', start: 0, end: 1 },
      ...(['ARGUMENT_INVALID', 'mentionIds'] as const),
    ],
    [
      'an unknown collection',
      { filter: {}, dryRun: true, collection: 'ghost' },
      ...(['COLLECTION_UNKNOWN', 'collection'] as const),
    ],
  ])('refuse %s', async (_, input, code, place) => {
    const payload = await decide({ decision: 'ACCEPT', ...input });

    expect(payload).toMatchObject({ count: 0, review: null });
    expect(payload.errors).toMatchObject([{ code, path: ['input', place] }]);
  });

  it.each([
    ['neither mentions nor filter', {}],
    ['both', { mentionIds: ['x'], filter: {} }],
  ])('refuse %s', async (_, input) => {
    const payload = await decide({ decision: 'ACCEPT', ...input });

    expect(payload).toMatchObject({ count: 0, review: null });
    expect(payload.errors).toMatchObject([{ code: 'ARGUMENTS_CONTRADICT', path: ['input'] }]);
  });

  it('refuse in a dry run what they would refuse', async () => {
    const id = await ingested('aspirin and caffeine');
    const [aspirin] = await mentionsOf(id);
    const dry = { dryRun: true, mentionIds: [aspirin?.id] };
    const gone = printGlobalId('Mention', 999_999);

    const move = { ...dry, decision: 'MOVE', start: 0 };
    const fine = await decide({ ...move, end: 3 });
    const beyond = await decide({ ...move, end: 99 });
    const unknown = await decide({ ...dry, decision: 'REJECT', mentionIds: [aspirin?.id, gone] });

    expect(fine).toMatchObject({ count: 1, review: null, mention: null, errors: [] });
    expect(beyond.errors).toMatchObject([{ code: 'ARGUMENT_INVALID', path: ['input', 'start'] }]);
    expect(unknown.errors).toMatchObject([
      { code: 'MENTION_UNKNOWN', path: ['input', 'mentionIds'] },
    ]);
    expect(unknown.errors[0].message).toContain(gone);
    expect(shown(await mentionsOf(id))).toEqual([
      'aspirin Chemical MODEL UNREVIEWED',
      'caffeine Chemical MODEL UNREVIEWED',
    ]);
  });

  it('of a document are not asked for by an id of something else', async () => {
    const query = 'query ($id: ID!) { reviews(documentId: $id) { nodes { id } } }';

    const nonsense = await server.ask(query, { id: 'nonsense' });
    const deleted = await server.ask(query, { id: printGlobalId('Document', 999_999) });

    expect(nonsense.errors).toMatchObject([{ extensions: { code: 'ARGUMENT_INVALID' } }]);
    expect(nonsense.errors[0]?.message).toContain('documentId');
    expect(deleted).toMatchObject({ data: { reviews: { nodes: [] } } });
  });

  it.each<[string, object, string, string]>([
    ['half a character', { start: 1, end: 2 }, 'ARGUMENT_INVALID', 'start'],
    ['white space alone', { start: 2, end: 3 }, 'ARGUMENT_INVALID', 'start'],
    ['a span beyond the text', { start: 3, end: 99 }, 'ARGUMENT_INVALID', 'start'],
    ['a span that ends before it starts', { start: 5, end: 3 }, 'ARGUMENT_INVALID', 'start'],
    ['an unknown type', { type: 'Ghost' }, 'ENTITY_TYPE_UNKNOWN', 'type'],
    ['an unknown document', { documentId: 'x' }, 'DOCUMENT_UNKNOWN', 'documentId'],
  ])('refuse to add %s', async (_, change, code, place) => {
    const documentId = await ingested('💊 pill', 'pill');
    const input = { documentId, start: 3, end: 7, type: 'Chemical', reviewer, ...change };

    const { data } = await server.ask(add, { input });

    expect(data.addMention.mention).toBeNull();
    expect(data.addMention.errors).toMatchObject([{ code, path: ['input', place] }]);
  });

  it('refuse to undo what is not there', async () => {
    expect(await undone('x')).toMatchObject({ errors: [{ code: 'REVIEW_UNKNOWN', path: ['id'] }] });
    const { errors } = await undone('UmV2aWV3Ojk5OTk');
    expect(errors).toMatchObject([{ code: 'REVIEW_UNKNOWN', path: ['id'] }]);
    expect(errors[0].message).toBe('A review must exist, but got: "UmV2aWV3Ojk5OTk".');
  });

  it.each([
    [{ types: ['Gone'] }, 1, 'ENTITY_TYPE_UNKNOWN', ['filter', 'types']],
    [{ text: 'x'.repeat(1_001) }, 1, 'ARGUMENT_INVALID', ['filter', 'text']],
    [{ minMargin: 2, maxMargin: 1 }, 1, 'ARGUMENTS_CONTRADICT', ['filter']],
    [{ types: ['Chemical'] }, -1, 'ARGUMENT_INVALID', ['expectedCount']],
  ])('say which part of a filter is wrong: %j, %d expected', async (filter, count, code, path) => {
    const { errors } = await decide({ filter, decision: 'REJECT', expectedCount: count });

    expect(errors).toMatchObject([{ code, path: ['input', ...path] }]);
  });

  it('stay when a type is deleted, by its name, and go with their document', async () => {
    const { data: made } = await server.ask(
      `mutation { createEntityType(input: { name: "Gone", description: "cinnamon" }) { entityType { id } } }`,
    );
    const id = await ingested('cinnamon');
    const [cinnamon] = await mentionsOf(id, { types: ['Gone'] });
    await decide({ mentionIds: [cinnamon?.id], decision: 'ACCEPT' });
    const about = async () =>
      (
        await server.ask(
          'query ($id: ID!) { reviews(documentId: $id) { nodes { verdicts { nodes { type mention { id } } } } } }',
          { id },
        )
      ).data.reviews.nodes;

    await server.ask('mutation ($id: ID!) { deleteEntityType(id: $id) { deletedId } }', {
      id: made.createEntityType.entityType.id,
    });

    expect(await about()).toEqual([{ verdicts: { nodes: [{ type: 'Gone', mention: null }] } }]);
    await server.ask('mutation ($id: ID!) { deleteDocuments(ids: [$id]) { deletedIds } }', { id });
    expect(await about()).toEqual([]);
  });

  it('leave a whole database', () => {
    const faults = withReader(server.folder, verifyDatabase).flatMap((check) => check.faults);

    expect(faults).toEqual([]);
  });
});
