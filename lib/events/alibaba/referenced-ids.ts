import { asObject, type JsonObject } from "../../core/json.ts";
import type { CreateEvent } from "../create-event.ts";
import { textOf } from "../json/value.ts";

/** Whether what ActionTrail calls a type is the one that was created. */
type IsMeant = (type: string) => boolean;

/**
 * The ids of created resources from what ActionTrail says beside the response: `referencedResources`, else
 * `resourceType` with `resourceName`. Both also list what the call merely used, so only ids of the expected type
 * count, and of these only such as the request didn't name.
 */
export function referencedIds(
  data: JsonObject,
  { type, referenced: name }: Pick<CreateEvent, "type" | "referenced">,
  request: JsonObject | undefined,
): string[] {
  const used = new Set(Object.values(request ?? {}).flatMap((value) => textOf(value) ?? []));
  const isMeant: IsMeant =
    name === undefined ? (one) => isSame(lastWord(one), lastWord(type)) : (one) => isSame(one, name);
  const referenced = fromReferences(data.referencedResources, isMeant);
  const ids = referenced.length > 0 ? referenced : fromNames(data, isMeant);
  return [...new Set(ids)].filter((id) => !used.has(id));
}

/** `{ "ACS::VPC::Ipam": ["ipam-1"] }` */
function fromReferences(references: unknown, isMeant: IsMeant): string[] {
  return Object.entries(asObject(references) ?? {})
    .filter(([type]) => isMeant(type))
    .flatMap(([, ids]) => (Array.isArray(ids) ? ids : [ids]))
    .flatMap((id) => textOf(id) ?? []);
}

/** `resourceType: "A;B"` beside `resourceName: "a1,a2;b1"`: `;` between types, `,` between ids of one type. */
function fromNames(data: JsonObject, isMeant: IsMeant): string[] {
  const types = textOf(data.resourceType)?.split(";") ?? [];
  const names = textOf(data.resourceName)?.split(";") ?? [];
  return types
    .flatMap((type, index) => (isMeant(type) ? (names[index] ?? "").split(",") : []))
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** `ACS::VPC::IpamPool` is of kind `IPAMPOOL`. */
const lastWord = (type: string): string => type.slice(type.lastIndexOf(":") + 1);

const isSame = (one: string, other: string): boolean => one.trim().toLowerCase() === other.toLowerCase();
