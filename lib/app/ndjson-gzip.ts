import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Characters that are compressed at a time. */
const BLOCK = 64 * 1024;

/** Collects lines as gzip: several members one after the other, which is one gzip file (RFC 1952, section 2.2). */
export interface NdjsonPart {
  readonly lines: number;
  add(line: string): Promise<void>;
  /** The finished file. Nothing may be added afterwards. */
  end(): Promise<Uint8Array>;
}

/** An empty part; only compressed blocks and the one being filled are held. */
export function ndjsonPart(): NdjsonPart {
  const members: Uint8Array[] = [];
  let block: string[] = [];
  let blockLength = 0;
  let lines = 0;
  const flush = async (): Promise<void> => {
    const full = block.join("");
    block = [];
    blockLength = 0;
    // zlib answers a view of a buffer of 16 KB; as a copy, a member is held at its own size.
    members.push(Uint8Array.from(await compress(full)));
  };
  return {
    get lines() {
      return lines;
    },
    async add(line) {
      block.push(line, "\n");
      blockLength += line.length + 1;
      lines += 1;
      if (blockLength >= BLOCK) await flush();
    },
    async end() {
      if (blockLength > 0 || members.length === 0) await flush();
      return Buffer.concat(members);
    },
  };
}

/** The lines of a gzip NDJSON file. Throws where it is cut off or damaged. */
export async function readNdjson(file: Uint8Array): Promise<string[]> {
  const text = (await decompress(file)).toString();
  return text === "" ? [] : text.slice(0, text.endsWith("\n") ? -1 : undefined).split("\n");
}
