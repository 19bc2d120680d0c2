/**
 * The policy language a second time, as slowly and plainly as it is written down: what the evaluator is held against.
 * It reads policies as people write them, knows nothing of how they are compiled, and shares no code with it.
 */

export interface NaiveTag {
  readonly values?: readonly string[];
  readonly pattern?: string;
  readonly ignoreCase?: boolean;
  readonly notValues?: readonly string[];
  readonly date?: { readonly after?: string; readonly before?: string; readonly within?: string };
  readonly default?: string | { readonly fromEvent: "createdAt" } | { readonly fromTag: string };
  readonly aliases?: readonly string[];
  readonly ignoreKeyCase?: boolean;
  readonly allowBlank?: boolean;
  readonly overwrite?: boolean;
  readonly adoptNearMiss?: boolean;
}

type NaiveKey = string | (NaiveTag & { readonly key: string });
export type NaiveEntry = NaiveKey | { readonly anyOf: readonly NaiveKey[] };

export interface NaivePolicy {
  readonly name: string;
  readonly match?: { readonly tags?: Readonly<Record<string, string>> };
  readonly require?: readonly NaiveEntry[];
  readonly mode?: "enforce" | "report";
}

export interface NaiveFile {
  readonly version: 1;
  readonly requiredTags: Readonly<Record<string, NaiveTag>>;
  readonly policies: readonly NaivePolicy[];
  readonly exemptions?: readonly { readonly match: object; readonly tags?: readonly string[] }[];
}

/** A day and nothing else of a time. */
export interface NaiveNow {
  /** YYYY-MM-DD */
  readonly today: string;
}

export interface NaiveResource {
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt?: string;
}

export interface NaiveVerdict {
  readonly compliance: string;
  readonly missing: readonly string[];
  readonly invalid: readonly string[];
  readonly broken: Readonly<Record<string, readonly string[]>>;
  /** Key and value of what would be written. */
  readonly writes: Readonly<Record<string, string>>;
}

interface Required {
  readonly key: string;
  readonly policy: NaivePolicy;
  /** What the definition says, and what the entry adds. */
  readonly parts: readonly NaiveTag[];
}

function requiredBy(entry: NaiveKey, policy: NaivePolicy, file: NaiveFile): Required {
  const key = typeof entry === "string" ? entry : entry.key;
  const definition = own(file.requiredTags, key);
  // An entry takes `ignoreCase` over from the definition.
  const added = typeof entry === "string" ? {} : { ...(definition?.ignoreCase && { ignoreCase: true }), ...entry };
  return { key, policy, parts: [...(definition === undefined ? [] : [definition]), added] };
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** What the entry says of itself, else what the definition does. */
function last<K extends keyof NaiveTag>(required: Required, word: K): NaiveTag[K] | undefined {
  return required.parts.map((part) => part[word]).findLast((said) => said !== undefined);
}

const blank = (value: string): boolean => value.trim() === "";

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function isDay(text: string): boolean {
  if (!/^\d\d\d\d-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}

function bound(text: string, today: string): string {
  const [, days] = /^today([+-]\d+)d$/.exec(text) ?? [];
  return text === "today" ? today : days === undefined ? text : dayAfter(today, Number(days));
}

function glob(pattern: string, text: string): boolean {
  const source = pattern.split("*").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${source.join("[^]*")}$`).test(text);
}

function takes(part: NaiveTag, value: string, { today }: NaiveNow): boolean {
  const same = (one: string, other: string): boolean =>
    part.ignoreCase === true ? one.toLowerCase() === other.toLowerCase() : one === other;
  if (part.values !== undefined && !part.values.some((allowed) => same(allowed, value))) return false;
  if (part.pattern !== undefined) {
    if (!new RegExp(`^(?:${part.pattern})$`, part.ignoreCase === true ? "iu" : "u").test(value)) return false;
  }
  if (part.notValues?.some((bad) => glob(bad.toLowerCase(), value.toLowerCase())) === true) return false;
  return part.date === undefined || isWithin(part.date, value, today);
}

function isWithin({ after, before, within }: NonNullable<NaiveTag["date"]>, value: string, today: string): boolean {
  if (!isDay(value)) return false;
  if (after !== undefined && !(value > bound(after, today))) return false;
  if (before !== undefined && !(value < bound(before, today))) return false;
  if (within === undefined) return true;
  const days = Number.parseInt(within);
  return value <= dayAfter(today, days) && value >= dayAfter(today, -days);
}

/** `right`, or how it is not. */
type How = "right" | "missing" | "invalid";

function judge(required: Required, tags: Readonly<Record<string, string>>, now: NaiveNow): How {
  const isRight = (value: string): boolean =>
    blank(value) ? last(required, "allowBlank") === true : required.parts.every((part) => takes(part, value, now));
  const value = own(tags, required.key);
  if (value !== undefined) {
    if (isRight(value)) return "right";
    return blank(value) ? "missing" : "invalid";
  }
  const others = standIns(required, tags).map((key) => tags[key] ?? "");
  if (others.some(isRight)) return "right";
  return others.some((other) => !blank(other)) ? "invalid" : "missing";
}

/** Keys of the resource that stand for the required one, which is absent. */
function standIns(required: Required, tags: Readonly<Record<string, string>>): string[] {
  const named = required.parts.flatMap(({ aliases = [] }) => aliases);
  const anyCase = last(required, "ignoreKeyCase") === true;
  return Object.keys(tags).filter(
    (key) =>
      key !== required.key && (named.includes(key) || (anyCase && key.toLowerCase() === required.key.toLowerCase())),
  );
}

const spelt = (key: string): string => key.toLowerCase().replaceAll(/[-_.:/ ]/g, "");

export function naively(file: NaiveFile, { tags, createdAt }: NaiveResource, now: NaiveNow): NaiveVerdict {
  const matching = file.policies.filter(({ match }) =>
    Object.entries(match?.tags ?? {}).every(([key, value]) => {
      const there = own(tags, key);
      return there !== undefined && glob(value, there);
    }),
  );
  if (matching.length === 0) {
    return { compliance: "not-applicable", missing: [], invalid: [], broken: {}, writes: {} };
  }
  /** Each requirement: one key, or several of which one is enough. */
  const asked = matching.flatMap((policy) =>
    (policy.require ?? []).map((entry) =>
      (typeof entry === "object" && "anyOf" in entry ? entry.anyOf : [entry]).map((one) =>
        requiredBy(one, policy, file),
      ),
    ),
  );
  const unmet = asked.filter((some) => !some.some((one) => judge(one, tags, now) === "right"));
  const exempt = (key: string): boolean =>
    (file.exemptions ?? []).some((exemption) => exemption.tags?.includes(key) ?? true);
  const missing = new Set<string>();
  const invalid = new Set<string>();
  const broken = new Map<string, Set<string>>();
  let spared = false;
  for (const one of unmet.flat()) {
    if (exempt(one.key)) {
      spared = true;
      continue;
    }
    (judge(one, tags, now) === "missing" ? missing : invalid).add(one.key);
    broken.set(one.policy.name, (broken.get(one.policy.name) ?? new Set()).add(one.key));
  }
  for (const key of missing) invalid.delete(key);
  const writes = new Map<string, string>();
  const all = asked.flat();
  const writeOf = (key: string): string | undefined => {
    const those = all.filter((one) => one.key === key);
    const isLegal = (value: string): boolean =>
      !blank(value) && those.every(({ parts }) => parts.every((part) => takes(part, value, now)));
    if (!those.some(({ policy }) => policy.mode === "enforce")) return undefined;
    const there = own(tags, key);
    if (there !== undefined && !those.every((one) => last(one, "overwrite") === true)) return undefined;
    // Another spelling holds back the default of a missing key.
    const isOther = (other: string): boolean => !all.some((one) => one.key === other);
    const spellings = Object.keys(tags).filter((other) => isOther(other) && spelt(other) === spelt(key));
    if (missing.has(key) && spellings.length > 0) {
      const legal = new Set(spellings.map((other) => tags[other] ?? "").filter(isLegal));
      const adopts = those.some(({ parts }) => parts.some(({ adoptNearMiss }) => adoptNearMiss === true));
      return adopts && legal.size === 1 ? [...legal][0] : undefined;
    }
    if (there === undefined && those.some((one) => standIns(one, tags).length > 0)) return undefined;
    const source = those.map((one) => last(one, "default")).find((said) => said !== undefined);
    const offered =
      source === undefined || typeof source === "string"
        ? source
        : "fromTag" in source
          ? own(tags, source.fromTag)
          : createdAt;
    return offered !== undefined && isLegal(offered) ? offered : undefined;
  };
  const write = (key: string): boolean => {
    if (!missing.has(key) && !invalid.has(key)) return false;
    const value = writeOf(key);
    if (value !== undefined) writes.set(key, value);
    return value !== undefined;
  };
  for (const some of unmet) if (some.length === 1) write(some[0]?.key ?? "");
  for (const some of unmet) {
    if (some.length === 1 || some.some(({ key }) => writes.has(key))) continue;
    some.some(({ key }) => write(key));
  }
  const compliance = missing.size + invalid.size > 0 ? "noncompliant" : spared ? "exempt" : "compliant";
  return {
    compliance,
    missing: [...missing].sort(),
    invalid: [...invalid].sort(),
    broken: Object.fromEntries([...broken].map(([policy, keys]) => [policy, [...keys].sort()])),
    writes: Object.fromEntries(writes),
  };
}
