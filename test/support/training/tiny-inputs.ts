/**
 * A corpus and an encoder so small that a run takes seconds: sentences that name a few drugs and
 * complaints, and two random layers over the tiny tokenizer.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnnotatedDocument, EntityType, GoldMention } from '../../../src/core/document.ts';
import { printAnnotatedDocument } from '../../../src/formats/annotated/annotated-jsonl.ts';
import { type EncoderSettings, encoderStates } from '../../../src/ner/encoder-graph.ts';
import { Graph } from '../../../src/onnx/graph.ts';
import { printSafetensors } from '../../../src/onnx/safetensors.ts';
import type { Tensor } from '../../../src/onnx/tensor.ts';
import type { Corpus } from '../../../src/training/corpus.ts';
import { initialWeights } from '../../../src/training/initial-weights.ts';
import type { InputPaths, Inputs } from '../../../src/training/inputs.ts';
import { createRandom, type Random } from '../../../src/training/random.ts';
import { parseRecipe, type Recipe } from '../../../src/training/recipe.ts';
import { openTinyTokenizer, tinyTokenizerJson } from '../text/tiny-tokenizer.ts';
import { encoderConfig } from './encoder-config.ts';

const vocabulary = (JSON.parse(tinyTokenizerJson()) as { model: { vocab: object } }).model.vocab;

const settings: EncoderSettings = {
  layers: 2,
  hiddenSize: 32,
  heads: 4,
  intermediateSize: 64,
  vocabularySize: Object.keys(vocabulary).length,
  maxPositions: 64,
  layerNormEpsilon: 1e-12,
};

/** Sorted by name, as a run sorts them. */
const types: readonly EntityType[] = [
  { name: 'Complaint', description: 'what hurts' },
  { name: 'Drug', description: 'pills and powders' },
];

const drugs = ['aspirin', 'zinc oxide', 'quinine'];
const complaints = ['gout', 'a cold', 'fever'];
const towns = ['oslo', 'new york', 'lima'];
const fillers = ['she', 'had', 'took', 'and', 'for', 'the', 'in', 'his'];

const pick = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)]!;

/** Words of which a document has some, and the type they are annotated with, if anybody looked. */
interface Things {
  readonly words: readonly string[];
  readonly type?: string;
}

const drugsAndComplaints: readonly Things[] = [
  { words: drugs, type: 'Drug' },
  { words: complaints, type: 'Complaint' },
];

function aDocument(id: string, random: Random, things: readonly Things[]): AnnotatedDocument {
  const mentions: GoldMention[] = [];
  let text = '';
  const say = (words: string, type?: string): void => {
    const start = text.length;
    text += words;
    if (type !== undefined) mentions.push({ start, end: text.length, type });
    text += ' ';
  };
  for (let i = 0; i < 4; i += 1) {
    say(pick(random, fillers));
    say(pick(random, fillers));
    const { words, type } = pick(random, things);
    say(pick(random, words), type);
  }
  return { id, text, mentions };
}

function documents(
  prefix: string,
  count: number,
  { seed, things = drugsAndComplaints }: { seed: number; things?: readonly Things[] },
): AnnotatedDocument[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => aDocument(`${prefix}${i}`, random, things));
}

const train = documents('train', 64, { seed: 1 });
const dev = documents('dev', 16, { seed: 2 });

/** The random encoder's weights by their Hugging Face names. */
function encoderWeights(): Map<string, Tensor<'float32'>> {
  const graph = new Graph();
  const words = graph.parameter('embeddings.word_embeddings.weight', [
    settings.vocabularySize,
    settings.hiddenSize,
  ]);
  const inputs = {
    tokens: graph.input('tokens', 'int64', ['B', 'L']),
    attentionBias: graph.input('bias', 'float32', ['B', 1, 1, 'L']),
  };
  encoderStates(inputs, { settings, prefix: '', words });
  return initialWeights(graph.parameters, { path: 'random', seed: 3, temperature: 1 });
}

/** The documents as a corpus. */
export const tinyCorpus = (change: Partial<Corpus> = {}): Corpus => ({
  name: 'tiny',
  train,
  dev,
  types,
  weight: 1,
  overlap: 'flat',
  absentTypes: [],
  ...change,
});

/** All inputs of a run, in memory. */
export const tinyInputs = (change: Partial<Inputs> = {}): Inputs => ({
  corpora: [tinyCorpus()],
  devSets: [tinyCorpus()],
  types,
  encoder: { settings, weights: encoderWeights() },
  encoderPath: 'random',
  tokenizer: openTinyTokenizer(),
  tokenizerJson: tinyTokenizerJson(),
  maskToken: openTinyTokenizer().special.unk,
  fingerprint: 'tiny',
  ...change,
});

/** A recipe for them. */
export const tinyRecipe = (change: Partial<Recipe> = {}): Recipe =>
  parseRecipe({
    name: 'test',
    epochs: 2,
    learningRate: 5e-3,
    batchWindows: 8,
    windowTokens: 48,
    overlapTokens: 8,
    embeddingSize: 16,
    widthSize: 4,
    maxSpanTokens: 12,
    servingOverlapTokens: 12,
    overlap: 'flat',
    seed: 7,
    ...change,
  });

const printLines = (lines: readonly AnnotatedDocument[]): string =>
  lines.map((document) => `${printAnnotatedDocument(document)}\n`).join('');

/** The same inputs as files in a folder. */
export function writeTinyInputs(
  folder: string,
): Required<Pick<InputPaths, 'encoderDirectory' | 'trainFiles' | 'devFiles'>> {
  const encoderDirectory = join(folder, 'encoder');
  const [trainFile, devFile] = [join(folder, 'train.jsonl'), join(folder, 'dev.jsonl')];
  mkdirSync(encoderDirectory);
  writeFileSync(join(encoderDirectory, 'config.json'), JSON.stringify(encoderConfig(settings)));
  writeFileSync(join(encoderDirectory, 'tokenizer.json'), tinyTokenizerJson());
  writeFileSync(join(encoderDirectory, 'model.safetensors'), printSafetensors(encoderWeights()));
  writeFileSync(trainFile, printLines(train));
  writeFileSync(devFile, printLines(dev));
  writeFileSync(join(folder, 'types.json'), JSON.stringify(types));
  return { encoderDirectory, trainFiles: [trainFile], devFiles: [devFile] };
}

/** A third type; an encoder of random numbers tells its description from the others by the signs. */
const town: EntityType = { name: 'Town', description: '[on a map] #1' };
const townsBesideOthers: readonly Things[] = [
  { words: towns, type: 'Town' },
  { words: drugs },
  { words: complaints },
];

/** Files of a few documents that are annotated with towns, though they also name drugs and complaints. */
export function writeTinyTowns(
  folder: string,
): Required<Pick<InputPaths, 'trainFiles' | 'devFiles' | 'typesFile'>> {
  const path = (name: string): string => join(folder, name);
  const [trainFile, devFile, typesFile] = ['t.jsonl', 'd.jsonl', 't.json'].map(path) as [
    string,
    string,
    string,
  ];
  writeFileSync(
    trainFile,
    printLines(documents('town', 64, { seed: 3, things: townsBesideOthers })),
  );
  writeFileSync(
    devFile,
    printLines(documents('town-dev', 16, { seed: 4, things: townsBesideOthers })),
  );
  writeFileSync(typesFile, JSON.stringify([town]));
  return { trainFiles: [trainFile], devFiles: [devFile], typesFile };
}
