/**
 * Prints docs/models.md's tables of a bundle: strict F1 on each corpus, apart for types that the training
 * mix also has and for unseen ones, and expected calibration errors on held-out documents.
 *
 * A corpus is a file of annotated documents with `types.json` beside it; its name is its folder's. Types
 * count as seen when a type of that name, in whatever case, is in one of the files after --seen (types
 * files, or plain lists of names); without --seen, when the bundle lists it. The calibration is chosen by
 * cross-validation over the corpora that have a seen type, as `spandex calibrate` does, and what the bundle
 * holds is not used; a corpus of unseen types alone is read with the curve that was chosen without it.
 *
 * npx tsx scripts/model-table.ts --model DIR [--flat FILE…] [--nested FILE…] [--seen FILE…]
 *   [--limit DOCUMENTS] [--per-type] [--threads N]
 */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { EntityType } from '../src/core/document.ts';
import { spread } from '../src/core/spread.ts';
import { readAnnotatedJsonl } from '../src/formats/annotated/annotated-jsonl.ts';
import { judgedFrom, judgeMargins } from '../src/ner/calibrate-model.ts';
import { type Calibration, confidenceAt, plainLogistic } from '../src/ner/calibration.ts';
import { calibrationError } from '../src/ner/calibration-error.ts';
import {
  type CalibrationQuality,
  chooseCalibration,
  type JudgedCorpus,
} from '../src/ner/choose-calibration.ts';
import { type Evaluation, evaluate, qualityOfTypes } from '../src/ner/evaluation.ts';
import type { Extractor } from '../src/ner/extractor.ts';
import { openModel } from '../src/ner/open-model.ts';
import type { OverlapPolicy } from '../src/ner/overlap.ts';
import { type PredictedDocument, predict, resolved } from '../src/ner/predict.ts';
import { readTypes } from '../src/training/inputs.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    flat: { type: 'string', multiple: true, default: [] },
    nested: { type: 'string', multiple: true, default: [] },
    seen: { type: 'string', multiple: true },
    limit: { type: 'string' },
    threads: { type: 'string', default: '2' },
    'per-type': { type: 'boolean', default: false },
  },
});

/** A corpus as it was read and evaluated. */
interface TableRow {
  readonly name: string;
  readonly overlap: OverlapPolicy;
  readonly documents: number;
  readonly quality: Evaluation;
  readonly judged: JudgedCorpus;
}

/** Those above their threshold, of spans that were read from a lower offset on. */
const mentionsOf = (documents: readonly PredictedDocument[]): PredictedDocument[] =>
  documents.map(({ gold, predicted }) => ({
    gold,
    predicted: predicted.filter(({ margin }) => margin > 0),
  }));

async function readRow(model: Extractor, path: string, overlap: OverlapPolicy): Promise<TableRow> {
  const name = basename(dirname(resolve(path)));
  const { documents: all, errors } = await readAnnotatedJsonl(path);
  if (errors[0]) throw errors[0];
  const documents = spread(all, values.limit === undefined ? null : Number(values.limit));
  const types = (await readTypes(join(dirname(path), 'types.json'))).map((type: EntityType) => ({
    ...type,
    offset: judgedFrom,
  }));
  const predictions = (await predict(model, { documents, types }))!;
  console.error(
    `${name}: ${documents.length} documents read in ${predictions.seconds.toFixed(0)} s`,
  );
  return {
    name,
    overlap,
    documents: documents.length,
    quality: evaluate(resolved(mentionsOf(predictions.documents), overlap)),
    judged: judgeMargins(name, predictions.documents, overlap),
  };
}

/** Lower-case names of a types file, or of a plain list of names. */
async function namesIn(path: string): Promise<string[]> {
  const list = JSON.parse(await readFile(path, 'utf8')) as readonly (string | { name: string })[];
  return list.map((entry) => (typeof entry === 'string' ? entry : entry.name).toLowerCase());
}

const tableLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const percent = (rate: number): string => (100 * rate).toFixed(2);

const error = (value: number | null | undefined): string => value?.toFixed(4) ?? '–';

/** F1 over some of the types; a dash when none of them is annotated or predicted. */
function f1Of(quality: Evaluation, isAmong: (type: string) => boolean): string {
  const has = Object.keys(quality.perType).some(isAmong);
  return has ? percent(qualityOfTypes(quality, isAmong).f1) : '–';
}

function corpusLine(
  { name, overlap, documents, quality }: TableRow,
  calibration: CalibrationQuality | undefined,
  isSeen: (type: string) => boolean,
): string {
  const { precision, recall, f1 } = quality;
  return tableLine([
    name,
    overlap.toLowerCase(),
    String(documents),
    ...[precision, recall, f1].map(percent),
    f1Of(quality, isSeen),
    f1Of(quality, (type) => !isSeen(type)),
    error(calibration?.errorBefore),
    error(calibration?.errorAfter),
  ]);
}

/** Errors on a corpus that the calibration was not chosen on. */
function qualityElsewhere(calibration: Calibration, { documents }: JudgedCorpus) {
  const predicted = documents.flat().filter(({ margin }) => margin > 0);
  const errorWith = (curve: Calibration): number | null =>
    calibrationError(
      predicted.map(({ margin, isRight }) => ({
        confidence: confidenceAt(curve, margin),
        isRight,
      })),
    );
  return {
    mentions: predicted.length,
    errorBefore: errorWith(plainLogistic),
    errorAfter: errorWith(calibration),
  };
}

function printPerType(rows: readonly TableRow[], isSeen: (type: string) => boolean): void {
  console.log('\n| corpus | type | in the training mix | gold | precision | recall | F1 |');
  console.log('|---|---|---|---|---|---|---|');
  for (const { name, quality } of rows)
    for (const [type, ofType] of Object.entries(quality.perType)) {
      const rates = [ofType.precision, ofType.recall, ofType.f1].map(percent);
      const gold = String(ofType.truePositives + ofType.falseNegatives);
      console.log(tableLine([name, type, isSeen(type) ? 'yes' : 'no', gold, ...rates]));
    }
}

function print(rows: readonly TableRow[], seen: ReadonlySet<string>): void {
  const isSeen = (type: string): boolean => seen.has(type.toLowerCase());
  const known = rows.filter(({ quality }) => Object.keys(quality.perType).some(isSeen));
  const chosen = chooseCalibration(known.map(({ judged }) => judged));
  const calibrationOf = (row: TableRow): CalibrationQuality | undefined =>
    chosen?.perCorpus[known.indexOf(row)] ??
    (chosen ? qualityElsewhere(chosen.calibration, row.judged) : undefined);
  console.log(
    '| corpus | decoding | documents | precision | recall | F1 | F1, types of the mix | F1, unseen types | ECE before | ECE after |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  for (const row of rows) console.log(corpusLine(row, calibrationOf(row), isSeen));
  console.log(
    `\nECE over all ${chosen?.mentions ?? 0} mentions predicted in corpora with types of the mix: ${error(chosen?.errorBefore)} before, ${error(chosen?.errorAfter)} after (${chosen?.calibration.method ?? 'nothing predicted'}).`,
  );
  if (values['per-type']) printPerType(rows, isSeen);
}

if (values.model === undefined || values.flat.length + values.nested.length === 0) {
  throw new Error('A model must be given with --model, and corpora with --flat or --nested.');
}
const model = await openModel(values.model, { threads: Number(values.threads) });
const seen = values.seen
  ? (await Promise.all(values.seen.map(namesIn))).flat()
  : model.model.types.map(({ name }) => name.toLowerCase());
const rows: TableRow[] = [];
for (const path of values.flat) rows.push(await readRow(model, path, 'FLAT'));
for (const path of values.nested) rows.push(await readRow(model, path, 'NESTED'));
await model.close();
print(rows, new Set(seen));
