import { idOfLine, joinLines } from "./sightings.ts";

/** A sighting on its way through the sort: its id, and all of it as `sightingLine` wrote it. */
export interface SightingLine {
  readonly id: string;
  readonly line: string;
}

/** A sorted sequence of sightings, each id once, in files of limited size that are read one after the other. */
export interface SortedRun {
  /** How often its sightings were merged. */
  readonly tier: number;
  /** Names of the files, in order. */
  readonly files: readonly string[];
}

/** Where the files are kept. */
export interface SortFiles {
  /** Keeps a file and answers its name. */
  put(body: Uint8Array): Promise<string>;
  get(name: string): Promise<Uint8Array>;
}

/** Characters of a file: what is held of each run while runs are merged. */
const FILE_LENGTH = 64 * 1024;
/** So many runs of one tier become one of the next, which keeps the number of runs to merge at last small. */
const RUNS_MERGED = 32;
const BLOCK = 1_000;
/** After the last line: a file that ends earlier was cut off. It is read once and thrown away, so it isn't compressed. */
const END = "\n\n";

/** Sorts sightings that fit into memory, lines by id, into a run. */
export async function sortedRun(lines: ReadonlyMap<string, string>, files: SortFiles): Promise<SortedRun> {
  const ids = [...lines.keys()].sort();
  return writeRun([ids.map((id) => ({ id, line: lines.get(id) ?? "" }))], 0, files);
}

/** Adds a run, and merges runs of a tier once there are many, so that those of later tiers grow longer. */
export async function withRun(runs: readonly SortedRun[], run: SortedRun, files: SortFiles): Promise<SortedRun[]> {
  let all = [...runs, run];
  for (let tier = run.tier; ; tier += 1) {
    const alike = all.filter((one) => one.tier === tier);
    if (alike.length < RUNS_MERGED) return all;
    const merged = await writeRun(mergeRuns(alike, files), tier + 1, files);
    all = [...all.filter((one) => one.tier !== tier), merged];
  }
}

/** Merges runs into one sorted sequence, block by block, in which each id occurs once; up to `after` is left out. */
export async function* mergeRuns(
  runs: readonly SortedRun[],
  files: SortFiles,
  after?: string,
): AsyncGenerator<SightingLine[]> {
  let block: SightingLine[] = [];
  let last: SightingLine | undefined;
  for await (const lines of inOrder(runs, files)) {
    for (const next of lines) {
      if (last?.id === next.id) {
        last = { id: next.id, line: joinLines(last.line, next.line) };
        continue;
      }
      if (last !== undefined && (after === undefined || last.id > after)) block.push(last);
      last = next;
    }
    if (block.length > 0) yield block;
    block = [];
  }
  if (last !== undefined && (after === undefined || last.id > after)) yield [last];
}

/** All lines of these runs in the order of ids, block by block. */
async function* inOrder(runs: readonly SortedRun[], files: SortFiles): AsyncGenerator<SightingLine[]> {
  // Descending, so that the smallest is the last and cheap to take.
  const heads: Head[] = [];
  for (const run of runs) {
    const reader = runReader(run, files);
    const next = await reader.refill();
    if (next !== undefined) insert(heads, { reader, next });
  }
  let block: SightingLine[] = [];
  for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
    block.push(head.next);
    if (block.length === BLOCK) {
      yield block;
      block = [];
    }
    const next = head.reader.read() ?? (await head.reader.refill());
    if (next !== undefined) insert(heads, { reader: head.reader, next });
  }
  if (block.length > 0) yield block;
}

function insert(heads: Head[], head: Head): void {
  let low = 0;
  let high = heads.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((heads[middle]?.next.id ?? "") > head.next.id) low = middle + 1;
    else high = middle;
  }
  heads.splice(low, 0, head);
}

interface Head {
  readonly reader: RunReader;
  readonly next: SightingLine;
}

/** Reads a run line by line; only where a file ends is there something to wait for. */
interface RunReader {
  /** Undefined at the end of a file. */
  read(): SightingLine | undefined;
  /** The first line of the next file; undefined at the end of the run. */
  refill(): Promise<SightingLine | undefined>;
}

function runReader(run: SortedRun, files: SortFiles): RunReader {
  const names = run.files.values();
  let text = "";
  let position = 0;
  const read = (): SightingLine | undefined => {
    if (position >= text.length) return undefined;
    const end = text.indexOf("\n", position);
    const line = text.slice(position, end);
    position = end + 1;
    return { id: idOfLine(line), line };
  };
  return {
    read,
    async refill() {
      for (const name of names) {
        text = Buffer.from(await files.get(name)).toString();
        if (!text.endsWith(END)) throw new Error(`${name}: is cut off`);
        text = text.slice(0, -1);
        position = 0;
        return read();
      }
      return undefined;
    },
  };
}

async function writeRun(
  blocks: Iterable<readonly SightingLine[]> | AsyncIterable<readonly SightingLine[]>,
  tier: number,
  files: SortFiles,
): Promise<SortedRun> {
  const names: string[] = [];
  let lines: string[] = [];
  let length = 0;
  const flush = async (): Promise<void> => {
    names.push(await files.put(Buffer.from(`${lines.join("\n")}${END}`)));
    lines = [];
    length = 0;
  };
  for await (const block of blocks) {
    for (const { line } of block) {
      lines.push(line);
      length += line.length;
      if (length >= FILE_LENGTH) await flush();
    }
  }
  if (lines.length > 0) await flush();
  return { tier, files: names };
}
