import { readFileSync } from 'node:fs';
import type { GoldMention } from '../../../src/core/document.ts';
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

/** The bundle that the general model's recipes make and go on from. */
const { manifest } = await readManifest('models/spandex-small');

/** What the inputs of a documented run were. */
interface RunSize {
  readonly characters: number;
  readonly mentions: number;
  /** Of the longest type, its name included. Units: characters. */
  readonly description: number;
}

/** Inputs of the size of a documented run's, with types enough for its largest step. */
function inputsOfSize(recipe: Recipe, { characters, mentions, description }: RunSize): Inputs {
  const settings = manifest.encoder;
  const weights = new Map([['all', { dims: [22_713_216] } as unknown as Tensor<'float32'>]]);
  const named = recipe.corpora.length === 0 ? undefined : recipe.corpora;
  const of = named ?? [{ name: '', typesPerBatch: 2, absentTypes: [] }];
  const document = {
    id: '',
    text: 'x'.repeat(characters / of.length),
    mentions: new Array<GoldMention>(Math.round(mentions / of.length)),
  };
  const corpora = of.map(({ name, typesPerBatch = 6, absentTypes }) => {
    const types = Array.from({ length: typesPerBatch }, (_, place) => ({
      name: String.fromCharCode(0x4e00 + place),
      description: 'x'.repeat(description - 1),
    }));
    const absent = absentTypes.map((_, type) => ({ corpus: 0, type }));
    const own = { name, types, typesPerBatch, absentTypes: absent };
    return tinyCorpus({ ...own, train: [document], dev: [] });
  });
  return tinyInputs({ corpora, encoder: { settings, weights } });
}

const recipeFile = (name: string): unknown => JSON.parse(readFileSync(`recipes/${name}`, 'utf8'));

const corporaSize = { characters: 17_259_826, mentions: 251_919, description: 107 };
const withWordnetSize = { characters: 22_780_514, mentions: 2_258_119, description: 235 };

describe('estimateMemory, beside what runs took', () => {
  it.each([
    { name: 'bc5cdr.json', size: { characters: 1_299_705, mentions: 9_385, description: 86 } },
    { name: 'general.json', size: corporaSize },
    { name: 'general-more.json', size: corporaSize, isContinued: true },
    { name: 'general-wordnet.json', size: withWordnetSize, isContinued: true },
    { name: 'general-wordnet-more.json', size: withWordnetSize, isContinued: true },
    { name: 'general-many-types.json', size: withWordnetSize, isContinued: true },
  ])('covers $name, as documented', ({ name, size, isContinued }) => {
    const read = isContinued
      ? continuedRecipe(recipeFile(name), manifest)
      : parseRecipe(recipeFile(name));
    const start = isContinued && { start: {} as StartingPoint };

    const gigabytes = estimateMemory({ ...inputsOfSize(read, size), ...start }, read) / 1e9;

    const { estimate, measured } = documented.get(name)!;
    expect(gigabytes).toBeGreaterThanOrEqual(measured);
    expect(gigabytes).toBeLessThan(1.3 * measured);
    expect(Math.abs(gigabytes - estimate)).toBeLessThan(0.02);
  });

  it('is of every run that is documented', () => {
    expect([...documented.keys()]).toHaveLength(6);
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
