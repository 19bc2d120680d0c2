import type { StoredResource } from "../shelf.ts";
import { eachPair, meets, type TagCondition } from "../tag-pairs.ts";
import { findResource, wholeNumber, type AlibabaAction, type AlibabaCall } from "./call.ts";
import type { TagDialect } from "./tag-dialect.ts";
import { checkIds, checkRegion, limitsOf, readConditions, readType } from "./tag-request.ts";

interface Row {
  readonly ResourceId: string;
  readonly ResourceType: string;
  readonly TagKey: string;
  readonly TagValue: string;
}

/** Collects rows up to a page, and knows where the next page starts. */
interface PageOfRows {
  readonly rows: Row[];
  next: { place: number; offset: number } | undefined;
}

/** Adds a resource's rows; false once the page is full. `before` is the place to go on after. */
function addRows(
  page: PageOfRows,
  resource: StoredResource,
  kind: string,
  wanted: { size: number; skip: number; before: number; onlyKeys: ReadonlySet<string> | undefined },
): boolean {
  const pairs = eachPair(resource.tags).filter(([key]) => wanted.onlyKeys?.has(key) ?? true);
  for (let index = wanted.skip; index < pairs.length; index += 1) {
    if (page.rows.length === wanted.size) {
      page.next = { place: wanted.before, offset: index };
      return false;
    }
    const [key, value] = pairs[index] ?? ["", ""];
    page.rows.push({ ResourceId: resource.id, ResourceType: kind, TagKey: key, TagValue: value });
  }
  return true;
}

/** Lists the rows of named resources; the token's place is an index into the ids. */
function listByIds(
  call: AlibabaCall,
  query: { type: string; kind: string; ids: readonly string[]; conditions: readonly TagCondition[]; size: number },
  start: { place: number; offset: number },
): PageOfRows {
  const page: PageOfRows = { rows: [], next: undefined };
  const ids = [...new Set(query.ids)];
  for (let index = start.place; index < ids.length; index += 1) {
    const resource = findResource(call, query.type, ids[index] ?? "");
    if (resource === undefined || !query.conditions.every((condition) => meets(resource.tags, condition))) continue;
    const skip = index === start.place ? start.offset : 0;
    const wanted = { size: query.size, skip, before: index, onlyKeys: undefined };
    if (!addRows(page, resource, query.kind, wanted)) break;
  }
  return page;
}

/** Lists the rows that match the tags, over all resources; the token's place is one before the resource's own. */
function listByTags(
  call: AlibabaCall,
  query: { type: string; kind: string; conditions: readonly TagCondition[]; size: number },
  start: { place: number; offset: number },
): PageOfRows {
  const page: PageOfRows = { rows: [], next: undefined };
  const onlyKeys = new Set(query.conditions.map(({ key }) => key));
  call.cloud.world.shelf(call.account, call.region, query.type).scan(start.place, (resource) => {
    if (call.admission.hides(resource.id)) return true;
    if (!query.conditions.every((condition) => meets(resource.tags, condition))) return true;
    const before = resource.sequence - 1;
    const skip = before === start.place ? start.offset : 0;
    return addRows(page, resource, query.kind, { size: query.size, skip, before, onlyKeys });
  });
  return page;
}

/**
 * Lists (resource, tag) pairs. With ids, all tags of those that carry all the given tags; with tags alone, the pairs
 * that match. Resources without tags have no rows.
 */
export function listTagResources(dialect: TagDialect): AlibabaAction {
  return {
    types: (parameters) => [dialect.typePrefix + (parameters.get("ResourceType") ?? "")],
    resourceIds: (parameters) => parameters.list("ResourceId"),
    run(call) {
      const { type, kind } = readType(call, dialect);
      const ids = call.parameters.list("ResourceId");
      if (ids.length === 0 && call.parameters.tags("Tag").length === 0) {
        throw dialect.errors.missing("TagsAndResourceIds");
      }
      checkRegion(call, dialect);
      const limits = limitsOf(kind, dialect);
      checkIds(ids, limits.idsPerCall, dialect);
      const conditions = readConditions(call, limits, dialect);
      const size = wholeNumber(
        dialect.page.parameter === undefined ? undefined : call.parameters.get(dialect.page.parameter),
        { from: 1, to: dialect.page.most, otherwise: dialect.page.size },
        () => dialect.errors.pageSize(),
      );
      const query = JSON.stringify([type, call.account, call.region, ids, conditions]);
      const token = call.parameters.get("NextToken") ?? "";
      const start = token === "" ? { place: 0, offset: 0 } : call.cloud.tokens.open(query, token);
      if (start === undefined) throw dialect.errors.token();
      const page =
        ids.length > 0
          ? listByIds(call, { type, kind, ids, conditions, size }, start)
          : listByTags(call, { type, kind, conditions, size }, start);
      const next = page.next === undefined ? dialect.endMark : call.cloud.tokens.issue(query, page.next);
      return { NextToken: next, TagResources: dialect.nested ? { TagResource: page.rows } : page.rows };
    },
  };
}
