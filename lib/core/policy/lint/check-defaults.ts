import { textProblem, type TypeContract } from "../../contract.ts";
import { shown } from "../../shown.ts";
import { recordEntries, type Path } from "../../yaml/source-value.ts";
import type { CompiledDefault, CompiledRequiredTag } from "../compiled.ts";
import { prepareConstraints, refusal, SOME_DAY } from "../constraint.ts";
import type { PlacedPolicy } from "../load/check-limits.ts";
import type { PlacedRequiredTag } from "../load/compile-required-tag.ts";
import type { Part } from "../load/policy-file.ts";
import type { DefaultSource } from "../load/schema.ts";
import { literalKey } from "./check-matches.ts";
import { globCovers } from "./globs.ts";
import type { PolicyRelations } from "./policy-relations.ts";
import type { Say } from "./rules.ts";
import { words } from "../words/words.ts";

/** Where a default stands, and whose limits its constants have to keep. */
interface PlacedDefault {
  readonly part: Part<unknown>;
  readonly path: Path;
  readonly contracts: readonly TypeContract[];
}

/** Says which parts of one default are never come to. */
export function checkDefault(source: DefaultSource, placed: PlacedDefault, say: Say): void {
  if (typeof source === "string") return;
  if (Array.isArray(source)) checkList(source, placed, say);
  else if ("fromTag" in source) {
    if (!source.fromTag.includes("*")) return;
    say("literal-star", placed.part.position([...placed.path, "fromTag"]), literalKey(source.fromTag));
  } else {
    for (const field of ["byAccount", "byRegion", "byType"] as const) {
      const cases: unknown = Reflect.get(source, field);
      if (typeof cases !== "object" || cases === null) continue;
      const otherwise = Reflect.get(source, "otherwise") as DefaultSource | undefined;
      checkChoice({ field, cases: recordEntries(cases as Record<string, DefaultSource>), otherwise }, placed, say);
    }
  }
}

function within({ part, path, contracts }: PlacedDefault, ...more: Path): PlacedDefault {
  return { part, path: [...path, ...more], contracts };
}

function checkList(sources: readonly DefaultSource[], placed: PlacedDefault, say: Say): void {
  const { part, path, contracts } = placed;
  for (const [index, one] of sources.entries()) {
    if (typeof one === "string" && index < sources.length - 1 && isTakenBy(one, contracts)) {
      const message = `nothing behind ${shown(one)} is tried: that is legal wherever the key's own constraints count`;
      say("shadowed", part.position([...path, index + 1]), message);
      return;
    }
    checkDefault(one, within(placed, index), say);
  }
}

interface Choice {
  readonly field: string;
  readonly cases: readonly (readonly [string, DefaultSource])[];
  readonly otherwise: DefaultSource | undefined;
}

function checkChoice({ field, cases, otherwise }: Choice, placed: PlacedDefault, say: Say): void {
  const { part, path } = placed;
  const before: string[] = [];
  for (const [glob, chosen] of cases) {
    checkDefault(chosen, within(placed, field, glob), say);
    // An equal name goes before all globs, wherever it stands.
    if (!glob.includes("*")) continue;
    const over = before.find((one) => globCovers(one, glob));
    before.push(glob);
    if (over === undefined) continue;
    const message = `${shown(glob)} is never chosen: ${shown(over)} comes first`;
    say("shadowed", part.keyPosition([...path, field, glob]), message);
  }
  if (otherwise === undefined) return;
  if (before.includes("*")) {
    say("shadowed", part.keyPosition([...path, "otherwise"]), 'otherwise is never chosen: "*" comes first');
  }
  checkDefault(otherwise, within(placed, "otherwise"), say);
}

function isTakenBy(value: string, contracts: readonly TypeContract[]): boolean {
  return contracts.every((contract) => textProblem(value, contract.value) === undefined);
}

interface Demand {
  readonly index: number;
  readonly placed: PlacedPolicy;
  readonly required: PlacedRequiredTag;
  /** Numbers the default: equal ones have one number. Absent = there is none. */
  readonly source: number | undefined;
  /** Numbers the constraints in the same way. */
  readonly asks: number;
}

/** No set of policies has more of them. */
const MOST_NUMBERS = 2 ** 25;

/** Says where the defaults of policies that match the same resources are in each other's way. */
export function checkDefaultsTogether(
  policies: readonly PlacedPolicy[],
  {
    relations,
    contradicting,
  }: { readonly relations: PolicyRelations; readonly contradicting: ReadonlySet<PlacedRequiredTag> },
  say: Say,
): void {
  const numbers = new Map<string, number>();
  const numberOf = (value: unknown): number => {
    const text = JSON.stringify(value);
    return numbers.get(text) ?? numbers.set(text, numbers.size).size - 1;
  };
  const demands = policies.flatMap((placed, index) =>
    placed.tags.map((required): Demand => {
      const { default: source, constraints } = required.tag;
      return {
        index,
        placed,
        required,
        source: source === undefined ? undefined : numberOf(source),
        asks: numberOf(constraints),
      };
    }),
  );
  for (const [key, all] of Map.groupBy(demands, ({ required }) => required.tag.key)) {
    const consistent = all.filter(({ required }) => !contradicting.has(required));
    checkOrder(key, consistent, relations, say);
    checkRefused(key, consistent, relations, say);
  }
}

function checkOrder(key: string, all: readonly Demand[], relations: PolicyRelations, say: Say): void {
  const demands = all.filter(({ source }) => source !== undefined);
  if (new Set(demands.map(({ source }) => source)).size < 2) return;
  for (const [place, later] of demands.entries()) {
    for (const earlier of demands.slice(0, place)) {
      if (earlier.source === later.source) continue;
      const [first, second] = [earlier, later].map(({ placed }) => shown(placed.policy.name));
      if (relations.covers(earlier.index, later.index)) {
        const message = `the default of ${key} in ${second} is never used: ${first} matches all that it does, and comes first`;
        say("shadowed", later.required.position, message);
        break;
      }
      if (relations.isWider(later.index, earlier.index) || !relations.doMeet(earlier.index, later.index)) continue;
      const message = `${first} and ${second} have different defaults of ${key}: where both match, that of ${first} is written`;
      say("conflicting-defaults", later.required.position, message);
      break;
    }
  }
}

/** A constant that the constraints of another policy refuse fills nothing where both match. */
function checkRefused(key: string, demands: readonly Demand[], relations: PolicyRelations, say: Say): void {
  const known = new Map<number, string | undefined>();
  const problemOf = (holder: Demand, other: Demand): string | undefined => {
    const pair = (holder.source ?? 0) * MOST_NUMBERS + other.asks;
    if (!known.has(pair)) known.set(pair, refusedDefault(holder.required.tag, other.required.tag));
    return known.get(pair);
  };
  const holders = demands.filter(({ required }) => constantsOf(required.tag.default) !== undefined);
  for (const other of demands.filter(({ required }) => required.tag.constraints.length > 0)) {
    for (const holder of holders) {
      if (holder === other) continue;
      // The default of whichever comes first is the one that counts.
      if (other.source !== undefined && other.source !== holder.source && other.index < holder.index) continue;
      const problem = problemOf(holder, other);
      if (problem === undefined || !relations.doMeet(holder.index, other.index)) continue;
      const [whose, by] = [holder, other].map(({ placed }) => shown(placed.policy.name));
      const message = `the default of ${key} in ${whose} fills nothing where ${by} matches too: ${problem}`;
      say("default-refused", other.required.position, message);
      break;
    }
  }
}

function refusedDefault(
  { default: source }: CompiledRequiredTag,
  { constraints }: CompiledRequiredTag,
): string | undefined {
  const all = prepareConstraints(constraints, words);
  const problems = (constantsOf(source) ?? []).map((value) => [value, refusal(value, all, SOME_DAY)] as const);
  const [first] = problems;
  if (first === undefined || problems.some(([, problem]) => problem === undefined)) return undefined;
  return `${shown(first[0])} ${first[1]}`;
}

/** All values that a default can have, where that is known. */
function constantsOf(source: CompiledDefault | undefined): readonly string[] | undefined {
  if (source?.kind === "constant") return [source.value];
  if (source?.kind !== "first") return undefined;
  const all = source.of.map(constantsOf);
  return all.includes(undefined) ? undefined : all.flatMap((values) => values ?? []);
}
