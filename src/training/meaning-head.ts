/**
 * Teaches a linear map which surface forms name the same thing. The encoder below it is frozen: its
 * mean states are computed once, so that a run takes a minute.
 *
 * Invariant: equal forms, groups and settings give equal weights, bit for bit.
 */
import { appError } from '../core/errors.ts';
import { openSession } from '../onnx/session.ts';
import { type Tensor, tensor } from '../onnx/tensor.ts';
import { adamwStep } from './adamw.ts';
import type { ConceptForms } from './concept-forms.ts';
import { buildMeaningLoss, headMatrix, sameFeeds } from './meaning-loss.ts';
import { createRandom, purposes, type Random, shuffle } from './random.ts';
import { createWeightArena } from './weight-arena.ts';

/** How the head is trained. docs/ablations.md has what else was tried. */
export interface MeaningHeadSettings {
  /** Numbers of a meaning vector. */
  readonly size: number;
  readonly steps: number;
  /** Of the first step; falls linearly to 0 at the last. */
  readonly learningRate: number;
  /** What cosines are divided by. */
  readonly temperature: number;
  /** Share of the numbers of a mean state that a step does not see. */
  readonly dropout: number;
  /** Most forms of a step: memory and time grow with its square. */
  readonly batchForms: number;
  readonly seed: number;
}

/** What it learns from. */
export interface MeaningExamples extends Pick<ConceptForms, 'groups'> {
  /** Unit mean states of the forms, each [H]. */
  readonly means: readonly Float32Array[];
}

/** A trained head: a meaning vector is weight · mean + bias, scaled to length 1. */
export interface TrainedMeaningHead {
  /** Shapes: [D, H]. */
  readonly weight: Tensor<'float32'>;
  /** Shapes: [D]. */
  readonly bias: Tensor<'float32'>;
  /** Of the last step. */
  readonly loss: number;
}

/** Called after each step. */
export type OnMeaningStep = (step: number, loss: number) => void;

/** The mean of all vectors. */
function centreOf(vectors: readonly Float32Array[], size: number): Float32Array {
  const sum = new Float64Array(size);
  for (const vector of vectors) for (let i = 0; i < size; i += 1) sum[i]! += vector[i]!;
  return Float32Array.from(sum, (value) => value / vectors.length);
}

/** The forms that each form names the same thing as. */
export function sameForms(count: number, groups: MeaningExamples['groups']): Set<number>[] {
  const same = Array.from({ length: count }, () => new Set<number>());
  for (const group of groups)
    for (const form of group) for (const other of group) same[form]!.add(other);
  same.forEach((others, form) => others.delete(form));
  return same;
}

/** Forms of a step: all if they fit; else groups that are whole, and other forms to tell them from. */
export function chooseForms(
  count: number,
  groups: MeaningExamples['groups'],
  { most, random }: { readonly most: number; readonly random: Random },
): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  if (count <= most) return all;
  const chosen = new Set<number>();
  for (const group of shuffle([...groups], random)) {
    if (chosen.size + group.length > most / 2) break;
    for (const form of group) chosen.add(form);
  }
  for (const form of shuffle(all, random)) {
    if (chosen.size === most) break;
    chosen.add(form);
  }
  return [...chosen];
}

/** The centred means of some forms, with numbers dropped out. Shapes: [N, H]. */
function formFeed(
  { means }: MeaningExamples,
  chosen: readonly number[],
  { centre, dropout, random }: { centre: Float32Array; dropout: number; random: Random },
): Tensor<'float32'> {
  const size = centre.length;
  const data = new Float32Array(chosen.length * size);
  const scale = 1 / (1 - dropout);
  chosen.forEach((form, row) => {
    const mean = means[form]!;
    for (let i = 0; i < size; i += 1)
      if (random.uniform() >= dropout) data[row * size + i] = (mean[i]! - centre[i]!) * scale;
  });
  return tensor('float32', [chosen.length, size], data);
}

/** What a step is fed. */
function stepFeeds(
  examples: MeaningExamples,
  same: readonly ReadonlySet<number>[],
  { centre, settings, step }: { centre: Float32Array; settings: MeaningHeadSettings; step: number },
) {
  const { seed, dropout, batchForms: most } = settings;
  const random = createRandom(seed, purposes.meaningBatches, step);
  const chosen = chooseForms(same.length, examples.groups, { most, random });
  const rows = new Map(chosen.map((form, row) => [form, row]));
  const inBatch = chosen.map(
    (form) => new Set([...same[form]!].flatMap((other) => rows.get(other) ?? [])),
  );
  const drops = createRandom(seed, purposes.meaningDropout, step);
  return {
    forms: formFeed(examples, chosen, { centre, dropout, random: drops }),
    ...sameFeeds(inBatch),
  };
}

/** weight · (mean − centre) as weight · mean + bias. */
function headOf(weight: Tensor<'float32'>, centre: Float32Array, loss: number): TrainedMeaningHead {
  const [rows = 0, size = 0] = weight.dims;
  const bias = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1)
    for (let i = 0; i < size; i += 1) bias[row]! -= weight.data[row * size + i]! * centre[i]!;
  return { weight, bias: tensor('float32', [rows], bias), loss };
}

/** A new arena with the head's matrix at random. */
async function openMatrix(size: number, { size: rows, seed }: MeaningHeadSettings) {
  const arena = await createWeightArena([{ name: headMatrix, dims: [rows, size], group: 'head' }]);
  const random = createRandom(seed, purposes.meaningHead);
  const matrix = arena.weights.get(headMatrix)!;
  const deviation = 1 / Math.sqrt(size);
  matrix.data.forEach((_, i) => {
    matrix.data[i] = deviation * random.normal();
  });
  return { arena, matrix };
}

/** No gradient of a mean over forms is longer: never clipped. */
const clipNorm = 1e6;

/** Throws: ARGUMENT_INVALID when no two forms name the same thing. */
function checkExamples({ groups, means }: MeaningExamples): void {
  if (groups.length > 0) return;
  const rule = 'mentions of at least one concept under two names';
  const value = `${means.length} names, each of another concept`;
  throw appError('ARGUMENT_INVALID', { argument: 'The concepts', rule, value });
}

/**
 * Trains a head.
 *
 * Throws: ARGUMENT_INVALID when no two forms name the same thing.
 * Cost:   a step of 2,300 forms to 128 numbers takes about 0.2 s on two cores.
 */
export async function trainMeaningHead(
  examples: MeaningExamples,
  settings: MeaningHeadSettings,
  onStep: OnMeaningStep = () => undefined,
): Promise<TrainedMeaningHead> {
  checkExamples(examples);
  const from = examples.means[0]!.length;
  const { size: to, temperature, steps } = settings;
  const { graph, loss, gradient } = buildMeaningLoss({ from, to, temperature });
  const { arena, matrix } = await openMatrix(from, settings);
  const centre = centreOf(examples.means, from);
  const same = sameForms(examples.means.length, examples.groups);
  const session = await openSession(graph, { loss, gradient });
  const into = { gradient: arena.gradients.get(headMatrix)! };
  let last = Number.NaN;
  for (let step = 0; step < steps; step += 1) {
    const feeds = stepFeeds(examples, same, { centre, settings, step });
    const results = await session.run({ ...feeds, [headMatrix]: matrix }, into);
    last = Number(results.loss?.data[0]);
    const learningRate = settings.learningRate * (1 - step / steps);
    const learningRates = { encoder: 0, head: learningRate };
    adamwStep(arena, { step: step + 1, learningRates, weightDecay: 0, clipNorm });
    onStep(step + 1, last);
  }
  await session.close();
  return headOf(matrix, centre, last);
}
