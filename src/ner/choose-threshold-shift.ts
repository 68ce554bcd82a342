/**
 * What to add to every threshold of a model, by its quality on documents that it did not learn from.
 *
 * Training sees a few types a window and ends with thresholds that are too low for most corpora: recall is
 * above precision, and one number mends it for all.
 */
import type { CalibrationCorpus } from './calibrate-model.ts';
import type { Extractor } from './extractor.ts';
import { type SweptOffset, sweepOffsets } from './sweep-offsets.ts';

/** What a shift does to a corpus. */
export interface ShiftedCorpus {
  readonly name: string;
  readonly documents: number;
  /** Strict F1, with the thresholds of before and those chosen. */
  readonly f1Before: number;
  readonly f1After: number;
}

/** The shift of the highest mean F1. */
export interface ChosenShift {
  /** Beside what the model adds already. Units: of scores. */
  readonly shift: number;
  readonly corpora: readonly ShiftedCorpus[];
}

/** Units: of scores. Far below a threshold nearly everything would be a mention, and take long to judge. */
const [lowest, highest, step] = [-2, 6, 0.25];

const shifts = Array.from(
  { length: (highest - lowest) / step + 1 },
  (_, i) => lowest + i * step,
) as [number, ...number[]];

const meanF1 = (swept: readonly (readonly SweptOffset[])[], place: number): number =>
  swept.reduce((sum, offsets) => sum + (offsets[place]?.quality.f1 ?? 0), 0) / swept.length;

/** The place of the best of the shifts; of equals, that nearest to none. */
const bestPlace = (tried: readonly number[], swept: readonly (readonly SweptOffset[])[]): number =>
  [...tried.keys()]
    .sort((a, b) => Math.abs(tried[a]!) - Math.abs(tried[b]!))
    .reduce((best, place) => (meanF1(swept, place) > meanF1(swept, best) ? place : best));

/** What to choose from. */
export interface ShiftOptions {
  readonly corpora: readonly CalibrationCorpus[];
  /** This one instead of the best, to know what it does. Units: of scores. */
  readonly shift?: number | undefined;
  readonly onProgress: (documentsDone: number) => void;
}

/** Reads the corpora once and chooses; each counts the same, however large it is. */
export async function chooseThresholdShift(
  model: Extractor,
  { corpora, shift, onProgress }: ShiftOptions,
): Promise<ChosenShift> {
  const tried: [number, ...number[]] = shift === undefined ? shifts : [shift, 0];
  const swept: (readonly SweptOffset[])[] = [];
  let done = 0;
  for (const { name: _, ...corpus } of corpora) {
    const tell = (inCorpus: number): boolean => {
      onProgress(done + inCorpus);
      return true;
    };
    const offsets = await sweepOffsets(model, { ...corpus, offsets: tried, onProgress: tell });
    swept.push(offsets ?? []);
    done += corpus.documents.length;
  }
  const place = shift === undefined ? bestPlace(tried, swept) : 0;
  const none = tried.lastIndexOf(0);
  return {
    shift: tried[place]!,
    corpora: corpora.map(({ name, documents }, i) => ({
      name,
      documents: documents.length,
      f1Before: swept[i]?.[none]?.quality.f1 ?? 0,
      f1After: swept[i]?.[place]?.quality.f1 ?? 0,
    })),
  };
}
