import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { dot } from '../../../src/core/vector.ts';
import { readBundle } from '../../../src/ner/bundle.ts';
import { openModel } from '../../../src/ner/open-model.ts';
import { writeRandomBundle } from '../../support/ner/random-bundle.ts';
import { runCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(120_000);

const folder = temporaryFolder();
const original = join(folder, 'bundle');
const out = join(folder, 'with-head');
const concepts = join(folder, 'train.jsonl');

const line = (id: string, text: string, concept: string): string =>
  JSON.stringify({ id, text, entities: [{ start: 0, end: text.length, type: 'T', concept }] });

beforeAll(async () => {
  await writeRandomBundle(folder);
  const names = [
    ['aspirin', 'D1'],
    ['the salicylate', 'D1'],
    ['headache', 'D2'],
    ['a pain in the head', 'D2'],
    ['caffeine', 'D3'],
    ['tremor', 'D4'],
  ] as const;
  const lines = names.map(([name, concept], i) => line(`d${i}`, name, concept));
  writeFileSync(concepts, `${lines.join('\n')}\n`);
});

const command = ['train-meaning', '--model', original, '--concepts', concepts, '--out', out];

describe('spandex train-meaning', () => {
  it('writes a bundle whose meaning vectors know other names and whose mentions are the same', async () => {
    const options = ['--size', '8', '--licence', 'public domain', '--credit', 'Names', '--json'];

    const { code, stdout } = await runCli([...command, ...options]);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ forms: 6, pairs: 2, size: 8 });
    const { manifest } = await readBundle(out);
    expect(manifest).toMatchObject({ formatVersion: 3, meaning: { size: 8 } });
    expect(manifest.meaning.head!.data).toEqual([{ name: 'Names', licence: 'public domain' }]);
    const [before, after] = [await openModel(original), await openModel(out)];
    const text = 'aspirin for the headache, caffeine for the tremor';
    const { types } = before.model;
    expect(await after.extract([text], types)).toEqual(await before.extract([text], types));
    const forms = ['aspirin', 'the salicylate', 'tremor'];
    const [a, b, c] = await after.encodeMeanings(forms);
    expect(a).toHaveLength(8);
    expect(dot(a!, b!)).toBeGreaterThan(0.8);
    expect(dot(a!, c!)).toBeLessThan(0.5);
    await Promise.all([before.close(), after.close()]);
  });

  it('names the line that has no good entities, and writes nothing', async () => {
    const bad = join(folder, 'bad.jsonl');
    writeFileSync(bad, `${line('d', 'gout', 'D1')}\n{"text": 1}\n`);

    const none = join(folder, 'none');
    const options = ['--model', original, '--concepts', bad, '--out', none];

    const { code, stderr } = await runCli(['train-meaning', ...options]);

    expect(code).toBe(2);
    expect(stderr).toContain('Line 2 of');
    await expect(readBundle(none)).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
  });
});
