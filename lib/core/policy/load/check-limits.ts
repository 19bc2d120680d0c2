import { optsIn } from "../../asked-types.ts";
import { findContract, textProblem, type TypeContract } from "../../contract.ts";
import { globMatcher, globsMeet } from "../../glob.ts";
import type { ResourceType } from "../../resource.ts";
import { shown } from "../../shown.ts";
import type { Position, Problems } from "../../yaml/problems.ts";
import type { CompiledMatch, CompiledPolicy } from "../compiled.ts";
import { words } from "../words/words.ts";
import { prepareConstraints, refusal, SOME_DAY } from "../constraint.ts";
import type { PlacedRequiredTag } from "./compile-required-tag.ts";

/** A policy, and where its required tags stand. */
export interface PlacedPolicy {
  readonly policy: CompiledPolicy;
  readonly position: Position;
  readonly tags: readonly PlacedRequiredTag[];
  /** Of each of these one is enough. */
  readonly groups: readonly (readonly PlacedRequiredTag[])[];
}

export function allTags({ tags, groups }: Pick<PlacedPolicy, "tags" | "groups">): readonly PlacedRequiredTag[] {
  return [...tags, ...groups.flat()];
}

export interface LimitsContext {
  readonly contracts: readonly TypeContract[];
  readonly configured: readonly { readonly type: ResourceType }[] | undefined;
  readonly problems: Problems;
}

/** Types of one contract that a policy can match; `certain`: they are configured, or the policy names their service. */
interface Reach {
  readonly contract: TypeContract;
  readonly types: readonly ResourceType[];
  readonly certain: boolean;
}

/** Refuses policies that can't be met on a provider that they can match, and warns where they only might match it. */
export function checkLimits(policies: readonly PlacedPolicy[], context: LimitsContext): void {
  for (const placed of policies) {
    for (const reach of reachOf(placed.policy.match, context)) checkPolicy(placed, reach, context.problems);
  }
  checkTogether(policies, context);
}

function reachOf(match: CompiledMatch, { contracts, configured }: LimitsContext): Reach[] {
  const globs = match.types ?? ["*"];
  return contracts.flatMap((contract): Reach[] => {
    const reaching = globs.filter((glob) => reaches(glob, contract, contracts, configured === undefined));
    const types = contract.types.filter(
      (type) =>
        reaching.some((glob) => globsMeet(glob, type)) &&
        !excludes(match, type) &&
        (configured === undefined || isConfigured(type, contract, { contracts, configured })),
    );
    if (types.length === 0) return [];
    const named = types.filter((type) => reaching.some((glob) => namesService(glob) && globsMeet(glob, type)));
    if (configured !== undefined) return [{ contract, types, certain: true }];
    return named.length > 0 ? [{ contract, types: named, certain: true }] : [{ contract, types, certain: false }];
  });
}

/**
 * Whether a policy's glob can be about types of this contract: a whole type is one contract's alone, and where nobody
 * has opted in to a contract, a glob counts that an account would opt in by.
 */
function reaches(glob: string, contract: TypeContract, contracts: readonly TypeContract[], isOpen: boolean): boolean {
  if (!glob.includes("*")) return findContract(contracts, glob) === contract;
  return !isOpen || optsIn({ types: [glob] }, contract, contracts);
}

/** Types that are configured by name say nothing of a contract that serves all others. */
function isConfigured(
  type: ResourceType,
  contract: TypeContract,
  {
    contracts,
    configured,
  }: { readonly contracts: readonly TypeContract[]; readonly configured: NonNullable<LimitsContext["configured"]> },
): boolean {
  return configured.some((each) => {
    const isName = !each.type.includes("*") || contracts.some(({ types }) => types.includes(each.type));
    return globsMeet(each.type, type) && (!isName || findContract(contracts, each.type) === contract);
  });
}

/**
 * Whether a glob says whose resources it is about, as `alibaba:vpcipam:*` does: what none of them can carry is a mistake,
 * whoever has such resources.
 */
const namesService = (glob: string): boolean => /^[^*]+:[^*]+:/.test(glob);

/** Whether `not` keeps all resources of this type out. */
function excludes(match: CompiledMatch, type: ResourceType): boolean {
  const { not } = match;
  if (not === undefined || Object.keys(not).some((field) => field !== "types")) return false;
  return not.types?.some((glob) => globMatcher(glob)(type)) === true;
}

/** `rule`: the name of what is broken, where it isn't that a provider can't hold it. */
type Say = (at: Position, message: string, rule?: string) => void;

function checkPolicy({ policy, position, tags, groups }: PlacedPolicy, reach: Reach, problems: Problems): void {
  const { contract, certain } = reach;
  const where = `on ${reach.types.join(", ")}`;
  const say = (at: Position, message: string, rule = "provider-limit"): void => {
    const text = `policy ${policy.name} can't be met ${where}: ${message}`;
    if (certain) problems.add(at, text);
    else problems.warn(at, text, rule);
  };
  const mention: Say = (at, message) => {
    problems.warn(at, `policy ${policy.name} ${where}: ${message}`, "default-refused");
  };
  const needed = tags.length + groups.length;
  if (needed > contract.tagsPerResource) {
    const message = `it requires ${needed} tags, and a resource carries at most ${contract.tagsPerResource}`;
    say(position, message, "too-many-tags");
  }
  for (const required of tags) checkTag(required, reach, { say, mention });
  for (const members of groups) checkGroup(members, reach, { say, mention });
}

interface Sayings {
  readonly say: Say;
  /** Of what another one stands in for. */
  readonly mention: Say;
}

/** What is wrong with some keys of which one is enough is only told, as long as one of them is right. */
function checkGroup(members: readonly PlacedRequiredTag[], reach: Reach, { say, mention }: Sayings): void {
  const said = members.map((member) => {
    const messages: Parameters<Say>[] = [];
    checkTag(member, reach, { say: (...message) => messages.push(message), mention });
    return messages;
  });
  const isHopeless = said.every(({ length }) => length > 0);
  for (const [at, message, rule] of said.flat()) {
    if (isHopeless) say(at, message, rule);
    else mention(at, `${message}; another key of its anyOf is enough`);
  }
}

function checkTag(required: PlacedRequiredTag, reach: Reach, { say, mention }: Sayings): void {
  const { contract } = reach;
  const keyProblem = textProblem(required.tag.key, contract.key);
  if (keyProblem !== undefined) say(required.position, `the key ${shown(required.tag.key)} ${keyProblem}`);
  checkValues(required, reach, say);
  for (const { value, position, type, hasFallback } of required.constants) {
    if (type !== undefined && !reach.types.some((each) => globsMeet(type, each))) continue;
    const problem = textProblem(value, contract.value);
    if (problem === undefined) continue;
    const message = `the default ${shown(value)} of ${required.tag.key} ${problem}`;
    if (hasFallback) mention(position, `${message}; the next one is tried`);
    else say(position, message);
  }
}

function checkValues(required: PlacedRequiredTag, { contract }: Reach, say: Say): void {
  const all = prepareConstraints(required.tag.constraints, words);
  for (const { constraint, position, canMatch } of required.constraints) {
    if (canMatch?.(contract.value) === false) {
      const { maxLength, allowed } = contract.value;
      const limits = `at most ${maxLength} characters${allowed === undefined ? "" : `; allowed: ${allowed}`}`;
      say(position, `no legal value of ${required.tag.key} matches its pattern (${limits})`);
    }
    if (!("values" in constraint)) continue;
    const possible = constraint.values.filter((value) => refusal(value, all, SOME_DAY) === undefined);
    const refused = possible.filter((value) => textProblem(value, contract.value) !== undefined);
    const [first] = refused;
    if (first === undefined) continue;
    say(position, `the value ${shown(first)} of ${required.tag.key} ${textProblem(first, contract.value)}`);
  }
}

/** Policies that match the same resources share the room that a resource has for tags. */
function checkTogether(policies: readonly PlacedPolicy[], context: LimitsContext): void {
  const { contracts, configured, problems } = context;
  const said = new Set<string>();
  for (const contract of contracts) {
    for (const type of contract.types.flatMap((served) => typesTogether(served, contract, policies, context))) {
      const sure = policies.filter(({ policy }) => matchesAllOf(policy.match, type));
      const keys = new Set(sure.flatMap(({ tags }) => tags.map(({ tag }) => tag.key)));
      const last = sure.at(-1);
      if (last === undefined || sure.length < 2 || keys.size <= contract.tagsPerResource) continue;
      const names = sure.map(({ policy }) => policy.name).join(", ");
      // Of a pattern and a part of it the first is enough.
      if (type.includes("*") && said.size === said.add(`${contract.tag.action} ${names}`).size) continue;
      const message = `policies ${names} together require ${keys.size} tags of ${type}, which carries at most ${contract.tagsPerResource}`;
      const named = sure.some(
        ({ policy }) => policy.match.types?.some((glob) => namesService(glob) && globsMeet(glob, type)) === true,
      );
      const certain = configured === undefined ? named : isConfigured(type, contract, { contracts, configured });
      if (certain) problems.add(last.position, message);
      else if (configured === undefined) problems.warn(last.position, message, "too-many-tags");
    }
  }
}

/**
 * What policies may come together on, of a type that a contract serves: of all types, where somebody has them, also the
 * parts that policies name.
 */
function typesTogether(
  served: ResourceType,
  contract: TypeContract,
  policies: readonly PlacedPolicy[],
  { contracts, configured }: LimitsContext,
): readonly ResourceType[] {
  if (!served.includes("*")) return [served];
  if (configured === undefined) return [];
  const globs = policies.flatMap(({ policy }) => policy.match.types ?? []);
  const parts = globs.filter((glob) => reaches(glob, contract, contracts, true) && globsMeet(glob, served));
  return [...new Set([served, ...parts])];
}

function matchesAllOf(match: CompiledMatch, type: ResourceType): boolean {
  const { types, ...others } = match;
  if (Object.values(others).some((field) => field !== undefined)) return false;
  return types === undefined || types.some((glob) => globMatcher(glob)(type));
}
