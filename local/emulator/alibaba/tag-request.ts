import { textFault } from "../text-rules.ts";
import type { TagCondition } from "../tag-pairs.ts";
import type { EmulatedLimits, TextRules } from "../limits.ts";
import type { AlibabaCall } from "./call.ts";
import type { TagDialect } from "./tag-dialect.ts";

/** Reads ResourceType (and wants RegionId where it is needed): which resources the call is about. */
export function readType(call: AlibabaCall, dialect: TagDialect): { type: string; kind: string } {
  const { errors } = dialect;
  const region = call.parameters.get("RegionId") ?? "";
  if (dialect.needsRegion && region === "") throw errors.missing("RegionId");
  const kind = call.parameters.get("ResourceType") ?? "";
  if (kind === "") throw errors.missing("ResourceType");
  return { type: dialect.typePrefix + kind, kind };
}

/** What the type's APIs allow; refuses types that aren't served. */
export function limitsOf(kind: string, dialect: TagDialect): EmulatedLimits {
  const limits = Object.hasOwn(dialect.limits, kind) ? dialect.limits[kind] : undefined;
  if (limits === undefined) throw dialect.errors.resourceType();
  return limits;
}

/** A region that isn't the endpoint's is unknown here. */
export function checkRegion(call: AlibabaCall, dialect: TagDialect): void {
  if (dialect.needsRegion && call.parameters.get("RegionId") !== call.region) throw dialect.errors.region();
}

export function checkIds(ids: readonly string[], limit: number, dialect: TagDialect): void {
  if (ids.length > limit) throw dialect.errors.tooMany("ResourceIds", limit);
  if (dialect.errors.duplicateId !== undefined && new Set(ids).size < ids.length) throw dialect.errors.duplicateId();
}

/** The tags to write: each value with its key, no key twice, all legal. */
export function readTags(call: AlibabaCall, limits: EmulatedLimits, dialect: TagDialect): ReadonlyMap<string, string> {
  const { errors } = dialect;
  const parameters = call.parameters.tags("Tag");
  if (parameters.length > limits.tagsPerCall) throw errors.tooMany("Tags", limits.tagsPerCall);
  const keys = parameters.map(({ key }) => key);
  if (keys.includes(undefined)) throw errors.key();
  if (new Set(keys).size < keys.length) throw errors.duplicateKey();
  const tags = new Map<string, string>();
  for (const { key = "", value } of parameters) {
    const keyFault = textFault(key, limits.key);
    if (keyFault !== undefined) throw keyFault === "reserved" ? errors.reserved() : errors.key();
    if (value === undefined || textFault(value, limits.value) !== undefined) throw errors.value();
    tags.set(key, value);
  }
  return tags;
}

/** The system's tags may be looked for where the API doesn't say otherwise; then only the length is checked. */
function isRefused(text: string, rules: TextRules, { filtersAsWritten }: EmulatedLimits): boolean {
  const fault = textFault(text, rules);
  return filtersAsWritten ? fault !== undefined : fault === "too-short" || fault === "too-long";
}

/** The tags to look for: a key alone means any value, a value alone is an error. */
export function readConditions(call: AlibabaCall, limits: EmulatedLimits, dialect: TagDialect): TagCondition[] {
  const parameters = call.parameters.tags("Tag");
  if (parameters.length > limits.tagsPerCall) throw dialect.errors.tooMany("Tags", limits.tagsPerCall);
  const keys = new Set(parameters.map(({ key }) => key));
  if (keys.has(undefined)) throw dialect.errors.key();
  if (keys.size < parameters.length) throw dialect.errors.duplicateKey();
  return parameters.map(({ key = "", value }) => {
    if (isRefused(key, limits.key, limits)) throw dialect.errors.key();
    if (value !== undefined && isRefused(value, limits.value, limits)) throw dialect.errors.value();
    return value === undefined ? { key } : { key, value };
  });
}
