import type { NamedResource } from "../../../core/contract.ts";
import type { ResourceRef } from "../../../core/resource.ts";
import { canonicalType } from "./types.ts";

const NAME = /^([^/]+)\/([^/.]+)\.([^/]+)\/(.+)$/s;

/**
 * What calls name a resource by: `cn-north-4/ecs.cloudservers/ID`. Ids are unique beyond projects, and a call's project
 * stands beside its names.
 */
export function nameOf({ type, region, id }: ResourceRef): string {
  return `${region}/${type.slice(type.indexOf(":") + 1).replace(":", ".")}/${id}`;
}

/** The resource that `nameOf` named. Its id may hold what separates the parts before it. */
export function readName(name: string): NamedResource | undefined {
  const parts = NAME.exec(name);
  if (parts === null) return undefined;
  const [, region = "", provider = "", kind = "", id = ""] = parts;
  return { type: canonicalType(provider, kind), region, id };
}
