/**
 * An evaluation as the command line prints it.
 */
import type { AnnotatedDocument, EntityType } from '../core/document.ts';
import type { ModelEvaluation } from '../ner/evaluate-model.ts';
import type { Evaluation, Quality } from '../ner/evaluation.ts';
import type { SweptOffset } from '../ner/sweep-offsets.ts';
import { note, percent, printJson, printLine } from './output.ts';

const nameWidth = 20;

const qualityLine = (name: string, { precision, recall, f1 }: Quality): string =>
  [
    name.padEnd(nameWidth),
    ...[precision, recall, f1].map((rate) => percent(rate).padStart(9)),
  ].join(' ');

const headings = (name: string): string =>
  [name.padEnd(nameWidth), ...['precision', 'recall', 'F1'].map((each) => each.padStart(9))].join(
    ' ',
  );

/** Prints rates as a table. */
export async function printQuality(quality: Evaluation): Promise<void> {
  await printLine(headings(''));
  for (const [name, ofType] of Object.entries(quality.perType))
    await printLine(qualityLine(name, ofType));
  await printLine(qualityLine('all', quality));
}

/** Prints rates and speed, as JSON or as a table. */
export async function printEvaluation(
  { quality, documents, tokens, seconds, calibrationError }: ModelEvaluation,
  json: boolean,
): Promise<void> {
  const { precision, recall, f1, perType } = quality;
  const tokensPerSecond = seconds === 0 ? 0 : Math.round(tokens / seconds);
  const error = calibrationError === null ? {} : { calibrationError };
  if (json)
    return printJson({ precision, recall, f1, perType, documents, tokensPerSecond, ...error });
  await printQuality(quality);
  await printLine(`${documents} documents, ${tokens} tokens, ${tokensPerSecond} tokens/s`);
  if (calibrationError !== null)
    await printLine(`expected calibration error ${calibrationError.toFixed(4)}`);
}

/** Prints rates at each offset, as JSON or as a table for each type. */
export async function printSweep(swept: readonly SweptOffset[], json: boolean): Promise<void> {
  if (json)
    return printJson({ offsets: swept.map(({ offset, quality }) => ({ offset, ...quality })) });
  const names = [...new Set(swept.flatMap(({ quality }) => Object.keys(quality.perType)))];
  for (const name of [...names.toSorted(), 'all']) {
    await printLine(headings(`${name}, offset`));
    for (const { offset, quality } of swept) {
      const ofType = name === 'all' ? quality : quality.perType[name];
      if (ofType) await printLine(qualityLine(`  ${offset}`, ofType));
    }
  }
}

/** Says which annotated mentions nobody is asked to find, so that they are not left out in silence. */
export function noteOtherTypes(
  documents: readonly AnnotatedDocument[],
  types: readonly EntityType[],
): void {
  const names = new Set(types.map(({ name }) => name));
  const others = documents.flatMap(({ mentions }) =>
    mentions.filter(({ type }) => !names.has(type)).map(({ type }) => type),
  );
  if (others.length === 0) return;
  const kinds = [...new Set(others)].toSorted().slice(0, 10).join(', ');
  note(`${others.length} annotated mentions of other types are left out: ${kinds}.`);
}
