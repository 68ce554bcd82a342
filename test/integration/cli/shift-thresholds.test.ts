import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { printAnnotatedDocument } from '../../../src/formats/annotated/annotated-jsonl.ts';
import { readBundle } from '../../../src/ner/bundle.ts';
import type { Extraction } from '../../../src/ner/extractor.ts';
import { openModel } from '../../../src/ner/open-model.ts';
import { writeRandomBundle } from '../../support/ner/random-bundle.ts';
import { runCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(120_000);

const folder = temporaryFolder();
const words = ['aspirin', 'headache', 'caffeine', 'tremor', 'the lithium carbonate'];
const texts = words.flatMap((a) => words.map((b) => `${a} for the ${b}`));
const model = join(folder, 'bundle');
const data = join(folder, 'dev.jsonl');

async function extractAll(): Promise<Extraction[]> {
  const extractor = await openModel(model, { threads: 1 });
  const extractions = await extractor.extract(texts, extractor.model.types);
  await extractor.close();
  return extractions;
}

let before: readonly Extraction[] = [];
let cut = 0;

/** Annotated are the surer half of the mentions that the model finds. */
beforeAll(async () => {
  await writeRandomBundle(folder);
  before = await extractAll();
  const margins = before.flatMap(({ mentions }) => mentions.map(({ margin }) => margin));
  cut = margins.sort((a, b) => a - b)[margins.length >> 1]!;
  const lines = before.map(({ mentions }, i) =>
    printAnnotatedDocument({
      id: `d${i}`,
      text: texts[i]!,
      mentions: mentions.filter(({ margin }) => margin > cut),
    }),
  );
  writeFileSync(data, `${lines.join('\n')}\n`);
});

describe('spandex shift-thresholds', () => {
  it('refuses a line that is not JSON and leaves the bundle as it was', async () => {
    const bad = join(folder, 'bad.jsonl');
    writeFileSync(bad, '{');
    const manifest = readFileSync(join(model, 'manifest.json'));

    const { code, stderr } = await runCli(['shift-thresholds', '--model', model, '--data', bad]);

    expect(code).toBe(2);
    expect(stderr).toMatch(/^FILE_INVALID: Line 1 of /);
    expect(readFileSync(join(model, 'manifest.json'))).toEqual(manifest);
  });

  it('adds to thresholds what makes the model agree with the documents, and gives it another id', async () => {
    await runCli(['calibrate', '--model', model, '--data', data]);
    const { id } = await readBundle(model);

    const { code, stdout } = await runCli([
      'shift-thresholds',
      '--model',
      model,
      '--data',
      data,
      '--json',
    ]);

    const written = JSON.parse(stdout) as {
      thresholdShift: number;
      modelId: string;
      corpora: readonly { f1Before: number; f1After: number }[];
    };
    const bundle = await readBundle(model);
    expect(code).toBe(0);
    expect(Math.abs(written.thresholdShift - cut)).toBeLessThan(0.5);
    expect(written.corpora[0]!.f1After).toBeGreaterThan(written.corpora[0]!.f1Before);
    expect(bundle.id).toBe(written.modelId);
    expect(bundle.id).not.toBe(id);
    expect(bundle.manifest).toMatchObject({
      formatVersion: 4,
      thresholdShift: written.thresholdShift,
      metrics: { thresholdShift: written.corpora },
    });
    expect(bundle.manifest.calibration).toBeUndefined();
    const after = await extractAll();
    const kept = before.map(({ mentions }) =>
      mentions.filter(({ margin }) => margin > written.thresholdShift),
    );
    expect(kept.flat().length).toBeGreaterThan(0);
    after.forEach(({ mentions }, i) => {
      expect(mentions.map(({ start, end, type }) => [start, end, type])).toEqual(
        kept[i]!.map(({ start, end, type }) => [start, end, type]),
      );
      mentions.forEach(({ margin, threshold }, at) => {
        const was = kept[i]![at]!;
        expect(margin).toBeCloseTo(was.margin - written.thresholdShift, 6);
        expect(threshold).toBeCloseTo(was.threshold + written.thresholdShift, 6);
      });
    });
  });

  it('adds what it is told to, and says what that does', async () => {
    const shiftBefore = (await readBundle(model)).manifest.thresholdShift!;
    const args = ['shift-thresholds', '--model', model, '--data', data, '--limit', '5', '--json'];

    const { stdout } = await runCli([...args, '--shift', '1.5']);

    const written = JSON.parse(stdout) as {
      corpora: readonly { documents: number; f1Before: number; f1After: number }[];
    };
    expect((await readBundle(model)).manifest.thresholdShift).toBe(shiftBefore + 1.5);
    expect(written.corpora[0]!.documents).toBe(5);
    expect(written.corpora[0]!.f1After).not.toBe(written.corpora[0]!.f1Before);
    expect((await runCli([...args, '--shift', '1e9'])).stderr).toContain('-100 to 100');
    const tooFar = await runCli([...args, '--shift', '99.5']);
    expect(tooFar.code).toBe(2);
    expect(tooFar.stderr).toMatch(
      /^ARGUMENT_INVALID: What is added to thresholds must be from -100 to 100/,
    );
    await runCli([...args, '--shift', '-1.5']);
    expect((await readBundle(model)).manifest.thresholdShift).toBe(shiftBefore);
  });

  it('adds nothing more when it is asked again', async () => {
    const { stdout } = await runCli(['shift-thresholds', '--model', model, '--data', data]);

    const { thresholdShift } = (await readBundle(model)).manifest;
    expect(stdout).toContain(`: ${thresholdShift} is added to every threshold`);
    expect(Math.abs(thresholdShift! - cut)).toBeLessThan(0.5);
  });
});
