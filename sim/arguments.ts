import { parseArgs } from "node:util";
import { InputError } from "../lib/core/errors.ts";

/** What `npm run simulate` is asked to do: one schedule with its trace, or many. */
export type SimulateArguments =
  | { readonly kind: "one"; readonly seed: number }
  | { readonly kind: "many"; readonly from: number; readonly seeds: number; readonly workers: number };

const USAGE = "Usage: npm run simulate -- [--seeds N] [--from S] [--workers N], or --seed S to replay one schedule";
const LARGEST = 2 ** 31;

/** Throws InputError for what can't be meant. */
export function readArguments(args: readonly string[]): SimulateArguments {
  const values = parse(args);
  if (values.seed !== undefined) {
    if (values.seeds !== undefined || values.from !== undefined) {
      throw new InputError(`--seed replays one schedule: leave out --seeds and --from. ${USAGE}`);
    }
    return { kind: "one", seed: wholeNumber("--seed", values.seed, 0) };
  }
  return {
    kind: "many",
    seeds: wholeNumber("--seeds", values.seeds ?? "500", 1),
    from: wholeNumber("--from", values.from ?? "1", 0),
    workers: wholeNumber("--workers", values.workers ?? "2", 1),
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({ args: [...args], options: { seed: text, seeds: text, from: text, workers: text } }).values;
  } catch (error) {
    throw new InputError(`${error instanceof Error ? error.message : String(error)}. ${USAGE}`);
  }
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(number) || number < least || number > LARGEST) {
    throw new InputError(`${name}: ${JSON.stringify(text)} is no whole number from ${least} on. ${USAGE}`);
  }
  return number;
}
