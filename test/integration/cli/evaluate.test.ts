import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import { printAnnotatedDocument } from '../../../src/formats/annotated/annotated-jsonl.ts';
import { openModel } from '../../../src/ner/open-model.ts';
import { flat } from '../../../src/ner/overlap.ts';
import { tinyDescription, writeRandomBundle } from '../../support/ner/random-bundle.ts';
import { runCli } from '../../support/run-cli.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each command is a process of its own, started through a compiler.
jest.setTimeout(120_000);

const folder = temporaryFolder();
const texts = ['Aspirin 😀 for the headache.', 'caffeine and 😀 tremor, lithium carbonate', 'the'];
let model: string;
/** What the model finds, flat, as if annotators had said so: offsets in code points. */
let goldLines: string[];

beforeAll(async () => {
  model = await writeRandomBundle(folder);
  const extractor = await openModel(model, { threads: 1 });
  const extractions = await extractor.extract(texts, extractor.model.types);
  await extractor.close();
  goldLines = extractions.map(({ mentions }, i) =>
    printAnnotatedDocument({ id: `d${i}`, text: texts[i]!, mentions: flat(mentions) }),
  );
});

const dataFile = (name: string, lines: readonly string[]): string => {
  const path = join(folder, name);
  const content = lines.map((line) => `${line}\n`).join('');
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(content) : content);
  return path;
};

const evaluate = (data: string, ...args: readonly string[]) =>
  runCli(['evaluate', '--model', model, '--data', data, ...args]);

describe('spandex evaluate', () => {
  it('finds what the model finds, offsets behind emoji included', async () => {
    const { code, stdout, stderr } = await evaluate(
      dataFile('gold.jsonl.gz', goldLines),
      '--overlap',
      'flat',
      '--json',
    );

    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(Object.keys(result)).toEqual([
      'precision',
      'recall',
      'f1',
      'perType',
      'documents',
      'tokensPerSecond',
    ]);
    expect(result).toMatchObject({ precision: 1, recall: 1, f1: 1, documents: 3 });
    expect(result['tokensPerSecond']).toBeGreaterThan(0);
  });

  it('counts what overlaps as predicted under the nested policy', async () => {
    const { stdout } = await evaluate(dataFile('nested.jsonl', goldLines), '--json');

    const { precision, recall } = JSON.parse(stdout) as { precision: number; recall: number };
    expect(recall).toBe(1);
    expect(precision).toBeLessThan(1);
  });

  it('counts a mention whose edge or type is another as wrong', async () => {
    const gold = JSON.parse(goldLines[0]!) as { entities: { end: number; type: string }[] };
    gold.entities[0]!.end += 1;
    gold.entities[1]!.type = gold.entities[1]!.type === 'Disease' ? 'Chemical' : 'Disease';

    const { stdout } = await evaluate(
      dataFile('wrong.jsonl', [JSON.stringify(gold)]),
      '--overlap',
      'flat',
      '--json',
    );

    const { perType } = JSON.parse(stdout) as {
      perType: Record<string, { falsePositives: number; falseNegatives: number }>;
    };
    const sum = (field: 'falsePositives' | 'falseNegatives') =>
      Object.values(perType).reduce((total, counts) => total + counts[field], 0);
    expect([sum('falsePositives'), sum('falseNegatives')]).toEqual([2, 2]);
  });

  it('evaluates the good lines, reports each bad one by number, and exits with 2', async () => {
    const lines = [goldLines[0]!, '{"id": "x", "text": ', goldLines[1]!, '[]', goldLines[0]!];

    const { code, stdout, stderr } = await evaluate(
      dataFile('bad.jsonl', lines),
      '--overlap',
      'flat',
      '--json',
    );

    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ f1: 1, documents: 2 });
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^FILE_INVALID: Line 2 of .*bad\.jsonl" must be a JSON object/),
      expect.stringMatching(/^FILE_INVALID: Line 4 of /),
      expect.stringMatching(/^FILE_INVALID: Line 5 of .* id is new in its file/),
    ]);
  });

  it('measures nothing on no document at all', async () => {
    const { code, stdout, stderr } = await evaluate(dataFile('empty.jsonl', ['']));

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^ARGUMENT_INVALID: --data must be a file with a document at least/);
  });

  it('says what it leaves out of other types', async () => {
    const types = join(folder, 'types.json');
    writeFileSync(types, '[{"name":"Disease","description":"headache, tremor"}]');

    const { code, stdout, stderr } = await evaluate(
      dataFile('types.jsonl', goldLines),
      '--types',
      types,
      '--json',
    );

    const { perType } = JSON.parse(stdout) as { perType: object };
    expect({ code, types: Object.keys(perType) }).toEqual({ code: 0, types: ['Disease'] });
    expect(stderr).toMatch(/^\d+ annotated mentions of other types are left out: Chemical\.\n$/);
  });

  it('reads blank documents as having nothing to find', async () => {
    const blank = '{"id": "blank", "text": "", "entities": []}';

    const { code, stdout } = await evaluate(
      dataFile('blank.jsonl', [blank, goldLines[0]!]),
      '--overlap',
      'flat',
      '--json',
    );

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ f1: 1, documents: 2 });
  });

  it('asks more than the threshold of the types that are given an offset', async () => {
    const { stdout } = await evaluate(
      dataFile('offset.jsonl', goldLines),
      '--offset',
      'Chemical=100',
      '--offset',
      'Disease=-1',
      '--json',
    );

    const { perType } = JSON.parse(stdout) as {
      perType: Record<string, { recall: number; falsePositives: number }>;
    };
    expect(perType).toMatchObject({ Chemical: { recall: 0, falsePositives: 0 } });
    expect(perType['Disease']!.falsePositives).toBeGreaterThan(0);
  });

  it('keeps the offsets of a types file, unless an option gives another', async () => {
    const types = join(folder, 'types-with-offsets.json');
    const [chemical, disease] = tinyDescription.types;
    writeFileSync(
      types,
      JSON.stringify([
        { ...chemical, offset: 100 },
        { ...disease, offset: 100 },
      ]),
    );
    const data = dataFile('types-offset.jsonl', goldLines);
    const options = ['--types', types, '--offset', 'Disease=0', '--overlap', 'flat', '--json'];

    const { stdout } = await evaluate(data, ...options);

    const { perType } = JSON.parse(stdout) as {
      perType: Record<string, { truePositives: number; falsePositives: number }>;
    };
    const found = (type: string): number =>
      perType[type]!.truePositives + perType[type]!.falsePositives;
    expect(found('Chemical')).toBe(0);
    expect(found('Disease')).toBeGreaterThan(0);
  });

  it('refuses an offset of a types file that is out of range', async () => {
    const types = join(folder, 'types-with-bad-offset.json');
    writeFileSync(types, JSON.stringify([{ ...tinyDescription.types[0], offset: 101 }]));
    const data = dataFile('bad-offset.jsonl', goldLines);

    const { code, stderr } = await evaluate(data, '--types', types);

    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('an offset, one from -10 to 100'),
    });
  });

  it('sweeps offsets: every rate as if the types had each', async () => {
    const data = dataFile('sweep.jsonl', goldLines);

    const { stdout } = await evaluate(data, '--overlap', 'flat', '--sweep=-1:1:0.5', '--json');

    const half = ['--offset', 'Disease=0.5', '--offset', 'Chemical=0.5'];
    const alone = await evaluate(data, '--overlap', 'flat', '--json', ...half);
    const { offsets } = JSON.parse(stdout) as {
      offsets: { offset: number; f1: number; perType: object }[];
    };
    const one = JSON.parse(alone.stdout) as { f1: number; perType: object };
    expect(offsets.map(({ offset }) => offset)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(offsets[2]).toMatchObject({ f1: 1 });
    expect(offsets[3]).toMatchObject({ f1: one.f1, perType: one.perType });
  });

  it('prints a table of offsets for each type', async () => {
    const { stdout } = await evaluate(dataFile('sweeps.jsonl', goldLines), '--sweep=0:2:1');

    expect(stdout.match(/^(Chemical|Disease|all), offset +precision +recall +F1$/gm)).toHaveLength(
      3,
    );
    expect(stdout.match(/^ {2}[012] +\d+\.\d\d +\d+\.\d\d +\d+\.\d\d$/gm)).toHaveLength(9);
  });

  it.each([
    { fault: 'an unknown type', args: ['--offset', 'Gene=1'], error: /^ENTITY_TYPE_UNKNOWN/ },
    {
      fault: 'no number',
      args: ['--offset', 'Disease'],
      error: /name of a type, "=" and a number/,
    },
    {
      fault: 'an offset out of range',
      args: ['--offset', 'Disease=-99'],
      error: /^ARGUMENT_INVALID: The entity types must be of offsets from -10 to 100/,
    },
    {
      fault: 'a range that ends before it begins',
      args: ['--sweep=2:1:1'],
      error: /LOW:HIGH:STEP/,
    },
    { fault: 'endless offsets', args: ['--sweep=0:1:0'], error: /LOW:HIGH:STEP/ },
    { fault: 'no range', args: ['--sweep=low:1:1'], error: /LOW:HIGH:STEP/ },
    { fault: 'both', args: ['--sweep', '--offset', 'Disease=1'], error: /cannot be used with/ },
  ])('refuses $fault with exit code 2', async ({ args, error }) => {
    const { code, stdout, stderr } = await evaluate(dataFile('any.jsonl', goldLines), ...args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(error);
  });

  it('prints a table for people', async () => {
    const { stdout } = await evaluate(dataFile('table.jsonl', goldLines), '--overlap', 'flat');

    expect(stdout).toMatch(/^ +precision +recall +F1\n/);
    expect(stdout).toMatch(
      /\nall +100\.00 +100\.00 +100\.00\n3 documents, \d+ tokens, \d+ tokens\/s\n$/,
    );
  });

  it.each([
    { fault: 'documents that are not there', data: 'none.jsonl', types: '[]' },
    { fault: 'types that are no list', data: 'gold.jsonl.gz', types: '{"name": "x"}' },
  ])('exits with 2 for $fault', async ({ data, types }) => {
    const typesFile = join(folder, 'bad-types.json');
    writeFileSync(typesFile, types);

    const { code, stdout, stderr } = await evaluate(join(folder, data), '--types', typesFile);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^FILE_(UNREADABLE|INVALID): .*\n$/);
  });
});

describe('spandex reference', () => {
  const official = fileURLToPath(new URL('../../fixtures/binder-tiny', import.meta.url));

  it('prints four differences, all tolerable, as JSON', async () => {
    const { code, stdout, stderr } = await runCli(['reference', official, '--json']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const errors = JSON.parse(stdout) as Record<string, number>;
    expect(Object.keys(errors)).toEqual([
      'scoresMaxError',
      'lossError',
      'gradientRelativeError',
      'lossOverStepsMaxError',
    ]);
    expect(errors['scoresMaxError']).toBeLessThan(1e-4);
    expect(errors['lossError']).toBeLessThan(1e-5);
    expect(errors['gradientRelativeError']).toBeLessThan(1e-3);
    expect(errors['lossOverStepsMaxError']).toBeLessThan(1e-3);
  });

  it('says for people whether each agrees', async () => {
    const { stdout } = await runCli(['reference', official]);

    expect(stdout.match(/: agrees\n/g)).toHaveLength(4);
  });

  it('exits with 2 for a folder without a case', async () => {
    const { code, stdout, stderr } = await runCli(['reference', folder, '--json']);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^FILE_UNREADABLE: .*case\.json/);
  });
});
