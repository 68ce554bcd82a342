/**
 * Annotated documents as training examples: one window each, with the token positions of its words
 * and of its gold mentions.
 *
 * Source: BINDER's data processing. A mention belongs to each window it lies in whole; one that does
 * not start and end with words trains all the same, at the tokens that cover it.
 */
import type { AnnotatedDocument, GoldMention } from '../core/document.ts';
import type { Span } from '../core/span.ts';
import type { Encoding, Tokenizer } from '../text/tokenizer.ts';
import { edgesInWindow, type Window, type WindowSizes, windowsOf } from '../text/windows.ts';
import { wordEdges } from '../text/words.ts';

/** A gold mention in a window. Units: positions, both included; [CLS] is 0. */
export interface GoldSpan {
  /** Index among the types of the run. */
  readonly type: number;
  readonly first: number;
  readonly last: number;
}

/** One window to learn from. Units: positions in the window, where [CLS] is 0. */
export interface Example {
  /** Token ids, [CLS] and [SEP] included. */
  readonly tokens: Int32Array;
  /** Where words start, and where they end. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Without repetition. */
  readonly gold: readonly GoldSpan[];
  /** Spans that are neither gold nor negatives of their types. */
  readonly uncertain: readonly GoldSpan[];
}

/** Place of each type in the order of the run, by name. */
type TypePlaces = ReadonlyMap<string, number>;

/** How documents become examples. */
export interface ExampleOptions extends WindowSizes {
  readonly tokenizer: Tokenizer;
  /** Names of the types, in the order of the run; mentions of other types are left out. */
  readonly types: readonly string[];
  /** Longest mention in tokens; null for no limit. Longer ones are neither gold nor negative. */
  readonly maxSpanTokens: number | null;
}

/** The tokens of a document that cover a span: [first, last]. Null when none does. */
function coveringTokens({ starts, ends }: Encoding, span: Span): Omit<GoldSpan, 'type'> | null {
  let first = -1;
  let last = -1;
  for (let token = 0; token < starts.length && starts[token]! < span.end; token += 1) {
    if (ends[token]! <= span.start) continue;
    if (first === -1) first = token;
    last = token;
  }
  return first === -1 ? null : { first, last };
}

/** Mentions as tokens of the document. */
function tokenSpans(
  mentions: readonly GoldMention[],
  encoding: Encoding,
  types: TypePlaces,
): GoldSpan[] {
  const found = new Map<string, GoldSpan>();
  for (const mention of mentions) {
    const type = types.get(mention.type);
    const tokens = type === undefined ? null : coveringTokens(encoding, mention);
    if (type === undefined || tokens === null) continue;
    const { first, last } = tokens;
    found.set(`${type} ${first} ${last}`, { type, first, last });
  }
  return [...found.values()];
}

/** What is learnt of a document: mentions that are candidates, and spans that are neither. */
function learntSpans(
  { mentions, uncertain = [] }: AnnotatedDocument,
  encoding: Encoding,
  { types, maxSpanTokens }: { types: TypePlaces } & Pick<ExampleOptions, 'maxSpanTokens'>,
): { readonly gold: readonly GoldSpan[]; readonly uncertain: readonly GoldSpan[] } {
  const spans = tokenSpans(mentions, encoding, types);
  const longest = maxSpanTokens ?? Number.POSITIVE_INFINITY;
  const isCandidate = ({ first, last }: GoldSpan): boolean => last - first + 1 <= longest;
  return {
    gold: spans.filter(isCandidate),
    uncertain: [
      ...spans.filter((span) => !isCandidate(span)),
      ...tokenSpans(uncertain, encoding, types),
    ],
  };
}

function windowTokens(encoding: Encoding, window: Window, special: Tokenizer['special']) {
  const ids = encoding.ids.subarray(window.firstToken, window.endToken);
  const tokens = new Int32Array(ids.length + 2);
  tokens[0] = special.cls;
  tokens.set(ids, 1);
  tokens[tokens.length - 1] = special.sep;
  return tokens;
}

/** Spans of a document that lie whole in a window, as positions in it. */
const spansInWindow = (spans: readonly GoldSpan[], { firstToken, endToken }: Window): GoldSpan[] =>
  spans
    .filter(({ first, last }) => first >= firstToken && last < endToken)
    .map(({ type, first, last }) => ({
      type,
      first: first - firstToken + 1,
      last: last - firstToken + 1,
    }));

/** The windows of annotated documents, in order. */
export async function createExamples(
  documents: readonly AnnotatedDocument[],
  options: ExampleOptions,
): Promise<Example[]> {
  const { tokenizer, maxSpanTokens } = options;
  const types = new Map(options.types.map((name, place) => [name, place]));
  const encodings = await tokenizer.encodeAll(documents.map(({ text }) => text));
  return documents.flatMap((document, place) => {
    const encoding = encodings[place]!;
    const edges = wordEdges(document.text, encoding);
    const { gold, uncertain } = learntSpans(document, encoding, { types, maxSpanTokens });
    return windowsOf(encoding.ids.length, options).map((window) => ({
      tokens: windowTokens(encoding, window, tokenizer.special),
      ...edgesInWindow(edges, window),
      gold: spansInWindow(gold, window),
      uncertain: spansInWindow(uncertain, window),
    }));
  });
}
