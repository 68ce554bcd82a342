import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openModel } from '../../../src/ner/open-model.ts';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { filesHolding } from '../../support/store/canary.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

jest.setTimeout(120_000);

const tiny = fileURLToPath(new URL('../../../models/tiny', import.meta.url));

const sentences = [
  'Mrs Quaxton said that naloxone reversed the effects of morphine.',
  'Lithium carbonate was given for a headache.',
  'Tremor and seizures followed lithium toxicity.',
  'Rats were given naloxone, morphine or saline.',
];
const texts = [sentences.slice(0, 2), sentences.slice(2)].map(
  (each) => `${each.join(' ')} The end.`,
);

const description = 'What was given.';

const typeFields =
  'id version documentsScored documentsTotal examples { text start end isPositive document { id } }';
const create = `mutation ($input: CreateEntityTypeInput!) {
  createEntityType(input: $input) { entityType { ${typeFields} } errors { code message path } }
}`;
const update = `mutation ($input: UpdateEntityTypeInput!) {
  updateEntityType(input: $input) { entityType { ${typeFields} } errors { code message path } }
}`;
const add = `mutation ($input: AddMentionInput!) {
  addMention(input: $input) { mention { id } review { id } errors { message } }
}`;
const review = `mutation ($input: ReviewMentionsInput!) {
  reviewMentions(input: $input) { review { id } errors { message } }
}`;
const undo = `mutation ($id: ID!) { undoReview(id: $id, reviewer: "Ada") { errors { message } } }`;
const preview = `query ($id: ID, $examples: [TypeExampleInput!]! = []) {
  previewEntityType(description: "${description}", examplesFromReviewsOf: $id, examples: $examples,
    offset: -2, sample: null, first: 50) { mentions best { isMention text start margin document { id } } }
}`;

interface Example {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly isPositive: boolean;
  readonly document: { readonly id: string } | null;
}

interface TypeNode {
  readonly id: string;
  readonly version: number;
  readonly documentsScored: number;
  readonly documentsTotal: number;
  readonly examples: readonly Example[];
}

const shown = ({ examples }: TypeNode): string[] =>
  examples.map(
    ({ text, start, end, isPositive, document }) =>
      `${isPositive ? '+' : '-'} ${text.slice(start, end)}${document ? '' : ' by hand'}`,
  );

describe('examples from reviews', () => {
  const folder = temporaryFolder();
  let server: TestServer;
  let documents: readonly string[] = [];
  let typeId = '';

  beforeAll(async () => {
    server = await startTestServer({
      folder,
      openExtractor: () => openModel(tiny, { threads: 1 }),
    });
    const { data } = await server.ask(ingestOperation(), {
      documents: texts.map((text) => ({ text })),
    });
    documents = data.ingestDocuments.documents.map(({ id }: { id: string }) => id);
    const input = { name: 'Given', description, offset: -2 };
    typeId = (await server.ask(create, { input })).data.createEntityType.entityType.id;
  });

  afterAll(() => server.close());

  /** The type once its version has been scored everywhere. */
  async function scored(): Promise<TypeNode> {
    for (;;) {
      const { data } = await server.ask(
        `query ($id: ID!) { node(id: $id) { ... on EntityType { ${typeFields} } } }`,
        { id: typeId },
      );
      if (data.node.documentsScored === data.node.documentsTotal) return data.node;
      await sleep(50);
    }
  }

  async function changed(input: object): Promise<TypeNode> {
    const { data } = await server.ask(update, { input: { id: typeId, ...input } });
    expect(data.updateEntityType.errors).toEqual([]);
    return data.updateEntityType.entityType;
  }

  /** Accepts the first place of a word in a document, or rejects it; gives the review. */
  async function decide(document: number, word: string, isAccepted: boolean): Promise<string> {
    const start = texts[document]?.indexOf(word) ?? -1;
    const place = { documentId: documents[document], start, end: start + word.length };
    const by = { reviewer: 'Ada' };
    const added = await server.ask(add, { input: { ...place, ...by, type: 'Given' } });
    const { mention, review: made } = added.data.addMention;
    if (isAccepted) return made.id;
    const input = { ...by, mentionIds: [mention.id], decision: 'REJECT' };
    return (await server.ask(review, { input })).data.reviewMentions.review.id;
  }

  async function mentions(): Promise<{ text: string; margin: number }[]> {
    await scored();
    const { data } = await server.ask(
      '{ mentions(filter: { types: ["Given"], sources: [MODEL], state: UNREVIEWED }, first: 100) { nodes { text margin } } }',
    );
    return data.mentions.nodes;
  }

  async function refused(input: object) {
    const { data } = await server.ask(update, { input: { id: typeId, ...input } });
    expect(data.updateEntityType.entityType).toBeNull();
    return data.updateEntityType.errors;
  }

  it('are refused where nobody has accepted anything', async () => {
    const none = await refused({ examplesFromReviews: true });
    const mistake = await decide(1, 'Tremor', false);
    const negative = await refused({ examplesFromReviews: true });
    await server.ask(undo, { id: mistake });

    for (const errors of [none, negative]) {
      expect(errors).toMatchObject([
        { code: 'ARGUMENT_INVALID', path: ['input', 'examplesFromReviews'] },
      ]);
    }
    expect(negative[0].message).toContain('"rejected":1');
  });

  it('are taken when it is asked for, and find what the preview has foretold', async () => {
    const before = await scored();
    const found = await mentions();
    await decide(0, 'morphine', true);
    await decide(1, 'saline', true);
    await decide(1, 'Tremor', false);
    // No whole word: it is no example.
    await decide(0, 'head', true);
    const unasked = await scored();
    const foretold = await server.ask(preview, { id: typeId });

    const type = await changed({ examplesFromReviews: true });

    expect(unasked).toEqual(before);
    expect(shown(type)).toEqual(['+ saline', '+ morphine', '- Tremor']);
    expect(type.examples.map(({ text }) => text)).toEqual([
      sentences[3],
      sentences[0],
      sentences[2],
    ]);
    expect(type.examples.map(({ document }) => document?.id)).toEqual(
      [1, 0, 1].map((i) => documents[i]),
    );
    expect(type.version).toBe(before.version + 1);
    const best = foretold.data.previewEntityType.best as { text: string; margin: number }[];
    const now = await mentions();
    const reviewed = ['morphine', 'saline', 'Tremor', 'head'];
    const pairs = (all: readonly { text: string; margin: number }[]) =>
      all
        .filter(({ text }) => !reviewed.includes(text))
        .map(({ text, margin }) => `${text} ${margin}`)
        .toSorted();
    expect(pairs(now)).toEqual(pairs(best));
    expect(pairs(now)).not.toEqual(pairs(found));
  });

  it('make no new version where nothing has been decided since, and stay with an undone decision', async () => {
    const mistake = await decide(0, 'headache', true);
    const before = await changed({ examplesFromReviews: true });
    const again = await changed({ examplesFromReviews: true });
    await server.ask(undo, { id: mistake });
    const undone = await scored();

    const after = await changed({ examplesFromReviews: true });

    expect(shown(before)[0]).toBe('+ headache');
    expect([again.version, undone.version]).toEqual([before.version, before.version]);
    expect(undone.examples).toEqual(before.examples);
    expect(shown(after)).toEqual(['+ saline', '+ morphine', '- Tremor']);
    expect(after.version).toBe(before.version + 1);
  });

  it('are beside those given by hand, and go without them', async () => {
    const examples = [{ text: 'Tea was given.', start: 0, end: 3 }];

    const both = await changed({ examples });
    const byHand = await changed({ examplesFromReviews: false });
    const all = await changed({ examples: [], examplesFromReviews: true });

    expect(shown(both)).toEqual(['+ Tea by hand', '+ saline', '+ morphine', '- Tremor']);
    expect(shown(byHand)).toEqual(['+ Tea by hand']);
    expect(shown(all)).toEqual(['+ saline', '+ morphine', '- Tremor']);
  });

  it('are so many as there is room for, half of them negative', async () => {
    const given = (count: number) =>
      Array.from({ length: count }, () => ({ text: 'Tea was given.', start: 0, end: 3 }));

    const most = await changed({ examples: given(98), examplesFromReviews: true });
    const full = await refused({ examples: given(100), examplesFromReviews: true });
    await changed({ examples: [], examplesFromReviews: true });

    expect(shown(most).slice(97)).toEqual(['+ Tea by hand', '+ saline', '- Tremor']);
    expect(full).toMatchObject([
      { code: 'ARGUMENT_INVALID', path: ['input', 'examplesFromReviews'] },
    ]);
  });

  it('are asked of a type that there is', async () => {
    const { errors } = await server.ask(preview, { id: 'RW50aXR5VHlwZTo5OTk' });

    expect(errors[0]?.extensions.code).toBe('ENTITY_TYPE_UNKNOWN');
  });

  it('are purged with their document, and the type is scored again without them', async () => {
    const before = await scored();
    const holding = filesHolding(folder, ['Quaxton']);

    await server.ask('mutation ($ids: [ID!]!) { purgeDocuments(ids: $ids) { purgedIds } }', {
      ids: [documents[0]],
    });

    const after = await scored();
    expect(holding.length).toBeGreaterThan(0);
    expect(filesHolding(folder, ['Quaxton'])).toEqual([]);
    expect(shown(after)).toEqual(['+ saline', '- Tremor']);
    expect(after).toMatchObject({ version: before.version + 1, documentsTotal: 1 });
  });
});
