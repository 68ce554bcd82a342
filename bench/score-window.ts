/**
 * Time to score one full window of 128 tokens in which two thirds of the tokens start, and end, a word,
 * with span vectors of 128 numbers, by the number of types: everything behind the encoder but decoding.
 */
import { askTypes, scoreWindow } from '../src/ner/scorer.ts';
import {
  kept,
  randomHead,
  randomNumbers,
  randomRows,
  randomUnit,
} from '../test/support/ner/random-window.ts';

export const name = 'score-window';
export const unit = 'ms a window';

const size = 128;
const repeats = 201;

function medianMs(types: number): number {
  const random = randomNumbers(1);
  const head = randomHead(random, { size, widths: 128 });
  const window = kept(randomRows(random, 126, size));
  const vectors = Array.from({ length: types }, () => randomUnit(random, size));
  // Above this offset real windows have as many mentions, about one in 500 candidates.
  const asked = askTypes(
    head,
    vectors,
    vectors.map(() => 4),
  );
  const times = Array.from({ length: repeats }, () => {
    const start = performance.now();
    scoreWindow(head, window, asked);
    return performance.now() - start;
  });
  return times.toSorted((a, b) => a - b)[(repeats - 1) / 2]!;
}

/** Median milliseconds by number of types. */
export async function run(): Promise<Readonly<Record<string, number>>> {
  medianMs(2);
  return Object.fromEntries([2, 10, 100].map((types) => [`${types} types`, medianMs(types)]));
}
