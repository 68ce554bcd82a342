/**
 * A run on disk: weights, moments and how far it is, as one safetensors file.
 *
 * Invariant: the file is whole at any moment. A new one is written beside it, forced to disk and
 * renamed over it, its name too, so that a full disk, a killed process or a power cut leaves the last
 * good one.
 */
import { readFile } from 'node:fs/promises';
import { appError } from '../core/errors.ts';
import { replaceFile } from '../core/replace-file.ts';
import { unreadable } from '../core/unreadable.ts';
import { parseSafetensors, printSafetensors } from '../onnx/safetensors.ts';
import { type Tensor, tensor } from '../onnx/tensor.ts';
import type { RunState } from './run-state.ts';
import type { WeightArena } from './weight-arena.ts';

/** What a checkpoint belongs to, and how far the run was. */
export interface CheckpointHeader {
  /** Of recipe, encoder and data: a checkpoint resumes no other run. */
  readonly fingerprint: string;
  readonly state: RunState;
}

/** The arena's arrays that are kept; gradients are made anew. */
const arrayNames = ['weights', null, 'firstMoments', 'secondMoments'] as const;
const headerName = 'header';

/** Writes a checkpoint. Throws: as `unwritable`. Cost: 12 bytes a weight. */
export async function writeCheckpoint(
  path: string,
  header: CheckpointHeader,
  { kernel }: WeightArena,
): Promise<void> {
  const json = new Uint8Array(Buffer.from(JSON.stringify(header)));
  const tensors = new Map<string, Tensor>([[headerName, tensor('uint8', [json.length], json)]]);
  arrayNames.forEach((name, place) => {
    const array = kernel.arrays[place]!;
    if (name !== null) tensors.set(name, tensor('float32', [array.length], array));
  });
  await replaceFile(path, printSafetensors(tensors));
}

/** Reads a checkpoint into the arena. Throws: FILE_UNREADABLE, FILE_INVALID, ARGUMENT_INVALID. */
export async function readCheckpoint(
  path: string,
  fingerprint: string,
  { kernel }: WeightArena,
): Promise<RunState> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const tensors = parseSafetensors(bytes, path);
  const header = parseHeader(tensors, path);
  if (header.fingerprint !== fingerprint) {
    const rule = 'a run with the same recipe, encoder, types and training files';
    throw appError('ARGUMENT_INVALID', { argument: 'What is resumed', rule, value: path });
  }
  arrayNames.forEach((name, place) => {
    if (name === null) return;
    const stored = tensors.get(name)?.data;
    const array = kernel.arrays[place]!;
    if (!(stored instanceof Float32Array) || stored.length !== array.length)
      throw appError('FILE_INVALID', { path, line: 1, rule: 'a checkpoint', value: name });
    if (!stored.every(Number.isFinite)) throw notFinite(path, name);
    array.set(stored);
  });
  return header.state;
}

const notFinite = (path: string, name: string) =>
  appError('FILE_INVALID', { path, line: 1, rule: 'a checkpoint of finite numbers', value: name });

function parseHeader(tensors: ReadonlyMap<string, Tensor>, path: string): CheckpointHeader {
  const json = tensors.get(headerName)?.data;
  try {
    return JSON.parse(Buffer.from(json as Uint8Array).toString('utf8')) as CheckpointHeader;
  } catch (cause) {
    const value = 'no header';
    throw appError('FILE_INVALID', { path, line: 1, rule: 'a checkpoint', value }, cause);
  }
}

/** Writes the trained weights alone, as they are now. Throws: as `unwritable`. Cost: 4 bytes a weight. */
export const writeWeights = (path: string, { kernel }: WeightArena): Promise<void> =>
  replaceFile(
    path,
    printSafetensors(
      new Map([['weights', tensor('float32', [kernel.arrays[0].length], kernel.arrays[0])]]),
    ),
  );

/** Reads weights written by `writeWeights` into the arena. Throws: FILE_UNREADABLE, FILE_INVALID. */
export async function readWeights(path: string, { kernel }: WeightArena): Promise<void> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const stored = parseSafetensors(bytes, path).get('weights')?.data;
  if (!(stored instanceof Float32Array) || stored.length !== kernel.arrays[0].length)
    throw appError('FILE_INVALID', { path, line: 1, rule: 'the weights of this run', value: '' });
  kernel.arrays[0].set(stored);
}
