import { checkMemory, estimateMemory } from '../../../src/training/memory-estimate.ts';
import { tinyInputs, tinyRecipe } from '../../support/training/tiny-inputs.ts';

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
