/**
 * A model card: what a model is, what it was made of and how good it is, in Markdown, from the record
 * that its manifest keeps. It says of what the record lacks that it was not recorded.
 */
import type { Bundle } from '../ner/bundle.ts';
import type { ShiftedCorpus } from '../ner/choose-threshold-shift.ts';
import type { Quality } from '../ner/evaluation.ts';
import type { Manifest } from '../ner/manifest.ts';
import { percent } from './output.ts';

/** What a card is printed from. */
export type CardSource = Pick<Bundle, 'id' | 'manifest'>;

const notRecorded = 'not recorded';
const bytesPerMegabyte = 1e6;
const bytesPerGigabyte = 1e9;

/** Text of a user as a table or a list takes it: one line, and no mark of Markdown or HTML. */
const plain = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\|<>`*_[\]#]/g, '\\$&');

const known = (text: string): string =>
  text === 'unknown' || text === '' ? notRecorded : plain(text);

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)];
}

const hoursAndMinutes = (seconds: number): string => {
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

const gigabytes = (bytes: number): string => `${(bytes / bytesPerGigabyte).toFixed(2)} GB`;

const counted = (count: number | undefined, print: (count: number) => string): string =>
  count === undefined ? notRecorded : print(count);

function meaningVectors({ meaning: { size, head } }: Manifest): string {
  if (head === undefined) return `${size} numbers, of the pretrained encoder`;
  const credits = head.data.map(({ name, licence }) => `${known(name)} (${known(licence)})`);
  return `${size} numbers, taught by ${head.pairs} pairs of names: ${credits.join(', ') || notRecorded}`;
}

function overview({ id, manifest }: CardSource): string[] {
  const { encoder, heads, window, training, files } = manifest;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return table(
    ['', ''],
    [
      ['id', `\`${id}\``],
      ['licence', known(manifest.licence)],
      ['size on disk', `${(bytes / bytesPerMegabyte).toFixed(1)} MB`],
      ['architecture', 'BINDER: one encoder for texts, one for descriptions of types'],
      [
        'pretrained encoder',
        `${known(training.encoder.name)} (${known(training.encoder.licence)})`,
      ],
      ['encoder', `${encoder.layers} layers of ${encoder.hiddenSize}, ${encoder.heads} heads`],
      ['vectors', `${heads.embeddingSize} numbers`],
      ['meaning vectors', meaningVectors(manifest)],
      ['window', `${window.maxTokens} tokens, ${window.overlapTokens} shared with the next`],
      ['longest mention', `${manifest.maxSpanTokens} tokens`],
    ],
  );
}

const trainingData = ({ training: { data } }: Manifest): string[] =>
  data.length === 0
    ? [`The corpora were ${notRecorded}.`]
    : table(
        ['corpus', 'licence'],
        data.map(({ name, licence }) => [known(name), known(licence)]),
      );

function trainingRun({ training }: Manifest): string[] {
  const { commit, date, hardware, recipe } = training;
  const { credits: _, ...numbers } = recipe;
  return [
    ...table(
      ['', ''],
      [
        ['hardware', known(hardware)],
        ['time', counted(training.seconds, hoursAndMinutes)],
        ['speed', counted(training.tokensPerSecond, (count) => `${Math.round(count)} tokens/s`)],
        ['peak memory', counted(training.peakMemoryBytes, gigabytes)],
        ['date', known(date)],
        ['commit', known(commit)],
      ],
    ),
    '',
    'The recipe:',
    '',
    '```json',
    ...JSON.stringify(numbers, null, 2).split('\n'),
    '```',
  ];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isQuality = (value: unknown): value is Pick<Quality, 'precision' | 'recall' | 'f1'> =>
  isRecord(value) && ['precision', 'recall', 'f1'].every((rate) => typeof value[rate] === 'number');

/** Rows of every quality that metrics hold, however deep: what was measured, type, P, R, F1. */
function qualityRows(value: unknown, path: readonly string[] = []): string[][] {
  if (!isRecord(value)) return [];
  const name = plain(path.join(', '));
  const rates = ({ precision, recall, f1 }: Pick<Quality, 'precision' | 'recall' | 'f1'>) =>
    [precision, recall, f1].map(percent);
  if (!isQuality(value))
    return Object.entries(value).flatMap(([key, part]) => qualityRows(part, [...path, key]));
  const perType: unknown = (value as { perType?: unknown }).perType;
  const types = isRecord(perType) ? Object.entries(perType) : [];
  return [
    [name, 'all', ...rates(value)],
    ...types.flatMap(([type, quality]) =>
      isQuality(quality) ? [[name, plain(type), ...rates(quality)]] : [],
    ),
  ];
}

function qualitySection({ metrics }: Manifest): string[] {
  const rows = qualityRows(metrics);
  if (rows.length === 0) return [`Quality was ${notRecorded}.`];
  const singles = Object.entries(metrics).filter(([, value]) => typeof value !== 'object');
  return [
    'Strict match: a mention is right if its start, end and type are. In percent, on development',
    'documents, by which the epoch was chosen as well: expect somewhat less on others.',
    '',
    ...table(['measured on', 'type', 'precision', 'recall', 'F1'], rows),
    ...singles.flatMap(([name, value]) => ['', `${plain(name)}: ${plain(String(value))}`]),
  ];
}

type ShiftRow = Pick<ShiftedCorpus, 'name' | 'f1Before' | 'f1After'>;

const isShiftRow = (value: unknown): value is ShiftRow =>
  isRecord(value) &&
  typeof value.name === 'string' &&
  typeof value.f1Before === 'number' &&
  typeof value.f1After === 'number';

function thresholds({ thresholdShift = 0, metrics }: Manifest): string[] {
  if (thresholdShift === 0) return ['As they were learnt.'];
  const rows = Array.isArray(metrics.thresholdShift) ? metrics.thresholdShift : [];
  return [
    `${thresholdShift} is added to every threshold; qualities above are of thresholds as they were learnt. F1 in percent:`,
    '',
    ...table(
      ['measured on', 'before', 'after'],
      rows
        .filter(isShiftRow)
        .map(({ name, f1Before, f1After }) => [plain(name), percent(f1Before), percent(f1After)]),
    ),
  ];
}

const errorShown = (error: number | null): string => (error === null ? '–' : percent(error));

function confidence({ calibration }: Manifest): string[] {
  if (!calibration) return ['Not calibrated: margins say which mention is surer, not how sure.'];
  return [
    `Margins become probabilities by ${calibration.curve.method === 'PLATT' ? "Platt's method" : 'isotonic regression'}, cross-validated.`,
    'Expected calibration error in percent:',
    '',
    ...table(
      ['corpus', 'documents', 'mentions', 'before', 'after'],
      calibration.corpora.map((corpus) => [
        plain(corpus.name),
        String(corpus.documents),
        String(corpus.mentions),
        errorShown(corpus.errorBefore),
        errorShown(corpus.errorAfter),
      ]),
    ),
  ];
}

const limits = ({ maxSpanTokens, types }: Manifest): string[] => [
  'For finding mentions of described types in texts like those it was trained on: to search, to',
  'count, to prepare annotation. What it finds is no fact: somebody who depends on a mention, above',
  'all about health, must read the text.',
  '',
  `- ${types.length === 0 ? 'It was trained on no types that it names' : `It knows the ${types.length} types above`}; any other type that is described is scored as well, with a quality that nobody measured here.`,
  '- Texts of another domain, language or form than the training data give fewer and worse mentions.',
  `- A mention longer than ${maxSpanTokens} tokens is not found, nor one that begins or ends inside a word.`,
  '- What annotators of the corpora overlooked or judged otherwise, it has learnt as well.',
];

/** The card's lines. */
export function printedCard(source: CardSource): string[] {
  const { manifest } = source;
  const types = manifest.types.map(({ name, description }) => [plain(name), plain(description)]);
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [`# ${plain(manifest.name)}`, overview(source)],
    ['## Entity types', table(['type', 'description that the model reads'], types)],
    ['## Intended use and limits', limits(manifest)],
    ['## Quality', qualitySection(manifest)],
    ['## Thresholds', thresholds(manifest)],
    ['## Confidence', confidence(manifest)],
    ['## Training data', trainingData(manifest)],
    ['## Training', trainingRun(manifest)],
  ];
  return sections.flatMap(([title, lines], place) => [
    ...(place === 0 ? [] : ['']),
    title,
    '',
    ...lines,
  ]);
}
