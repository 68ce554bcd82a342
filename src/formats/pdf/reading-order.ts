/**
 * The lines of a page in the order in which they are read: columns one after the other, and what goes
 * across them (titles, wide figures' captions) before and after.
 *
 * Units: points, the origin at the bottom left, as in the PDF.
 */

/** A piece of text that a PDF draws at one place. */
export interface TextRun {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Runs on one baseline with no wide gap between them. */
export interface TextLine {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  /** Of the baseline. */
  readonly y: number;
  readonly height: number;
}

/** In heights of a letter. */
const baselineTolerance = 0.45;
const cellGap = 1.5;
const wordGap = 0.15;

/** A line of prose is longer, in heights of a letter: 16 characters. */
const proseLine = 8;
const rowPoints = 3;

/** Columns within columns are newspapers; deeper is a table. */
const maxNesting = 3;
const minColumnLines = 3;
const maxCandidates = 300;

/** Runs that share a baseline: raised and lowered characters belong to it. */
function baselines(runs: readonly TextRun[]): TextRun[][] {
  const sorted = [...runs].sort((a, b) => b.y - a.y || a.x - b.x);
  const lines: TextRun[][] = [];
  for (const run of sorted) {
    const line = lines.at(-1);
    const tallest = Math.max(run.height, ...(line ?? []).slice(0, 8).map(({ height }) => height));
    if (line && Math.abs(line[0]!.y - run.y) <= baselineTolerance * tallest) line.push(run);
    else lines.push([run]);
  }
  return lines;
}

/** One line of runs from left to right. */
function lineOf(runs: readonly TextRun[]): TextLine {
  let text = '';
  let right = runs[0]!.x;
  for (const run of runs) {
    const isApart = run.x - right > wordGap * run.height;
    if (isApart && !/\s$/.test(text) && !/^\s/.test(run.text) && text !== '') text += ' ';
    text += run.text;
    right = Math.max(right, run.x + run.width);
  }
  const tallest = runs.reduce((a, b) => (b.height > a.height ? b : a));
  return { text: text.trim(), left: runs[0]!.x, right, y: tallest.y, height: tallest.height };
}

/** Lines of a page, cut where a gap is wider than any between words. */
export function linesOf(runs: readonly TextRun[]): TextLine[] {
  const shown = runs.filter(({ text }) => text.trim() !== '');
  return baselines(shown).flatMap((baseline) => {
    const lines: TextLine[] = [];
    let current: TextRun[] = [];
    let right = Number.NEGATIVE_INFINITY;
    for (const run of baseline.sort((a, b) => a.x - b.x)) {
      if (current.length > 0 && run.x - right > cellGap * Math.max(run.height, 1)) {
        lines.push(lineOf(current));
        current = [];
      }
      current.push(run);
      right = current.length === 1 ? run.x + run.width : Math.max(right, run.x + run.width);
    }
    return [...lines, lineOf(current)];
  });
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

interface Sides {
  readonly left: readonly TextLine[];
  readonly right: readonly TextLine[];
  readonly across: readonly TextLine[];
}

function sidesOf(lines: readonly TextLine[], x: number): Sides {
  const left = lines.filter((line) => line.right <= x);
  const right = lines.filter((line) => line.left >= x);
  return { left, right, across: lines.filter((line) => line.left < x && line.right > x) };
}

/** Widths of the rows of a side: it may have columns of its own. */
function rowWidths(lines: readonly TextLine[]): number[] {
  const rows = new Map<number, number>();
  for (const { y, left, right } of lines) {
    const row = Math.round(y / rowPoints);
    rows.set(row, (rows.get(row) ?? 0) + right - left);
  }
  return [...rows.values()];
}

/** True for lines as long as those of prose, which fill their column. */
function areProse(lines: readonly TextLine[]): boolean {
  const left = Math.min(...lines.map((line) => line.left));
  const right = Math.max(...lines.map((line) => line.right));
  const isLong = median(lines.map((line) => (line.right - line.left) / line.height)) >= proseLine;
  return isLong && median(rowWidths(lines)) >= (right - left) / 2;
}

/** Columns stand side by side and hold prose; those of a table do not. */
function areColumns({ left, right, across }: Sides): boolean {
  if (left.length < minColumnLines || right.length < minColumnLines) return false;
  if (across.length > left.length + right.length) return false;
  const beside = left.filter((line) =>
    right.some((other) => Math.abs(other.y - line.y) < 3 * line.height),
  );
  return beside.length >= minColumnLines && areProse(left) && areProse(right);
}

/** Where two columns part; null when there are none. */
function gutterOf(lines: readonly TextLine[]): number | null {
  if (lines.length < 2 * minColumnLines) return null;
  const edges = [...new Set(lines.map((line) => Math.ceil(line.right)))].sort((a, b) => a - b);
  const step = Math.ceil(edges.length / maxCandidates);
  let best: { x: number; worth: number } | null = null;
  for (let i = 0; i < edges.length; i += step) {
    const x = edges[i]! + 0.5;
    const sides = sidesOf(lines, x);
    const worth = Math.min(sides.left.length, sides.right.length) - sides.across.length;
    if (best !== null && worth <= best.worth) continue;
    if (areColumns(sides)) best = { x, worth };
  }
  return best?.x ?? null;
}

/** Lines from the top down, those of one height from left to right. */
export const fromTop = (lines: readonly TextLine[]): TextLine[] =>
  [...lines].sort((a, b) => b.y - a.y || a.left - b.left);

/** The lines in reading order. Cost: quadratic in the lines of a page. */
export function inReadingOrder(lines: readonly TextLine[], nesting = 0): TextLine[] {
  const gutter = nesting < maxNesting ? gutterOf(lines) : null;
  if (gutter === null) return fromTop(lines);
  const { left, right, across } = sidesOf(lines, gutter);
  const ordered: TextLine[] = [];
  let top = Number.POSITIVE_INFINITY;
  const band = (bottom: number): void => {
    for (const side of [left, right]) {
      const within = side.filter(({ y }) => y < top && y >= bottom);
      ordered.push(...inReadingOrder(within, nesting + 1));
    }
    top = bottom;
  };
  for (const line of fromTop(across)) {
    band(line.y);
    ordered.push(line);
  }
  band(Number.NEGATIVE_INFINITY);
  return ordered;
}
