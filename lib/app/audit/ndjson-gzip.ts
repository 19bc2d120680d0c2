import { gunzipSync, gzipSync } from "node:zlib";

/**
 * Characters that are compressed at a time: a fraction of a millisecond. In the thread pool that would cost twice the
 * CPU, most of it for streams around a small text.
 */
const BLOCK = 64 * 1024;

/** Lines that are so much alike don't get smaller by more effort, only later. */
const LEVEL = 3;

/** Collects lines as gzip: several members one after the other, which is one gzip file (RFC 1952, section 2.2). */
export interface NdjsonPart {
  readonly lines: number;
  add(line: string): void;
  /** The finished file. Nothing may be added afterwards. */
  end(): Uint8Array;
}

/** An empty part; only compressed blocks and the one being filled are held. */
export function ndjsonPart(): NdjsonPart {
  const members: Uint8Array[] = [];
  let block: string[] = [];
  let blockLength = 0;
  let lines = 0;
  const flush = (): void => {
    block.push("");
    const full = block.join("\n");
    block = [];
    blockLength = 0;
    // zlib answers a view of a buffer of 16 KB; as a copy, a member is held at its own size.
    members.push(Uint8Array.from(gzipSync(full, { level: LEVEL })));
  };
  return {
    get lines() {
      return lines;
    },
    add(line) {
      block.push(line);
      blockLength += line.length + 1;
      lines += 1;
      if (blockLength >= BLOCK) flush();
    },
    end() {
      if (blockLength > 0 || members.length === 0) flush();
      return Buffer.concat(members);
    },
  };
}

/** The lines of a gzip NDJSON file. Throws where it is cut off or damaged. */
export function readNdjson(file: Uint8Array): string[] {
  const text = gunzipSync(file).toString();
  return text === "" ? [] : text.slice(0, text.endsWith("\n") ? -1 : undefined).split("\n");
}
