import { asObject, type JsonObject } from "../../core/json.ts";
import { textOf } from "../json/value.ts";

/**
 * The ids of created resources from what ActionTrail says beside the response: `referencedResources`, else
 * `resourceType` with `resourceName`. Both also list what the call merely used, so only ids of the expected kind
 * count, and of these only such as the request didn't name.
 */
export function referencedIds(data: JsonObject, kind: string, request: JsonObject | undefined): string[] {
  const used = new Set(Object.values(request ?? {}).flatMap((value) => textOf(value) ?? []));
  const referenced = fromReferences(data.referencedResources, kind);
  const ids = referenced.length > 0 ? referenced : fromNames(data, kind);
  return [...new Set(ids)].filter((id) => !used.has(id));
}

/** `{ "ACS::VPC::Ipam": ["ipam-1"] }` */
function fromReferences(references: unknown, kind: string): string[] {
  return Object.entries(asObject(references) ?? {})
    .filter(([type]) => isOfKind(type, kind))
    .flatMap(([, ids]) => (Array.isArray(ids) ? ids : [ids]))
    .flatMap((id) => textOf(id) ?? []);
}

/** `resourceType: "A;B"` beside `resourceName: "a1,a2;b1"`: `;` between types, `,` between ids of one type. */
function fromNames(data: JsonObject, kind: string): string[] {
  const types = textOf(data.resourceType)?.split(";") ?? [];
  const names = textOf(data.resourceName)?.split(";") ?? [];
  return types
    .flatMap((type, index) => (isOfKind(type, kind) ? (names[index] ?? "").split(",") : []))
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** `ACS::VPC::IpamPool` is of kind `IPAMPOOL`. */
function isOfKind(type: string, kind: string): boolean {
  return (
    type
      .slice(type.lastIndexOf(":") + 1)
      .trim()
      .toLowerCase() === kind.toLowerCase()
  );
}
