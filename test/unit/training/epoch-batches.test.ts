import { EpochBatches, maxBatchTypes } from '../../../src/training/epoch-batches.ts';
import type { Recipe } from '../../../src/training/recipe.ts';
import { tinyCorpus, tinyInputs, tinyRecipe } from '../../support/training/tiny-inputs.ts';

const pills = tinyCorpus({ name: 'pills', absentTypes: [{ corpus: 1, type: 0 }] });
const towns = tinyCorpus({
  name: 'towns',
  types: [{ name: 'Town', description: 'a place' }],
});
const inputs = tinyInputs({ corpora: [pills, towns] });

const openBatches = (change: Partial<Recipe> = {}) =>
  EpochBatches.open(inputs, tinyRecipe({ types: [...towns.types], ...change }));

/** All batches of the first epoch. */
async function firstEpoch(change: Partial<Recipe> = {}) {
  const batches = await openBatches(change);
  return Array.from({ length: batches.steps[0]! }, (_, step) => batches.batch(0, step));
}

describe('EpochBatches', () => {
  it('scores the windows of a corpus for the types of that corpus only', async () => {
    const batches = await firstEpoch();

    const typeCounts = new Set(batches.map(({ types }) => types));
    const withGold = batches.filter(({ examples }) => examples.some(({ gold }) => gold.length > 0));
    expect(typeCounts).toEqual(new Set([1, 2]));
    expect(new Set(withGold.map(({ types }) => types))).toEqual(new Set([2]));
    expect(batches.every(({ types, descriptions }) => descriptions.length === types)).toBe(true);
  });

  it('adds absent types, for which no window has a mention', async () => {
    const batches = await firstEpoch({ absentTypesPerBatch: 3 });

    const three = batches.filter(({ types }) => types === 3);
    expect(three.length).toBeGreaterThan(0);
    const rows = three.flatMap(({ examples }) => examples.flatMap(({ gold }) => gold));
    expect(new Set(rows.map(({ type }) => type))).toEqual(new Set([0, 1]));
  });

  it('draws as many of the own types as asked for, and keeps only their mentions', async () => {
    const all = await firstEpoch();
    const drawn = await firstEpoch({ typesPerBatch: 1 });

    const goldOf = (batches: typeof all) =>
      batches.flatMap(({ examples }) => examples.flatMap(({ gold }) => gold));
    expect(new Set(drawn.map(({ types }) => types))).toEqual(new Set([1]));
    expect(new Set(goldOf(drawn).map(({ type }) => type))).toEqual(new Set([0]));
    expect(goldOf(drawn).length).toBeLessThan(goldOf(all).length);
    expect(goldOf(drawn).length).toBeGreaterThan(0);
  });

  it('gives half of the places to types that the windows mention, where not all fit', async () => {
    const rare = Array.from({ length: 20 }, (_, i) => ({ name: `Rare ${i}`, description: `${i}` }));
    const corpus = tinyCorpus({ types: [...pills.types, ...rare], typesPerBatch: 2 });
    const opened = await EpochBatches.open(tinyInputs({ corpora: [corpus] }), tinyRecipe());

    const batches = Array.from({ length: opened.steps[0]! }, (_, step) => opened.batch(0, step));

    expect(new Set(batches.map(({ types }) => types))).toEqual(new Set([2]));
    const withMentions = batches.filter(({ examples }) =>
      examples.some(({ gold }) => gold.length > 0),
    );
    expect(withMentions).toHaveLength(batches.length);
    expect(maxBatchTypes([corpus], tinyRecipe({ typesPerBatch: 1 }))).toBe(2);
  });

  it('scores pinned types in every step, and draws the others', async () => {
    const types = [...pills.types, ...towns.types];
    const three = tinyInputs({ corpora: [tinyCorpus({ types, pinnedTypes: [2] })] });
    const recipe = tinyRecipe({ typesPerBatch: 2 });
    const opened = await EpochBatches.open(three, recipe);

    const batches = Array.from({ length: opened.steps[0]! }, (_, step) => opened.batch(0, step));

    const texts = batches.map(({ descriptions }) => descriptions.map(String));
    expect(new Set(batches.map(({ types: count }) => count))).toEqual(new Set([2]));
    expect(new Set(texts.map(([first]) => first)).size).toBe(1);
    expect(new Set(texts.map(([, second]) => second)).size).toBe(2);
  });

  it('scores all pinned types though they are more than asked for', async () => {
    const pinned = tinyInputs({ corpora: [tinyCorpus({ pinnedTypes: [0, 1] })] });
    const recipe = tinyRecipe({ typesPerBatch: 1 });

    const batches = await EpochBatches.open(pinned, recipe);

    expect(batches.batch(0, 0).types).toBe(2);
    expect(maxBatchTypes(pinned.corpora, recipe)).toBe(2);
  });

  it('draws other descriptions in other steps, the same ones again from the same seed', async () => {
    const change = {
      descriptions: { ...tinyRecipe().descriptions, name: 1, nameAndDefinition: 1 },
    };
    const batches = await firstEpoch(change);

    const again = await firstEpoch(change);

    expect(again).toEqual(batches);
    const drugs = batches
      .filter(({ types }) => types === 2)
      .map(({ descriptions }) => descriptions);
    expect(new Set(drugs.map(([, drug]) => drug!.join())).size).toBeGreaterThan(2);
  });

  it('reads the definition alone unless the recipe says otherwise', async () => {
    const batches = await firstEpoch();

    const texts = new Set(batches.flatMap(({ descriptions }) => descriptions.map(String)));
    expect(texts.size).toBe(3);
  });

  it('tells the largest number of types in a step', () => {
    const recipe = tinyRecipe({ typesPerBatch: 1, absentTypesPerBatch: 5 });

    expect(maxBatchTypes([pills, towns], recipe)).toBe(2);
  });
});
