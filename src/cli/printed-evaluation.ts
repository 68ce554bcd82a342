/**
 * An evaluation as the command line prints it.
 */
import type { AnnotatedDocument, EntityType } from '../core/document.ts';
import type { ModelEvaluation } from '../ner/evaluate-model.ts';
import type { Evaluation, Quality } from '../ner/evaluation.ts';
import { note, percent, printJson, printLine } from './output.ts';

const nameWidth = 20;

const qualityLine = (name: string, { precision, recall, f1 }: Quality): string =>
  [
    name.padEnd(nameWidth),
    ...[precision, recall, f1].map((rate) => percent(rate).padStart(9)),
  ].join(' ');

/** Prints rates as a table. */
export async function printQuality(quality: Evaluation): Promise<void> {
  const headings = ['precision', 'recall', 'F1'].map((heading) => heading.padStart(9));
  await printLine([''.padEnd(nameWidth), ...headings].join(' '));
  for (const [name, ofType] of Object.entries(quality.perType))
    await printLine(qualityLine(name, ofType));
  await printLine(qualityLine('all', quality));
}

/** Prints rates and speed, as JSON or as a table. */
export async function printEvaluation(
  { quality, documents, tokens, seconds }: ModelEvaluation,
  json: boolean,
): Promise<void> {
  const { precision, recall, f1, perType } = quality;
  const tokensPerSecond = seconds === 0 ? 0 : Math.round(tokens / seconds);
  if (json) return printJson({ precision, recall, f1, perType, documents, tokensPerSecond });
  await printQuality(quality);
  await printLine(`${documents} documents, ${tokens} tokens, ${tokensPerSecond} tokens/s`);
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
