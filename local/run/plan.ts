import { refOf, tagsFromObject, resourceKey, type ResourceRef } from "../../lib/core/resource.ts";
import { composeCreatedEvent } from "../compose-events/compose.ts";
import type { EmulatedResource } from "../emulator/emulated-resource.ts";
import type { Fault } from "../emulator/faults.ts";
import type { ProjectIds } from "../emulator/keyring.ts";
import type { Emulator } from "../emulator/start.ts";
import { PLANTED } from "../scenario/planted.ts";
import { createScenario, PLANTED_GAPS, type ScenarioResource } from "../scenario/scenario.ts";
import { readRecordedEvents, type DeliveredEvent } from "./recorded-events.ts";

/** What a local run delivers and what it expects of it. */
export interface LocalPlan {
  /** All resources that the run creates. */
  readonly resources: readonly EmulatedResource[];
  readonly faults: readonly Fault[];
  readonly reportAccounts: readonly string[];
  readonly unreadable: readonly { readonly index: number; readonly reason: string }[];
  /** Huawei projects that the events name. */
  readonly projects: ProjectIds;
  /** The outcomes of the first and of a later delivery, by `resourceKey`. */
  readonly expected: ReadonlyMap<string, ExpectedOutcome>;
  /** What is so of each resource, by `resourceKey`, and the most telling first; empty where nothing was made on purpose. */
  readonly planted: ReadonlyMap<string, string>;
  /** Whether a part of the audit is missing because the scenario has it so. */
  isPlantedGap(gap: string): boolean;
  /** Exist when the first audit runs. */
  readonly early: readonly EmulatedResource[];
  /** Created after the first audit, and not visible at once. */
  readonly late: readonly EmulatedResource[];
  /** Removed after the first audit. */
  readonly deleted: readonly ResourceRef[];
  /** The events to deliver, composed as of `now`. */
  compose(now: number, emulator: Emulator): DeliveredEvents;
}

export interface ExpectedOutcome {
  readonly ref: ResourceRef;
  /** Empty = any final one. */
  readonly first: readonly string[];
  readonly again: readonly string[];
  /** The code of either, where it has to be this one. */
  readonly code?: string;
  /** Its event never arrives: an audit sends it to enforcement, once. */
  readonly unheard?: true;
}

export interface DeliveredEvents {
  readonly events: readonly DeliveredEvent[];
  readonly duplicates: number;
  readonly notCreations: number;
}

/** Every so many events one is delivered twice, as every cloud may do. */
const DUPLICATE_EVERY = 20;

function isDuplicated(index: number): boolean {
  return index % DUPLICATE_EVERY === 0;
}

/**
 * A cloud full of made resources under the policy of examples/local. `expects` is false under any other policy: then
 * nothing is planted that goes wrong, since nobody would know it from what the policy does.
 */
export function planScenario(count: number, expects: boolean): LocalPlan {
  const { resources, faults, reportAccounts } = createScenario(count);
  // Whether an audit sends what no event told of to enforcement, the policy says.
  const known = resources.map((one, index) => ({ one, index })).filter(({ one }) => expects || !one.unheard);
  const expected = known.map(({ one, index }) => {
    const { resource, expected: first, expectedAgain: again, expectedCode: code, unheard } = one;
    const outcome: ExpectedOutcome = {
      ref: resource,
      // The second of two deliveries may be in another batch, and then it finds what the first one did.
      first: !expects ? [] : isDuplicated(index) ? [first, again] : [first],
      again: expects ? [again] : [],
      ...(expects && code !== undefined && { code }),
      ...(unheard && { unheard }),
    };
    return [resourceKey(resource), outcome] as const;
  });
  const isLate = ({ resource }: ScenarioResource): boolean => resource.visibleAfterMs !== undefined;
  return {
    resources: resources.map(({ resource }) => resource),
    faults: expects ? faults : [],
    reportAccounts,
    unreadable: [],
    projects: new Map(),
    expected: new Map(expected),
    planted: new Map(expects ? inOrder(resources) : []),
    isPlantedGap: (gap) => expects && PLANTED_GAPS.some((begin) => gap.startsWith(begin)),
    early: resources.filter((one) => !isLate(one)).map(({ resource }) => resource),
    late: resources.filter(isLate).map(({ resource }) => resource),
    deleted: resources.filter(({ deleted }) => deleted).map(({ resource }) => resource),
    compose: (now, emulator) => composeScenario(resources, now, emulator),
  };
}

/** In the order of `PLANTED`. */
function inOrder(resources: readonly ScenarioResource[]): (readonly [key: string, what: string])[] {
  const placeOf = ({ planted }: ScenarioResource): number => PLANTED.indexOf(planted);
  return resources
    .toSorted((one, other) => placeOf(one) - placeOf(other))
    .map(({ resource, planted }) => [resourceKey(resource), planted]);
}

/** What a user's recording names, created with its request tags. Nobody knows its outcomes beforehand. */
export function planRecording(events: readonly unknown[]): LocalPlan {
  const { events: readable, resources, creatable, unreadable, projects } = readRecordedEvents(events);
  return {
    resources: creatable,
    faults: [],
    reportAccounts: [],
    unreadable,
    projects,
    expected: new Map(resources.map((ref) => [resourceKey(ref), { ref, first: [], again: [] }])),
    planted: new Map(),
    isPlantedGap: () => false,
    early: creatable,
    late: [],
    deleted: [],
    compose: () => ({
      events: readable,
      duplicates: 0,
      notCreations: readable.filter(({ names }) => names.length === 0).length,
    }),
  };
}

function composeScenario(resources: readonly ScenarioResource[], now: number, emulator: Emulator): DeliveredEvents {
  const { huawei } = emulator.description;
  const events: DeliveredEvent[] = [];
  let duplicates = 0;
  for (const [index, { resource, requestTags, createdBy, ageMs, unheard }] of resources.entries()) {
    if (unheard) continue;
    const projects = huawei.accounts[resource.account]?.projects[resource.region];
    const project = resource.project ?? (typeof projects === "string" ? projects : projects?.[0]);
    const body = composeCreatedEvent(
      { ...refOf({ ...resource, project }), tags: tagsFromObject(requestTags) },
      { at: now - ageMs, createdBy },
    );
    const event = { body, names: [resourceKey(resource)] };
    events.push(event);
    if (isDuplicated(index)) {
      events.push(event);
      duplicates += 1;
    }
  }
  const others = notCreations(now);
  return { events: [...events, ...others], duplicates, notCreations: others.length };
}

/** A call that failed, and one that only reads: neither creates anything. */
function notCreations(now: number): DeliveredEvent[] {
  const ref = {
    type: "aws:ec2:instance",
    account: "444455556666",
    region: "us-east-1",
    id: "arn:aws:ec2:us-east-1:444455556666:instance/i-never",
  };
  const event = JSON.parse(composeCreatedEvent(ref, { at: now })) as { readonly detail: object };
  return [
    { ...event, detail: { ...event.detail, errorCode: "Client.InstanceLimitExceeded", responseElements: null } },
    { ...event, detail: { ...event.detail, eventName: "DescribeInstances", readOnly: true, responseElements: null } },
  ].map((body) => ({ body: JSON.stringify(body), names: [] }));
}
