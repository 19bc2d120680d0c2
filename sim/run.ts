/**
 * `npm run simulate -- --seeds N [--from S]`: plays N schedules in worker processes and checks them; exits with 1 where
 * a rule was broken. `--seed S` replays one of them and prints everything that happened. docs/simulation.md says more.
 */
import { fork } from "node:child_process";
import { join } from "node:path";
import { InputError } from "../lib/core/errors.ts";
import { readArguments, type SimulateArguments } from "./arguments.ts";
import { addTally, emptyTally, type Failure, type Tally } from "./run-many.ts";
import { START } from "./enforce/scenario.ts";
import { simulate } from "./enforce/simulate.ts";
import type { Violation } from "./violation.ts";

const SEEDS_AT_ONCE = 100;
const FAILURES_SHOWN = 10;
const LINES_SHOWN = 60;

const print = (line: string) => process.stdout.write(`${line}\n`);
const replayCommand = (seed: number) => `npm run simulate -- --seed ${seed}`;

function described({ rule, at, text }: Violation): string {
  return `${((at - START) / 1_000).toFixed(3)} s: ${rule}: ${text}`;
}

async function replay(seed: number): Promise<void> {
  const { trace, violations, scenario } = await simulate(seed, { traced: true });
  print(
    `seed ${seed}: ${scenario.resources.length} resources, policies ${scenario.policies.name}, faults: ${scenario.faultNames.join(", ")}`,
  );
  for (const line of trace) print(line);
  for (const violation of violations) print(`BROKEN ${described(violation)}`);
  if (violations.length > 0) process.exitCode = 1;
}

/** Hands the seeds out in portions, so that no worker waits for another. */
async function runAll({ from, seeds, workers }: Extract<SimulateArguments, { kind: "many" }>): Promise<Tally> {
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
        worker.send({ from: next, seeds: portion });
        next += portion;
      };
      worker.on("message", (tally: Tally) => {
        addTally(sum, tally);
        const isTerminal = process.stderr.isTTY;
        const progress = `${sum.schedules} schedules, ${sum.failures.length} broken`;
        if (isTerminal || sum.schedules % 10_000 === 0)
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
async function show({ seed }: Failure): Promise<void> {
  const { trace } = await simulate(seed, { traced: true });
  const found = trace.findIndex((line) => line.includes("FINDS"));
  for (const line of trace.slice(Math.max(0, found - LINES_SHOWN), found + 1)) print(line);
}

async function main(args: readonly string[]): Promise<void> {
  const wanted = readArguments(args);
  if (wanted.kind === "one") return replay(wanted.seed);
  const startedAt = performance.now();
  const { schedules, counts, failures } = await runAll(wanted);
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  const [first, ...others] = failures.toSorted((a, b) => a.seed - b.seed);
  if (first !== undefined) await show(first);
  for (const failure of first === undefined ? [] : [first, ...others].slice(0, FAILURES_SHOWN)) {
    const [violation] = failure.violations;
    if (violation !== undefined)
      print(`seed ${failure.seed} broke a rule: ${described(violation)}\n  ${replayCommand(failure.seed)}`);
  }
  print(JSON.stringify({ schedules, seconds, broken: failures.length, ...counts }));
  if (failures.length > 0) process.exitCode = 1;
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
