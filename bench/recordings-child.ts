/** `node recordings-child.ts FILE`: runs `tagwarden events FILE` and prints one JSON line about it. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { main } from "../cli/main.ts";
import type { RawOutput } from "../cli/io.ts";
import { peakMb, processMs } from "./process-cost.ts";

/** What reading one recording took. */
export interface RecordingCost {
  readonly code: number;
  readonly resources: number;
  /** Of all that was printed: the same resources give the same. */
  readonly digest: string;
  readonly cpuMs: number;
  readonly startMb: number;
  readonly peakMb: number;
}

const [, , file = ""] = process.argv;
const hash = createHash("sha256");
let resources = 0;
let said = "";
const stdout: RawOutput = {
  terminal: false,
  async write(text) {
    hash.update(text);
    resources += text.split("\n").length - 1;
  },
  redraw: async () => undefined,
};
const stderr: RawOutput = {
  terminal: false,
  async write(text) {
    said += text;
  },
  redraw: async () => undefined,
};
// So that what is loaded once isn't in the figures.
const io = { stdin: Readable.from(["{}"]), stdout: stderr, stderr, env: {}, signal: new AbortController().signal };
await main(["events", "-"], io);
said = "";
const startMb = await peakMb();
const before = processMs();
const code = await main(["events", file], { ...io, stdin: Readable.from([]), stdout });
const cost: RecordingCost = {
  code,
  resources,
  digest: hash.digest("hex"),
  cpuMs: processMs() - before,
  startMb,
  peakMb: await peakMb(),
};
process.stderr.write(code === 0 ? "" : said);
process.stdout.write(`${JSON.stringify(cost)}\n`);
