import { parseArgs } from "node:util";
import { InputError, messageOf } from "../lib/core/errors.ts";
import { WORLD_NAMES, type WorldName } from "./worlds.ts";

/** What `npm run simulate` is asked to do: one schedule with its trace, or many. */
export type SimulateArguments =
  | { readonly kind: "one"; readonly worlds: readonly WorldName[]; readonly seed: number }
  | {
      readonly kind: "many";
      readonly worlds: readonly WorldName[];
      readonly from: number;
      readonly seeds: number;
      readonly workers: number;
    };

const USAGE =
  "Usage: npm run simulate -- [--world enforce|audit] [--seeds N] [--from S] [--workers N], or --seed S to replay one schedule";
const LARGEST = 2 ** 31;

/** Throws InputError for what can't be meant. */
export function readArguments(args: readonly string[]): SimulateArguments {
  const values = parse(args);
  const worlds = worldsNamed(values.world);
  if (values.seed !== undefined) {
    if (values.seeds !== undefined || values.from !== undefined) {
      throw new InputError(`--seed replays one schedule: leave out --seeds and --from. ${USAGE}`);
    }
    return { kind: "one", worlds, seed: wholeNumber("--seed", values.seed, 0) };
  }
  return {
    kind: "many",
    worlds,
    seeds: wholeNumber("--seeds", values.seeds ?? "500", 1),
    from: wholeNumber("--from", values.from ?? "1", 0),
    workers: wholeNumber("--workers", values.workers ?? "2", 1),
  };
}

/** All of them where none is named. */
function worldsNamed(name: string | undefined): readonly WorldName[] {
  if (name === undefined) return WORLD_NAMES;
  const world = WORLD_NAMES.find((one) => one === name);
  if (world === undefined)
    throw new InputError(`--world: ${JSON.stringify(name)} is none of ${WORLD_NAMES.join(", ")}. ${USAGE}`);
  return [world];
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({ args: [...args], options: { seed: text, seeds: text, from: text, workers: text, world: text } })
      .values;
  } catch (error) {
    throw new InputError(`${messageOf(error)}. ${USAGE}`);
  }
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(number) || number < least || number > LARGEST) {
    throw new InputError(`${name}: ${JSON.stringify(text)} is no whole number from ${least} on. ${USAGE}`);
  }
  return number;
}
