import { InputError } from "../../core/errors.ts";
import { findingFrom } from "../../core/report/finding.ts";
import type { Finding } from "../../core/report/finding.ts";
import { lineBlocks } from "../audit/ndjson.ts";
import type { ObjectStore } from "../ports/objects.ts";

/** Parts that are held while one of them is worked on: of large shards each is a few megabytes, of most a few kilobytes. */
export const PARTS_AHEAD = 8;

/**
 * The findings of one part, in its order, unpacked and handed on block by block. Throws InputError where the part is gone, cut off
 * or holds something else.
 */
export async function* findingsIn(part: string, objects: Pick<ObjectStore, "get">): AsyncGenerator<Finding[]> {
  const file = await objects.get(part);
  if (file === undefined) throw new InputError(`${part}: is gone; run the audit again`);
  let number = 0;
  for await (const block of lineBlocks(part, file)) {
    const start = number;
    number += block.length;
    yield block.map((line, index) => findingFrom(line, `${part}:${start + index + 1}`));
  }
}
