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
  readonly forbid?: readonly string[];
  readonly keys?: { readonly pattern?: string; readonly only?: readonly string[] };
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
  readonly forbidden: readonly string[];
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

/** Whether a policy says that no such key may be there. */
function forbids({ forbid, keys }: NaivePolicy, key: string): boolean {
  const lower = key.toLowerCase();
  if (lower.startsWith("aws:") || lower.startsWith("acs:") || key.startsWith("_sys_")) return false;
  return (
    forbid?.some((bad) => glob(bad, key)) === true ||
    (keys?.pattern !== undefined && !new RegExp(`^(?:${keys.pattern})$`, "u").test(key)) ||
    (keys?.only !== undefined && !keys.only.some((good) => glob(good, key)))
  );
}

/** One requirement: one key, or several of which one is enough. */
type Asked = readonly Required[];

function askedBy(matching: readonly NaivePolicy[], file: NaiveFile): Asked[] {
  return matching.flatMap((policy) =>
    (policy.require ?? []).map((entry) =>
      (typeof entry === "object" && "anyOf" in entry ? entry.anyOf : [entry]).map((one) =>
        requiredBy(one, policy, file),
      ),
    ),
  );
}

export function naively(file: NaiveFile, { tags: carried, createdAt }: NaiveResource, now: NaiveNow): NaiveVerdict {
  const matching = file.policies.filter(({ match }) =>
    Object.entries(match?.tags ?? {}).every(([key, value]) => {
      const there = own(carried, key);
      return there !== undefined && glob(value, there);
    }),
  );
  if (matching.length === 0) {
    return { compliance: "not-applicable", missing: [], invalid: [], forbidden: [], broken: {}, writes: {} };
  }
  // What is forbidden satisfies nothing, and is copied nowhere.
  const isForbidden = (key: string): boolean => matching.some((policy) => forbids(policy, key));
  const tags = Object.fromEntries(Object.entries(carried).filter(([key]) => !isForbidden(key)));
  const asked = askedBy(matching, file);
  const unmet = asked.filter((some) => !some.some((one) => judge(one, tags, now) === "right"));
  const exemptions = file.exemptions ?? [];
  const isExempt = (key: string): boolean => exemptions.some((one) => one.tags?.includes(key) ?? true);
  // Of a forbidden key only an exemption counts that names it.
  const isNamed = (key: string): boolean => exemptions.some((one) => one.tags?.includes(key) === true);
  const wrong = unmet.flat().filter(({ key }) => !isExempt(key));
  const there = Object.keys(carried).filter(isForbidden);
  const forbidden = there.filter((key) => !isNamed(key));
  const missing = new Set(wrong.filter((one) => judge(one, tags, now) === "missing").map(({ key }) => key));
  const invalid = new Set(wrong.map(({ key }) => key).filter((key) => !missing.has(key)));
  const broken = matching.map(({ name, ...rules }): [string, Set<string>] => [
    name,
    new Set([
      ...wrong.filter(({ policy }) => policy.name === name).map(({ key }) => key),
      ...forbidden.filter((key) => forbids({ name, ...rules }, key)),
    ]),
  ]);
  const left = missing.size + invalid.size + forbidden.length;
  const taken = unmet.flat().length - wrong.length + there.length - forbidden.length;
  return {
    compliance: left > 0 ? "noncompliant" : taken > 0 ? "exempt" : "compliant",
    missing: [...missing].sort(),
    invalid: [...invalid].sort(),
    forbidden: forbidden.sort(),
    broken: Object.fromEntries(
      broken.filter(([, keys]) => keys.size > 0).map(([name, keys]) => [name, [...keys].sort()]),
    ),
    writes: writesOf({ carried, tags, createdAt }, { asked, unmet, missing, invalid }, isForbidden, now),
  };
}

interface Wrong {
  readonly asked: readonly Asked[];
  readonly unmet: readonly Asked[];
  readonly missing: ReadonlySet<string>;
  readonly invalid: ReadonlySet<string>;
}

interface Carrying {
  readonly carried: NaiveResource["tags"];
  /** Without the forbidden ones. */
  readonly tags: NaiveResource["tags"];
  readonly createdAt: string | undefined;
}

function writesOf(
  { carried, tags, createdAt }: Carrying,
  { asked, unmet, missing, invalid }: Wrong,
  isForbidden: (key: string) => boolean,
  now: NaiveNow,
): Record<string, string> {
  const writes = new Map<string, string>();
  const all = asked.flat();
  const writeOf = (key: string): string | undefined => {
    const those = all.filter((one) => one.key === key);
    const isLegal = (value: string): boolean =>
      !blank(value) && those.every(({ parts }) => parts.every((part) => takes(part, value, now)));
    if (isForbidden(key) || !those.some(({ policy }) => policy.mode === "enforce")) return undefined;
    const there = own(tags, key);
    if (there !== undefined && !those.every((one) => last(one, "overwrite") === true)) return undefined;
    // Another spelling holds back the default of a missing key.
    const isOther = (other: string): boolean => !all.some((one) => one.key === other);
    const spellings = Object.keys(carried).filter((other) => isOther(other) && spelt(other) === spelt(key));
    if (missing.has(key) && spellings.length > 0) {
      const legal = new Set(spellings.map((other) => own(tags, other) ?? "").filter(isLegal));
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
  return Object.fromEntries(writes);
}
