/**
 * The entries of a ZIP archive. Nothing is written to disk; an entry whose name leads out of the
 * archive is refused all the same, because its name would be kept and shown.
 */

import {
  type Entry,
  fromBuffer,
  getFileNameLowLevel,
  open,
  validateFileName,
  type ZipFile,
} from 'yauzl';
import { type AppError, appError } from '../core/errors.ts';
import { unreadable } from '../core/unreadable.ts';
import { guarded, inflatedIfGzip, type Meter } from './inflated.ts';
import { maxArchiveEntries } from './limits.ts';
import type { Source } from './source.ts';

/** An archive that is open. */
export interface Zip {
  /** Its entries in order of name: what can be read, or why not. Folders are left out. */
  readonly entries: readonly (Source | AppError)[];
  close(): void;
}

const zipMagic = Buffer.of(0x50, 0x4b, 0x03, 0x04);
const emptyZipMagic = Buffer.of(0x50, 0x4b, 0x05, 0x06);

/** True for the first bytes of a ZIP archive. */
export const isZip = (head: Buffer): boolean =>
  [zipMagic, emptyZipMagic].some((magic) => head.subarray(0, 4).equals(magic));

/** What a local header has before the entry's name. */
const localHeaderBytes = 30;
/** The flag of an entry whose size stands behind it. */
const sizeBehind = 0x0008;

/**
 * Names of the entries that begin in an archive's first bytes, as far as each says where the next one
 * begins: files in them that are not compressed are not looked into.
 */
export function* leadingNames(head: Buffer): Generator<string> {
  for (let at = 0; at + localHeaderBytes <= head.length; ) {
    if (!head.subarray(at, at + 4).equals(zipMagic)) return;
    const isStored = head.readUInt16LE(at + 8) === 0;
    const isSizeBehind = (head.readUInt16LE(at + 6) & sizeBehind) !== 0;
    const name = at + localHeaderBytes;
    const nameEnd = name + head.readUInt16LE(at + 26);
    yield head.toString('latin1', name, nameEnd);
    const content = nameEnd + head.readUInt16LE(at + 28);
    if (isStored && isSizeBehind) return;
    at = isSizeBehind ? head.indexOf(zipMagic, content) : content + head.readUInt32LE(at + 18);
    if (at < 0) return;
  }
}

// Sizes are checked by `guarded` on what comes out; names by `checkedName`, one entry at a time.
const options = { lazyEntries: true, decodeStrings: false, autoClose: false } as const;

/** The archive of a file, or of bytes. Throws: FILE_UNREADABLE, ARCHIVE_TOO_LARGE. */
export async function openZip(path: string, bytes?: Buffer): Promise<Zip> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    const done = (error: Error | null, opened?: ZipFile): void => {
      if (opened) resolve(opened);
      else reject(unreadable(path, error));
    };
    if (bytes) fromBuffer(bytes, options, done);
    else open(path, options, done);
  });
  try {
    return { entries: await entriesOf(zip, path), close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw unreadable(path, error);
  }
}

/** The directory of the archive. Throws: ARCHIVE_TOO_LARGE, and yauzl's errors. */
function listed(zip: ZipFile, path: string): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const found: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      found.push(entry);
      if (found.length <= maxArchiveEntries) return zip.readEntry();
      reject(appError('ARCHIVE_TOO_LARGE', { path, what: 'entries', max: maxArchiveEntries }));
    });
    zip.once('end', () => resolve(found));
    zip.once('error', reject);
    zip.readEntry();
  });
}

async function entriesOf(zip: ZipFile, path: string): Promise<(Source | AppError)[]> {
  // Counted over all entries: they may share their compressed bytes.
  const meter: Meter = { in: 0, out: 0 };
  const sources = new Map<string, Source>();
  const errors: AppError[] = [];
  for (const entry of await listed(zip, path)) {
    const name = checkedName(entry, path);
    if (typeof name !== 'string') errors.push(name);
    else if (!name.endsWith('/')) {
      sources.set(name, entrySource({ zip, entry, meter, sources }, name, path));
    }
  }
  meter.in = zip.fileSize;
  const byName = [...sources].sort(([a], [b]) => (a < b ? -1 : 1));
  return [...errors, ...byName.map(([, source]) => source)];
}

const fileTypeMask = 0o170000;
const symbolicLink = 0o120000;

/** The name of an entry that stays inside the archive and is no link. */
function checkedName(entry: Entry, path: string): string | AppError {
  const name = getFileNameLowLevel(
    entry.generalPurposeBitFlag,
    entry.fileNameRaw,
    entry.extraFields,
    true,
  );
  const isLink = ((entry.externalFileAttributes >>> 16) & fileTypeMask) === symbolicLink;
  if (!isLink && validateFileName(name) === null && !name.includes('\0')) return name;
  return appError('ARCHIVE_PATH_UNSAFE', { path, name });
}

interface OpenEntry {
  readonly zip: ZipFile;
  readonly entry: Entry;
  readonly meter: Meter;
  readonly sources: ReadonlyMap<string, Source>;
}

function entrySource(
  { zip, entry, meter, sources }: OpenEntry,
  name: string,
  archive: string,
): Source {
  const path = `${archive}/${name}`;
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  return {
    path,
    name: name.slice(folder.length).replace(/\.gz$/i, ''),
    bytes: () => inflatedIfGzip(entryBytes({ zip, entry, meter, sources }, path), path),
    sibling: (beside) => Promise.resolve(sources.get(`${folder}${beside}`)),
  };
}

async function* entryBytes({ zip, entry, meter }: OpenEntry, path: string): AsyncGenerator<Buffer> {
  try {
    const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      zip.openReadStream(entry, (error, opened) => {
        if (opened) resolve(opened);
        else reject(error);
      });
    });
    yield* guarded(stream as AsyncIterable<Buffer>, meter, path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
