/**
 * Where the pages of a text begin: an offset for each page, ascending from 0. A character is on the last
 * page that begins not after it; a page without text begins where the next one does.
 *
 * Units: UTF-16 code units.
 */

/** Number of the page, from 1, that the character at an offset is on. Cost: O(log pages). */
export function pageNumber(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first entry that cannot be where a page of a text of this length begins; -1 for none. */
export const wrongPageStart = (starts: readonly unknown[], length: number): number =>
  starts.findIndex((start, i) => {
    const least = i === 0 ? 0 : (starts[i - 1] as number);
    const most = i === 0 ? 0 : length;
    return !Number.isInteger(start) || (start as number) < least || (start as number) > most;
  });
