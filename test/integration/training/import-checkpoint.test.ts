import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { normalize } from '../../../src/core/vector.ts';
import { type Bundle, readBundle } from '../../../src/ner/bundle.ts';
import { typeGraph } from '../../../src/ner/model-graphs.ts';
import { openBundle } from '../../../src/ner/open-model.ts';
import { askTypes, scoreWindow, spanScore } from '../../../src/ner/scorer.ts';
import { openSequenceEncoder } from '../../../src/ner/sequence-encoder.ts';
import { openSpanEncoder } from '../../../src/ner/span-encoder.ts';
import { readSpanHead } from '../../../src/ner/span-head.ts';
import { printSafetensors } from '../../../src/onnx/safetensors.ts';
import { floats, type Tensor, tensor } from '../../../src/onnx/tensor.ts';
import { wordEdges } from '../../../src/text/words.ts';
import { type ImportOptions, importCheckpoint } from '../../../src/training/import-checkpoint.ts';
import { type ReferenceCase, readReferenceCase } from '../../../src/training/reference-case.ts';
import { officialVocabulary, writeOfficialEncoder } from '../../support/binder/official-encoder.ts';
import { plainScores } from '../../support/binder/plain-binder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const official = fileURLToPath(new URL('../../fixtures/binder-tiny', import.meta.url));
const types = [
  { name: 'Dish', description: 'bb' },
  { name: 'Drink', description: 'cd ce' },
  { name: 'Drug', description: 'ab ac adbh' },
];
const sizes = { windowTokens: 24, overlapTokens: 12, maxSpanTokens: 8 };

let reference: ReferenceCase;
beforeAll(async () => {
  reference = await readReferenceCase(official);
});

type Change = (tensors: Map<string, Tensor>) => void;

/** Everything that an import of the official case needs, in a folder of its own. */
async function anImport(change: Change = () => undefined): Promise<ImportOptions> {
  const folder = temporaryFolder();
  const checkpointPath = join(folder, 'model.safetensors');
  const typesFile = join(folder, 'types.json');
  const tensors = new Map<string, Tensor>(reference.weights);
  change(tensors);
  await writeFile(checkpointPath, printSafetensors(tensors));
  await writeFile(typesFile, JSON.stringify(types));
  const encoderDirectory = writeOfficialEncoder(folder, reference);
  const outDirectory = join(folder, 'bundle');
  const storage = { kind: 'float32' } as const;
  const facts = { name: 'official', licence: 'MIT', storage };
  return { checkpointPath, encoderDirectory, typesFile, outDirectory, ...facts, ...sizes };
}

async function imported(change?: Change): Promise<Bundle> {
  const options = await anImport(change);
  await importCheckpoint(options);
  return readBundle(options.outDirectory);
}

const places = (marks: readonly number[]): Int32Array =>
  Int32Array.from([...marks.keys()].filter((place) => marks[place]));

const attended = ({ ids, mask }: { ids: readonly number[]; mask: readonly number[] }) =>
  // Without [CLS] and [SEP], which the encoders add.
  Int32Array.from(ids.filter((_, i) => mask[i]).slice(1, -1));

/** The unit vectors of the case's types, from their token ids. */
async function typeVectorsOf(bundle: Bundle): Promise<Float32Array[]> {
  const encoder = await openSequenceEncoder(bundle, {
    name: 'type',
    model: typeGraph(bundle.manifest),
    prefixes: ['type_encoder.', 'type_span_linear.'],
    lengthStep: 1,
    maxTokens: 256,
  });
  const vectors: Float32Array[] = [];
  for (const type of reference.types) {
    const ids = attended(type);
    const { data } = (await encoder.run([ids], ids.length + 2)).vectors;
    vectors.push(normalize(data));
  }
  await encoder.close();
  return vectors;
}

/** The largest difference from the recorded span scores and thresholds, and how many were compared. */
async function compareScores(bundle: Bundle): Promise<{ largest: number; compared: number }> {
  const head = {
    ...(await readSpanHead(bundle)),
    maxSpanTokens: 24,
  };
  const vectors = await typeVectorsOf(bundle);
  // Every candidate is above such an offset.
  const asked = askTypes(
    head,
    vectors,
    vectors.map(() => -1_000),
  );
  const encoder = await openSpanEncoder(bundle);
  const recorded = reference.scores!.get('span_scores')!;
  const [, , length = 0] = recorded.dims;
  let [largest, compared] = [0, 0];
  for (const [w, given] of reference.windows.entries()) {
    const edges = { starts: places(given.wordStart), ends: places(given.wordEnd) };
    const [rows] = await encoder.encode([{ ids: attended(given), edges }], length);
    // In float32, as the other program computes.
    const window = { ...rows!, startOffsets: edges.starts, endOffsets: edges.ends };
    const { accepted, thresholdVector } = scoreWindow(head, window, asked);
    reference.types.forEach((_, type) => {
      const scoreAt = (first: number, last: number): number =>
        recorded.data[((w * 3 + type) * length + first) * length + last]!;
      const gaps = accepted
        .filter((span) => span.type === type)
        .map(({ first, last, score }) => Math.abs(score - scoreAt(first, last)));
      gaps.push(Math.abs(spanScore(head, thresholdVector, vectors[type]!) - scoreAt(0, 0)));
      largest = Math.max(largest, ...gaps);
      compared += gaps.length;
    });
  }
  await encoder.close();
  return { largest, compared };
}

describe('importCheckpoint', () => {
  it("gives the official program's scores", async () => {
    const bundle = await imported();

    const { largest, compared } = await compareScores(bundle);

    expect(compared).toBeGreaterThan(300);
    expect(largest).toBeLessThan(1e-4);
  });

  it('extracts what the official formulas accept', async () => {
    const bundle = await imported();
    const vocabulary = officialVocabulary(reference.encoder.vocabularySize);
    const words = [22, 77, 113, 107, 102, 13, 37, 20, 68, 102, 62, 65, 88, 53].map(
      (id) => vocabulary[id]!,
    );
    const text = words.map((word) => (word.startsWith('##') ? word.slice(2) : ` ${word}`)).join('');
    const encoding = await bundle.tokenizer.encode(text);
    const edges = wordEdges(text, encoding);
    const typeIds = await bundle.tokenizer.encodeAll(types.map(({ description }) => description));
    const row = (ids: Int32Array) => {
      const all = [2, ...ids, 3];
      return { ids: all, mask: all.map(() => 1) };
    };
    const plain = new Map(
      [...reference.weights].map(([name, { dims, data }]) => [
        name,
        { dims, data: Float64Array.from(data) },
      ]),
    );
    const [scores] = plainScores(plain, {
      encoder: reference.encoder,
      lossWeights: { start: 0.2, end: 0.2, span: 0.6, ner: 0.5, threshold: 0.5 },
      windows: [{ ...row(encoding.ids), wordStart: [], wordEnd: [], gold: [] }],
      types: typeIds.map(({ ids }) => row(ids)),
    });
    const model = await openBundle(bundle);

    const [extraction] = await model.extract([text], types);

    await model.close();
    const size = encoding.ids.length + 2;
    const expected: { start: number; end: number; type: string; margin: number }[] = [];
    types.forEach(({ name }, type) => {
      const { span } = scores![type]!;
      for (let first = 0; first < encoding.ids.length; first += 1)
        for (let last = first; last < Math.min(first + 8, encoding.ids.length); last += 1) {
          if (!edges.starts[first] || !edges.ends[last]) continue;
          const margin = span[(first + 1) * size + last + 1]! - span[0]!;
          const place = { start: encoding.starts[first]!, end: encoding.ends[last]! };
          expected.push({ ...place, type: name, margin });
        }
    });
    const key = ({ start, end, type }: { start: number; end: number; type: string }): string =>
      `${start} ${end} ${type}`;
    const found = new Map(extraction!.mentions.map((mention) => [key(mention), mention.margin]));
    // What is kept of a window is rounded to float16: candidates on the edge may fall either way.
    const rounding = 0.02;
    const sure = expected.filter(({ margin }) => Math.abs(margin) > rounding);
    expect(sure.length).toBeGreaterThan(60);
    expect(found.size).toBeGreaterThan(5);
    for (const candidate of sure) {
      expect(found.has(key(candidate))).toBe(candidate.margin > 0);
      if (candidate.margin > 0)
        expect(Math.abs(found.get(key(candidate))! - candidate.margin)).toBeLessThan(rounding);
    }
  });

  it('gives the same scores of a model without widths as of one whose widths say nothing', async () => {
    const silent = await imported((tensors) => {
      const { dims, data } = tensors.get('width_embeddings.weight')!;
      tensors.set('width_embeddings.weight', floats(dims, new Float32Array(data.length)));
    });
    const without = await imported((tensors) => {
      tensors.delete('width_embeddings.weight');
      const { data } = tensors.get('span_linear.weight')! as Tensor<'float32'>;
      const rows = Array.from({ length: 16 }, (_, row) => [
        ...data.subarray(row * 80, row * 80 + 64),
      ]);
      tensors.set('span_linear.weight', floats([16, 64], rows.flat()));
    });

    const results = [await compareScores(silent), await compareScores(without)];

    expect(Math.abs(results[0]!.largest - results[1]!.largest)).toBeLessThan(1e-5);
    expect(results[1]!.largest).toBeGreaterThan(0.1);
  });

  it('keeps the text and the type encoder apart in their words', async () => {
    const bundle = await imported();

    const table = (name: string) => bundle.weights.get(name)!.data;

    expect(bundle.manifest).toMatchObject({
      words: 'own',
      formatVersion: 2,
      licence: 'MIT',
      types,
    });
    expect(table('type_word_embeddings.weight')).toEqual(
      reference.weights.get('type_encoder.embeddings.word_embeddings.weight')!.data,
    );
    expect(table('type_word_embeddings.weight')).not.toEqual(table('text_word_embeddings.weight'));
  });

  it('stores its words in 8 bits if that is asked for', async () => {
    const options = { ...(await anImport()), storage: { kind: 'compact', levels: 127 } as const };

    await importCheckpoint(options);

    const bundle = await readBundle(options.outDirectory);
    expect(bundle.weights.get('type_word_embeddings.weight')!.type).toBe('int8');
    expect((await compareScores(bundle)).largest).toBeLessThan(0.5);
  });

  it('passes over what BERT carries along, and does without what only training needs', async () => {
    const bundle = await imported((tensors) => {
      tensors.delete('start_linear.weight');
      tensors.delete('end_logit_scale');
      const positions = tensor('int64', [1, 48], new BigInt64Array(48));
      tensors.set('text_encoder.embeddings.position_ids', positions);
      tensors.set('type_encoder.pooler.dense.bias', floats([32], new Float32Array(32)));
    });

    expect((await compareScores(bundle)).largest).toBeLessThan(1e-4);
  });

  it.each<[string, Change, RegExp]>([
    [
      'a missing tensor',
      (tensors) => tensors.delete('type_encoder.encoder.layer.1.output.dense.bias'),
      /the tensor type_encoder\.encoder\.layer\.1\.output\.dense\.bias of shape \[32\], but got: null/,
    ],
    [
      'no span weights',
      (tensors) => tensors.delete('span_linear.weight'),
      /have the tensor span_linear\.weight, a matrix, but got: null/,
    ],
    [
      'a missing table of words',
      (tensors) => tensors.delete('text_encoder.embeddings.word_embeddings.weight'),
      /the tensor text_encoder\.embeddings\.word_embeddings\.weight of shape \[120,32\]/,
    ],
    [
      'a tensor of another shape',
      (tensors) => tensors.set('span_linear.weight', floats([16, 96], new Float32Array(1536))),
      /the tensor span_linear\.weight of shape \[16,80\], but got: \[16,96\]/,
    ],
    [
      'a training tensor of another shape',
      (tensors) => tensors.set('start_logit_scale', floats([1], [0])),
      /the tensor start_logit_scale of shape \[\], but got: \[1\]/,
    ],
    [
      'a tensor that BINDER does not have',
      (tensors) => tensors.set('type_embeddings.weight', floats([1], [0])),
      /no tensor but those of BINDER, but got: "type_embeddings\.weight"/,
    ],
    [
      'a number that is none',
      (tensors) => {
        const { dims, data } = tensors.get('type_span_linear.bias')!;
        const broken = Float32Array.from(data as Float32Array).with(3, Number.NaN);
        tensors.set('type_span_linear.bias', tensor('float32', dims, broken));
      },
      /finite numbers in the tensor type_span_linear\.bias, but got: "NaN"/,
    ],
    [
      'whole numbers for weights',
      (tensors) => tensors.set('span_linear.bias', tensor('int64', [16], new BigInt64Array(16))),
      /the tensor span_linear\.bias in float32 or float16, but got: "int64"/,
    ],
  ])('refuses %s by name and writes nothing', async (_, change, message) => {
    const options = await anImport(change);

    const importing = importCheckpoint(options);

    await expect(importing).rejects.toMatchObject({
      code: 'CHECKPOINT_INVALID',
      message: expect.stringMatching(message),
    });
    await expect(readBundle(options.outDirectory)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
    });
  });

  it.each([
    [{ windowTokens: 49 }, /--window-tokens must be at most 48/],
    [{ overlapTokens: 22 }, /--overlap-tokens must be at most 21/],
    [{ maxSpanTokens: 13 }, /--max-span-tokens must be from 1 to 12/],
    [{ windowTokens: 48, overlapTokens: 40, maxSpanTokens: 25 }, /from 1 to 24/],
  ])('refuses windows of %j', async (change, message) => {
    const options = { ...(await anImport()), ...change };

    await expect(importCheckpoint(options)).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringMatching(message),
    });
  });
});
