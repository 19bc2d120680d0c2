import { createGunzip, gunzipSync, gzipSync } from "node:zlib";
import { InputError } from "../../core/errors.ts";

/**
 * Characters that are compressed at a time: a fraction of a millisecond. In the thread pool that would cost twice the
 * CPU, most of it for streams around a small text.
 */
const BLOCK = 64 * 1024;

/** Lines that are so much alike don't get smaller by more effort, only later. */
const LEVEL = 3;

/** Bytes that are unpacked at a time: handing them on costs more than unpacking them where they are few. */
const CHUNK = 128 * 1024;

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

/** What a line may have at most, in characters: ours have a few hundred, and those of a resource with the longest tags 40,000. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** The lines of a small gzip NDJSON file. Throws where it is cut off or damaged, or unpacks to more than a small file can. */
export function readNdjson(file: Uint8Array): string[] {
  const text = gunzipSync(file, { maxOutputLength: 4 * LONGEST_LINE }).toString();
  return text === "" ? [] : text.slice(0, text.endsWith("\n") ? -1 : undefined).split("\n");
}

/**
 * The lines of a gzip NDJSON file, unpacked and handed on block by block. Throws InputError, with `name` in front,
 * where the file is cut off or damaged, or has a line that nobody wrote.
 */
export async function* lineBlocks(name: string, file: Uint8Array): AsyncGenerator<string[]> {
  const unpacked = createGunzip({ chunkSize: CHUNK });
  unpacked.end(file);
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const bytes of unpacked) {
      const whole = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split("\n");
      rest = whole.pop() ?? "";
      if (rest.length > LONGEST_LINE) {
        throw new InputError(
          `${name}: unpacks to a line of more than 16 MB, which no audit writes; run the audit again`,
        );
      }
      if (whole.length > 0) yield whole;
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new InputError(`${name}: is not a whole gzip file; run the audit again`, { cause: error });
  }
  if (rest !== "") throw new InputError(`${name}: its last line is cut off; run the audit again`);
}

function isDamage(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
}
