import { createGunzip } from "node:zlib";
import { InputError } from "../../core/errors.ts";

/** Bytes that are unpacked at a time: handing them on costs more than unpacking them where they are few. */
const CHUNK = 128 * 1024;

/**
 * The lines of a gzip NDJSON file, unpacked and handed on block by block. Throws InputError, with `name` in front,
 * where the file is cut off or damaged.
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
