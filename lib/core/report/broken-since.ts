import type { BrokenPolicy, Evaluation } from "../evaluation.ts";
import { askedAs, keyAskedBy, requirementOf } from "../policy/requirement-ids.ts";
import type { Absence, BrokenSince, KnownFinding, PolicyBrokenSince } from "./known-finding.ts";

/** What policies ask, now and before. */
export interface Asking {
  /** What a policy asks now, by key: `requirementIds`; undefined where that isn't known. */
  readonly requirementsOf: (policy: string) => ReadonlyMap<string, string> | undefined;
  /** What the policies of the earlier run asked; absent = not known. */
  readonly before?: ReadonlySet<string> | undefined;
}

/** What a finding breaks, beside what an earlier run knew of its resource. */
export interface BrokenNow {
  /** What is to be kept of it: also what it broke before and nobody has mended. */
  readonly broken: BrokenSince;
  /** Of what it broke before, something is broken still, or nobody can say that it isn't. Where nothing is, it is mended. */
  readonly isKnown: boolean;
  /** What this run found broken first, and the policies asked before. */
  readonly news: readonly BrokenPolicy[];
  /** Since when a policy has been broken over this key. */
  since(policy: string, key: string): number;
}

/**
 * Since when is what a finding breaks broken? That is a property of the requirement on this resource, not of the name of
 * a policy: one that is renamed keeps its time, and two that ask the same share it. A policy that asks something else
 * under the same name keeps its time as well: whoever tightens it mends nothing. What is unknown breaks what it broke
 * before, or may break all that is asked of it.
 */
export function brokenNow(
  evaluation: Evaluation,
  earlier: KnownFinding | undefined,
  asking: Asking,
  startedAt: number,
): BrokenNow {
  const judge = evaluation.compliance === "unknown" ? unknownNow : judgedNow;
  const now = judge(evaluation, earlier, asking, startedAt);
  const since = (policy: string, key: string): number => {
    const own = now.broken.get(policy);
    return (typeof own === "number" ? own : own?.get(idOf(policy, key, asking))) ?? startedAt;
  };
  return { ...now, since };
}

type Broken = Omit<BrokenNow, "since">;

function unknownNow(
  { policies }: Evaluation,
  earlier: KnownFinding | undefined,
  asking: Asking,
  startedAt: number,
): Broken {
  const broken = known(earlier) ?? allOf(policies, asking, earlier?.firstSeen ?? startedAt);
  return { broken, isKnown: earlier !== undefined, news: [] };
}

function judgedNow(
  evaluation: Evaluation,
  earlier: KnownFinding | undefined,
  asking: Asking,
  startedAt: number,
): Broken {
  const before = timesOf(earlier, asking);
  const { exempted, unjudged } = unmended(earlier, evaluation, asking);
  const broken = joined(unjudged, exempted);
  const news: BrokenPolicy[] = [];
  let isKnown = broken.size > 0 || (earlier !== undefined && known(earlier) === undefined);
  for (const { policy, keys } of evaluation.broken) {
    const times = new Map(requirementsIn(broken.get(policy)));
    const fresh: string[] = [];
    for (const key of keys) {
      const id = idOf(policy, key, asking);
      const time = before(policy, id);
      times.set(id, time ?? startedAt);
      if (time !== undefined) isKnown = true;
      else if (asking.before?.has(askedAs(id)) === true) fresh.push(key);
    }
    broken.set(policy, times);
    if (fresh.length > 0) news.push({ policy, keys: fresh });
  }
  return { broken, isKnown, news };
}

/** What an earlier finding broke and nobody has mended, although it isn't broken now. */
interface Unmended {
  /** An exemption keeps it from being broken. */
  readonly exempted: BrokenSince;
  /** Nobody judges it: no policy that matches the resource now asks for it. */
  readonly unjudged: BrokenSince;
}

const NOTHING: Unmended = { exempted: new Map(), unjudged: new Map() };

function unmended(earlier: KnownFinding | undefined, evaluation: Evaluation, asking: Asking): Unmended {
  const broken = known(earlier);
  if (broken === undefined) return NOTHING;
  const before = timesOf(earlier, asking);
  const exempted = new Map<string, PolicyBrokenSince>();
  for (const { policy, keys } of evaluation.spared ?? []) {
    const times = keys.flatMap((key): [string, number][] => {
      const id = idOf(policy, key, asking);
      const time = before(policy, id);
      return time === undefined ? [] : [[id, time]];
    });
    if (times.length > 0) exempted.set(policy, new Map(times));
  }
  return { exempted, unjudged: unjudgedOf(broken, evaluation.policies, asking) };
}

/** What was broken that none of the policies that judge now asks for. */
function unjudgedOf(broken: BrokenSince, judging: readonly string[], { requirementsOf }: Asking): BrokenSince {
  const unjudged = new Map<string, PolicyBrokenSince>();
  const asks = judging.map(requirementsOf);
  // Another policy may ask the same by now: then it judges for both.
  const ids = new Set(asks.flatMap((one) => [...(one?.values() ?? [])]));
  const keys = new Set(asks.flatMap((one) => [...(one?.keys() ?? [])]));
  // A policy that asks something else of the same key judges it; of a key that was taken out of it, it says nothing.
  const isDropped = (id: string): boolean => {
    const key = keyAskedBy(id);
    return key !== undefined && !keys.has(key) && !asks.includes(undefined);
  };
  for (const [policy, since] of broken) {
    const judges = judging.includes(policy);
    if (typeof since === "number") {
      if (!judges) unjudged.set(policy, since);
      continue;
    }
    const left = new Map([...since].filter(([id]) => (judges ? isDropped(id) : !ids.has(askedAs(id)))));
    if (left.size > 0) unjudged.set(policy, left);
  }
  return unjudged;
}

/** Both, where no policy has a time of its own in one of them and requirements in the other. */
function joined(one: BrokenSince, other: BrokenSince): Map<string, PolicyBrokenSince> {
  const both = new Map<string, PolicyBrokenSince>(one);
  for (const [policy, since] of other) {
    const before = both.get(policy);
    const isSplit = typeof since !== "number" && before !== undefined && typeof before !== "number";
    both.set(policy, isSplit ? new Map([...before, ...since]) : since);
  }
  return both;
}

/**
 * What becomes of a known finding that is none any more: it is fixed only where all that it broke was judged and found
 * good. `broken`: what of it is not mended.
 */
export function endOf(
  earlier: KnownFinding,
  evaluation: Evaluation,
  asking: Asking,
): { readonly end: "fixed" | Absence["kind"]; readonly broken?: BrokenSince } {
  const { exempted, unjudged } = unmended(earlier, evaluation, asking);
  const isKept = known(earlier) !== undefined;
  const broken = isKept ? { broken: joined(exempted, unjudged) } : {};
  if (evaluation.compliance === "not-applicable" || unjudged.size > 0) return { end: "unjudged", ...broken };
  const isExempt = isKept ? exempted.size > 0 : evaluation.compliance === "exempt";
  return { end: isExempt ? "exempted" : "fixed", ...broken };
}

/** Since when an earlier finding has broken a requirement of a policy; undefined where it didn't. */
function timesOf(earlier: KnownFinding | undefined, { requirementsOf, before }: Asking) {
  const broken = known(earlier);
  const byId = new Map<string, number>();
  for (const since of broken?.values() ?? []) {
    for (const [id, time] of requirementsIn(since)) byId.set(id, Math.min(time, byId.get(id) ?? time));
  }
  return (policy: string, id: string): number | undefined => {
    if (broken === undefined) return earlier?.firstSeen;
    const time = byId.get(id);
    if (time !== undefined) return time;
    const own = broken.get(policy);
    if (own === undefined || typeof own === "number") return own;
    if (before?.has(askedAs(id)) === true) return undefined;
    // Asked first today: in the place of what the policy asked of this key before, or besides.
    const asks = new Set(requirementsOf(policy)?.values());
    const replaced = [...own].filter(([one]) => !asks.has(askedAs(one)) && mayAskOfOne(one, id));
    return replaced.length === 0 ? undefined : Math.min(...replaced.map(([, since]) => since));
  };
}

/** Whether two requirements are about one key, as far as their ids say it. */
function mayAskOfOne(one: string, other: string): boolean {
  const [a, b] = [keyAskedBy(one), keyAskedBy(other)];
  return a === undefined || b === undefined || a === b;
}

/** What was kept of an earlier finding; undefined where nothing was. */
function known(earlier: KnownFinding | undefined): BrokenSince | undefined {
  return earlier?.broken === undefined || earlier.broken.size === 0 ? undefined : earlier.broken;
}

function requirementsIn(since: PolicyBrokenSince | undefined): ReadonlyMap<string, number> {
  return since === undefined || typeof since === "number" ? NO_TIMES : since;
}

const NO_TIMES: ReadonlyMap<string, number> = new Map();

function idOf(policy: string, key: string, { requirementsOf }: Asking): string {
  const ids = requirementsOf(policy);
  return (ids && requirementOf(ids, key)) ?? JSON.stringify([policy, key]);
}

/** All that policies ask, as broken since then. */
function allOf(policies: readonly string[], { requirementsOf }: Asking, since: number): BrokenSince {
  return new Map(
    policies.map((policy) => {
      const ids = requirementsOf(policy);
      return [policy, ids === undefined ? since : new Map([...ids.values()].map((id) => [id, since]))];
    }),
  );
}
