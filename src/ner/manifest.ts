/**
 * What a bundle says about itself: `manifest.json`, a public format.
 *
 * Its SHA-256 is the model's id; how margins are read as confidences is left out of it, because vectors
 * and scores do not depend on it. It holds a checksum of its own, so that a damaged manifest is told
 * from a different model: SHA-256 of the file with the checksum's digits written as zeros.
 *
 * A manifest has the lowest format version that has all its fields, so that an older program reads
 * what it can and says of the rest that a newer one wrote it.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { appError } from '../core/errors.ts';
import type { Calibration } from './calibration.ts';

/**
 * The versions this program writes and reads: 2 adds `calibration`, `words` and the seconds of
 * training; 3 the meaning head, and the tokens a second and peak memory of training; 4 the shift of
 * thresholds.
 */
const formatVersions = [1, 2, 3, 4] as const;
const newestVersion = 4;

const size = (max: number) => z.int().min(1).max(max);
const sha256Digits = z.string().regex(/^[0-9a-f]{64}$/);
const credit = z.strictObject({ name: z.string().min(1), licence: z.string().min(1) }).readonly();

const encoderSchema = z
  .strictObject({
    layers: size(96),
    hiddenSize: size(8_192),
    heads: size(256),
    intermediateSize: size(65_536),
    vocabularySize: size(1_000_000),
    maxPositions: size(65_536),
    layerNormEpsilon: z.number().positive().max(1),
  })
  .readonly();

const headsSchema = z
  .strictObject({
    hiddenSize: size(8_192),
    embeddingSize: size(4_096),
    widthSize: size(4_096),
    widthRows: size(4_096),
  })
  .readonly();

const typeSchema = z.strictObject({ name: z.string().min(1), description: z.string() }).readonly();

const meaningHeadSchema = z
  .strictObject({
    kind: z.literal('LINEAR'),
    /** Whose concepts it learnt from. */
    data: z.array(credit).readonly(),
    /** Distinct surface forms it learnt from, and pairs of them that name the same thing. */
    forms: z.int().min(1),
    pairs: z.int().min(1),
  })
  .readonly();

const meaningSchema = z
  .strictObject({
    /** Numbers of a meaning vector. */
    size: size(8_192),
    /** Of the pretrained encoder's states. */
    pooling: z.literal('mean'),
    /** Left out: the mean state itself is the meaning vector. */
    head: meaningHeadSchema.exactOptional(),
  })
  .readonly();

const trainingSchema = z
  .strictObject({
    /** The pretrained encoder that training started from. */
    encoder: credit,
    /** Corpora, with the licences they came under. */
    data: z.array(credit).readonly(),
    recipe: z.record(z.string(), z.unknown()),
    /** Of this program's source, in hexadecimal, or 'unknown'. */
    commit: z.string(),
    /** ISO 8601. */
    date: z.string(),
    hardware: z.string(),
    /** What it took, evaluations included. Left out: nobody counted. */
    seconds: z.number().min(0).exactOptional(),
    /** Tokens that a second of training read, padding not counted; evaluations left out. */
    tokensPerSecond: z.number().min(0).exactOptional(),
    /** Most memory that the training process had. */
    peakMemoryBytes: z.number().min(0).exactOptional(),
  })
  .readonly();

const mentionCount = z.int().min(0);
const calibrationError = z.number().min(0).max(1).nullable();

const calibrationSchema = z
  .strictObject({
    curve: z.discriminatedUnion('method', [
      z
        .strictObject({
          method: z.literal('PLATT'),
          slope: z.number().min(0),
          intercept: z.number(),
        })
        .readonly(),
      z
        .strictObject({
          method: z.literal('ISOTONIC'),
          margins: z.array(z.number().min(-1e6).max(1e6)).min(1).max(100_000).readonly(),
          confidences: z.array(z.number().min(0).max(1)).readonly(),
        })
        .readonly(),
    ]),
    /** How mentions that overlap were resolved before they were judged. */
    overlap: z.enum(['NESTED', 'FLAT']),
    /** Expected calibration errors over predicted mentions of held-out documents. */
    corpora: z
      .array(
        z
          .strictObject({
            name: z.string(),
            documents: z.int().min(0),
            mentions: mentionCount,
            errorBefore: calibrationError,
            errorAfter: calibrationError,
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();

const fileSchema = z
  .strictObject({
    // A plain name: a bundle can name no file outside its own folder.
    path: z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/),
    bytes: z.int().min(0),
    sha256: sha256Digits,
  })
  .readonly();

/** Scores are at most the logit scale, which is below 100 by far. */
export const maxThresholdShift = 100;

const manifestSchema = z
  .strictObject({
    formatVersion: z.literal(formatVersions),
    checksum: sha256Digits,
    name: z.string().min(1).max(200),
    licence: z.string().min(1),
    encoder: encoderSchema,
    heads: headsSchema,
    /** Text and type encoder have word embeddings of their own. Left out: all share one table. */
    words: z.literal('own').exactOptional(),
    /** Longest window, its two special tokens included, and what neighbours share. */
    window: z.strictObject({ maxTokens: size(65_536), overlapTokens: size(65_536) }).readonly(),
    /** Longest mention. */
    maxSpanTokens: size(4_096),
    /** Added to every threshold, in units of scores; left out: 0. */
    thresholdShift: z.number().min(-maxThresholdShift).max(maxThresholdShift).exactOptional(),
    types: z.array(typeSchema).readonly(),
    meaning: meaningSchema,
    training: trainingSchema,
    metrics: z.record(z.string(), z.unknown()),
    /** Left out: the model was not calibrated. */
    calibration: calibrationSchema.exactOptional(),
    files: z.array(fileSchema).readonly(),
  })
  .readonly();

export type Manifest = z.infer<typeof manifestSchema>;

/** What a writer says of a model; the rest of the manifest follows from the files. */
export type ModelDescription = Omit<Manifest, 'formatVersion' | 'checksum' | 'files'>;

/** How a model's margins are read as confidences, and how that was measured. */
export type StoredCalibration = NonNullable<Manifest['calibration']>;

/** A file of a bundle as the manifest lists it. */
export type ListedFile = Manifest['files'][number];

/** SHA-256 in hexadecimal. */
export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

const noChecksum = '0'.repeat(64);
const checksumField = /"checksum": "([0-9a-f]{64})"/;

/** The lowest format version that has all fields. */
function lowestVersion(description: ModelDescription): (typeof formatVersions)[number] {
  const { calibration, words, training, meaning, thresholdShift } = description;
  const { tokensPerSecond, peakMemoryBytes } = training;
  if (thresholdShift !== undefined) return 4;
  const newest = [meaning.head, tokensPerSecond, peakMemoryBytes];
  if (newest.some((field) => field !== undefined)) return 3;
  return [calibration, words, training.seconds].every((field) => field === undefined) ? 1 : 2;
}

/** The bytes of a manifest.json. */
export function printManifest(description: ModelDescription, files: readonly ListedFile[]): Buffer {
  const formatVersion = lowestVersion(description);
  const blank: Manifest = { formatVersion, checksum: noChecksum, ...description, files };
  const text = `${JSON.stringify(manifestSchema.parse(blank), null, 2)}\n`;
  return Buffer.from(text.replace(noChecksum, sha256(Buffer.from(text))));
}

/** The id of a model with these bytes as its manifest.json, which say `manifest`. */
export function modelId(bytes: Uint8Array, manifest: Manifest): string {
  const { calibration, files, formatVersion: _, checksum: __, ...description } = manifest;
  return sha256(calibration === undefined ? bytes : printManifest(description, files));
}

const invalid = (path: string, rule: string, value: unknown) =>
  appError('BUNDLE_INVALID', { path, rule, value });

function parseJson(bytes: Buffer, path: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    const value = (cause as Error).message;
    throw appError('BUNDLE_INVALID', { path, rule: 'have a manifest in JSON', value }, cause);
  }
}

function checkChecksum(bytes: Buffer, path: string): void {
  // Bytes that are no UTF-8 must not compare equal after decoding: latin1 keeps each.
  const text = bytes.toString('latin1');
  const stated = checksumField.exec(text)?.[1] ?? '';
  const actual = sha256(Buffer.from(text.replace(stated, noChecksum), 'latin1'));
  if (stated === '' || actual !== stated) {
    throw invalid(path, `have a manifest whose checksum is ${stated || 'stated'}`, actual);
  }
}

/** True for a curve that has a point for each margin and never falls. */
function isCurve(curve: Calibration): boolean {
  if (curve.method === 'PLATT') return true;
  const { margins, confidences } = curve;
  return (
    margins.length === confidences.length &&
    margins.every((margin, i) => i === 0 || margin > margins[i - 1]!) &&
    confidences.every((confidence, i) => i === 0 || confidence >= confidences[i - 1]!)
  );
}

/** Rules that concern several fields. */
function brokenRule(manifest: Manifest): { rule: string; value: unknown } | undefined {
  const { encoder, heads, window, maxSpanTokens, meaning, types, calibration } = manifest;
  const hasCurve = calibration === undefined || isCurve(calibration.curve);
  const rules: readonly (readonly [boolean, string, unknown])[] = [
    [encoder.hiddenSize % encoder.heads === 0, 'split its hidden size evenly', encoder.heads],
    [heads.hiddenSize === encoder.hiddenSize, 'have one hidden size', heads.hiddenSize],
    [heads.widthRows > maxSpanTokens, 'have a width for each span', heads.widthRows],
    [window.maxTokens <= encoder.maxPositions, 'have a position for each token', window.maxTokens],
    [window.overlapTokens >= maxSpanTokens, 'overlap by a span or more', window.overlapTokens],
    [window.overlapTokens + 2 < window.maxTokens, 'have windows that advance', window.maxTokens],
    [
      meaning.head !== undefined || meaning.size === encoder.hiddenSize,
      "have meanings of its encoder's size",
      meaning.size,
    ],
    [new Set(types.map(({ name }) => name)).size === types.length, 'name types once', types.length],
    [hasCurve, 'have a calibration that never falls', calibration?.curve.method],
    [
      manifest.formatVersion >= lowestVersion(manifest),
      `have format version ${lowestVersion(manifest)} for its fields`,
      manifest.formatVersion,
    ],
  ];
  const broken = rules.find(([holds]) => !holds);
  return broken && { rule: broken[1], value: broken[2] };
}

/** The manifest in the bytes of a manifest.json; `path` is for messages. Throws: BUNDLE_INVALID. */
export function parseManifest(bytes: Buffer, path: string): Manifest {
  const json = parseJson(bytes, path);
  const version = (json as { formatVersion?: unknown } | null)?.formatVersion;
  if (!formatVersions.some((known) => known === version)) {
    const newer = typeof version === 'number' && version > newestVersion;
    const advice = newer ? ' (a newer Spandex wrote it)' : '';
    throw invalid(path, `have format version ${formatVersions.join(' or ')}${advice}`, version);
  }
  checkChecksum(bytes, path);
  const { success, data, error } = manifestSchema.safeParse(json);
  if (!success) {
    const [issue] = error.issues;
    const field = issue?.path.join('.') ?? '';
    throw invalid(path, `have a valid manifest field ${field}`, issue?.message);
  }
  const broken = brokenRule(data);
  if (broken) throw invalid(path, broken.rule, broken.value);
  return data;
}
