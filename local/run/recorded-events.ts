import { messageOf } from "../../lib/core/errors.ts";
import { NO_TAGS, refOf, resourceKey, tagsToObject, type ResourceRef } from "../../lib/core/resource.ts";
import { parseEvent } from "../../lib/events/parse.ts";
import type { EmulatedResource } from "../emulator/emulated-resource.ts";
import type { ProjectIds } from "../emulator/keyring.ts";

/** One event as the queue holds it. */
export interface DeliveredEvent {
  readonly body: string;
  /** Keys (`resourceKey`) of what it says was created. */
  readonly names: readonly string[];
}

/** A user's recording, ready to be delivered. */
export interface RecordedEvents {
  /** Those that can be read. */
  readonly events: readonly DeliveredEvent[];
  /** What they name, with the tags of the creating requests, each once. */
  readonly resources: readonly EmulatedResource[];
  /** Those of them that stand in a region such as clouds have: only there can anything be created. */
  readonly creatable: readonly EmulatedResource[];
  /** The Huawei projects that traces name; one whose region nobody knows was given one of its own. */
  readonly projects: ProjectIds;
  /** What can't be read, by its place in the recording; a queue would turn these into dead letters. */
  readonly unreadable: readonly { readonly index: number; readonly reason: string }[];
}

/** Where Huawei projects are put of which nobody says where they stand. */
const HUAWEI_REGIONS = ["cn-north-4", "cn-east-3", "cn-south-1", "ap-southeast-1"];
const REGION = /^[a-z0-9-]{1,64}$/;

/** Reads what recorded events say was created, so that the embedded cloud can have it. */
export function readRecordedEvents(events: readonly unknown[]): RecordedEvents {
  const delivered: DeliveredEvent[] = [];
  const resources = new Map<string, EmulatedResource>();
  const unreadable: { index: number; reason: string }[] = [];
  const regions = new Map<string, string>();
  const projects = new Map<string, Map<string, string[]>>();
  const regionOfProject = (project: string): string => {
    const region = regions.get(project) ?? HUAWEI_REGIONS[regions.size] ?? `cn-project-${regions.size}`;
    regions.set(project, region);
    return region;
  };
  for (const [index, event] of events.entries()) {
    const body = typeof event === "string" ? event : JSON.stringify(event);
    try {
      const parsed = parseEvent(body, { regionOfProject });
      const created = parsed.kind === "created" ? parsed.resources : [];
      delivered.push({ body, names: created.map(resourceKey) });
      for (const resource of created) {
        const key = resourceKey(resource);
        const tags = tagsToObject(resource.event?.requestTags ?? NO_TAGS);
        if (!resources.has(key)) resources.set(key, { ...refOf(resource), tags });
        noteProject(resource, projects);
      }
    } catch (error) {
      unreadable.push({ index, reason: messageOf(error) });
    }
  }
  const all = [...resources.values()];
  const creatable = all.filter(({ region }) => REGION.test(region));
  return { events: delivered, resources: all, creatable, projects, unreadable };
}

function noteProject({ account, region, project }: ResourceRef, projects: Map<string, Map<string, string[]>>): void {
  if (project === undefined) return;
  const ofAccount = projects.get(account) ?? new Map<string, string[]>();
  projects.set(account, ofAccount);
  const known = ofAccount.get(region) ?? [];
  if (!known.includes(project)) ofAccount.set(region, [...known, project]);
}
