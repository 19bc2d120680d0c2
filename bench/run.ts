/**
 * `npm run bench [NAME…]`: runs `bench/NAME.ts`, or all of them, one after the other, and prints each row as one JSON
 * line. Exits with 1 where a goal is missed.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Row } from "./measure.ts";

interface Benchmark {
  run(): Promise<readonly Row[]>;
}

function isBenchmark(module: unknown): module is Benchmark {
  return typeof module === "object" && module !== null && "run" in module && typeof module.run === "function";
}

/** The modules that say `export … function run`; the others here are parts of benchmarks, and may do something when loaded. */
async function benchmarkNames(): Promise<string[]> {
  const names: string[] = [];
  for (const file of await readdir(import.meta.dirname)) {
    if (!file.endsWith(".ts")) continue;
    const source = await readFile(join(import.meta.dirname, file), "utf8");
    if (/^export (?:async )?function run\b/m.test(source)) names.push(file.slice(0, -".ts".length));
  }
  return names.sort();
}

const known = await benchmarkNames();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`No benchmark is called ${unknown.join(", ")}. There are: ${known.join(", ")}.\n`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : known) {
  const module: unknown = await import(`./${name}.ts`);
  if (!isBenchmark(module)) throw new Error(`bench/${name}.ts doesn't export run().`);
  for (const row of await module.run()) {
    process.stdout.write(`${JSON.stringify(row)}\n`);
    if (row.met === false) process.exitCode = 1;
  }
}
