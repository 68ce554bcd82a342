/**
 * Text to word pieces: Hugging Face's `tokenizers`, this file its only importer.
 *
 * Windows, special tokens and padding are this program's own job, so the file's truncation, padding
 * and post-processing are switched off, and so is its list of added tokens: a document that says
 * "[SEP]" must be read as that text and not as the token that ends a window.
 */
import { readFile } from 'node:fs/promises';
import { Tokenizer as WordPieceTokenizer } from 'tokenizers';
import { codePointStarts } from '../core/code-points.ts';
import { AppError, appError } from '../core/errors.ts';
import { unreadable } from '../core/unreadable.ts';
import { pieceStarts } from './pieces.ts';

/** A text as tokens, special tokens not included. Shapes: all arrays [tokens]. */
export interface Encoding {
  readonly ids: Int32Array;
  /** Units: UTF-16 code units. `text.slice(starts[i], ends[i])` is what token i was made of. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** How many tokens are [UNK]. */
  readonly unknown: number;
}

/** Ids of the tokens that have a meaning of their own. */
export interface SpecialTokens {
  readonly cls: number;
  readonly sep: number;
  readonly pad: number;
  readonly unk: number;
}

/** Turns texts into tokens, outside the main thread; any string is accepted. */
export interface Tokenizer {
  readonly special: SpecialTokens;
  encode(text: string): Promise<Encoding>;
  /** One encoding a text, in order; faster than one by one. */
  encodeAll(texts: readonly string[]): Promise<Encoding[]>;
}

/** Long enough to amortise a call, short enough to keep all cores busy. */
const pieceChars = 4_000;
/** Bounds the boxed numbers that the binding returns at a time. */
const batchChars = 1_000_000;

interface Piece {
  readonly document: number;
  /** Where it starts in its document. Units: UTF-16 code units. */
  readonly start: number;
  readonly text: string;
}

interface PieceTokens {
  readonly piece: Piece;
  readonly ids: readonly number[];
  /** [start, end) of each token in the piece. Units: code points. */
  readonly offsets: readonly (readonly number[])[];
}

/**
 * Opens a tokenizer.json.
 *
 * Throws: FILE_UNREADABLE; FILE_INVALID when it is not BERT's word pieces (others do not tokenise
 * pieces of a text like the whole) or lacks a special token.
 */
export async function openTokenizer(path: string): Promise<Tokenizer> {
  const json = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  return createTokenizer(json, path);
}

/** A tokenizer from the text of a tokenizer.json; `path` is for messages. Throws: FILE_INVALID. */
export function createTokenizer(json: string, path: string): Tokenizer {
  const binding = parseTokenizer(json, path);
  const idOf = (token: string): number => {
    const id = binding.tokenToId(token);
    if (id === null) throw invalidFile(path, `a tokenizer whose vocabulary has ${token}`, null);
    return id;
  };
  const special = {
    cls: idOf('[CLS]'),
    sep: idOf('[SEP]'),
    pad: idOf('[PAD]'),
    unk: idOf('[UNK]'),
  };
  const encodeAll = (texts: readonly string[]): Promise<Encoding[]> =>
    encodeTexts(binding, special.unk, texts);
  return { special, encodeAll, encode: async (text) => (await encodeAll([text]))[0]! };
}

function invalidFile(path: string, rule: string, cause: unknown) {
  const value = cause instanceof Error ? cause.message : cause;
  return appError('FILE_INVALID', { path, line: 1, rule, value }, cause);
}

interface TokenizerFile {
  readonly pre_tokenizer?: { readonly type?: unknown } | null;
  readonly model?: { readonly type?: unknown; readonly unk_token?: unknown } | null;
}

function parseTokenizer(json: string, path: string): WordPieceTokenizer {
  const rule = "a tokenizer.json with BERT's word pieces";
  try {
    const file = JSON.parse(json) as TokenizerFile | null;
    const kind = [file?.pre_tokenizer?.type, file?.model?.type, file?.model?.unk_token].join(' ');
    if (kind !== 'BertPreTokenizer WordPiece [UNK]') throw invalidFile(path, rule, kind);
    const bare = { ...file, truncation: null, padding: null, post_processor: null };
    return WordPieceTokenizer.fromString(JSON.stringify({ ...bare, added_tokens: [] }));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw invalidFile(path, rule, cause);
  }
}

async function encodeTexts(
  binding: WordPieceTokenizer,
  unk: number,
  texts: readonly string[],
): Promise<Encoding[]> {
  const encoded: PieceTokens[][] = texts.map(() => []);
  for (const batch of batches(texts)) {
    const results = await binding.encodeBatch(
      batch.map((piece) => piece.text),
      { addSpecialTokens: false },
    );
    batch.forEach((piece, i) => {
      const result = results[i]!;
      const tokens = { piece, ids: result.getIds(), offsets: result.getOffsets() };
      encoded[piece.document]!.push(tokens);
    });
  }
  return texts.map((text, document) => joinPieces(text, encoded[document]!, unk));
}

/** The pieces of all texts in order, in groups of about `batchChars`. */
function* batches(texts: readonly string[]): Generator<Piece[]> {
  let batch: Piece[] = [];
  let chars = 0;
  for (const [document, text] of texts.entries()) {
    const starts = pieceStarts(text, pieceChars);
    for (const [i, start] of starts.entries()) {
      const piece = { document, start, text: text.slice(start, starts[i + 1]) };
      batch.push(piece);
      chars += piece.text.length;
      if (chars < batchChars) continue;
      yield batch;
      batch = [];
      chars = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

function joinPieces(text: string, pieces: readonly PieceTokens[], unk: number): Encoding {
  const count = pieces.reduce((sum, { ids }) => sum + ids.length, 0);
  const ids = new Int32Array(count);
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let token = 0;
  let unknown = 0;
  for (const { piece, ids: pieceIds, offsets } of pieces) {
    const units = codePointStarts(piece.text);
    for (let i = 0; i < pieceIds.length; i += 1, token += 1) {
      const [start, end] = offsets[i] as [number, number];
      ids[token] = pieceIds[i]!;
      starts[token] = piece.start + (units === null ? start : units[start]!);
      ends[token] = piece.start + (units === null ? end : units[end]!);
      if (pieceIds[i] === unk) unknown += 1;
    }
  }
  takeMarks(text, starts, ends);
  return { ids, starts, ends, unknown };
}

/**
 * Gives each token the combining marks that follow it: the tokenizer strips accents, and a mention
 * that ends before the accent of its last letter would show half a character. A Korean syllable is
 * several tokens of one place, which all get them.
 */
function takeMarks(text: string, starts: Int32Array, ends: Int32Array): void {
  const marks = /\p{M}+/gu;
  let token = 0;
  for (let match = marks.exec(text); match !== null; match = marks.exec(text)) {
    while (token < ends.length && ends[token]! < match.index) token += 1;
    let next = token;
    while (ends[next] === match.index) next += 1;
    ends.fill(Math.min(marks.lastIndex, starts[next] ?? text.length), token, next);
  }
}
