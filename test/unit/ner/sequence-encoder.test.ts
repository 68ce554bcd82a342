import fc from 'fast-check';
import { planBatches } from '../../../src/ner/sequence-encoder.ts';

const sizes = { lengthStep: 16, maxTokens: 256 };

describe('planBatches', () => {
  it('puts sequences of one padded length together, in their order', () => {
    const batches = planBatches([10, 100, 16, 17, 3], sizes);

    expect(batches).toEqual([
      { paddedLength: 16, members: [0, 2, 4] },
      { paddedLength: 112, members: [1] },
      { paddedLength: 32, members: [3] },
    ]);
  });

  it('bounds the tokens of a batch, but lets a long sequence be', () => {
    const batches = planBatches([128, 120, 128, 500], sizes);

    expect(batches).toEqual([
      { paddedLength: 128, members: [0, 1] },
      { paddedLength: 128, members: [2] },
      { paddedLength: 512, members: [3] },
    ]);
  });

  it('has every sequence once, at a padded length that depends on its own alone', () => {
    const lengths = fc.array(fc.integer({ min: 2, max: 128 }), { maxLength: 60 });

    fc.assert(
      fc.property(lengths, (all) => {
        const batches = planBatches(all, sizes);

        const members = batches.flatMap((batch) => batch.members);
        expect(members.toSorted((a, b) => a - b)).toEqual(all.map((_, i) => i));
        for (const { members: batch, paddedLength } of batches) {
          for (const index of batch) expect(paddedLength).toBe(Math.ceil(all[index]! / 16) * 16);
        }
      }),
    );
  });
});
