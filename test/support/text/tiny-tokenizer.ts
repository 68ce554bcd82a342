/**
 * A word-piece tokenizer small enough to read: the real tokenizer's settings with a vocabulary of
 * single letters and a few pieces.
 */
import { createTokenizer, type Tokenizer } from '../../../src/text/tokenizer.ts';

const pieces = [
  ...'abcdefghijklmnopqrstuvwxyz0123456789',
  ...'abcdefghijklmnopqrstuvwxyz0123456789'.replace(/./g, ' ##$&').trim().split(' '),
  ...'.,;:-()[]/+*<>=%_!?\'"&#',
  ...'日本אبα',
  'ᄒ',
  '##ᅡ',
  '##ᆫ',
  'aspirin',
  '##ine',
  '##oxide',
  'the',
  'in',
];

/** The text of its tokenizer.json, with padding and truncation on as in published files. */
export function tinyTokenizerJson(change: object = {}): string {
  const tokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...pieces];
  return JSON.stringify({
    version: '1.0',
    truncation: { max_length: 4, strategy: 'LongestFirst', stride: 0, direction: 'Right' },
    padding: {
      strategy: { Fixed: 4 },
      direction: 'Right',
      pad_to_multiple_of: null,
      pad_id: 0,
      pad_type_id: 0,
      pad_token: '[PAD]',
    },
    added_tokens: ['[PAD]', '[UNK]', '[CLS]', '[SEP]'].map((content, id) => ({
      id,
      content,
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    },
    ...change,
  });
}

/** Opens it. */
export const openTinyTokenizer = (): Tokenizer =>
  createTokenizer(tinyTokenizerJson(), 'tiny/tokenizer.json');
