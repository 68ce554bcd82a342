import { describe, expect, it } from '@jest/globals';
import { storedFilter } from '../../../src/search/mention-filter.ts';
import { listedStates } from '../../../src/store/records.ts';
import { openDictionaryExtractor } from '../../support/dictionary-extractor.ts';
import { openStore } from '../../support/store/open-store.ts';

describe('storedFilter', () => {
  it('refuses a confidence when the model has none to compare', async () => {
    const store = await openStore();
    const calibrated = openDictionaryExtractor();
    const extractor = { ...calibrated, model: { ...calibrated.model, calibration: null } };

    const filter = storedFilter({ ...store, extractor }, { minConfidence: 0.5 });

    await expect(filter).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      details: { argument: 'minConfidence', value: 0.5 },
    });
    await expect(storedFilter({ ...store, extractor }, { minMargin: 2 })).resolves.toEqual({
      isPrepared: true,
      states: listedStates,
      collectionId: store.collectionId,
      amongDocuments: [],
      amongForms: [],
      documents: [],
      minMargin: 2,
    });
  });

  it('leaves out a confidence that every mention has', async () => {
    const store = await openStore();
    const extractor = openDictionaryExtractor();

    const filter = await storedFilter({ ...store, extractor }, { minConfidence: 0 });

    expect(filter).toEqual(await storedFilter({ ...store, extractor }, {}));
  });

  it('leaves out what has no confidence as soon as some confidence is left out', async () => {
    const store = await openStore();
    const extractor = openDictionaryExtractor();
    const sourcesOf = async (filter: Parameters<typeof storedFilter>[1]) =>
      (await storedFilter({ ...store, extractor }, filter)).sources;

    expect(await sourcesOf({ minConfidence: 0.5 })).toEqual(['MODEL']);
    expect(await sourcesOf({ maxConfidence: 0.5 })).toEqual(['MODEL']);
    expect(await sourcesOf({ maxConfidence: 1 })).toBeUndefined();
    expect(await sourcesOf({ maxConfidence: 0.5, sources: ['IMPORT'] })).toEqual([]);
  });
});
