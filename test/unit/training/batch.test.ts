import {
  BatchBuilder,
  type BatchOptions,
  excluded,
  typeFeeds,
} from '../../../src/training/batch.ts';
import type { Example } from '../../../src/training/examples.ts';
import { createRandom } from '../../../src/training/random.ts';
import { naiveMasks } from '../../support/training/naive-masks.ts';

const anExample = (change: Partial<Example> & { size?: number } = {}): Example => ({
  tokens: Int32Array.from({ length: change.size ?? 8 }, (_, i) => 10 + i),
  starts: Int32Array.of(1, 2, 4, 6),
  ends: Int32Array.of(1, 3, 5, 6),
  gold: [],
  uncertain: [],
  ...change,
});

/** Two mentions that share a start, and a span of two types. */
const crowded = anExample({
  gold: [
    { type: 0, first: 2, last: 3 },
    { type: 0, first: 2, last: 5 },
    { type: 1, first: 2, last: 5 },
  ],
});

/** Edges that no word has: a mention not aligned to words. */
const unaligned = anExample({ gold: [{ type: 1, first: 3, last: 4 }] });

const short = anExample({
  size: 5,
  starts: Int32Array.of(1, 3),
  ends: Int32Array.of(2, 3),
  gold: [{ type: 1, first: 3, last: 3 }],
});

const empty = anExample();

const aBuilder = (change: Partial<BatchOptions> = {}) =>
  new BatchBuilder({
    maxTypes: 2,
    padToken: 99,
    maxWindows: 4,
    maxTokens: 40,
    windowTokens: 10,
    maxSpanTokens: null,
    widthRows: 11,
    ...change,
  });

const numbers = (data: ArrayLike<number | bigint>): number[] => Array.from(data, Number);

/** Rows of a mask as booleans: true where it is 0. */
function rowsOf({ dims, data }: { dims: readonly number[]; data: ArrayLike<number | bigint> }) {
  const columns = dims[1]!;
  const cells = numbers(data);
  expect(cells.every((cell) => cell === 0 || cell === excluded)).toBe(true);
  return Array.from({ length: dims[0]! }, (_, row) =>
    cells.slice(row * columns, (row + 1) * columns).map((cell) => cell === 0),
  );
}

describe('BatchBuilder', () => {
  it.each([
    ['mentions that share a start and spans of two types', [crowded], {}],
    ['mentions not aligned to words', [unaligned], {}],
    ['padded windows', [short, crowded], {}],
    ['windows without mentions', [empty, short, empty], {}],
    ['a single type', [anExample({ gold: [{ type: 0, first: 1, last: 3 }] })], { types: 1 }],
    ['a limit of candidates', [crowded, short], { maxSpanTokens: 3, widthRows: 4 }],
  ])('masks as the definition says: %s', (_, examples, change) => {
    const { types, ...builder } = { types: 2, maxSpanTokens: null, ...change };

    const feeds = aBuilder(builder).build({ examples, types });

    const length = Math.max(...examples.map(({ tokens }) => tokens.length));
    const masks = naiveMasks(examples, types, { length, ...builder });
    expect(rowsOf(feeds.start_mask!)).toEqual(masks.start);
    expect(rowsOf(feeds.end_mask!)).toEqual(masks.end);
    expect(rowsOf(feeds.span_mask!)).toEqual(masks.span);
  });

  it('takes uncertain spans out of the negatives of their type, and not into its gold', () => {
    const span = { type: 1, first: 2, last: 3 };
    const [known, unknown] = [{ gold: [span] }, { uncertain: [span] }].map((change) =>
      aBuilder().build({ examples: [anExample(change)], types: 2 }),
    );

    const masks = ['start_mask', 'end_mask', 'span_mask'] as const;
    for (const mask of masks) expect(rowsOf(unknown![mask]!)).toEqual(rowsOf(known![mask]!));
    expect(numbers(known!.gold_weight!.data)).toEqual([1]);
    expect(numbers(unknown!.gold_weight!.data)).toEqual([0]);
  });

  it('leaves nothing of an earlier, larger batch behind', () => {
    const builder = aBuilder();
    builder.build({ examples: [crowded, unaligned, crowded], types: 2 });

    const again = builder.build({ examples: [short, empty], types: 1 });

    expect(again).toEqual(aBuilder().build({ examples: [short, empty], types: 1 }));
  });

  it('masks tokens of words at the share that is asked for, and nothing else', () => {
    const builder = aBuilder({ windowTokens: 1_000, maxTokens: 2_000, widthRows: 3 });
    const examples = [anExample({ size: 1_000 }), anExample({ size: 900 })];
    const plain = numbers(builder.build({ examples, types: 1 }).text_tokens!.data);

    const { text_tokens: tokens } = builder.build({
      examples,
      types: 1,
      masking: { share: 0.2, token: 88, random: createRandom(1) },
    });

    const masked = numbers(tokens!.data);
    const changed = masked.flatMap((token, i) => (token === plain[i] ? [] : [i]));
    expect(changed.every((i) => masked[i] === 88)).toBe(true);
    expect(changed.length / 1_900).toBeCloseTo(0.2, 1);
    expect([0, 999, 1_000, 1_899].filter((i) => changed.includes(i))).toEqual([]);
    expect(changed.filter((i) => i >= 1_900)).toEqual([]);
  });

  it('pads tokens, and bars attention to padding', () => {
    const { text_tokens: tokens, text_bias: bias } = aBuilder().build({
      examples: [short, empty],
      types: 2,
    });

    expect(tokens!.dims).toEqual([2, 8]);
    expect(numbers(tokens!.data).slice(0, 8)).toEqual([10, 11, 12, 13, 14, 99, 99, 99]);
    expect(bias!.dims).toEqual([2, 1, 1, 8]);
    expect(numbers(bias!.data).slice(0, 8)).toEqual([0, 0, 0, 0, 0, excluded, excluded, excluded]);
    expect(numbers(bias!.data).slice(8)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('says where gold scores lie, by row of window and type', () => {
    const feeds = aBuilder().build({ examples: [empty, crowded], types: 2 });

    expect(numbers(feeds.gold_row!.data)).toEqual([2, 2, 3]);
    expect(numbers(feeds.start_gold!.data)).toEqual([2 * 8 + 2, 2 * 8 + 2, 3 * 8 + 2]);
    expect(numbers(feeds.end_gold!.data)).toEqual([2 * 8 + 3, 2 * 8 + 5, 3 * 8 + 5]);
    expect(numbers(feeds.span_gold!.data)).toEqual([
      2 * 64 + 2 * 8 + 3,
      2 * 64 + 2 * 8 + 5,
      3 * 64 + 2 * 8 + 5,
    ]);
  });

  it('weighs mentions and rows equally, each to a sum of 1', () => {
    const feeds = aBuilder().build({ examples: [empty, crowded], types: 2 });

    expect(feeds.gold_weight!.data).toEqual(Float32Array.of(1 / 3, 1 / 3, 1 / 3));
    expect(feeds.row_weight!.data).toEqual(Float32Array.of(1 / 4, 1 / 4, 1 / 4, 1 / 4));
  });

  it('gives a batch without mentions one of weight 0', () => {
    const feeds = aBuilder().build({ examples: [empty], types: 2 });

    expect(feeds.gold_weight!.data).toEqual(Float32Array.of(0));
    expect(numbers(feeds.span_gold!.data)).toEqual([0]);
  });

  it('looks widths up by tokens, row 0 where the end is before the start', () => {
    const { width_index: index } = aBuilder({ widthRows: 3 }).build({
      examples: [anExample({ size: 4, starts: Int32Array.of(1), ends: Int32Array.of(2) })],
      types: 2,
    });

    expect(index!.dims).toEqual([4, 4]);
    expect(numbers(index!.data)).toEqual([1, 2, 2, 2, 0, 1, 2, 2, 0, 0, 1, 2, 0, 0, 0, 1]);
  });
});

describe('typeFeeds', () => {
  it('pads descriptions to the longest', () => {
    const feeds = typeFeeds([Int32Array.of(1, 5, 2), Int32Array.of(1, 2)], 0);

    expect(feeds.type_tokens!.dims).toEqual([2, 3]);
    expect(numbers(feeds.type_tokens!.data)).toEqual([1, 5, 2, 1, 2, 0]);
    expect(numbers(feeds.type_bias!.data)).toEqual([0, 0, 0, 0, 0, excluded]);
  });
});
