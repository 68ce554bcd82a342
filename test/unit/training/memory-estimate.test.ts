import { readFileSync } from 'node:fs';
import { readManifest } from '../../../src/ner/bundle.ts';
import type { Tensor } from '../../../src/onnx/tensor.ts';
import { continuedRecipe } from '../../../src/training/continued-recipe.ts';
import type { Inputs } from '../../../src/training/inputs.ts';
import { checkMemory, estimateMemory } from '../../../src/training/memory-estimate.ts';
import { parseRecipe, type Recipe } from '../../../src/training/recipe.ts';
import type { StartingPoint } from '../../../src/training/starting-point.ts';
import { tinyCorpus, tinyInputs, tinyRecipe } from '../../support/training/tiny-inputs.ts';

const inputs = tinyInputs();

describe('estimateMemory', () => {
  it('grows with the tokens of a step, and more than in proportion with long windows', () => {
    const atBatch = (batchWindows: number, windowTokens = 48) =>
      estimateMemory(inputs, tinyRecipe({ batchWindows, windowTokens }));

    const [small, twice, long] = [atBatch(64), atBatch(128), atBatch(64, 96)] as const;

    expect(twice - atBatch(1)).toBeGreaterThan(1.9 * (small - atBatch(1)));
    expect(long - atBatch(1, 96)).toBeGreaterThan(2.2 * (small - atBatch(1)));
  });

  it('needs most of it for Node.js and onnxruntime when the model is tiny', () => {
    expect(estimateMemory(inputs, tinyRecipe())).toBeLessThan(300e6);
  });
});

/** The rows of the table in docs/recipes.md. Units: GB. */
const documented = new Map(
  [
    ...readFileSync('docs/recipes.md', 'utf8').matchAll(
      /^\| `(\S+)` \| (\d\.\d+) GB \| (\d\.\d+) GB \|$/gm,
    ),
  ].map(([, recipe, estimate, measured]) => [
    recipe!,
    { estimate: Number(estimate), measured: Number(measured) },
  ]),
);

/** The bundle of `general.json` and `general-more.json`. */
const { manifest } = await readManifest('models/spandex-small');

/** Inputs of the size of a documented run's: of its encoder, and of corpora of so many characters. */
function inputsOfSize(recipe: Recipe, characters: number): Inputs {
  const settings = manifest.encoder;
  const weights = new Map([['all', { dims: [22_713_216] } as unknown as Tensor<'float32'>]]);
  const typeNames = recipe.corpora.length === 0 ? ['A', 'B'] : ['A', 'B', 'C', 'D', 'E', 'F'];
  const description = 'x'.repeat(recipe.corpora.length === 0 ? 85 : 106);
  const names = recipe.corpora.length === 0 ? [''] : recipe.corpora.map(({ name }) => name);
  const types = typeNames.map((name) => ({ name, description }));
  const text = 'x'.repeat(characters / names.length);
  const absentTypes = types.map((_, type) => ({ corpus: 0, type }));
  const corpora = names.map((name) =>
    tinyCorpus({ name, types, absentTypes, train: [{ id: '', text, mentions: [] }], dev: [] }),
  );
  return tinyInputs({ corpora, encoder: { settings, weights } });
}

const recipeFile = (name: string): unknown => JSON.parse(readFileSync(`recipes/${name}`, 'utf8'));

describe('estimateMemory, beside what runs took', () => {
  it.each([
    ['bc5cdr.json', 1_299_705],
    ['general.json', 17_099_323],
  ])('covers %s, as documented', (name, characters) => {
    const recipe = parseRecipe(recipeFile(name));

    const gigabytes = estimateMemory(inputsOfSize(recipe, characters), recipe) / 1e9;

    const { estimate, measured } = documented.get(name)!;
    expect(gigabytes).toBeGreaterThanOrEqual(measured);
    expect(Math.abs(gigabytes - estimate)).toBeLessThan(0.02);
  });

  it('covers general-more.json, which goes on from a bundle, as documented', () => {
    const recipe = continuedRecipe(recipeFile('general-more.json'), manifest);
    const large = { ...inputsOfSize(recipe, 17_099_323), start: {} as StartingPoint };

    const gigabytes = estimateMemory(large, recipe) / 1e9;

    const { estimate, measured } = documented.get('general-more.json')!;
    expect(gigabytes).toBeGreaterThanOrEqual(measured);
    expect(Math.abs(gigabytes - estimate)).toBeLessThan(0.02);
  });
});

describe('checkMemory', () => {
  it('lets a run start that fits', () => {
    expect(() => checkMemory(inputs, tinyRecipe(), 1e9)).not.toThrow();
  });

  it('refuses one that does not, with the estimate and what there is', () => {
    const check = () => checkMemory(inputs, tinyRecipe({ batchWindows: 4_096 }), 1e9);

    expect(check).toThrow(
      expect.objectContaining({
        code: 'RECIPE_INVALID',
        message: expect.stringMatching(
          /batchWindows must be so small .* about \d+\.\d GB, and 1\.0 GB can be had\), but got: 4096/,
        ),
      }),
    );
  });

  it('names batchTokens where that bounds a step', () => {
    const check = () => checkMemory(inputs, tinyRecipe({ batchTokens: 65_536 }), 3e8);

    expect(check).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ field: 'batchTokens' }) }),
    );
  });
});
