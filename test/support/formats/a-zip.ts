/** A ZIP archive with what a test wants in it: also names and sizes that no honest program writes. */
import { crc32, deflateRawSync } from 'node:zlib';

/** An entry. */
export interface ZipEntry {
  readonly name: string;
  readonly content: string | Buffer;
  /** Bits of its Unix mode, such as 0o120777 for a link. */
  readonly mode?: number;
  /** Encrypted, says its flag. */
  readonly isEncrypted?: boolean;
  /** As it is, not compressed: what some programs do with every file. */
  readonly isStored?: boolean;
}

interface Written {
  readonly local: Buffer;
  readonly central: Buffer;
}

function written(
  { name, content, mode = 0o100644, isEncrypted = false, isStored = false }: ZipEntry,
  at: number,
): Written {
  const bytes = Buffer.from(content as string);
  const packed = isStored ? bytes : deflateRawSync(bytes);
  const names = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(0x0800 | (isEncrypted ? 1 : 0), 2);
  common.writeUInt16LE(isStored ? 0 : 8, 4);
  common.writeUInt32LE(crc32(bytes), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(bytes.length, 18);
  common.writeUInt16LE(names.length, 22);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE((mode << 16) >>> 0, 6);
  tail.writeUInt32LE(at, 10);
  return {
    local: Buffer.concat([Buffer.from('PK\x03\x04'), common, names, packed]),
    central: Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), common, tail, names]),
  };
}

/** The archive's bytes. */
export function aZip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const { local, central } = written(entry, at);
    locals.push(local);
    centrals.push(central);
    at += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}
