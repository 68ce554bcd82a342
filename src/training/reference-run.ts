/**
 * Computes what a reference case was made to compare: scores, loss and gradients of its batch, and the
 * losses over steps of AdamW, with the trainer's own graph, batches and optimizer.
 *
 * Two details are the official program's alone: it damps what is excluded by ln(1e-13) instead of
 * leaving it out, and width row 0 is padding that gets no gradient.
 */
import { appError } from '../core/errors.ts';
import { openSession, type Session, type Tensors } from '../onnx/session.ts';
import { floats, integers, type Tensor, tensor } from '../onnx/tensor.ts';
import { adamwStep } from './adamw.ts';
import { BatchBuilder } from './batch.ts';
import type {
  FloatTensors,
  ReferenceCase,
  ReferenceTokens,
  ReferenceWindow,
} from './reference-case.ts';
import { buildTrainingGraph, scoreKinds } from './training-graph.ts';
import { createWeightArena, type WeightArena } from './weight-arena.ts';

/** What this program computes of a case. */
export interface ReferenceRun {
  readonly scores: FloatTensors;
  readonly gradients: FloatTensors;
  /** Before the first step, after one, and so on. */
  readonly losses: readonly number[];
  readonly weightsAfterStep: FloatTensors;
}

const officialExclusion = Math.log(1e-13);
const paddingBias = -1e9;
const paddingToken = 0;
const widthTable = 'width_embeddings.weight';

/** Tokens and attention of rows, all padded to the longest. */
function tokenFeeds(name: string, rows: readonly ReferenceTokens[]): Tensors {
  const length = Math.max(...rows.map(({ ids }) => ids.length));
  const positions = [...Array(length).keys()];
  const tokens = rows.flatMap(({ ids }) => positions.map((place) => ids[place] ?? paddingToken));
  const bias = rows.flatMap(({ mask }) =>
    positions.map((place) => (mask[place] ? 0 : paddingBias)),
  );
  return {
    [`${name}_tokens`]: integers([rows.length, length], tokens),
    [`${name}_bias`]: floats([rows.length, 1, 1, length], bias),
  };
}

const places = (marks: readonly number[]): Int32Array =>
  Int32Array.from([...marks.keys()].filter((place) => marks[place]));

const exampleOf = ({ ids, wordStart, wordEnd, gold }: ReferenceWindow) => ({
  tokens: Int32Array.from(ids),
  starts: places(wordStart),
  ends: places(wordEnd),
  gold: gold.map(({ type, start, end }) => ({ type, first: start, last: end })),
  uncertain: [],
});

/** The case's batch. Masks are the trainer's, with the official exclusion. */
function batchFeeds({ windows, types, heads }: ReferenceCase): Tensors {
  const windowTokens = Math.max(...windows.map(({ ids }) => ids.length));
  const batches = new BatchBuilder({
    maxTypes: types.length,
    padToken: paddingToken,
    maxWindows: windows.length,
    maxTokens: windows.length * windowTokens,
    windowTokens,
    maxSpanTokens: null,
    widthRows: heads.widthRows,
  });
  const built = batches.build({ examples: windows.map(exampleOf), types: types.length });
  const damped = ({ dims, data }: Tensor): Tensor =>
    floats(
      dims,
      (data as Float32Array).map((mask) => (mask < 0 ? officialExclusion : 0)),
    );
  const masks = scoreKinds.map((kind) => {
    const name = `${kind}_mask`;
    return [name, damped(built[name] as Tensor)] as const;
  });
  return {
    ...built,
    ...Object.fromEntries(masks),
    ...tokenFeeds('text', windows),
    ...tokenFeeds('type', types),
  };
}

/** The case's model in training. */
interface OpenedCase {
  readonly arena: WeightArena;
  readonly session: Session;
  readonly feeds: Tensors;
}

const copied = (tensors: FloatTensors): FloatTensors =>
  new Map(
    [...tensors].map(([name, { dims, data }]) => [name, tensor('float32', dims, data.slice())]),
  );

const gradientName = (name: string): string => `gradient of ${name}`;

/** Copies the case's weights into the arena. Throws: FILE_INVALID. */
function setWeights({ weights }: WeightArena, reference: ReferenceCase): void {
  for (const [name, { dims, data }] of weights) {
    const given = reference.weights.get(name);
    if (String(given?.dims ?? 'none') !== String(dims) && data.length > 0) {
      const rule = `a file with the weight ${name} of shape [${dims}]`;
      const value = given?.dims ?? null;
      throw appError('FILE_INVALID', { path: reference.weightsPath, line: 1, rule, value });
    }
    if (given) data.set(given.data);
  }
}

async function openCase(reference: ReferenceCase): Promise<OpenedCase> {
  const { encoder, heads, lossWeights, optimizer } = reference;
  const settings = { encoder, heads, loss: lossWeights, dropout: false, words: 'trained' } as const;
  const built = buildTrainingGraph(settings);
  const shapes = built.trainable.map(({ name, shape }) => ({
    name,
    dims: shape as readonly number[],
    group: 'encoder' as const,
  }));
  const arena = await createWeightArena(shapes, optimizer.decay);
  setWeights(arena, reference);
  const gradients = built.trainable.map(
    ({ name }, place) => [gradientName(name), built.gradients[place]!] as const,
  );
  const session = await openSession(built.graph, {
    loss: built.loss,
    ...built.scores,
    ...Object.fromEntries(gradients),
  });
  return {
    arena,
    session,
    feeds: { ...batchFeeds(reference), ...Object.fromEntries(arena.weights) },
  };
}

/** Fills the arena's gradients; returns the loss and the scores. */
async function computeBatch({ arena, session, feeds }: OpenedCase) {
  const into = Object.fromEntries(
    [...arena.gradients].map(([name, gradient]) => [gradientName(name), gradient]),
  );
  const results = await session.run(feeds, into);
  const table = arena.gradients.get(widthTable);
  table?.data.fill(0, 0, table.dims[1]);
  const scores = scoreKinds.map(
    (kind) => [`${kind}_scores`, results[kind] as Tensor<'float32'>] as const,
  );
  return { loss: Number(results.loss?.data[0]), scores: new Map(scores) };
}

/**
 * Runs a case: `losses` has as many entries as the case, and at least one.
 *
 * Throws: FILE_INVALID when a weight is missing or of another shape.
 */
export async function runReference(reference: ReferenceCase): Promise<ReferenceRun> {
  const { optimizer, lossOverSteps } = reference;
  const opened = await openCase(reference);
  const { arena, session } = opened;
  try {
    const { loss, scores } = await computeBatch(opened);
    const gradients = copied(arena.gradients);
    const losses = [loss];
    let weightsAfterStep: FloatTensors = arena.weights;
    for (let step = 1; step < Math.max(2, lossOverSteps.length); step += 1) {
      adamwStep(arena, {
        step,
        learningRates: { encoder: optimizer.learningRate, head: optimizer.learningRate },
        weightDecay: optimizer.weightDecay,
        epsilon: optimizer.epsilon,
        clipNorm: optimizer.clipNorm,
      });
      if (step === 1) weightsAfterStep = copied(arena.weights);
      losses.push((await computeBatch(opened)).loss);
    }
    return { scores, gradients, losses, weightsAfterStep };
  } finally {
    await session.close();
  }
}
