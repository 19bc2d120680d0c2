import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { inflateRawSync } from "node:zlib";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const END_BYTES = 22;
const DEFLATED = 8;

/** Whether everybody may read a file, in its mode. */
const READABLE = 0o004;

/**
 * Unpacks a function's zip as Lambda does: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, without ZIP64
 * and encryption, which no package of ours has. Throws where it isn't such a file, a name leads out of the folder, or a
 * file could not be read by the user that Lambda runs functions as.
 */
export function unzip(zip: Buffer, folder: string): void {
  for (const { name, content } of zipEntries(zip)) write(folder, name, content());
}

/** A file in a zip. */
export interface PackedFile {
  readonly name: string;
  readonly content: () => Buffer;
}

/** The files of a function's zip; each is unpacked when it is asked for. Throws as `unzip` does. */
export function* zipEntries(zip: Buffer): Generator<PackedFile> {
  let end = zip.length - END_BYTES;
  while (end >= 0 && zip.readUInt32LE(end) !== END) end -= 1;
  if (end < 0) throw new Error("not a zip file");
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (zip.readUInt32LE(at) !== ENTRY) throw new Error("a zip file whose directory can't be read");
    const method = zip.readUInt16LE(at + 10);
    const packedSize = zip.readUInt32LE(at + 20);
    const nameSize = zip.readUInt16LE(at + 28);
    const name = zip.toString("utf8", at + 46, at + 46 + nameSize);
    const mode = zip.readUInt32LE(at + 38) >>> 16;
    if ((mode & READABLE) === 0) throw new Error(`${name} in a package can be read by its owner alone, not by Lambda`);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + packedSize);
    const content = () => (method === DEFLATED ? inflateRawSync(packed) : Buffer.from(packed));
    if (!name.endsWith("/")) yield { name, content };
    at += 46 + nameSize + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
}

function write(folder: string, name: string, content: Uint8Array): void {
  if (normalize(name).startsWith("..") || name.startsWith("/")) throw new Error(`a zip file with the name ${name}`);
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
