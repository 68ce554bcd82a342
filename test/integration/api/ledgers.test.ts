import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openModel } from '../../../src/ner/open-model.ts';
import { ingestOperation } from '../../support/ingest-operation.ts';
import { startTestServer, type TestServer } from '../../support/test-server.ts';

jest.setTimeout(120_000);

const tiny = fileURLToPath(new URL('../../../models/tiny', import.meta.url));

const texts = [
  '👩‍🔬 Naloxone reversed the effects of morphine in rats; aspirin caused no nephrotoxicity.',
  'Lithium carbonate was given for a headache. Tremor and seizures followed lithium toxicity.',
  'Nothing to be found here.',
];

const preview = `query ($description: String!, $offset: Float!, $sample: Int, $first: Int!, $collection: String) {
  previewEntityType(description: $description, offset: $offset, sample: $sample, first: $first, collection: $collection) {
    documentsScored documentsWithoutLedger documentsTotal mentions documents
    offsets { offset mentions documents gained }
    histogram { from to count }
    best { isMention text start end before after score threshold margin confidence document { id } }
    borderline { isMention text margin start(unit: CODE_POINT) }
  }
}`;

const asked = { description: 'Drugs and chemical substances', offset: -1, sample: 10, first: 3 };

const setting = `mutation ($name: String!, $keepsLedgers: Boolean) {
  updateCollection(input: { name: $name, keepsLedgers: $keepsLedgers }) {
    collection { name keepsLedgers ledgers { documents bytes words } } errors { code path }
  }
}`;

describe('ledgers over HTTP', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer({ openExtractor: () => openModel(tiny, { threads: 1 }) });
    const documents = texts.map((text) => ({ text }));
    for (const collection of ['default', 'other']) {
      await server.ask(ingestOperation(), { collection, documents, wait: 30 });
    }
  });

  afterAll(() => server.close());

  /** The texts and margins of the mentions of a type that is created. */
  async function created(offset: number): Promise<{ text: string; margin: number }[]> {
    const input = { name: 'Drug', description: asked.description, offset };
    const { data } = await server.ask(
      `mutation ($input: CreateEntityTypeInput!) {
        createEntityType(input: $input) { entityType { id } errors { message } } }`,
      { input },
    );
    const { id } = data.createEntityType.entityType;
    for (;;) {
      const { data: answer } = await server.ask(
        `query ($id: ID!) { node(id: $id) { ... on EntityType { documentsScored documentsTotal } } }`,
        { id },
      );
      if (answer.node.documentsScored === answer.node.documentsTotal) break;
      await sleep(50);
    }
    const { data: found } = await server.ask(
      '{ mentions(filter: { types: ["Drug"] }, first: 100) { nodes { text margin } } }',
    );
    return found.mentions.nodes;
  }

  it('foretell what a type finds when it is created', async () => {
    const { data, errors } = await server.ask(preview, asked);

    expect(errors).toEqual([]);
    const found = data.previewEntityType;
    const mentions = await created(-1);
    expect(found.mentions).toBe(mentions.length);
    expect(mentions.length).toBeGreaterThan(0);
    expect(found).toMatchObject({
      documentsScored: 3,
      documentsWithoutLedger: 0,
      documentsTotal: 3,
    });
    const best = mentions.toSorted((a, b) => b.margin - a.margin).slice(0, 3);
    expect(found.best).toMatchObject(best.map((mention) => ({ ...mention, isMention: true })));
    for (const { text, start, end, before, after } of found.best) {
      expect(texts.map((each) => each.slice(start, end))).toContain(text);
      expect(texts.some((each) => each.includes(`${before}${text}${after}`))).toBe(true);
    }
  });

  it('foretell what other offsets would change', async () => {
    const { data } = await server.ask(preview, asked);
    const { offsets, mentions, histogram, borderline } = data.previewEntityType;

    const at = (offset: number) =>
      offsets.find((each: { offset: number }) => each.offset === offset);
    expect(at(-1)).toMatchObject({ mentions, gained: 0 });
    const higher = await server.ask(preview, { ...asked, offset: 0 });
    expect(at(0).mentions).toBe(higher.data.previewEntityType.mentions);
    expect(at(0).gained).toBe(at(0).mentions - mentions);
    const counted = histogram.reduce((sum: number, bin: { count: number }) => sum + bin.count, 0);
    expect(counted).toBe(at(-3).mentions);
    expect(borderline).toHaveLength(3);
    const distances = borderline.map(({ margin }: { margin: number }) => Math.abs(margin + 1));
    expect(distances).toEqual(distances.toSorted((a: number, b: number) => a - b));
  });

  it('look at a sample, or at all', async () => {
    const one = await server.ask(preview, { ...asked, sample: 1 });
    const all = await server.ask(preview, { ...asked, sample: null });

    expect(one.data.previewEntityType.documentsScored).toBe(1);
    expect(all.data.previewEntityType.documentsScored).toBe(3);
  });

  it.each([
    ['description', { description: ' ' }],
    ['offset', { offset: 101 }],
    ['sample', { sample: 0 }],
    ['first', { first: 51 }],
  ])('refuse to preview with a wrong %s', async (argument, change) => {
    const { errors } = await server.ask(preview, { ...asked, ...change });

    expect(errors[0]?.extensions.code).toBe('ARGUMENT_INVALID');
    expect(errors[0]?.message).toContain(argument);
  });

  it('are counted, turned off for a collection, and then missed where they are needed', async () => {
    const before = await server.ask(
      '{ collections { name keepsLedgers ledgers { documents bytes words } } }',
    );

    const off = await server.ask(setting, { name: 'other', keepsLedgers: false });

    expect(before.data.collections).toMatchObject([
      { name: 'default', keepsLedgers: true, ledgers: { documents: 3 } },
      { name: 'other', keepsLedgers: true, ledgers: { documents: 3 } },
    ]);
    const [{ ledgers }] = before.data.collections;
    expect(ledgers.bytes / ledgers.words).toBeGreaterThan(64);
    expect(off.data.updateCollection).toEqual({
      collection: {
        name: 'other',
        keepsLedgers: false,
        ledgers: { documents: 0, bytes: 0, words: 0 },
      },
      errors: [],
    });
    const { errors } = await server.ask(preview, { ...asked, collection: 'other' });
    expect(errors[0]?.extensions.code).toBe('LEDGER_MISSING');
    const { data } = await server.ask(preview, asked);
    expect(data.previewEntityType.documentsScored).toBe(3);
  });

  const sentence = 'Naloxone reversed the effects of morphine in rats.';
  const exampleOf = (word: string, isPositive = true) => {
    const start = sentence.indexOf(word);
    return { text: sentence, start, end: start + word.length, isPositive };
  };
  const byExample = `mutation ($input: CreateEntityTypeInput!) {
    createEntityType(input: $input) {
      entityType { id version examples { text start end isPositive } } errors { code path }
    }
  }`;
  const change = `mutation ($input: UpdateEntityTypeInput!) {
    updateEntityType(input: $input) { entityType { version } errors { code path } }
  }`;

  it('are scored for a type that is given by examples', async () => {
    const query = `query ($examples: [TypeExampleInput!]!) {
      previewEntityType(examples: $examples, sample: null, offset: -2) { best { text } mentions }
    }`;
    const examples = [exampleOf('Naloxone'), exampleOf('morphine'), exampleOf('rats', false)];

    const { data, errors } = await server.ask(query, { examples });

    expect(errors).toEqual([]);
    const found = data.previewEntityType.best.map(({ text }: { text: string }) => text);
    expect(found).toEqual(expect.arrayContaining(['Naloxone', 'morphine']));
    expect(found).not.toContain('rats');
  });

  it('are scored again when the examples of a type change', async () => {
    const examples = [exampleOf('morphine')];
    const input = { name: 'By example', description: '', examples };

    const { data } = await server.ask(byExample, { input });
    const { id } = data.createEntityType.entityType;
    const more = { id, examples: [...examples, exampleOf('rats', false)] };
    const changed = await server.ask(change, { input: more });
    const same = await server.ask(change, { input: more });

    expect(data.createEntityType).toMatchObject({
      entityType: { version: 1, examples },
      errors: [],
    });
    expect(changed.data.updateEntityType).toMatchObject({ entityType: { version: 2 } });
    expect(same.data.updateEntityType).toMatchObject({ entityType: { version: 2 } });
  });

  it.each([
    ['that is no whole word', [{ ...exampleOf('morphine'), end: 38 }]],
    ['outside its text', [{ ...exampleOf('rats'), end: 1_000 }]],
    ['where none is positive', [exampleOf('rats', false)]],
  ])('are not scored for an example %s', async (_, examples) => {
    const input = { name: 'Refused', description: 'words', examples };

    const { data } = await server.ask(byExample, { input });

    expect(data.createEntityType).toEqual({
      entityType: null,
      errors: [{ code: 'ARGUMENT_INVALID', path: ['input', 'examples'] }],
    });
  });

  it('have no setting in a collection that is not there', async () => {
    const { data } = await server.ask(setting, { name: 'nowhere', keepsLedgers: false });

    expect(data.updateCollection).toEqual({
      collection: null,
      errors: [{ code: 'COLLECTION_UNKNOWN', path: ['input', 'name'] }],
    });
  });
});
