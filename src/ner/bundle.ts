/**
 * A model on disk: a folder with `manifest.json`, `tokenizer.json` and `weights.safetensors`.
 *
 * Invariant: a bundle is read whole or refused by name: sizes, checksums, tensor names, shapes and
 * numbers are checked before anything is computed. One is written whole or not at all.
 */
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, appError } from '../core/errors.ts';
import { invariant } from '../core/invariant.ts';
import { replaceFile } from '../core/replace-file.ts';
import { unreadableReason } from '../core/unreadable.ts';
import { parseSafetensors, printSafetensors } from '../onnx/safetensors.ts';
import type { Tensor } from '../onnx/tensor.ts';
import { createTokenizer, type Tokenizer } from '../text/tokenizer.ts';
import {
  type ListedFile,
  type Manifest,
  type ModelDescription,
  maxThresholdShift,
  modelId,
  parseManifest,
  printManifest,
  type StoredCalibration,
  sha256,
} from './manifest.ts';
import { bundleTensors, type ModelSettings } from './model-graphs.ts';
import {
  type FloatTensors,
  type Storage,
  type StoredTensors,
  scaleName,
  storeWeights,
} from './quantize.ts';
import { writeFolder } from './write-folder.ts';

const manifestFile = 'manifest.json';
const tokenizerFile = 'tokenizer.json';
const weightsFile = 'weights.safetensors';
const listedFiles = [tokenizerFile, weightsFile];

/** A verified model, in memory as it is stored. */
export interface Bundle {
  /** SHA-256 of the manifest without its calibration, in hexadecimal. */
  readonly id: string;
  readonly manifest: Manifest;
  readonly tokenizer: Tokenizer;
  readonly weights: StoredTensors;
}

/** What a bundle is made of besides its weights. */
interface Described {
  readonly description: ModelDescription;
  /** The text of a tokenizer.json. */
  readonly tokenizerJson: string;
}

/** What a bundle is made of. */
export interface BundleContents extends Described {
  /** Every tensor that `bundleTensors` lists; others are left out. */
  readonly weights: FloatTensors;
  readonly storage: Storage;
}

/** What a bundle is made of when its weights are as they are to be stored. */
export interface StoredContents extends Described {
  /** Invariant: the tensors that `bundleTensors` lists, with their scales, and no others. */
  readonly weights: StoredTensors;
}

const invalid = (path: string, rule: string, value: unknown) =>
  appError('BUNDLE_INVALID', { path, rule, value });

function missing(path: string, cause: unknown): AppError {
  const details = { path, rule: 'have every file', value: unreadableReason(cause) };
  return appError('BUNDLE_INVALID', details, cause);
}

async function readPart(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw missing(path, cause);
  }
}

/** Reads a listed file. The size comes first: a wrong file is not worth reading. */
async function readListed(directory: string, listed: ListedFile): Promise<Buffer> {
  const path = join(directory, listed.path);
  const { size } = await lstat(path).catch((cause: unknown) => {
    throw missing(path, cause);
  });
  if (size !== listed.bytes) throw invalid(path, `be ${listed.bytes} bytes long`, size);
  const bytes = await readPart(path);
  const digest = sha256(bytes);
  if (digest !== listed.sha256) throw invalid(path, `have the SHA-256 ${listed.sha256}`, digest);
  return bytes;
}

/** What a parser of a file throws, as a fault of the bundle. */
function parsed<T>(path: string, rule: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const value = cause instanceof AppError ? cause.details.rule : String(cause);
    throw appError('BUNDLE_INVALID', { path, rule, value }, cause);
  }
}

const highestHalf = 0x7c00;

function isFiniteTensor({ type, data }: Tensor): boolean {
  if (type === 'float16')
    return (data as Uint16Array).every((half) => (half & highestHalf) !== highestHalf);
  return type !== 'float32' || (data as Float32Array).every(Number.isFinite);
}

/** Types and scales of one tensor. */
function checkStorage(weights: StoredTensors, name: string, path: string): void {
  const weight = weights.get(name) as Tensor;
  if (!['float32', 'float16', 'int8'].includes(weight.type)) {
    throw invalid(path, `store ${name} as float32, float16 or int8`, weight.type);
  }
  if (weight.type !== 'int8') return;
  const scale = weights.get(scaleName(name));
  const fits = scale?.type === 'float32' && String(scale.dims) === String(weight.dims.slice(0, 1));
  if (!fits || weight.dims.length !== 2) {
    throw invalid(path, `have one scale for each row of ${name}`, scale?.dims ?? null);
  }
}

function checkWeights(weights: StoredTensors, settings: ModelSettings, path: string): void {
  const expected = bundleTensors(settings);
  for (const [name, shape] of expected) {
    const dims = weights.get(name)?.dims;
    if (String(dims) !== String(shape)) {
      throw invalid(path, `have the tensor ${name} of shape [${shape}]`, dims ?? null);
    }
    checkStorage(weights, name, path);
  }
  for (const [name, weight] of weights) {
    const isKnown = expected.has(name) || expected.has(name.replace(/\.scale$/, ''));
    if (!isKnown) throw invalid(path, 'have no tensors but those of its settings', name);
    if (!isFiniteTensor(weight)) throw invalid(path, 'have finite numbers', name);
  }
}

/** A tokenizer whose every id has a word embedding. */
function parseTokenizer(json: string, vocabularySize: number, path: string): Tokenizer {
  const tokenizer = parsed(path, "have a tokenizer.json with BERT's word pieces", () =>
    createTokenizer(json, path),
  );
  const { vocab } = (JSON.parse(json) as { model: { vocab: Record<string, number> } }).model;
  const stray = Object.entries(vocab).find(([, id]) => !(id >= 0 && id < vocabularySize));
  if (stray) throw invalid(path, `have token ids below ${vocabularySize}`, stray);
  return tokenizer;
}

/** Reads and checks what a bundle says of itself, and nothing else. Throws: BUNDLE_INVALID. */
export async function readManifest(directory: string): Promise<{ id: string; manifest: Manifest }> {
  const path = join(directory, manifestFile);
  const bytes = await readPart(path);
  const manifest = parseManifest(bytes, path);
  const names = manifest.files.map((file) => file.path).toSorted();
  if (String(names) !== String(listedFiles)) {
    throw invalid(path, `list the files ${listedFiles.join(' and ')}`, names);
  }
  return { id: modelId(bytes, manifest), manifest };
}

/**
 * Reads a bundle and checks all of it.
 *
 * Throws: BUNDLE_INVALID with the file at fault.
 * Cost:   reads and hashes every byte; about 0.2 s for 48 MB.
 */
export async function readBundle(directory: string): Promise<Bundle> {
  const { id, manifest } = await readManifest(directory);
  const read = async (name: string): Promise<Buffer> => {
    const listed = manifest.files.find((file) => file.path === name);
    invariant(listed, `${name} must be listed`);
    return readListed(directory, listed);
  };
  const json = (await read(tokenizerFile)).toString('utf8');
  const tokenizerPath = join(directory, tokenizerFile);
  const tokenizer = parseTokenizer(json, manifest.encoder.vocabularySize, tokenizerPath);
  const path = join(directory, weightsFile);
  const bytes = await read(weightsFile);
  const weights = parsed(path, 'have weights in the safetensors format', () =>
    parseSafetensors(bytes, path),
  );
  checkWeights(weights, manifest, path);
  return { id, manifest, tokenizer, weights };
}

const listed = (path: string, bytes: Uint8Array): ListedFile => ({
  path,
  bytes: bytes.length,
  sha256: sha256(bytes),
});

/** Puts another description into a bundle, its files as they are. Returns the id of the model. */
async function replaceDescription(
  directory: string,
  change: (description: ModelDescription) => ModelDescription,
): Promise<string> {
  const { manifest } = await readManifest(directory);
  const { formatVersion: _, checksum: __, files, ...description } = manifest;
  const bytes = printManifest(change(description), files);
  const path = join(directory, manifestFile);
  const written = parseManifest(bytes, path);
  await replaceFile(path, bytes);
  return modelId(bytes, written);
}

/**
 * Puts a calibration into a bundle, or another in its place. The model keeps its id: what was stored
 * with it stays comparable.
 *
 * Throws: BUNDLE_INVALID, as `unwritable`, leaving the bundle as it was.
 */
export async function writeCalibration(
  directory: string,
  calibration: StoredCalibration,
): Promise<void> {
  await replaceDescription(directory, (description) => ({ ...description, calibration }));
}

/**
 * Puts a shift of all thresholds into a bundle, or another in its place, with what is known of it. The
 * model gets another id, which is returned, and loses its calibration: its margins are others.
 *
 * Throws: BUNDLE_INVALID, ARGUMENT_INVALID, as `unwritable`, leaving the bundle as it was.
 */
export async function writeThresholdShift(
  directory: string,
  { thresholdShift, record }: { readonly thresholdShift: number; readonly record: unknown },
): Promise<string> {
  if (Math.abs(thresholdShift) > maxThresholdShift) {
    const rule = `from -${maxThresholdShift} to ${maxThresholdShift}, with what the model adds already`;
    const argument = 'What is added to thresholds';
    throw appError('ARGUMENT_INVALID', { argument, rule, value: thresholdShift });
  }
  return replaceDescription(directory, (before) => {
    const { calibration: _, ...description } = before;
    const metrics = { ...description.metrics, thresholdShift: record };
    return { ...description, metrics, thresholdShift };
  });
}

/**
 * Writes a bundle, in place of an older one if there is one, and returns its id.
 *
 * Throws: ARGUMENT_INVALID when the folder holds something else; as `unwritable`.
 */
export async function writeBundle(directory: string, contents: BundleContents): Promise<string> {
  const { weights, storage, ...described } = contents;
  const needed = [...bundleTensors(described.description)].map(([name, shape]) => {
    const weight = weights.get(name);
    invariant(weight, `a bundle must have the tensor ${name}`);
    invariant(String(weight.dims) === String(shape), `${name} must be [${shape}]`);
    return [name, weight] as const;
  });
  const stored = storeWeights(new Map(needed), storage);
  return writeStoredBundle(directory, { ...described, weights: stored });
}

/** Writes a bundle of weights that are not to be rounded again. As `writeBundle`. */
export async function writeStoredBundle(
  directory: string,
  { description, tokenizerJson, weights }: StoredContents,
): Promise<string> {
  checkWeights(weights, description, directory);
  const stored = printSafetensors(weights);
  const tokenizer = Buffer.from(tokenizerJson);
  const files = [listed(tokenizerFile, tokenizer), listed(weightsFile, stored)];
  const manifest = printManifest(description, files);
  const byName = new Map<string, Uint8Array>([
    [tokenizerFile, tokenizer],
    [weightsFile, stored],
    [manifestFile, manifest],
  ]);
  await writeFolder(directory, byName, [...byName.keys()]);
  return modelId(manifest, parseManifest(manifest, directory));
}
