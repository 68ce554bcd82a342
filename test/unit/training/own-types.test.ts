import type { AnnotatedDocument, EntityType } from '../../../src/core/document.ts';
import type { Extraction, Extractor } from '../../../src/ner/extractor.ts';
import {
  allTypes,
  ownCorpora,
  ownTypes,
  withFoundMentions,
} from '../../../src/training/own-types.ts';

const drug: EntityType = { name: 'Drug', description: 'pills' };
const gene: EntityType = { name: 'Gene', description: 'inherited' };
const newDrug: EntityType = { name: 'Drug', description: 'pills that are banned' };
const town: EntityType = { name: 'Town', description: 'a place' };

const aDocument = (change: Partial<AnnotatedDocument> = {}): AnnotatedDocument => ({
  id: 'a',
  text: 'zinc in oslo',
  mentions: [{ start: 8, end: 12, type: 'Town' }],
  ...change,
});

/** A model that finds every occurrence of "zinc" for the first type that it is asked for. */
const zincFinder: Pick<Extractor, 'extract'> = {
  extract: async (texts, types) =>
    texts.map((text): Extraction => {
      const [start, type] = [text.indexOf('zinc'), types[0]!.name];
      const mention = { start, end: start + 4, type, score: 2, threshold: 1, margin: 1, window: 0 };
      const found = { ...mention, vector: new Float32Array(), confidence: null };
      const mentions = start < 0 ? [] : [found];
      return { mentions, windows: [], coverage: {} as never, ledger: null };
    }),
};

describe('ownTypes', () => {
  it('lets new types replace old ones of the same name', () => {
    expect(ownTypes([newDrug, town], [drug, gene])).toEqual({
      added: [newDrug, town],
      kept: [gene],
    });
  });
});

describe('allTypes', () => {
  it('puts a new type in the place of the one it replaces, others last', () => {
    expect(allTypes([town, newDrug], [drug, gene])).toEqual([newDrug, gene, town]);
  });
});

describe('withFoundMentions', () => {
  it('adds what the model finds of old types to what is annotated of new ones', async () => {
    const [labelled] = await withFoundMentions(zincFinder, [aDocument()], {
      added: [town],
      kept: [drug],
    });

    expect(labelled).toEqual({
      ...aDocument(),
      mentions: [
        { start: 8, end: 12, type: 'Town' },
        { start: 0, end: 4, type: 'Drug' },
      ],
    });
  });

  it('leaves out annotations of other types, of which only the model knows where all are', async () => {
    const mentions = [{ start: 5, end: 7, type: 'Drug' }];

    const [labelled] = await withFoundMentions(zincFinder, [aDocument({ mentions })], {
      added: [town],
      kept: [drug],
    });

    expect(labelled!.mentions).toEqual([{ start: 0, end: 4, type: 'Drug' }]);
  });

  it('keeps documents in order past blank ones and many of them', async () => {
    const texts = Array.from({ length: 150 }, (_, i) => [' ', 'a zinc', 'none'][i % 3]!);
    const documents = texts.map((text, i) => aDocument({ id: String(i), text, mentions: [] }));

    const labelled = await withFoundMentions(zincFinder, documents, { added: [], kept: [drug] });

    expect(labelled.map(({ id }) => id)).toEqual(documents.map(({ id }) => id));
    expect(labelled.map(({ mentions }) => mentions.length)).toEqual(
      texts.map((text) => (text === 'a zinc' ? 1 : 0)),
    );
  });

  it('asks nothing of the model when no type is kept', async () => {
    const never = { extract: () => Promise.reject(new Error('asked')) };

    const labelled = await withFoundMentions(never, [aDocument()], { added: [town], kept: [] });

    expect(labelled).toEqual([aDocument()]);
  });
});

describe('ownCorpora', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => aDocument({ id: String(i) }));
  const types = { added: [town], kept: [drug] };

  it('learns old and new types together, new ones in every step', () => {
    const [own, ...rest] = ownCorpora(many(200), types, null);

    expect(rest).toEqual([]);
    expect(own).toMatchObject({ types: [drug, town], pinnedTypes: [1], weight: 1 });
  });

  it('reads few documents several times in an epoch', () => {
    expect(ownCorpora(many(20), types, null)[0]!.weight).toBe(5);
  });

  it('counts text, not documents, in comparing them', () => {
    const twice = many(400).map((document) => ({ ...document, text: document.text.repeat(2) }));

    const [, replayed] = ownCorpora(many(400), types, { documents: twice, types: [gene] });

    expect(replayed!.weight).toBe(0.5);
  });

  it.each([
    { fresh: 200, old: 800, weight: 0.25 },
    { fresh: 20, old: 800, weight: 0.125 },
    { fresh: 200, old: 50, weight: 1 },
  ])('takes of $old old documents no more than of $fresh new ones', ({ fresh, old, weight }) => {
    const replay = { documents: many(old), types: [gene] };

    const [, replayed] = ownCorpora(many(fresh), types, replay);

    expect(replayed).toMatchObject({ weight, types: [gene] });
    expect(replayed!.pinnedTypes).toBeUndefined();
  });
});
