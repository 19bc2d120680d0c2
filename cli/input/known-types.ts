import type { ResourceType } from "../../lib/core/resource.ts";
import type { KnownTypes } from "../../lib/core/slips/types.ts";
import { allContracts, CLOUDS } from "../../lib/providers/index.ts";

/** Every resource type that events tell of; its table is loaded only by what checks files. */
export async function createdTypes(): Promise<readonly ResourceType[]> {
  const { CREATE_EVENTS } = await import("../../lib/events/create-events.ts");
  return [...new Set(CREATE_EVENTS.flatMap(({ type, also = [] }) => [type, ...also.map((one) => one.type)]))];
}

/** The types that a policy or a configuration can name. */
export async function knownTypes(): Promise<KnownTypes> {
  const others = Object.values(CLOUDS).flatMap(({ typesToAskFor = [] }) => [...typesToAskFor]);
  const otherNames = new Map(Object.values(CLOUDS).flatMap((cloud) => [...(cloud.otherNames ?? [])]));
  const created = [...(await createdTypes()), ...others];
  return { served: allContracts.flatMap(({ types }) => types), created, otherNames };
}
