/**
 * `tagwarden events` on recordings of 100,000 records, in each of the forms in which people keep them: how many MB of
 * text a second of CPU takes in, whether all give the same resources, and whether memory is that of 25,000.
 */
import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { significant, type Row } from "./measure.ts";
import { RECORDING_FORMS } from "./recording-forms.ts";
import type { RecordingCost } from "./recordings-child.ts";

const RECORDS = 100_000;
const FEW_RECORDS = 25_000;
const MB = 1_000_000;

/** Writes a recording and answers how long its text is. */
async function write(file: string, pieces: Iterable<string | Uint8Array>): Promise<number> {
  let length = 0;
  function* counted(): Generator<string | Uint8Array> {
    for (const piece of pieces) {
      length += typeof piece === "string" ? Buffer.byteLength(piece) : gunzipSync(piece).length;
      yield piece;
    }
  }
  await pipeline(Readable.from(counted()), createWriteStream(file));
  return length;
}

async function read(file: string): Promise<RecordingCost> {
  const child = join(import.meta.dirname, "recordings-child.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--max-semi-space-size=16", child, file]);
  return JSON.parse(stdout) as RecordingCost;
}

export async function run(): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "tagwarden-bench-"));
  const rows: Row[] = [];
  const digests = new Set<string>();
  try {
    for (const [form, pieces] of Object.entries(RECORDING_FORMS)) {
      const file = join(folder, "recording");
      await write(file, pieces(FEW_RECORDS));
      const few = await read(file);
      const length = await write(file, pieces(RECORDS));
      const all = await read(file);
      if (all.code !== 0 || all.resources !== RECORDS / 2) throw new Error(`${form}: ${JSON.stringify(all)}`);
      digests.add(all.digest);
      const ratio = significant(all.peakMb / few.peakMb);
      rows.push(
        { name: `recordings: ${form}`, value: significant(length / MB / (all.cpuMs / 1_000)), unit: "MB/s of CPU" },
        {
          name: `recordings: ${form}, peak of the process`,
          value: significant(all.peakMb),
          unit: "MB",
          peer: { name: `${FEW_RECORDS} records`, value: significant(few.peakMb) },
          ratio,
          goal: "ratio <= 1.25",
          met: ratio <= 1.25,
        },
      );
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  rows.push({
    name: "recordings: different results of the same records",
    value: digests.size,
    unit: "results",
    goal: "1",
    met: digests.size === 1,
  });
  return rows;
}
