import { InputError } from "../../lib/core/errors.ts";
import { seededRandom } from "../../lib/core/seeded-random.ts";
import { matchesGlob } from "./glob.ts";

const EFFECTS = ["throttle", "error", "drop-response", "delay", "not-found"] as const;
const MATCH_FIELDS = ["action", "type", "account", "region", "resourceId"] as const;

export type FaultEffect = (typeof EFFECTS)[number];

/** Globs; absent = any. `resourceId` matches a request that contains it. */
export type FaultMatch = { readonly [Field in (typeof MATCH_FIELDS)[number]]?: string };

/** What goes wrong, for which calls, and how often. */
export interface Fault {
  readonly match?: FaultMatch;
  readonly effect: FaultEffect;
  /** The error's code and status, where the effect is an error; absent = the cloud's usual one. */
  readonly code?: string;
  readonly httpStatus?: number;
  /** For `delay`; 1,000 by default. */
  readonly delayMs?: number;
  /** How many calls it hits; absent = all. */
  readonly times?: number;
  /** Of hitting a call that matches, from 0 to 1; absent = 1. Drawn from a generator started with `seed` (1). */
  readonly probability?: number;
  readonly seed?: number;
  /** Whether the error's message names the resource. */
  readonly names?: boolean;
}

/** What a fault is matched against. */
export interface CallFacts {
  /** `provider:service:Action`. */
  readonly action: string;
  readonly types: readonly string[];
  readonly account: string;
  readonly region: string;
  readonly resourceIds: readonly string[];
}

export interface ActiveFaults {
  replace(faults: readonly Fault[]): void;
  /** The first live fault that hits this call. */
  hit(call: CallFacts): Fault | undefined;
}

function anyMatches(glob: string | undefined, texts: readonly string[]): boolean {
  return glob === undefined || texts.some((text) => matchesGlob(glob, text));
}

export function faultMatches(match: FaultMatch, call: CallFacts): boolean {
  return (
    anyMatches(match.action, [call.action]) &&
    anyMatches(match.type, call.types) &&
    anyMatches(match.account, [call.account]) &&
    anyMatches(match.region, [call.region]) &&
    anyMatches(match.resourceId, call.resourceIds)
  );
}

export function createActiveFaults(initial: readonly Fault[]): ActiveFaults {
  let live: { fault: Fault; left: number; draw: () => number }[] = [];

  function replace(faults: readonly Fault[]): void {
    live = faults.map((fault) => ({
      fault,
      left: fault.times ?? Number.POSITIVE_INFINITY,
      draw: seededRandom(fault.seed ?? 1),
    }));
  }

  replace(initial);
  return {
    replace,
    hit(call) {
      for (const state of live) {
        const { fault } = state;
        if (state.left <= 0 || !faultMatches(fault.match ?? {}, call)) continue;
        if (fault.probability !== undefined && state.draw() >= fault.probability) continue;
        state.left -= 1;
        return fault;
      }
      return undefined;
    },
  };
}

type Check = { readonly valid: (value: unknown) => boolean; readonly says: string };

const isCount = (value: unknown): boolean => typeof value === "number" && Number.isInteger(value) && value >= 0;
const isStatus = (value: unknown): boolean => isCount(value) && Number(value) >= 400 && Number(value) <= 599;
const isShare = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= 1;

const FIELDS: Readonly<Record<string, Check>> = {
  match: { valid: (value) => typeof value === "object" && value !== null, says: "an object" },
  effect: { valid: (value) => EFFECTS.some((effect) => effect === value), says: `one of ${EFFECTS.join(", ")}` },
  code: { valid: (value) => typeof value === "string" && value !== "", says: "text" },
  httpStatus: { valid: isStatus, says: "a status from 400 to 599" },
  delayMs: { valid: isCount, says: "a whole number of milliseconds" },
  times: { valid: isCount, says: "a whole number" },
  probability: { valid: isShare, says: "a number from 0 to 1" },
  seed: { valid: isCount, says: "a whole number" },
  names: { valid: (value) => typeof value === "boolean", says: "true or false" },
};

function checkMatch(match: unknown, where: string): void {
  for (const [field, glob] of Object.entries(match ?? {})) {
    if (!MATCH_FIELDS.some((known) => known === field)) {
      throw new InputError(`${where}.match: unknown field "${field}" (known: ${MATCH_FIELDS.join(", ")})`);
    }
    if (typeof glob !== "string") throw new InputError(`${where}.match.${field} must be text`);
  }
}

/** Reads a list of faults, as `--faults` and `PUT /faults` give it. Throws InputError that names the entry. */
export function parseFaults(value: unknown): readonly Fault[] {
  if (!Array.isArray(value)) throw new InputError("faults: expected a list of faults");
  for (const [index, entry] of value.entries()) {
    const where = `faults[${index}]`;
    if (typeof entry !== "object" || entry === null) throw new InputError(`${where}: must be an object`);
    if (!("effect" in entry)) throw new InputError(`${where}: "effect" is missing (one of ${EFFECTS.join(", ")})`);
    for (const [field, content] of Object.entries(entry)) {
      const check = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
      if (check === undefined) {
        throw new InputError(`${where}: unknown field "${field}" (known: ${Object.keys(FIELDS).join(", ")})`);
      }
      if (!check.valid(content)) throw new InputError(`${where}.${field} must be ${check.says}`);
    }
    checkMatch("match" in entry ? entry.match : undefined, where);
  }
  return value as readonly Fault[];
}
