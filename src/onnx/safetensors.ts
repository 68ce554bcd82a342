/**
 * Named tensors in a file. Source: the safetensors format (8 bytes of header size, a JSON header with
 * dtype, shape and byte range of each tensor, then the bytes).
 */
import { readFile } from 'node:fs/promises';
import { appError } from '../core/errors.ts';
import { unreadable } from '../core/unreadable.ts';
import { elementFormats, elementsFrom } from './element-types.ts';
import { type ElementType, elementCount, type Tensor, tensor, tensorBytes } from './tensor.ts';

/** What a header says of one tensor, once it is known to be said in this form. */
interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const headerSizeBytes = 8;
const alignment = 8;

const typeNames = new Map(
  Object.entries(elementFormats).map(([type, { safetensors }]) => [
    safetensors,
    type as ElementType,
  ]),
);

/** The bytes of a safetensors file. `metadata` is text the format carries along. */
export function printSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { type, dims, data }] of tensors) {
    header[name] = {
      dtype: elementFormats[type].safetensors,
      shape: dims,
      data_offsets: [end, end + data.byteLength],
    };
    end += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padding = (alignment - ((headerSizeBytes + json.length) % alignment)) % alignment;
  const size = Buffer.alloc(headerSizeBytes);
  size.writeBigUInt64LE(BigInt(json.length + padding));
  return Buffer.concat([
    size,
    json,
    Buffer.alloc(padding, ' '),
    ...[...tensors.values()].map(tensorBytes),
  ]);
}

/** The header and where the tensors' bytes begin. Throws: FILE_INVALID. */
function parseHeader(bytes: Uint8Array, path: string): { header: object; start: number } {
  const fail = (rule: string, value: unknown, cause?: unknown) =>
    appError('FILE_INVALID', { path, line: 1, rule, value }, cause);
  if (bytes.length < headerSizeBytes) throw fail('a safetensors header', `${bytes.length} bytes`);
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const start = headerSizeBytes + size;
  if (start > bytes.length) throw fail('a safetensors header', `a header of ${size} bytes`);
  try {
    const header: unknown = JSON.parse(
      Buffer.from(bytes.subarray(headerSizeBytes, start)).toString('utf8'),
    );
    if (typeof header === 'object' && header !== null) return { header, start };
  } catch (cause) {
    throw fail('a safetensors header in JSON', 'other bytes', cause);
  }
  throw fail('a safetensors header', 'no object');
}

const areCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);

function isHeaderEntry(value: unknown): value is HeaderEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { dtype, shape, data_offsets: offsets } = value as Record<keyof HeaderEntry, unknown>;
  return (
    typeof dtype === 'string' && areCounts(shape) && areCounts(offsets) && offsets.length === 2
  );
}

/** The tensors in the bytes of a safetensors file. Throws: FILE_INVALID. */
export function parseSafetensors(bytes: Uint8Array, path: string): Map<string, Tensor> {
  const { header, start } = parseHeader(bytes, path);
  const body = bytes.subarray(start);
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const found = parseTensor(body, entry);
    if (!found) {
      const rule = 'a safetensors header whose tensors lie in the file';
      throw appError('FILE_INVALID', { path, line: 1, rule, value: { [name]: entry } });
    }
    tensors.set(name, found);
  }
  return tensors;
}

/** The tensor that a header entry tells of, or null when what it tells is not so. */
function parseTensor(body: Uint8Array, entry: unknown): Tensor | null {
  if (!isHeaderEntry(entry)) return null;
  const type = typeNames.get(entry.dtype);
  const [from, to] = entry.data_offsets;
  if (!type || to > body.length) return null;
  if (to - from !== elementCount(entry.shape) * elementFormats[type].bytes) return null;
  return tensor(type, entry.shape, elementsFrom(type, body.subarray(from, to)));
}

/** The tensors of a safetensors file. Throws: FILE_UNREADABLE, FILE_INVALID. */
export async function readSafetensors(path: string): Promise<Map<string, Tensor>> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  return parseSafetensors(bytes, path);
}
