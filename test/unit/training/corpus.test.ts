import { appError } from '../../../src/core/errors.ts';
import { checkParaphrases, modelTypes, withAbsentTypes } from '../../../src/training/corpus.ts';
import { tinyCorpus, tinyRecipe } from '../../support/training/tiny-inputs.ts';

const pills = tinyCorpus({ name: 'pills' });
const towns = tinyCorpus({
  name: 'towns',
  types: [
    { name: 'River', description: 'flows' },
    { name: 'Town', description: 'a place' },
  ],
});

describe('withAbsentTypes', () => {
  it('finds types of other corpora, one or all', () => {
    const references = new Map([
      ['pills', ['towns/*']],
      ['towns', ['pills/Drug']],
    ]);

    const [first, second] = withAbsentTypes([pills, towns], references);

    expect(first!.absentTypes).toEqual([
      { corpus: 1, type: 0 },
      { corpus: 1, type: 1 },
    ]);
    expect(second!.absentTypes).toEqual([{ corpus: 0, type: 1 }]);
  });

  it.each(['towns/Lake', 'rivers/*', 'Town', 'pills/Drug'])('refuses %s', (reference) => {
    const absent = () => withAbsentTypes([pills, towns], new Map([['pills', [reference]]]));

    expect(absent).toThrow(
      appError('RECIPE_INVALID', {
        field: 'corpora.pills.absentTypes',
        rule: 'types of other corpora of the recipe, "corpus/type" or "corpus/*"',
        value: reference,
      }),
    );
  });
});

describe('checkParaphrases', () => {
  const recipe = (key: string) => tinyRecipe({ paraphrases: { [key]: ['a place'] } });

  it('accepts those of a type of a corpus', () => {
    expect(() => checkParaphrases([pills, towns], recipe('towns/Town'))).not.toThrow();
  });

  it.each(['towns/Lake', 'pills/Town', 'Town'])('refuses those of %s', (key) => {
    expect(() => checkParaphrases([pills, towns], recipe(key))).toThrow(
      appError('RECIPE_INVALID', {
        field: 'paraphrases',
        rule: 'of types that the run learns, "corpus/type"',
        value: key,
      }),
    );
  });
});

describe('modelTypes', () => {
  it('are those of all corpora', () => {
    const types = modelTypes([pills, towns], tinyRecipe());

    expect(types.map(({ name }) => name)).toEqual(['Complaint', 'Drug', 'River', 'Town']);
  });

  it('are those of the recipe where it names some', () => {
    const types = [{ name: 'Thing', description: 'anything' }];

    expect(modelTypes([pills, pills], tinyRecipe({ types }))).toEqual(types);
  });

  it('must be stated where two corpora share a name', () => {
    expect(() => modelTypes([pills, pills], tinyRecipe())).toThrow(
      appError('RECIPE_INVALID', {
        field: 'types',
        rule: 'stated, since several corpora have a type of this name',
        value: 'Complaint',
      }),
    );
  });
});
