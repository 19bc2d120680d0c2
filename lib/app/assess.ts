import type { AccountConfig } from "../core/config.ts";
import type { Evaluation, PolicySet, TagDecision } from "../core/evaluation.ts";
import { isWellFormed } from "../core/ill-formed.ts";
import { lazily } from "../core/lazily.ts";
import type { Resource, Tags } from "../core/resource.ts";
import type { Caller } from "./call.ts";
import type { Clock, ProviderRegistry } from "./ports.ts";
import { readTags, type KnownReading, type RoutedResource } from "./read-tags.ts";
import { createRouter, NOT_CONFIGURED, type Route } from "./route.ts";
import type { Verdict } from "./verdict.ts";

/** Needed where a read failed, or none can be made. */
export const verdicts = lazily(() => import("./verdict.ts"));

export interface AssessDeps {
  readonly policies: PolicySet;
  readonly registry: ProviderRegistry;
  readonly accounts: readonly AccountConfig[];
  readonly clock: Pick<Clock, "now">;
  /** `report`: nothing is written, whatever the policies say. */
  readonly mode: "enforce" | "report";
  readonly settleSeconds: number;
}

/** What the policies and the provider say of one resource. */
export type Assessment = Ended | Wanting;

/** There is nothing to write, or nothing is known. */
export interface Ended {
  readonly kind: "ended";
  readonly resource: Resource;
  readonly verdict: Verdict;
}

/** Tags are missing or invalid. */
export interface Wanting {
  readonly kind: "wanting";
  /** With the tags that count as present. */
  readonly resource: Resource & { readonly tags: Tags };
  readonly route: Route;
  readonly reading: KnownReading;
  /** One for each missing and invalid key, in policy order; the brakes are in them already. */
  readonly decisions: readonly TagDecision[];
}

/** Reads the tags of these resources and evaluates them. Keys of both maps are `resourceKey`s. */
export async function assess(
  resources: ReadonlyMap<string, Resource>,
  deps: AssessDeps & { readonly caller: Caller },
): Promise<Map<string, Assessment>> {
  const routeTo = createRouter(deps.registry, deps.accounts);
  const assessments = new Map<string, Assessment>();
  const toRead = new Map<string, RoutedResource>();
  for (const [key, resource] of resources) {
    const end = (verdict: Verdict) => assessments.set(key, { kind: "ended", resource, verdict });
    // What no policy matches, whatever its tags are, needs no read and no configuration.
    const { compliance } = deps.policies.evaluate(withoutTags(resource), deps.clock.now());
    const route = routeTo(resource);
    if (!isWellFormed(resource)) end((await verdicts()).ILL_FORMED_VERDICT);
    else if (compliance === "not-applicable") end({ outcome: "not-applicable" });
    else if ("problem" in route) end(comesBack(NOT_CONFIGURED, route.problem));
    else toRead.set(key, { ref: resource, key, route });
  }

  const readings = await readTags([...toRead.values()], deps);
  for (const [key, { route }] of toRead) {
    const resource = resources.get(key);
    const reading = readings.get(key);
    if (resource === undefined || reading === undefined) continue;
    if (reading.kind === "unknown") {
      const { verdictOf } = await verdicts();
      const verdict = verdictOf(reading.error, settlesInMs(resource, deps));
      assessments.set(key, { kind: "ended", resource, verdict });
    } else {
      assessments.set(key, assessKnown(resource, route, reading, deps));
    }
  }
  return assessments;
}

/** What an event says carries none already. */
function withoutTags(resource: Resource): Resource {
  return resource.tags === undefined ? resource : { ...resource, tags: undefined };
}

function assessKnown(resource: Resource, route: Route, reading: KnownReading, deps: AssessDeps): Assessment {
  const present = { ...resource, tags: presentTags(resource, reading.tags, deps) };
  const evaluation = deps.policies.evaluate(present, deps.clock.now());
  switch (evaluation.compliance) {
    case "compliant":
    case "exempt":
    case "not-applicable":
      return { kind: "ended", resource: present, verdict: { outcome: evaluation.compliance } };
    case "unknown":
      return { kind: "ended", resource: present, verdict: unknownVerdict };
    case "noncompliant":
      return {
        kind: "wanting",
        resource: present,
        route,
        reading,
        decisions: braked(present, evaluation, route, deps),
      };
  }
}

/** Tags that were read can't be unknown; if they are all the same, nothing is written and the message comes back. */
const unknownVerdict = comesBack("Unexpected", "the policies could not be evaluated");

function comesBack(code: string, message: string): Verdict {
  return { outcome: "redelivered", how: "retry", code, message };
}

/** What to do about each missing and invalid tag, unless a brake is on. */
export function braked(
  resource: Resource,
  evaluation: Evaluation,
  { account }: Pick<Route, "account">,
  { policies, mode }: Pick<AssessDeps, "policies" | "mode">,
): TagDecision[] {
  const decisions = policies.decide(resource, evaluation);
  if (mode === "enforce" && account.mode === "enforce") return [...decisions];
  const detail = mode === "report" ? "tagwarden runs in report mode" : `account ${account.account} is in report mode`;
  return decisions.map((decision) =>
    decision.action === "leave" ? decision : { key: decision.key, action: "leave", reason: "report-mode", detail },
  );
}

/**
 * Indexes lag: until the settle time is over, the tags of the creating request count as present, except where the read
 * shows the key with another value.
 */
export function presentTags(resource: Resource, read: Tags, deps: Pick<AssessDeps, "clock" | "settleSeconds">): Tags {
  const requested = resource.event?.requestTags;
  if (requested === undefined || requested.size === 0 || settlesInMs(resource, deps) <= 0) return read;
  return new Map([...requested, ...read]);
}

/**
 * How long a new resource may still take to become visible, in milliseconds; 0 or less = it ought to be. A resource of
 * which nobody knows when it was created is old.
 */
export function settlesInMs(
  { event }: Resource,
  { clock, settleSeconds }: Pick<AssessDeps, "clock" | "settleSeconds">,
): number {
  const createdAt = Date.parse(event?.createdAt ?? "");
  return Number.isNaN(createdAt) ? 0 : createdAt + settleSeconds * 1_000 - clock.now();
}
