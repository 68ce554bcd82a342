import type { AnnotatedDocument, EntityType, GoldMention } from '../../../src/core/document.ts';
import { evaluate } from '../../../src/ner/evaluation.ts';
import type { DevQuality } from '../../../src/training/dev-evaluation.ts';
import {
  agreementSets,
  changedType,
  corpusSets,
  forgottenTypes,
  type JudgedSet,
  oldSets,
  type TypeChange,
  typeChanges,
  unjudgedTypes,
} from '../../../src/training/type-changes.ts';

const [drug, gene, town]: readonly EntityType[] = ['Drug', 'Gene', 'Town'].map((name) => ({
  name,
  description: name,
}));
const types = { drug: drug!, gene: gene!, town: town! };

const mention = (type: string, start = 0): GoldMention => ({ start, end: start + 1, type });
const aDocument = (...mentions: GoldMention[]): AnnotatedDocument => ({
  id: 'a',
  text: 'abcdef',
  mentions,
});

/** Quality of finding `predicted` where `gold` is, on one set. */
const qualityOn = (name: string, gold: GoldMention[], predicted: GoldMention[]): DevQuality => {
  const quality = evaluate([{ gold, predicted }]);
  return { f1: quality.f1, corpora: { [name]: quality } };
};

describe('oldSets', () => {
  it('judges a type by annotations where there are any, and by agreement elsewhere', () => {
    const sets = oldSets([types.drug, types.gene, types.town], {
      annotated: [aDocument(mention('Drug'))],
      found: [aDocument(mention('Drug'), mention('Gene'))],
    });

    expect(sets.map(({ measure, types: judged }) => [measure, judged])).toEqual([
      ['ANNOTATIONS', [types.drug]],
      ['AGREEMENT', [types.gene]],
    ]);
  });

  it('has nothing to judge types by that occur nowhere', () => {
    expect(oldSets([types.drug], { annotated: [], found: [aDocument()] })).toEqual([]);
  });
});

describe('corpusSets', () => {
  const dev = [aDocument(mention('Drug'), mention('Town'))];
  const corpus = {
    name: 'mine',
    dev,
    types: [types.drug, types.gene, types.town],
    overlap: 'flat',
  } as const;

  it('judges the types that occur in each corpus, old ones as the bundle describes them', () => {
    const old = { name: 'Drug', description: 'what the bundle says' };

    const sets = corpusSets([old, types.gene], [corpus, { ...corpus, name: 'empty', dev: [] }]);

    const measure = 'ANNOTATIONS';
    expect(sets).toEqual([{ ...corpus, corpus: 'mine', types: [old, types.town], measure }]);
  });

  it('leaves what occurs in none to agreement', () => {
    const sets = corpusSets([types.drug, types.gene], [corpus]);
    const found = [aDocument(mention('Drug'), mention('Gene'))];

    expect(unjudgedTypes([types.drug, types.gene], sets)).toEqual([types.gene]);
    expect(agreementSets([types.drug, types.gene], sets, found)).toMatchObject([
      { corpus: null, dev: found, types: [types.gene], measure: 'AGREEMENT' },
    ]);
  });

  it('gives an old type a row for each corpus that has it', () => {
    const sets = corpusSets([types.drug], [corpus, { ...corpus, name: 'other' }]);
    const nothing = { f1: 0, corpora: {} };

    const changes = typeChanges(sets, [types.drug], { before: nothing, after: nothing });

    expect(changes.map((change) => [changedType(change), change.isNew])).toEqual([
      ['mine/Drug', false],
      ['mine/Town', true],
      ['other/Drug', false],
      ['other/Town', true],
    ]);
  });
});

describe('typeChanges', () => {
  const set = (change: Partial<JudgedSet>): JudgedSet => ({
    name: 'set',
    dev: [aDocument(mention('Drug'), mention('Drug', 2))],
    types: [types.drug],
    overlap: 'nested',
    corpus: null,
    measure: 'ANNOTATIONS',
    ...change,
  });
  const gold = [mention('Drug'), mention('Drug', 2)];

  it('compares the quality of each type', () => {
    const before = qualityOn('set', gold, gold);
    const after = qualityOn('set', gold, [mention('Drug')]);

    const changes = typeChanges([set({})], [types.drug], { before, after });

    expect(changes).toEqual([
      {
        type: 'Drug',
        corpus: null,
        isNew: false,
        measure: 'ANNOTATIONS',
        mentions: 2,
        before: 1,
        after: expect.closeTo(2 / 3, 6),
      },
    ]);
  });

  it('says that a bundle agreed with itself, and that a type that nobody finds any more is at 0', () => {
    const nothing = { f1: 0, corpora: {} };

    const [change] = typeChanges([set({ measure: 'AGREEMENT' })], [types.drug], {
      before: nothing,
      after: nothing,
    });

    expect(change).toMatchObject({ before: 1, after: 0 });
  });

  it('lists old types without evidence, and new ones without a mention, as not compared', () => {
    const nothing = { f1: 0, corpora: {} };
    const added = set({ types: [types.town] });

    const changes = typeChanges([added], [types.gene], { before: nothing, after: nothing });

    expect(changes).toEqual([
      expect.objectContaining({ type: 'Town', isNew: true, mentions: 0, before: null }),
      expect.objectContaining({ type: 'Gene', isNew: false, mentions: 0, after: null }),
    ]);
  });

  it('counts a mention that is annotated twice once', () => {
    const dev = [aDocument(mention('Drug'), mention('Drug'))];
    const nothing = { f1: 0, corpora: {} };

    const [change] = typeChanges([set({ dev })], [], { before: nothing, after: nothing });

    expect(change!.mentions).toBe(1);
  });
});

describe('forgottenTypes', () => {
  const margins = { ANNOTATIONS: 0.05, AGREEMENT: 0.15 };
  const change = (part: Partial<TypeChange>): TypeChange => ({
    type: 'Drug',
    corpus: null,
    isNew: false,
    measure: 'ANNOTATIONS',
    mentions: 10,
    before: 0.9,
    after: 0.9,
    ...part,
  });

  it.each<readonly [string, Partial<TypeChange>, boolean]>([
    ['lost more than the margin', { after: 0.84 }, true],
    ['lost all of the margin and no more', { after: 0.85 }, false],
    ['gained', { after: 0.95 }, false],
    ['lost its share of agreement', { measure: 'AGREEMENT', before: 1, after: 0.84 }, true],
    ['agrees well enough', { measure: 'AGREEMENT', before: 1, after: 0.86 }, false],
    ['was not compared', { before: null, after: null }, false],
    ['is new', { isNew: true, after: 0.1 }, false],
  ])('judges a type that %s', (_, part, isForgotten) => {
    expect(forgottenTypes([change(part)], margins)).toHaveLength(isForgotten ? 1 : 0);
  });
});
