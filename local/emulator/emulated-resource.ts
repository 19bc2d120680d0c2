import { InputError } from "../../lib/core/errors.ts";
import type { ResourceRef } from "../../lib/core/resource.ts";
import { isListedOnly } from "./alibaba/resource-center/resource-types.ts";
import { taggableType } from "./alibaba/tag-service/taggable-types.ts";
import { huaweiType } from "./huawei/types.ts";

/** A resource as `--from` files, the control endpoint and the in-process world speak of it. */
export interface EmulatedResource extends ResourceRef {
  /** Absent = none. */
  readonly tags?: Readonly<Record<string, string>>;
  /** How long after its creation the cloud's APIs still don't see it, in milliseconds. */
  readonly visibleAfterMs?: number;
  /** A Huawei agency of the old kind, which can't carry tags. */
  readonly legacy?: boolean;
}

/** Throws InputError where no API here would find such a resource. */
function checkServed(type: string, where: string): void {
  const [provider, service = "", kind = "", ...more] = type.split(":");
  const ownName = provider === "alibaba" && more.length === 0 ? taggableType(service, kind)?.type : undefined;
  const isServed =
    huaweiType(type) !== undefined ||
    (provider === "aws" && kind !== "" && more.length === 0) ||
    ownName === type ||
    isListedOnly(type);
  if (isServed) return;
  const instead = ownName === undefined ? "(see docs/emulator.md)" : `by this name; write ${ownName}`;
  throw new InputError(`${where}: the embedded cloud doesn't serve type "${type}" ${instead}`);
}

/** Whether the type lives outside of any region, whatever region its event names. */
export function isGlobalType(type: string): boolean {
  return huaweiType(type)?.isGlobal === true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseTags(value: unknown, where: string): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value)) throw new InputError(`${where}: "tags" must be an object of keys and values`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") {
      throw new InputError(`${where}: the value of tag ${JSON.stringify(key)} must be text`);
    }
  }
  return value as Record<string, string>;
}

function parseText(value: unknown, field: string, where: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new InputError(`${where}: "${field}" must be text that is not empty`);
}

/**
 * Reads one resource in the shape of resource NDJSON (fields that only policies need are ignored).
 * Throws InputError that begins with `where`.
 */
export function parseEmulatedResource(value: unknown, where: string): EmulatedResource {
  if (!isObject(value)) throw new InputError(`${where}: a resource must be a JSON object`);
  const type = parseText(value["type"], "type", where);
  checkServed(type, where);
  const { visibleAfterMs, legacy, project } = value;
  if (visibleAfterMs !== undefined && !(typeof visibleAfterMs === "number" && visibleAfterMs >= 0)) {
    throw new InputError(`${where}: "visibleAfterMs" must be a number of milliseconds`);
  }
  if (legacy !== undefined && typeof legacy !== "boolean") {
    throw new InputError(`${where}: "legacy" must be true or false`);
  }
  return {
    type,
    account: parseText(value["account"], "account", where),
    region: isGlobalType(type) ? "global" : parseText(value["region"], "region", where),
    ...(project === undefined ? {} : { project: parseText(project, "project", where) }),
    id: parseText(value["id"], "id", where),
    tags: parseTags(value["tags"], where),
    ...(visibleAfterMs === undefined ? {} : { visibleAfterMs }),
    ...(legacy === undefined ? {} : { legacy }),
  };
}
