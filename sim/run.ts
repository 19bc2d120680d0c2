/**
 * `npm run simulate -- --seeds N [--from S] [--world enforce|audit]`: plays N schedules, of each world if none is named,
 * in worker processes and checks them; exits with 1 where a rule was broken. `--seed S` replays one of them and prints
 * everything that happened. docs/simulation.md says more.
 */
import { fork } from "node:child_process";
import { join } from "node:path";
import { InputError } from "../lib/core/errors.ts";
import { readArguments, type SimulateArguments } from "./arguments.ts";
import { addTally, emptyTally, type Failure, type Tally } from "./run-many.ts";
import type { Violation } from "./violation.ts";
import { worlds, type WorldName } from "./worlds.ts";

const SEEDS_AT_ONCE = 100;
const FAILURES_SHOWN = 10;
const LINES_SHOWN = 60;
const SCHEDULES_TOLD = 1_000;

type Many = Extract<SimulateArguments, { kind: "many" }>;

const print = (line: string) => process.stdout.write(`${line}\n`);
const replayCommand = (world: WorldName, seed: number) => `npm run simulate -- --world ${world} --seed ${seed}`;

function described(world: WorldName, { rule, at, text }: Violation): string {
  return `${((at - worlds[world].start) / 1_000).toFixed(3)} s: ${rule}: ${text}`;
}

async function replay(world: WorldName, seed: number): Promise<void> {
  const { trace, violations, headline } = await worlds[world].play(seed, { traced: true });
  print(`${world}, seed ${seed}: ${headline}`);
  for (const line of trace) print(line);
  for (const violation of violations) print(`BROKEN ${described(world, violation)}`);
  if (violations.length > 0) process.exitCode = 1;
}

/** Hands the seeds out in portions, so that no worker waits for another. */
async function runAll(world: WorldName, { from, seeds, workers }: Many): Promise<Tally> {
  const sum = emptyTally();
  const portionSize = Math.min(SEEDS_AT_ONCE, Math.ceil(seeds / (workers * 4)));
  let next = from;
  const end = from + seeds;
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = fork(join(import.meta.dirname, "worker.ts"));
      const handOut = () => {
        if (next >= end) return worker.disconnect();
        const portion = Math.min(portionSize, end - next);
        worker.send({ world, from: next, seeds: portion });
        next += portion;
      };
      worker.on("message", (tally: Tally) => {
        addTally(sum, tally);
        const isTerminal = process.stderr.isTTY;
        const progress = `${world}: ${sum.schedules} schedules, ${sum.failures.length} broken`;
        if (isTerminal || sum.schedules % SCHEDULES_TOLD === 0)
          process.stderr.write(isTerminal ? `\r${progress}` : `${progress}\n`);
        handOut();
      });
      worker.once("error", reject);
      worker.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
      handOut();
    });
  await Promise.all(Array.from({ length: workers }, work));
  if (process.stderr.isTTY) process.stderr.write("\n");
  return sum;
}

/** What led to the first broken rule of a schedule. */
async function show(world: WorldName, { seed }: Failure): Promise<void> {
  const { trace } = await worlds[world].play(seed, { traced: true });
  const found = trace.findIndex((line) => line.includes("FINDS"));
  for (const line of trace.slice(Math.max(0, found - LINES_SHOWN), found + 1)) print(line);
}

async function runWorld(world: WorldName, wanted: Many): Promise<void> {
  const startedAt = performance.now();
  const { schedules, counts, failures } = await runAll(world, wanted);
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  const sorted = failures.toSorted((a, b) => a.seed - b.seed);
  if (sorted[0] !== undefined) await show(world, sorted[0]);
  for (const { seed, violations } of sorted.slice(0, FAILURES_SHOWN)) {
    const [violation] = violations;
    if (violation !== undefined)
      print(`seed ${seed} broke a rule: ${described(world, violation)}\n  ${replayCommand(world, seed)}`);
  }
  print(JSON.stringify({ world, schedules, seconds, broken: failures.length, ...counts }));
  if (failures.length > 0) process.exitCode = 1;
}

async function main(args: readonly string[]): Promise<void> {
  const wanted = readArguments(args);
  if (wanted.kind === "one") for (const world of wanted.worlds) await replay(world, wanted.seed);
  else for (const world of wanted.worlds) await runWorld(world, wanted);
}

// Whoever reads may stop reading.
process.stdout.on("error", () => process.exit());

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
