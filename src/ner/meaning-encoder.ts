/**
 * What a mention's words mean, apart from its type: the pretrained encoder's states of the surface
 * form alone, averaged. Training for types wipes that out of span vectors. Where a bundle has a head,
 * it maps the mean to fewer numbers, in which other names of the same thing are nearer.
 *
 * The mean is over the form's own tokens: with [CLS] and [SEP], as the encoder was trained, the same
 * thing under another name is found less often (recall@10 0.616 against 0.635, docs/ablations.md).
 */
import { normalize } from '../core/vector.ts';
import { specialTokensPerWindow } from '../text/windows.ts';
import type { Bundle } from './bundle.ts';
import { readMeaningHead } from './meaning-head.ts';
import { meaningGraph } from './model-graphs.ts';
import { type Batch, openSequenceEncoder } from './sequence-encoder.ts';

/** A surface form as tokens, with what to compute of it. */
export interface MeaningEncoder {
  /** Tokens of surface forms, cut to what the encoder can read, and the batches to run. */
  prepare(forms: readonly string[]): Promise<{ tokens: Int32Array[]; batches: Batch[] }>;
  /** Unit vectors of a batch's forms, in order; [meaning size]. */
  encode(forms: readonly Int32Array[], paddedLength: number): Promise<Float32Array[]>;
  /** Settles once nothing is held up by a batch. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Longest surface form that is read, special tokens included: mentions are much shorter. */
const maxFormTokens = 128;
/** Forms are a few tokens long: a coarser step would compute mostly padding. */
const lengthStep = 4;
const batchTokens = 512;

/** The mean of rows [first, end), as a unit vector. Shapes: states [n, H] -> [H]. */
function meanState(states: Float32Array, rows: { first: number; end: number; size: number }) {
  const { first, end, size } = rows;
  const sum = new Float32Array(size);
  for (let row = first; row < end; row += 1)
    for (let h = 0; h < size; h += 1) sum[h]! += states[row * size + h]!;
  return normalize(sum);
}

/** How to open it. */
export interface MeaningEncoderOptions {
  /** Batches that are computed at once, each in a thread of its own. Default: 1, in this thread. */
  readonly sessions?: number;
  /** False: mean states [H], whatever head the bundle has. Default: true. */
  readonly withHead?: boolean;
}

/** Opens the pretrained encoder of a bundle, with its head if it has one. */
export async function openMeaningEncoder(
  bundle: Bundle,
  { sessions, withHead = true }: MeaningEncoderOptions = {},
): Promise<MeaningEncoder> {
  const head = withHead ? readMeaningHead(bundle) : null;
  const { hiddenSize: size, maxPositions } = bundle.manifest.encoder;
  const longest = Math.min(maxFormTokens, maxPositions) - specialTokensPerWindow;
  const encoder = await openSequenceEncoder(bundle, {
    ...(sessions !== undefined && { sessions }),
    name: 'meaning',
    model: meaningGraph(bundle.manifest),
    prefixes: ['meaning_encoder.'],
    lengthStep,
    maxTokens: batchTokens,
  });
  return {
    async prepare(forms) {
      const encodings = await bundle.tokenizer.encodeAll(forms);
      const tokens = encodings.map(({ ids }) => ids.subarray(0, longest));
      const lengths = tokens.map(({ length }) => length + specialTokensPerWindow);
      return { tokens, batches: encoder.plan(lengths) };
    },
    async encode(forms, paddedLength) {
      const { data } = (await encoder.run(forms, paddedLength)).states;
      return forms.map(({ length }, index) => {
        const cls = index * paddedLength;
        // A form of which nothing became a token has no mean but that of [CLS] and [SEP].
        const [first, end] = length === 0 ? [cls, cls + 2] : [cls + 1, cls + 1 + length];
        const mean = meanState(data, { first, end, size });
        return head === null ? mean : head(mean);
      });
    },
    ping: () => encoder.ping(),
    close: () => encoder.close(),
  };
}
