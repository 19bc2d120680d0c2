import { InputError } from "../errors.ts";
import type { ResourceRef } from "../resource.ts";

/** What a later run needs to know of a finding, or of what was one until nobody judged it any more. */
export interface KnownFinding {
  /** Its id, or what the listing that showed it names it by. */
  readonly id: string;
  /** The start of the first run that found it, in milliseconds since the epoch. */
  readonly firstSeen: number;
  /** Whether the run that leaves this has sent it to enforcement. */
  readonly repair: boolean;
  /**
   * What it breaks, by policy, and what it broke and nobody can say that it doesn't any more: an exemption covers it, or
   * nobody judges it. Absent or empty = not kept.
   */
  readonly broken?: BrokenSince;
  /** Why it is no finding now, although nobody has mended it; absent = it is one. */
  readonly absence?: Absence;
  /** Which resource that is, where its name is not its id; with an absence alone. */
  readonly named?: Pick<ResourceRef, "type" | "region" | "id">;
}

/** `exempted`: an exemption covers what it lacks, through the day `until`. `unjudged`: a policy that it broke doesn't match it any more, or doesn't ask for the key. */
export type Absence =
  | { readonly kind: "exempted"; readonly until?: string | undefined }
  | { readonly kind: "unjudged" };

/** By policy: the requirements that are broken of it (`requirementIds`), each with the start of the first run that found it so. */
export type BrokenSince = ReadonlyMap<string, PolicyBrokenSince>;

/** A time alone is that of the policy: which of its requirements are broken was not kept. */
export type PolicyBrokenSince = number | ReadonlyMap<string, number>;

const NONE: BrokenSince = new Map();

/** A known finding as a line, short because there may be millions; no line feed. */
export function knownLine({ id, firstSeen, repair, broken, absence, named }: KnownFinding): string {
  const start = `[${JSON.stringify(id)},${firstSeen}`;
  if (broken === undefined && absence === undefined) return `${start}${repair ? ",1" : ""}]`;
  const policies = brokenJson(broken ?? NONE);
  if (absence === undefined) return `${start},${repair ? 1 : 0},${policies}]`;
  const whose = named === undefined ? "" : `,${JSON.stringify([named.type, named.region, named.id])}`;
  return `${start},${repair ? 1 : 0},${policies},${absenceJson(absence)}${whose}]`;
}

/** The JSON of what findings share: all that break the same since the same run. */
const kept = new WeakMap<BrokenSince, string>();

function brokenJson(broken: BrokenSince): string {
  let text = kept.get(broken);
  if (text === undefined) {
    const policies = [...broken].map(([policy, since]) => [
      policy,
      typeof since === "number" ? since : Object.fromEntries(since),
    ]);
    kept.set(broken, (text = JSON.stringify(Object.fromEntries(policies))));
  }
  return text;
}

/** Undefined where it is something else. */
function brokenFrom(value: unknown): BrokenSince | undefined {
  if (!isRecord(value)) return undefined;
  const broken = new Map<string, PolicyBrokenSince>();
  for (const [policy, since] of Object.entries(value)) {
    if (typeof since === "number") broken.set(policy, since);
    else if (isTimes(since)) broken.set(policy, new Map(Object.entries(since)));
    else return undefined;
  }
  return broken;
}

function absenceJson(absence: Absence): string {
  return absence.kind === "unjudged" ? '"u"' : `"x${absence.until ?? ""}"`;
}

function absenceFrom(text: unknown): Absence | undefined {
  if (text === "u") return { kind: "unjudged" };
  if (typeof text !== "string" || !text.startsWith("x")) return undefined;
  return text === "x" ? { kind: "exempted" } : { kind: "exempted", until: text.slice(1) };
}

/** Reads a line that `knownLine` wrote. Throws InputError, with `where` in front, where it is something else. */
export function knownFrom(line: string, where: string): KnownFinding {
  const [id, firstSeen, repair, policies, absent, whose] = parsed(line);
  if (typeof id !== "string" || typeof firstSeen !== "number") {
    throw new InputError(`${where}: is not what an audit left; remove the file`);
  }
  const absence = absenceFrom(absent);
  const broken = brokenFrom(policies);
  return {
    id,
    firstSeen,
    repair: repair === 1,
    ...(broken !== undefined && { broken }),
    ...(absence !== undefined && { absence }),
    ...(isReference(whose) && { named: { type: whose[0], region: whose[1], id: whose[2] } }),
  };
}

function isReference(value: unknown): value is readonly [string, string, string] {
  return Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === "string");
}

function isTimes(value: unknown): value is Readonly<Record<string, number>> {
  return isRecord(value) && Object.values(value).every((time) => typeof time === "number");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(line: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : [];
  } catch {
    // The caller says which line doesn't parse.
    return [];
  }
}

const DAY_MS = 86_400_000;

/** Whether the grace of what was found first then is not over for a run that starts now. */
export function graceLasts(firstSeen: number, startedAt: number, graceDays: number): boolean {
  return startedAt < firstSeen + graceDays * DAY_MS;
}
