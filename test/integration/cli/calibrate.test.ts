import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { PrintedExtraction } from '../../../src/cli/printed-extraction.ts';
import { printAnnotatedDocument } from '../../../src/formats/annotated/annotated-jsonl.ts';
import { readBundle } from '../../../src/ner/bundle.ts';
import { openModel } from '../../../src/ner/open-model.ts';
import { writeRandomBundle } from '../../support/ner/random-bundle.ts';
import { runCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(120_000);

const folder = temporaryFolder();
const words = ['aspirin', 'headache', 'caffeine', 'tremor', 'the lithium carbonate'];
const texts = words.flatMap((a) => words.map((b) => `${a} for the ${b}`));
const original = join(folder, 'bundle');
/** Annotated documents in which every second mention that the model finds is right. */
const data = join(folder, 'dev.jsonl');

beforeAll(async () => {
  await writeRandomBundle(folder);
  const extractor = await openModel(original, { threads: 1 });
  const extractions = await extractor.extract(texts, extractor.model.types);
  await extractor.close();
  const lines = extractions.map(({ mentions }, i) =>
    printAnnotatedDocument({
      id: `d${i}`,
      text: texts[i]!,
      mentions: mentions.filter((_, at) => at % 2 === 0),
    }),
  );
  writeFileSync(data, `${lines.join('\n')}\n`);
});

let copies = 0;

/** A bundle to write into. */
function copyOfBundle(): string {
  copies += 1;
  const model = join(folder, `copy-${copies}`);
  cpSync(original, model, { recursive: true });
  return model;
}

describe('spandex calibrate', () => {
  it('writes a calibration into the bundle and prints the errors before and after', async () => {
    const model = copyOfBundle();
    const before = await readBundle(model);

    const { code, stdout } = await runCli([
      'calibrate',
      '--model',
      model,
      '--data',
      data,
      '--json',
    ]);

    const { id, manifest } = await readBundle(model);
    const printed = JSON.parse(stdout) as {
      mentions: number;
      errorBefore: number;
      errorAfter: number;
      corpora: readonly { name: string }[];
    };
    expect({ code, id }).toEqual({ code: 0, id: before.id });
    expect(printed.errorAfter).toBeLessThan(printed.errorBefore);
    expect(printed.mentions).toBeGreaterThan(30);
    expect(manifest.calibration).toMatchObject({
      overlap: 'NESTED',
      corpora: [{ ...printed.corpora[0], documents: texts.length }],
    });
    expect(printed.corpora[0]?.name).toMatch(/^[^/]+\/dev\.jsonl$/);
    expect(readdirSync(model)).toHaveLength(3);
  });

  it('gives the mentions of the model a confidence, and its evaluation an error', async () => {
    const model = copyOfBundle();
    const extract = ['extract', '--model', model, '--json'];
    const before = await runCli(extract, { input: texts[0]! });

    const calibrated = await runCli(['calibrate', '--model', model, '--data', data]);

    const after = await runCli(extract, { input: texts[0]! });
    const evaluated = await runCli(['evaluate', '--model', model, '--data', data, '--json']);
    const confidences = (stdout: string) =>
      (JSON.parse(stdout) as PrintedExtraction).mentions.map(({ confidence }) => confidence);
    expect(calibrated.stdout).toMatch(/^ +mentions +ECE before +ECE after\n.*dev\.jsonl +\d+/);
    expect(confidences(before.stdout).every((confidence) => confidence === null)).toBe(true);
    for (const confidence of confidences(after.stdout)) {
      expect(confidence).toBeGreaterThan(0);
      expect(confidence).toBeLessThan(1);
    }
    expect(confidences(after.stdout).length).toBeGreaterThan(0);
    const { calibrationError } = JSON.parse(evaluated.stdout) as { calibrationError: number };
    expect(calibrationError).toBeGreaterThanOrEqual(0);
    expect(calibrationError).toBeLessThan(0.5);
  });

  it('judges the types of a file, and flat mentions when asked to', async () => {
    const types = join(folder, 'disease.json');
    writeFileSync(types, '[{"name":"Disease","description":"headache, tremor"}]');
    const model = copyOfBundle();

    const args = ['--model', model, '--data', data, '--types', types, '--json'];
    const nested = await runCli(['calibrate', ...args]);
    const flat = await runCli(['calibrate', ...args, '--overlap', 'flat']);

    const count = (stdout: string) => (JSON.parse(stdout) as { mentions: number }).mentions;
    expect(nested.stderr).toContain('annotated mentions of other types are left out: Chemical.');
    expect(count(flat.stdout)).toBeLessThan(count(nested.stdout));
    expect((await readBundle(model)).manifest.calibration?.overlap).toBe('FLAT');
  });

  it('reads as many documents as it is told, from all over the file', async () => {
    const model = copyOfBundle();
    const spread = join(folder, 'spread.jsonl');
    const lines = readFileSync(data, 'utf8').split('\n').filter(Boolean);
    writeFileSync(spread, lines.filter((_, at) => at % 5 === 0).join('\n'));

    const args = ['calibrate', '--model', model, '--json', '--data'];
    const limited = await runCli([...args, data, '--limit', '5']);
    const { calibration } = (await readBundle(model)).manifest;
    const whole = await runCli([...args, spread]);

    const measured = ({ stdout }: { stdout: string }) => ({ ...JSON.parse(stdout), corpora: [] });
    expect(calibration?.corpora).toMatchObject([{ documents: 5 }]);
    expect(measured(limited)).toEqual(measured(whole));
    expect((await runCli([...args, data, '--limit', '0'])).stderr).toContain('1 to 1000000');
  });

  it.each([
    {
      fault: 'too few mentions',
      lines: ['{"id": "a", "text": "the", "entities": []}'],
      error:
        /^ARGUMENT_INVALID: The documents to calibrate on must be two or more in which the model/,
    },
    {
      fault: 'a line that is not JSON',
      lines: ['{"id": "a", "text": "the", "entities": []}', '{'],
      error: /^FILE_INVALID: Line 2 of /,
    },
  ])('refuses $fault and leaves the bundle as it was', async ({ lines, error }) => {
    const model = copyOfBundle();
    const bad = join(folder, 'bad.jsonl');
    writeFileSync(bad, lines.join('\n'));

    const { code, stdout, stderr } = await runCli(['calibrate', '--model', model, '--data', bad]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(error);
    expect(readFileSync(join(model, 'manifest.json'))).toEqual(
      readFileSync(join(original, 'manifest.json')),
    );
  });
});
