import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openModel } from '../../../src/ner/open-model.ts';
import { flat } from '../../../src/ner/overlap.ts';

const models = fileURLToPath(new URL('../../../models', import.meta.url));
const text =
  'Naproxen caused renal papillary necrosis 🫘 in two patients who took lithium carbonate.';

async function bytesOf(name: string): Promise<number> {
  const folder = join(models, name);
  const sizes = (await readdir(folder)).map(async (file) => (await stat(join(folder, file))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function mentionsBy(name: string): Promise<string[]> {
  const extractor = await openModel(join(models, name));
  const [extraction] = await extractor.extract([text], extractor.model.types);
  await extractor.close();
  return flat(extraction!.mentions).map(
    ({ type, start, end }) => `${type}: ${text.slice(start, end)}`,
  );
}

describe('the models in the repository', () => {
  it('finds chemicals, diseases and patients by spandex-small, nothing more', async () => {
    const mentions = await mentionsBy('spandex-small');

    expect(mentions).toEqual([
      'Chemical: Naproxen',
      'Disease: renal papillary necrosis',
      'Organism: patients',
      'Chemical: lithium carbonate',
    ]);
  });

  it('finds some of them by tiny', async () => {
    const mentions = await mentionsBy('tiny');

    expect(mentions).toEqual(['Disease: renal papillary necrosis', 'Chemical: lithium']);
  });

  it.each([
    ['spandex-small', 48_000_000],
    ['tiny', 1_000_000],
  ])('keeps %s under %i bytes', async (name, limit) => {
    const bytes = await bytesOf(name);

    expect(bytes).toBeLessThan(limit);
  });
});
