/**
 * What a bundle says about itself: `manifest.json`, a public format.
 *
 * Its SHA-256 is the model's id. It holds a checksum of its own, so that a damaged manifest is told
 * from a different model: SHA-256 of the file with the checksum's digits written as zeros.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { appError } from '../core/errors.ts';

/** The version this program writes and reads. */
const formatVersion = 1;

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

const meaningSchema = z
  .strictObject({
    /** Numbers of the pretrained encoder's mean state. */
    size: size(8_192),
    pooling: z.literal('mean'),
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

const manifestSchema = z
  .strictObject({
    formatVersion: z.literal(formatVersion),
    checksum: sha256Digits,
    name: z.string().min(1).max(200),
    licence: z.string().min(1),
    encoder: encoderSchema,
    heads: headsSchema,
    /** Longest window, its two special tokens included, and what neighbours share. */
    window: z.strictObject({ maxTokens: size(65_536), overlapTokens: size(65_536) }).readonly(),
    /** Longest mention. */
    maxSpanTokens: size(4_096),
    types: z.array(typeSchema).readonly(),
    meaning: meaningSchema,
    training: trainingSchema,
    metrics: z.record(z.string(), z.unknown()),
    files: z.array(fileSchema).readonly(),
  })
  .readonly();

export type Manifest = z.infer<typeof manifestSchema>;

/** What a writer says of a model; the rest of the manifest follows from the files. */
export type ModelDescription = Omit<Manifest, 'formatVersion' | 'checksum' | 'files'>;

/** A file of a bundle as the manifest lists it. */
export type ListedFile = Manifest['files'][number];

/** SHA-256 in hexadecimal. */
export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

const noChecksum = '0'.repeat(64);
const checksumField = /"checksum": "([0-9a-f]{64})"/;

/** The bytes of a manifest.json. */
export function printManifest(description: ModelDescription, files: readonly ListedFile[]): Buffer {
  const blank: Manifest = { formatVersion, checksum: noChecksum, ...description, files };
  const text = `${JSON.stringify(manifestSchema.parse(blank), null, 2)}\n`;
  return Buffer.from(text.replace(noChecksum, sha256(Buffer.from(text))));
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

/** Rules that concern several fields. */
function brokenRule(manifest: Manifest): { rule: string; value: unknown } | undefined {
  const { encoder, heads, window, maxSpanTokens, meaning, types } = manifest;
  const rules: readonly (readonly [boolean, string, unknown])[] = [
    [encoder.hiddenSize % encoder.heads === 0, 'split its hidden size evenly', encoder.heads],
    [heads.hiddenSize === encoder.hiddenSize, 'have one hidden size', heads.hiddenSize],
    [heads.widthRows > maxSpanTokens, 'have a width for each span', heads.widthRows],
    [window.maxTokens <= encoder.maxPositions, 'have a position for each token', window.maxTokens],
    [window.overlapTokens >= maxSpanTokens, 'overlap by a span or more', window.overlapTokens],
    [window.overlapTokens + 2 < window.maxTokens, 'have windows that advance', window.maxTokens],
    [meaning.size === encoder.hiddenSize, "have meanings of its encoder's size", meaning.size],
    [new Set(types.map(({ name }) => name)).size === types.length, 'name types once', types.length],
  ];
  const broken = rules.find(([holds]) => !holds);
  return broken && { rule: broken[1], value: broken[2] };
}

/** The manifest in the bytes of a manifest.json; `path` is for messages. Throws: BUNDLE_INVALID. */
export function parseManifest(bytes: Buffer, path: string): Manifest {
  const json = parseJson(bytes, path);
  const version = (json as { formatVersion?: unknown } | null)?.formatVersion;
  if (version !== formatVersion) {
    const newer = typeof version === 'number' && version > formatVersion;
    const advice = newer ? ' (a newer Spandex wrote it)' : '';
    throw invalid(path, `have format version ${formatVersion}${advice}`, version);
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
