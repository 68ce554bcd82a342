import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../../src/core/errors.ts';
import { readBundle, writeBundle, writeCalibration } from '../../../src/ner/bundle.ts';
import { type ListedFile, printManifest, sha256 } from '../../../src/ner/manifest.ts';
import { bundleTensors } from '../../../src/ner/model-graphs.ts';
import { floatTensor, storeWeights } from '../../../src/ner/quantize.ts';
import { parseSafetensors, printSafetensors } from '../../../src/onnx/safetensors.ts';
import { floats, type Tensor, tensor } from '../../../src/onnx/tensor.ts';
import {
  randomContents,
  randomWeights,
  temporaryFolder,
  tinyDescription,
} from '../../support/ner/random-bundle.ts';

const files = ['manifest.json', 'tokenizer.json', 'weights.safetensors'];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let directory: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeBundle(join(folder.path, 'good'), randomContents());
});

/** A copy for each test to damage: flushing a bundle to the disk takes its time. */
beforeEach(async () => {
  directory = join(await mkdtemp(join(folder.path, 'test-')), 'bundle');
  await cp(join(folder.path, 'good'), directory, { recursive: true });
});

afterAll(() => folder.remove());

/** The error that reading the folder throws. */
async function refusal(): Promise<AppError> {
  const error: unknown = await readBundle(directory).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

const path = (name: string): string => join(directory, name);

const listed = (name: string, bytes: Uint8Array): ListedFile => ({
  path: name,
  bytes: bytes.length,
  sha256: sha256(bytes),
});

/** Rewrites the manifest so that it lists the files as they are. */
async function relist(change: (file: ListedFile) => ListedFile = (file) => file): Promise<void> {
  const entries = await Promise.all(
    files.slice(1).map(async (name) => change(listed(name, await readFile(path(name))))),
  );
  await writeFile(path('manifest.json'), printManifest(tinyDescription, entries));
}

/** Stores other weights, with checksums that agree. */
async function replaceWeights(change: (weights: Map<string, Tensor>) => void): Promise<void> {
  const bytes = await readFile(path('weights.safetensors'));
  const weights = parseSafetensors(bytes, 'weights');
  change(weights);
  await writeFile(path('weights.safetensors'), printSafetensors(weights));
  await relist();
}

describe('readBundle', () => {
  it('reads what writeBundle wrote', async () => {
    const bundle = await readBundle(directory);

    expect(bundle.manifest).toMatchObject(tinyDescription);
    expect(
      [...bundle.weights.keys()].filter((name) => !name.endsWith('.scale')).toSorted(),
    ).toEqual([...bundleTensors(tinyDescription).keys()].toSorted());
    expect(bundle.id).toBe(sha256(await readFile(path('manifest.json'))));
    expect((await bundle.tokenizer.encode('aspirin')).ids).toHaveLength(1);
  });

  it.each(files)('refuses %s with one flipped bit, wherever it is', async (name) => {
    const bytes = await readFile(path(name));

    for (let i = 0; i < 12; i += 1) {
      const at = Math.floor((i * (bytes.length - 1)) / 11);
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 1 << (i % 8);
      await writeFile(path(name), flipped);

      const { code, details } = await refusal();

      expect([at, code]).toEqual([at, 'BUNDLE_INVALID']);
      expect(details.path).toBe(path(name));
    }
  });

  it.each(files)('refuses a truncated %s', async (name) => {
    const bytes = await readFile(path(name));
    await writeFile(path(name), bytes.subarray(0, bytes.length - 1));

    const { code, details } = await refusal();

    expect(code).toBe('BUNDLE_INVALID');
    expect(details.path).toBe(path(name));
  });

  it.each(files)('refuses a bundle without %s', async (name) => {
    await rm(path(name));

    const { code, details } = await refusal();

    expect(code).toBe('BUNDLE_INVALID');
    expect(details).toEqual({
      path: path(name),
      rule: 'have every file',
      value: 'it does not exist',
    });
  });

  it('refuses a manifest of a newer format and says so', async () => {
    const text = await readFile(path('manifest.json'), 'utf8');
    await writeFile(
      path('manifest.json'),
      text.replace('"formatVersion": 1', '"formatVersion": 5'),
    );

    const { code, message } = await refusal();

    expect(code).toBe('BUNDLE_INVALID');
    expect(message).toContain(
      'format version 1 or 2 or 3 or 4 (a newer Spandex wrote it), but got: 5',
    );
  });

  it('refuses a manifest that names a file outside its folder', async () => {
    const text = await readFile(path('manifest.json'), 'utf8');
    const checksum = /"checksum": "([0-9a-f]{64})"/.exec(text)![1]!;
    const changed = text.replace('"tokenizer.json"', '"../tokenizer.json"');
    const blank = changed.replace(checksum, '0'.repeat(64));
    await writeFile(path('manifest.json'), changed.replace(checksum, sha256(Buffer.from(blank))));

    const { code, details } = await refusal();

    expect(code).toBe('BUNDLE_INVALID');
    expect(details.rule).toBe('have a valid manifest field files.0.path');
  });

  it('refuses a tensor of the wrong shape', async () => {
    await replaceWeights((weights) => weights.set('span_linear.bias', floats([15], Array(15))));

    const { code, details } = await refusal();

    expect(code).toBe('BUNDLE_INVALID');
    expect(details).toMatchObject({ rule: 'have the tensor span_linear.bias of shape [16]' });
  });

  it('refuses a missing tensor', async () => {
    await replaceWeights((weights) => weights.delete('span_linear.bias'));

    expect((await refusal()).details).toMatchObject({ value: null });
  });

  it('refuses a tensor that it has no use for', async () => {
    await replaceWeights((weights) => weights.set('start_linear.bias', floats([1], [0])));

    expect((await refusal()).details).toMatchObject({ value: 'start_linear.bias' });
  });

  it('refuses integers without scales', async () => {
    await replaceWeights((weights) => weights.delete('word_embeddings.weight.scale'));

    expect((await refusal()).details).toMatchObject({
      rule: 'have one scale for each row of word_embeddings.weight',
    });
  });

  it.each([
    ['float32', floats([16], Array(16).fill(Number.NaN))],
    ['float16', tensor('float16', [16], new Uint16Array(16).fill(0x7c00))],
  ])('refuses numbers that are not finite in %s', async (_, values) => {
    await replaceWeights((weights) => weights.set('span_linear.bias', values));

    expect((await refusal()).details).toMatchObject({
      rule: 'have finite numbers',
      value: 'span_linear.bias',
    });
  });

  it('refuses a tokenizer with ids that have no embedding', async () => {
    const json = await readFile(path('tokenizer.json'), 'utf8');
    await writeFile(path('tokenizer.json'), json.replace('"##ine":', '"##ine":9'));
    await relist();

    expect((await refusal()).details).toMatchObject({ path: path('tokenizer.json') });
  });

  it('refuses settings that contradict each other', async () => {
    const bytes = await readFile(path('tokenizer.json'));
    const description = { ...tinyDescription, maxSpanTokens: 40 };
    const manifest = printManifest(description, [listed('tokenizer.json', bytes)]);
    await writeFile(path('manifest.json'), manifest);

    expect((await refusal()).details).toMatchObject({
      rule: 'overlap by a span or more',
      value: 32,
    });
  });
});

describe('writeBundle', () => {
  it('replaces a bundle and leaves nothing else behind', async () => {
    const before = (await readBundle(directory)).id;

    const id = await writeBundle(
      directory,
      randomContents({ description: { ...tinyDescription, name: 'other' } }),
    );

    expect(id).not.toBe(before);
    expect((await readBundle(directory)).id).toBe(id);
    expect(await readdir(dirname(directory))).toEqual(['bundle']);
  });

  it('refuses to replace a folder that holds something else', async () => {
    await writeFile(path('thesis.docx'), 'ten years of work');

    const written = writeBundle(directory, randomContents());

    await expect(written).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    expect(await readFile(path('thesis.docx'), 'utf8')).toBe('ten years of work');
  });

  it('leaves the old bundle alone when it fails', async () => {
    const before = (await readBundle(directory)).id;
    const weights = new Map(randomWeights(tinyDescription));
    weights.delete('span_linear.bias');

    await expect(writeBundle(directory, randomContents({ weights }))).rejects.toThrow(
      'span_linear',
    );

    expect((await readBundle(directory)).id).toBe(before);
    expect(await readdir(dirname(directory))).toEqual(['bundle']);
  });

  it('stores every number as it is when asked for float32', async () => {
    const weights = randomWeights(tinyDescription, 7);
    await writeBundle(directory, randomContents({ weights, storage: { kind: 'float32' } }));

    const bundle = await readBundle(directory);

    for (const [name, weight] of weights) {
      expect(floatTensor(bundle.weights, name)).toEqual(weight);
    }
  });
});

describe('writeCalibration', () => {
  const curve = { method: 'ISOTONIC', margins: [0.5, 2], confidences: [0.25, 0.75] } as const;
  const corpus = { name: 'dev', documents: 9, mentions: 40, errorBefore: 0.2, errorAfter: null };
  const calibration = { curve, overlap: 'NESTED', corpora: [corpus] } as const;

  it('adds the calibration and leaves the model what it was', async () => {
    const before = await readBundle(directory);

    await writeCalibration(directory, calibration);

    const after = await readBundle(directory);
    expect(before.manifest.calibration).toBeUndefined();
    expect(after.manifest).toMatchObject({ ...tinyDescription, calibration, formatVersion: 2 });
    expect(after.manifest.files).toEqual(before.manifest.files);
    expect(after.id).toBe(before.id);
    expect((await readdir(directory)).toSorted()).toEqual(files);
  });

  it('puts another calibration in its place', async () => {
    await writeCalibration(directory, calibration);
    const other = { method: 'PLATT', slope: 0.5, intercept: -1 } as const;

    await writeCalibration(directory, { ...calibration, curve: other });

    expect((await readBundle(directory)).manifest.calibration?.curve).toEqual(other);
  });

  it('keeps the id of a model that is written with its calibration', async () => {
    const { id } = await readBundle(directory);
    const description = { ...tinyDescription, calibration };

    const written = await writeBundle(directory, randomContents({ description }));

    expect(written).toBe(id);
    expect((await readBundle(directory)).id).toBe(id);
  });

  it.each([
    ['a curve that falls', { ...curve, confidences: [0.75, 0.25] }, 'never falls'],
    ['margins that do not ascend', { ...curve, margins: [2, 2] }, 'never falls'],
    ['a margin without a confidence', { ...curve, confidences: [0.5] }, 'never falls'],
  ] as const)('refuses %s and changes nothing', async (_, broken, rule) => {
    const before = await readFile(path('manifest.json'));

    const written = writeCalibration(directory, { ...calibration, curve: broken });

    await expect(written).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      details: { rule: expect.stringContaining(rule) },
    });
    expect(await readFile(path('manifest.json'))).toEqual(before);
    expect((await readdir(directory)).toSorted()).toEqual(files);
  });

  it('is refused in a manifest of the first format', async () => {
    await writeCalibration(directory, calibration);
    const text = await readFile(path('manifest.json'), 'utf8');
    const checksum = /"checksum": "([0-9a-f]{64})"/.exec(text)![1]!;
    const changed = text.replace('"formatVersion": 2', '"formatVersion": 1');
    const blank = changed.replace(checksum, '0'.repeat(64));
    await writeFile(path('manifest.json'), changed.replace(checksum, sha256(Buffer.from(blank))));

    expect((await refusal()).details).toMatchObject({
      rule: 'have format version 2 for its fields',
      value: 1,
    });
  });
});

describe('storeWeights', () => {
  it('keeps nearly all numbers of a model in one byte each', () => {
    const stored = storeWeights(randomWeights(tinyDescription), { kind: 'compact', levels: 127 });

    const type = (name: string) => stored.get(name)?.type;
    expect(type('word_embeddings.weight')).toBe('int8');
    expect(type('text_encoder.encoder.layer.1.output.dense.weight')).toBe('int8');
    expect(type('text_encoder.encoder.layer.1.output.dense.bias')).toBe('float16');
    expect(type('span_linear.weight')).toBe('float16');
    expect(type('span_logit_scale')).toBe('float32');
  });
});
