import type { StoredResource } from "../shelf.ts";
import { countWith, eachPair } from "../tag-pairs.ts";
import { isReserved } from "../text-rules.ts";
import { findResource, type AlibabaAction, type AlibabaCall } from "./call.ts";
import { notFound, overQuota, type TagDialect } from "./tag-dialect.ts";
import { checkIds, checkRegion, limitsOf, readTags, readType } from "./tag-request.ts";

function findAll(call: AlibabaCall, type: string, ids: readonly string[]): StoredResource[] {
  return ids.map((id) => {
    const resource = findResource(call, type, id);
    if (resource === undefined) throw notFound(call.admission.namesOffender ? id : undefined);
    return resource;
  });
}

function facts(dialect: TagDialect): Pick<AlibabaAction, "types" | "resourceIds"> {
  return {
    types: (parameters) => [dialect.typePrefix + (parameters.get("ResourceType") ?? "")],
    resourceIds: (parameters) => parameters.list("ResourceId"),
  };
}

/** Writes every tag to every resource, or, where one of them is refused, nothing at all. */
export function tagResources(dialect: TagDialect): AlibabaAction {
  return {
    ...facts(dialect),
    run(call) {
      const { type, kind } = readType(call, dialect);
      const ids = call.parameters.list("ResourceId");
      if (ids.length === 0) throw dialect.errors.missing("ResourceIds");
      if (call.parameters.tags("Tag").length === 0) throw dialect.errors.missing("Tags");
      checkRegion(call, dialect);
      const limits = limitsOf(kind, dialect);
      checkIds(ids, limits.resourcesPerCall, dialect);
      const tags = readTags(call, limits, dialect);
      const resources = findAll(call, type, ids);
      const full = resources.find((resource) => countWith(resource.tags, tags, limits.key) > limits.tagsPerResource);
      if (full !== undefined) throw overQuota(call.admission.namesOffender ? full.id : undefined);
      for (const resource of resources) call.cloud.world.write(resource, { set: tags });
      return {};
    },
  };
}

/**
 * Removes the named keys, or with `All` and no keys everything; keys that aren't there are no error. The system's tags
 * stay, whoever names them.
 */
export function untagResources(dialect: TagDialect): AlibabaAction {
  return {
    ...facts(dialect),
    run(call) {
      const { type, kind } = readType(call, dialect);
      const ids = call.parameters.list("ResourceId");
      if (ids.length === 0) throw dialect.errors.missing("ResourceIds");
      checkRegion(call, dialect);
      const limits = limitsOf(kind, dialect);
      checkIds(ids, limits.resourcesPerCall, dialect);
      const keys = call.parameters.list("TagKey");
      if (keys.length > limits.keysPerUntagCall) throw dialect.errors.tooMany("Tags", limits.keysPerUntagCall);
      if (new Set(keys).size < keys.length) throw dialect.errors.duplicateKey();
      const all = keys.length === 0 && (call.parameters.get("All") ?? "").toLowerCase() === "true";
      for (const resource of findAll(call, type, ids)) {
        const named = all ? eachPair(resource.tags).map(([key]) => key) : keys;
        const unset = new Set(named.filter((key) => !isReserved(key, limits.key)));
        call.cloud.world.write(resource, { unset });
      }
      return {};
    },
  };
}
