import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '../../../src/ner/bundle.ts';
import { parseSafetensors, printSafetensors } from '../../../src/onnx/safetensors.ts';
import { readContinuation } from '../../../src/training/continuation.ts';
import { continuedRecipe } from '../../../src/training/continued-recipe.ts';
import { type InputPaths, readInputs } from '../../../src/training/inputs.ts';
import { TrainingRun } from '../../../src/training/run.ts';
import { Trainer } from '../../../src/training/trainer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyRecipe, writeTinyInputs, writeTinyTowns } from '../../support/training/tiny-inputs.ts';

const good = join(temporaryFolder(), 'good');
mkdirSync(good);
writeTinyInputs(good);

let copies = 0;

/** Good inputs with one file written over. */
function inputsWith(name: string, content: string): InputPaths {
  copies += 1;
  const folder = `${good}-${copies}`;
  cpSync(good, folder, { recursive: true });
  writeFileSync(join(folder, name), content);
  return {
    encoderDirectory: join(folder, 'encoder'),
    trainFiles: [join(folder, 'train.jsonl')],
    devFiles: [join(folder, 'dev.jsonl')],
  };
}

const read = (name: string, content: string) => readInputs(inputsWith(name, content), tinyRecipe());

const goodLine = readFileSync(join(good, 'train.jsonl'), 'utf8').split('\n')[0]!;
const line = (text: string, start: number, end: number): string =>
  JSON.stringify({ id: 'added', text, entities: [{ start, end, type: 'Drug' }] });

describe('readInputs', () => {
  it.each([
    {
      fault: 'an id that an earlier document has',
      lines: [goodLine, goodLine],
      rule: 'Line 2 .* an object whose id is new in its file',
    },
    {
      fault: 'a mention that ends behind its text',
      lines: [goodLine, line('aspirin', 0, 8)],
      rule: 'Line 2 .* 0 <= start < end <= 7',
    },
    {
      fault: 'a mention that starts before its text',
      lines: [line('aspirin', -1, 3)],
      rule: 'Line 1 .* 0 <= start < end <= 7',
    },
    { fault: 'an empty mention', lines: [line('aspirin', 3, 3)], rule: 'start < end' },
    {
      fault: 'an offset between code points',
      lines: [line('😀 aspirin', 1.5, 9)],
      rule: '0 <= start < end <= 9',
    },
    {
      // "aspirin" is at 3 to 10 in UTF-16, where a pair counts twice.
      fault: 'offsets that count UTF-16 and so run over the end',
      lines: [line('😀 aspirin', 3, 10)],
      rule: '0 <= start < end <= 9',
    },
  ])('refuses documents with $fault, by line', async ({ lines, rule }) => {
    const reading = read('train.jsonl', `${lines.join('\n')}\n`);

    await expect(reading).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(new RegExp(rule, 's')),
    });
  });

  it.each([
    ['without a description', '[{"name": "Drug"}]'],
    ['of one name', '[{"name": "A", "description": ""}, {"name": "A", "description": "x"}]'],
    ['that are none', '[]'],
    ['that are no JSON', '[{'],
    ['in an empty file', ''],
  ])('refuses types %s', async (_, content) => {
    await expect(read('types.json', content)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringContaining('a name of its own and a description'),
    });
  });
});

describe('readInputs, of an encoder', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %s, by tensor', async (value) => {
    const paths = inputsWith('unused', '');
    const path = join(paths.encoderDirectory!, 'model.safetensors');
    const tensors = parseSafetensors(readFileSync(path), path);
    const name = 'embeddings.LayerNorm.bias';
    (tensors.get(name)!.data as Float32Array)[5] = value;
    writeFileSync(path, printSafetensors(tensors));

    await expect(readInputs(paths, tinyRecipe())).rejects.toMatchObject({
      code: 'FILE_INVALID',
      details: {
        path,
        rule: `a file of finite weights, also in the tensor ${name}`,
        value: String(value),
      },
    });
  });
});

describe('readInputs, of documents to evaluate on', () => {
  const withMention = line('aspirin', 0, 7);
  const without = (id: string) => JSON.stringify({ id, text: 'nothing', entities: [] });
  const ofAnotherType = JSON.stringify({
    id: 'other',
    text: 'oslo',
    entities: [{ start: 0, end: 4, type: 'Town' }],
  });

  it.each([
    { fault: 'that are none', lines: [], value: '"no mention"' },
    { fault: 'without a mention', lines: [without('a'), without('b')], value: '"no mention"' },
    { fault: 'with mentions of other types alone', lines: [ofAnotherType], value: 'Town' },
  ])('refuses some $fault', async ({ lines, value }) => {
    const reading = read('dev.jsonl', lines.map((each) => `${each}\n`).join(''));

    await expect(reading).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringMatching(
        new RegExp(
          `The documents to evaluate on must be annotated with .* Complaint, Drug, but got: .*${value}`,
        ),
      ),
    });
  });

  it('refuses some of which those that the recipe reads have no mention', async () => {
    const paths = inputsWith('dev.jsonl', `${without('a')}\n${without('b')}\n${withMention}\n`);

    const reading = readInputs(paths, tinyRecipe({ devDocuments: 1 }));

    await expect(reading).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });

  it('refuses them by corpus, where the corpus is evaluated', async () => {
    const { encoderDirectory } = inputsWith('unused', '');
    const corporaDirectory = temporaryFolder();
    for (const name of ['judged', 'learnt'])
      cpSync(good, join(corporaDirectory, name), { recursive: true });
    writeFileSync(join(corporaDirectory, 'learnt', 'dev.jsonl'), '');
    const types = [{ name: 'Drug', description: '' }];
    const of = (evaluate: boolean) =>
      tinyRecipe({
        types,
        corpora: ['judged', 'learnt'].map((name) => ({
          name,
          evaluate: name === 'judged' || evaluate,
        })),
      } as object);

    const [accepted, refused] = [false, true].map((evaluate) =>
      readInputs({ encoderDirectory: encoderDirectory!, corporaDirectory }, of(evaluate)),
    );

    await expect(accepted).resolves.toMatchObject({ corpora: [{}, { dev: [] }] });
    await expect(refused).rejects.toMatchObject({
      details: { argument: 'The documents of learnt to evaluate on' },
    });
  });
});

describe('readInputs, of documents that are there twice', () => {
  const paths = () => {
    const { encoderDirectory, trainFiles, devFiles } = inputsWith('more.jsonl', '');
    return {
      encoderDirectory: encoderDirectory!,
      trainFile: trainFiles![0]!,
      devFile: devFiles![0]!,
      moreFile: join(encoderDirectory!, '..', 'more.jsonl'),
    };
  };

  it('refuses one that several training files have', async () => {
    const { encoderDirectory, trainFile, devFile } = paths();
    const files = { trainFiles: [trainFile, trainFile], devFiles: [devFile] };

    await expect(readInputs({ encoderDirectory, ...files }, tinyRecipe())).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: 'The training documents must be given once each, but got: "train0".',
    });
  });

  it('refuses one that is learnt from and evaluated on', async () => {
    const { encoderDirectory, trainFile, devFile, moreFile } = paths();
    writeFileSync(moreFile, readFileSync(devFile, 'utf8').split('\n')[3]!);
    const files = { trainFiles: [trainFile, moreFile], devFiles: [devFile] };

    await expect(readInputs({ encoderDirectory, ...files }, tinyRecipe())).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message:
        'The documents to evaluate on must be others than those that are learnt from, but got: "dev3".',
    });
  });

  it('accepts others with the same ids, and the same texts with others', async () => {
    const { encoderDirectory, trainFile, devFile, moreFile } = paths();
    const { text } = JSON.parse(goodLine) as { text: string };
    const others = [
      { id: 'train0', text: 'oslo', entities: [] },
      { id: 'dev0', text: 'lima', entities: [] },
      { id: 'another', text, entities: [] },
    ];
    writeFileSync(moreFile, others.map((each) => `${JSON.stringify(each)}\n`).join(''));
    const files = { trainFiles: [trainFile, moreFile], devFiles: [devFile] };

    const { corpora } = await readInputs({ encoderDirectory, ...files }, tinyRecipe());

    expect(corpora[0]!.train).toHaveLength(67);
  });
});

describe('readInputs, of a recipe of corpora', () => {
  const withCorpus = (corpus: object, more: object = {}) => {
    const corporaDirectory = temporaryFolder();
    cpSync(good, join(corporaDirectory, 'pills'), { recursive: true });
    const { encoderDirectory } = inputsWith('unused', '');
    const paths = { encoderDirectory: encoderDirectory!, corporaDirectory };
    return readInputs(
      paths,
      tinyRecipe({ corpora: [{ name: 'pills', ...corpus }], ...more } as object),
    );
  };

  it('leaves out documents that it is to leave out', async () => {
    const { corpora } = await withCorpus({ leaveOut: ['train3'] });

    expect(corpora[0]!.train).toHaveLength(63);
  });

  it('refuses to leave out one that is not there', async () => {
    await expect(withCorpus({ leaveOut: ['train3', 'trian4'] })).rejects.toMatchObject({
      code: 'RECIPE_INVALID',
      details: {
        field: 'corpora.pills.leaveOut',
        rule: "ids of the corpus's training documents",
        value: 'trian4',
      },
    });
  });

  it('refuses paraphrases of a type that is not there', async () => {
    const reading = withCorpus({}, { paraphrases: { 'pills/Durg': ['a medicine'] } });

    await expect(reading).rejects.toMatchObject({
      code: 'RECIPE_INVALID',
      details: { field: 'paraphrases', value: 'pills/Durg' },
    });
  });
});

describe('readContinuation', () => {
  it('refuses a run that does not fit in memory before the bundle reads the documents', async () => {
    const bundleDirectory = 'models/spandex-small';
    const { manifest } = await readManifest(bundleDirectory);
    const recipe = continuedRecipe({ batchWindows: 4_096 }, manifest);
    const paths = { ...writeTinyTowns(temporaryFolder()), from: { bundleDirectory } };

    await expect(readContinuation(paths, recipe)).rejects.toMatchObject({
      code: 'RECIPE_INVALID',
      details: { field: 'batchWindows' },
    });
  });
});

describe('TrainingRun.open', () => {
  it('says why a bundle cannot go where it is to go', async () => {
    const outDirectory = join(good, 'train.jsonl', 'model');
    const options = { resume: false, storage: { kind: 'float32' }, commit: 'unknown' } as const;
    const run = { ...inputsWith('unused', ''), recipe: tinyRecipe(), outDirectory, ...options };

    const opening = TrainingRun.open(run, () => undefined);

    await expect(opening).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      details: { reason: 'it cannot be written: a part of its path is a file' },
    });
  });
});

describe('readInputs, of types that no text can be asked for', () => {
  it.each([
    {
      fault: 'more than 1,000',
      types: Array.from({ length: 1_001 }, (_, i) => ({ name: `T${i}`, description: '' })),
      rule: 'at most 1000, but got: 1001',
    },
    {
      fault: 'one with neither a name nor a description',
      types: [
        { name: 'Drug', description: '' },
        { name: ' ', description: '' },
      ],
      rule: 'described by a name or a description',
    },
  ])('refuses $fault before the run, and not at its first evaluation', async ({ types, rule }) => {
    await expect(read('types.json', JSON.stringify(types))).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining(`The entity types must be ${rule}`),
    });
  });
});

describe('TrainingRun.open, of a run that does not fit in memory', () => {
  it('refuses it with the estimate, before anything is written', async () => {
    const names = ['Complaint', 'Drug', ...Array.from({ length: 900 }, (_, i) => `T${i}`)];
    const types = names.map((name) => ({ name, description: name }));
    const outDirectory = join(temporaryFolder(), 'model');
    const options = { resume: false, storage: { kind: 'float32' }, commit: 'unknown' } as const;
    const paths = inputsWith('types.json', JSON.stringify(types));
    const recipe = tinyRecipe({ batchWindows: 4_096 });

    const opening = TrainingRun.open(
      { ...paths, ...options, recipe, outDirectory },
      () => undefined,
    );

    await expect(opening).rejects.toMatchObject({
      code: 'RECIPE_INVALID',
      message: expect.stringMatching(/batchWindows .* needs about \d+\.\d GB, and \d+\.\d GB can/),
    });
    expect(existsSync(`${outDirectory}.training`)).toBe(false);
  });
});

describe('Trainer.open', () => {
  it('refuses a file without documents to learn from', async () => {
    const opening = Trainer.open(await read('train.jsonl', ''), tinyRecipe());

    await expect(opening).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining('at least one mention of the types'),
    });
  });
});
