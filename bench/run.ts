/**
 * `npm run bench [NAME…]`: runs `bench/NAME.ts`, or all of them, one after the other, and prints each row as one JSON
 * line. Exits with 1 where a goal is missed.
 */
import { readdir } from "node:fs/promises";
import type { Row } from "./measure.ts";

const NOT_BENCHMARKS = new Set(["run", "measure"]);

interface Benchmark {
  run(): Promise<readonly Row[]>;
}

function isBenchmark(module: unknown): module is Benchmark {
  return typeof module === "object" && module !== null && "run" in module && typeof module.run === "function";
}

async function benchmarkNames(): Promise<string[]> {
  const files = await readdir(import.meta.dirname);
  return files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length))
    .filter((name) => !NOT_BENCHMARKS.has(name))
    .sort();
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
  if (!isBenchmark(module)) continue;
  for (const row of await module.run()) {
    process.stdout.write(`${JSON.stringify(row)}\n`);
    if (row.met === false) process.exitCode = 1;
  }
}
