/** Looks for bytes in every file of a folder, whatever the file is. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of the files that hold one of these strings or vectors. */
export function filesHolding(
  folder: string,
  canaries: readonly (string | Float32Array)[],
): string[] {
  const needles = canaries.map((canary) =>
    typeof canary === 'string'
      ? Buffer.from(canary)
      : Buffer.from(canary.buffer, canary.byteOffset, canary.byteLength),
  );
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = readFileSync(path);
      return needles.some((needle) => bytes.includes(needle));
    });
}
