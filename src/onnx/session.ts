/**
 * Runs models on onnxruntime: named tensors in, named tensors out. Only importer of onnxruntime-node.
 *
 * Invariant: `run` computes on the calling thread and blocks its event loop, so sessions live in threads
 * (`session-pool.ts`), in child processes, or in programs that do nothing else meanwhile.
 */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Graph } from './graph.ts';
import { type Outputs, printModel } from './model.ts';
import type { ElementArrays, Tensor } from './tensor.ts';

export type Tensors = Readonly<Record<string, Tensor>>;

export interface SessionOptions {
  /** Weights to build into the model; parameters left out are fed at each run. */
  readonly weights?: ReadonlyMap<string, Tensor>;
  /** Threads inside one operation. Default: one per physical core. */
  readonly threads?: number;
  /** Writes onnxruntime's own profile to files that begin with this path. */
  readonly profilePath?: string;
}

/** A compiled model. Call `close` to give its memory back. */
export interface Session {
  readonly inputNames: readonly string[];
  /**
   * Computes the outputs. A tensor given in `into` receives its output in place, without a copy.
   * Throws: when a feed is missing or has the wrong shape.
   */
  run(feeds: Tensors, into?: Tensors): Promise<Tensors>;
  close(): Promise<void>;
}

const toOrt = ({ type, dims, data }: Tensor): OrtTensor =>
  new OrtTensor(type, data as ElementArrays['float32'], dims);

const fromOrt = ({ type, dims, data }: OrtTensor): Tensor =>
  ({ type, dims, data }) as unknown as Tensor;

const mapTensors = <A, B>(tensors: Readonly<Record<string, A>>, convert: (tensor: A) => B) =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, convert(tensor)]));

const sessionOptions = ({
  threads,
  profilePath,
}: Omit<SessionOptions, 'weights'>): InferenceSession.SessionOptions => ({
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  enableMemPattern: false,
  logSeverityLevel: 3,
  // Several sessions in one process would spin against each other between runs.
  extra: { session: { force_spinning_stop: '1' } },
  ...(threads !== undefined && { intraOpNumThreads: threads }),
  ...(profilePath !== undefined && { enableProfiling: true, profileFilePrefix: profilePath }),
});

/** Compiles what `outputs` need of a graph. */
export const openSession = (
  graph: Graph,
  outputs: Outputs,
  { weights, ...options }: SessionOptions = {},
): Promise<Session> =>
  openPrintedSession(printModel(graph, outputs, weights), Object.keys(outputs), options);

/** Compiles a model in ONNX's format. */
export async function openPrintedSession(
  model: Uint8Array,
  outputNames: readonly string[],
  options: Omit<SessionOptions, 'weights'>,
): Promise<Session> {
  const session = await InferenceSession.create(model, sessionOptions(options));
  const names = new Set(session.inputNames);
  return {
    inputNames: session.inputNames,
    async run(feeds, into) {
      const needed = Object.entries(feeds).filter(([name]) => names.has(name));
      const given = mapTensors(Object.fromEntries(needed), toOrt);
      const results = into
        ? await session.run(given, fetchesInto(outputNames, into))
        : await session.run(given);
      return mapTensors(results, fromOrt);
    },
    close: () => {
      if (options.profilePath !== undefined) session.endProfiling();
      return session.release();
    },
  };
}

const fetchesInto = (outputNames: readonly string[], into: Tensors) =>
  Object.fromEntries(outputNames.map((name) => [name, into[name] ? toOrt(into[name]) : null]));
