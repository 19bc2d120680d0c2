import type { AccountConfig } from "../../core/config/config.ts";
import type { Evaluation, PolicySet, TagDecision } from "../../core/evaluation.ts";
import type { Mode } from "../../core/mode.ts";
import { ILL_FORMED, isWellFormed, type Resource, type Tags } from "../../core/resource.ts";
import type { Caller } from "../cloud/call.ts";
import { readInSlices, type SliceDeps, type SlicedRead } from "../cloud/read-slices.ts";
import { knownTypes, readTags, type KnownReading, type Reading, type RoutedResource } from "../cloud/read-tags.ts";
import { createRouter, LEFT_OUT, NOT_CONFIGURED, type Route } from "../cloud/route.ts";
import type { Clock } from "../ports/invocation.ts";
import type { ProviderRegistry } from "../ports/provider.ts";
import { BRAKE, brakeOn } from "../write/brake.ts";
import { outcomeOfError, type ReasonedOutcome } from "../write/error-outcome.ts";
import type { PlannedWrite } from "../write/pairs.ts";

export interface AssessDeps {
  readonly policies: PolicySet;
  readonly registry: ProviderRegistry;
  readonly accounts: readonly AccountConfig[];
  readonly clock: Pick<Clock, "now">;
  /** `report`: nothing is written, whatever the policies say. */
  readonly mode: Mode;
  readonly settleSeconds: number;
  /** Absent = all resources are judged as a whole. */
  readonly changed?: ChangedTags | undefined;
}

/** Resources of which only changed tags are judged. */
export interface ChangedTags {
  /** By `resourceKey`; undefined for a resource that is judged as a whole. */
  judgeOf(key: string): ChangedTagsJudge | undefined;
}

export interface ChangedTagsJudge {
  readonly evaluate: (resource: Resource) => Evaluation;
  /**
   * How it ends without a read: no policy looks after these tags, or the event tells that all of them are right, as those
   * that we write are. undefined = a read has to tell.
   */
  told(resource: Resource): "compliant" | "exempt" | "not-applicable" | undefined;
}

/** What the policies and the provider say of one resource. */
export type Assessment = Ended | Lacking;

/** Nothing is to be written, or its tags are not known. */
export interface Ended {
  readonly kind: "ended";
  readonly resource: Resource;
  readonly ended: ReasonedOutcome;
}

/** Tags are missing or invalid. */
export interface Lacking {
  readonly kind: "lacking";
  /** With the tags that count as present. */
  readonly resource: Resource & { readonly tags: Tags };
  readonly route: Route;
  readonly reading: KnownReading;
  /** One for each missing and invalid key, in policy order; the brakes are in them already. */
  readonly decisions: readonly TagDecision[];
  /** The same if a later read shows these tags. */
  readonly decideAnew: (read: Tags) => readonly TagDecision[];
  /** How long it may still take to become visible, in milliseconds; 0 or less = it ought to be. */
  readonly settlesInMs: () => number;
}

type ToRead = RoutedResource & { readonly ref: Resource; readonly key: string };

/** Reads the tags of these resources and evaluates them. Keys of both maps are `resourceKey`s. */
export async function assess(
  resources: ReadonlyMap<string, Resource>,
  deps: AssessDeps & { readonly caller: Caller },
): Promise<Map<string, Assessment>> {
  const { ended, toRead } = sortOut(resources, deps);
  await endUntaggable(toRead, ended, deps);
  assessAll(toRead, await readTags([...toRead.values()], deps), { ...deps, assessments: ended });
  return ended;
}

export interface SlicedAssessment extends Pick<SlicedRead, "end" | "progress"> {
  /** Each resource in exactly one of them, by its `resourceKey`; undefined after the last. What needs no read is in the first. */
  readonly next: () => Promise<ReadonlyMap<string, Assessment> | undefined>;
}

/** As `assess`, slice by slice: each can be written while the next one is read. */
export async function assessInSlices(
  resources: ReadonlyMap<string, Resource>,
  deps: AssessDeps & SliceDeps,
): Promise<SlicedAssessment> {
  const { ended, toRead } = sortOut(resources, deps);
  await endUntaggable(toRead, ended, deps);
  const { next, end, progress } = readInSlices([...toRead.values()], deps);
  let assessments = ended;
  return {
    end,
    progress,
    async next() {
      const readings = await next();
      if (readings !== undefined) assessAll(toRead, readings, { ...deps, assessments });
      else if (assessments.size === 0) return undefined;
      const slice = assessments;
      assessments = new Map();
      return slice;
    },
  };
}

/** Those that end without a read, and those whose tags have to be read. */
function sortOut(
  resources: ReadonlyMap<string, Resource>,
  deps: AssessDeps,
): { readonly ended: Map<string, Assessment>; readonly toRead: Map<string, ToRead> } {
  const routeTo = createRouter(deps.registry, deps.accounts);
  const ended = new Map<string, Assessment>();
  const toRead = new Map<string, ToRead>();
  for (const [key, resource] of resources) {
    const end = (outcome: ReasonedOutcome) => ended.set(key, { kind: "ended", resource, ended: outcome });
    // What no policy matches, whatever its tags are, needs no read and no configuration.
    const { compliance } = deps.policies.evaluate(withoutTags(resource), deps.clock.now());
    const told = deps.changed?.judgeOf(key)?.told(resource);
    const route = routeTo(resource);
    if (!isWellFormed(resource)) end({ outcome: "rejected", ...ILL_FORMED });
    else if (compliance === "not-applicable") end({ outcome: "not-applicable" });
    else if (told !== undefined) end({ outcome: told });
    else if ("problem" in route) end(withoutWay(route));
    else toRead.set(key, { ref: throughProject(resource, route), key, route });
  }
  return { ended, toRead };
}

/** Ends those whose type can't be tagged, so that no read or write of others is refused for one of them. */
async function endUntaggable(
  toRead: Map<string, ToRead>,
  ended: Map<string, Assessment>,
  deps: AssessDeps & { readonly caller: Caller },
): Promise<void> {
  const isKnown = ({ ref: { type }, route: { contract } }: ToRead) => contract.typeListing?.usual.has(type) ?? true;
  for (const [key, { ref: resource, route }] of [...toRead].filter(([, one]) => !isKnown(one))) {
    const { isUntaggable } = await knownTypes();
    if (!(await isUntaggable(resource.type, resource.region, route, deps))) continue;
    toRead.delete(key);
    const message = `${resource.type} can't be tagged in ${resource.region}: the cloud doesn't list it`;
    ended.set(key, {
      kind: "ended",
      resource,
      ended: { outcome: "not-applicable", code: "UnsupportedType", message },
    });
  }
}

/** Adds what is said of each resource that was read. */
function assessAll(
  toRead: ReadonlyMap<string, ToRead>,
  readings: ReadonlyMap<string, Reading>,
  { assessments, ...deps }: AssessDeps & { readonly assessments: Map<string, Assessment> },
): void {
  for (const [key, reading] of readings) {
    const one = toRead.get(key);
    if (one === undefined) continue;
    const { ref: resource, route } = one;
    if (reading.kind === "unknown") {
      const ended = outcomeOfError(reading.error, settlesInMs(resource, deps));
      assessments.set(key, { kind: "ended", resource, ended });
    } else {
      const evaluate = deps.changed?.judgeOf(key)?.evaluate ?? ((one) => deps.policies.evaluate(one, deps.clock.now()));
      assessments.set(key, assessKnown(resource, route, reading, { ...deps, evaluate }));
    }
  }
}

/**
 * Names the project of a resource, so that what is kept of it, such as the journal, can still be used when the region has
 * got a second project.
 */
function throughProject(resource: Resource, { project }: Route): Resource {
  return project === undefined || resource.project !== undefined ? resource : { ...resource, project };
}

/** A resource that an event names carries no tags yet, and stays the object that it is. */
function withoutTags(resource: Resource): Resource {
  return resource.tags === undefined ? resource : { ...resource, tags: undefined };
}

function assessKnown(
  resource: Resource,
  route: Route,
  reading: KnownReading,
  deps: AssessDeps & Pick<ChangedTagsJudge, "evaluate">,
): Assessment {
  const present = { ...resource, tags: presentTags(resource, reading.tags, deps) };
  const evaluation = deps.evaluate(present);
  switch (evaluation.compliance) {
    case "compliant":
    case "exempt":
    case "not-applicable":
      return { kind: "ended", resource: present, ended: { outcome: evaluation.compliance } };
    case "unknown":
      return { kind: "ended", resource: present, ended: UNKNOWN };
    case "noncompliant":
      return {
        kind: "lacking",
        resource: { ...present, tags: deps.policies.redacted?.(present) ?? present.tags },
        route,
        reading,
        decisions: braked(present, evaluation, route, deps),
        decideAnew: (read) => {
          const now = { ...resource, tags: presentTags(resource, read, deps) };
          return braked(now, deps.evaluate(now), route, deps);
        },
        settlesInMs: () => settlesInMs(resource, deps),
      };
  }
}

/** Policies can't find tags unknown that were read. If they do, nothing is written, and the message comes back. */
const UNKNOWN = comesBack("Unexpected", "the policies could not be evaluated");

function comesBack(code: string, message: string): ReasonedOutcome {
  return { outcome: "redelivered", how: "retry", code, message };
}

/** What is left out by choice would only come back until it is a dead letter. */
function withoutWay({ problem, left }: { readonly problem: string; readonly left?: true }): ReasonedOutcome {
  return left === true
    ? { outcome: "not-applicable", code: LEFT_OUT, message: problem }
    : comesBack(NOT_CONFIGURED, problem);
}

/** The resources that lack something, by `resourceKey`, in the order of the messages. */
export function lackingIn(assessments: ReadonlyMap<string, Assessment>): Map<string, Lacking> {
  const lacking = new Map<string, Lacking>();
  for (const [key, assessment] of assessments) if (assessment.kind === "lacking") lacking.set(key, assessment);
  return lacking;
}

/** What is to be written to these resources. */
export function writesFor(lacking: ReadonlyMap<string, Lacking>): PlannedWrite[] {
  return Array.from(lacking, ([key, { resource, route, reading, decisions, decideAnew }]) => ({
    ref: resource,
    key,
    route,
    reading,
    present: resource.tags,
    tags: written(decisions),
    wantedWith: (read) => written(decideAnew(read)),
  }));
}

function written(decisions: readonly TagDecision[]): Tags {
  const tags = new Map<string, string>();
  for (const one of decisions) if (one.action === "write") tags.set(one.key, one.value);
  return tags;
}

/** What to do about each missing and invalid tag, unless a brake is on. */
function braked(
  resource: Resource,
  evaluation: Evaluation,
  { account }: Pick<Route, "account">,
  { policies, mode, clock }: Pick<AssessDeps, "policies" | "mode" | "clock">,
): TagDecision[] {
  const decisions = policies.decide(resource, evaluation, clock.now());
  const detail = brakeOn(mode, account);
  if (detail === undefined) return [...decisions];
  return decisions.map((decision) =>
    decision.action === "leave" ? decision : { key: decision.key, action: "leave", reason: BRAKE, detail },
  );
}

/**
 * Indexes lag: until the settle time is over, the tags of the creating request count as present, except where the read
 * shows the key with another value.
 */
function presentTags(resource: Resource, read: Tags, deps: Pick<AssessDeps, "clock" | "settleSeconds">): Tags {
  const requested = resource.event?.requestTags;
  if (requested === undefined || requested.size === 0 || settlesInMs(resource, deps) <= 0) return read;
  return new Map([...requested, ...read]);
}

/**
 * How long a new resource may still take to become visible, in milliseconds; 0 or less = it ought to be. A resource of
 * which nobody knows when it was created is old.
 */
function settlesInMs(
  { event }: Resource,
  { clock, settleSeconds }: Pick<AssessDeps, "clock" | "settleSeconds">,
): number {
  const createdAt = Date.parse(event?.createdAt ?? "");
  return Number.isNaN(createdAt) ? 0 : createdAt + settleSeconds * 1_000 - clock.now();
}
