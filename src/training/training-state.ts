/**
 * Everything a training step works on: the compiled graph, the weights with their gradients and
 * moments, and the masks of dropout. What a run is resumed from lies in the arena alone.
 */
import { openSession, type Session, type Tensors } from '../onnx/session.ts';
import type { Tensor } from '../onnx/tensor.ts';
import { DropoutPool } from './dropout-pool.ts';
import { type InitialWeightOptions, initialWeights } from './initial-weights.ts';
import { buildTrainingGraph, type TrainingGraphOptions } from './training-graph.ts';
import { createWeightArena, type WeightArena } from './weight-arena.ts';

/** What is trained. */
export interface TrainingStateOptions {
  readonly graph: Omit<TrainingGraphOptions, 'dropout'>;
  readonly initial: InitialWeightOptions;
  /** 0 for none. */
  readonly dropoutRate: number;
  /** Elements of the largest array that dropout is applied to. */
  readonly longestDropout: number;
  readonly threads?: number;
  readonly profilePath?: string;
}

/** A model in training. */
export interface TrainingState {
  readonly arena: WeightArena;
  /** All weights, views of the arena where they train. */
  readonly weights: ReadonlyMap<string, Tensor<'float32'>>;
  readonly dropout: DropoutPool;
  /** Runs the graph on a batch: fills the arena's gradients and returns the loss. */
  run(feeds: Tensors): Promise<number>;
  close(): Promise<void>;
}

const gradientName = (name: string): string => `gradient of ${name}`;

/** Compiles the graph and sets the weights to their initial values. Throws: as `initialWeights`. */
export async function openTrainingState(options: TrainingStateOptions): Promise<TrainingState> {
  const { threads, profilePath } = options;
  const built = buildTrainingGraph({ ...options.graph, dropout: options.dropoutRate > 0 });
  const arena = await createWeightArena(
    built.trainable.map(({ name, shape }) => ({
      name,
      dims: shape as readonly number[],
      group: /^(text|type)_encoder\./.test(name) ? 'encoder' : 'head',
    })),
  );
  const weights = new Map<string, Tensor<'float32'>>();
  for (const [name, initial] of initialWeights(built.graph.parameters, options.initial)) {
    const view = arena.weights.get(name);
    view?.data.set(initial.data);
    weights.set(name, view ?? initial);
  }
  const gradients = built.trainable.map(
    ({ name }, place) => [gradientName(name), built.gradients[place]!] as const,
  );
  const session = await openSession(
    built.graph,
    { loss: built.loss, ...Object.fromEntries(gradients) },
    {
      ...(threads !== undefined && { threads }),
      ...(profilePath !== undefined && { profilePath }),
    },
  );
  return {
    arena,
    weights,
    dropout: new DropoutPool({
      rate: options.dropoutRate,
      seed: options.initial.seed,
      sites: built.dropoutSites,
      longestSite: options.longestDropout,
    }),
    run: runner(session, { weights, arena }),
    close: () => session.close(),
  };
}

function runner(
  session: Session,
  { weights, arena }: Pick<TrainingState, 'weights' | 'arena'>,
): TrainingState['run'] {
  const fixed = Object.fromEntries(weights);
  const into = Object.fromEntries(
    [...arena.gradients].map(([name, gradient]) => [gradientName(name), gradient]),
  );
  return async (feeds) => {
    const results = await session.run({ ...fixed, ...feeds }, into);
    return Number(results.loss?.data[0]);
  };
}
