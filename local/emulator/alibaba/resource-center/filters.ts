import { CloudError } from "../../cloud-error.ts";
import type { StoredResource } from "../../shelf.ts";
import { meets, type TagCondition, type TagPairs } from "../../tag-pairs.ts";
import type { Parameters } from "../parameters.ts";
import { listedType } from "./resource-types.ts";

/** One `Filter.N`, as it was sent. */
interface Filter {
  readonly key: string;
  readonly match: string;
  readonly values: readonly string[];
}

type Test = (resource: StoredResource, tags: TagPairs) => boolean;

const invalid = (what = ""): CloudError =>
  new CloudError(400, `InvalidParameter.Filter${what}`, "The specified parameter Filter is not valid.");

const INDEX = /^Filter\.([1-9][0-9]{0,8})\.Key$/;

function readFilters(parameters: Parameters): readonly Filter[] {
  const indices = [...parameters.all.keys()].flatMap((name) => INDEX.exec(name)?.[1] ?? []);
  return indices.map((index) => ({
    key: parameters.get(`Filter.${index}.Key`) ?? "",
    match: (parameters.get(`Filter.${index}.MatchType`) ?? "").toLowerCase(),
    values: parameters.list(`Filter.${index}.Value`),
  }));
}

/** `{"key":"owner","value":"team-a"}`, of which either part may be missing. */
function readTag(json: string): (tags: TagPairs) => boolean {
  let tag: unknown;
  try {
    tag = JSON.parse(json);
  } catch {
    throw invalid(".Tag");
  }
  const { key, value } = Object(tag) as { readonly key?: unknown; readonly value?: unknown };
  const isText = (text: unknown): text is string | undefined => text === undefined || typeof text === "string";
  if (!isText(key) || !isText(value) || (key === undefined && value === undefined)) throw invalid(".Tag");
  if (key === undefined) return (tags) => tags.some((text, index) => index % 2 === 1 && text === value);
  const condition: TagCondition = { key, ...(value !== undefined && { value }) };
  return (tags) => meets(tags, condition);
}

function typesNamed({ values }: Filter): ReadonlySet<string> {
  return new Set(
    values.map((name) => {
      const listed = listedType(name);
      if (listed === undefined) throw invalid(".ResourceType");
      return listed.type;
    }),
  );
}

/** What a filter asks of a resource, its values ORed. Throws CloudError for those that aren't served here. */
function testOf(filter: Filter): Test {
  const { key, match, values } = filter;
  const named = new Set(values);
  switch (`${key} ${match}`) {
    case "ResourceType equals": {
      const types = typesNamed(filter);
      return ({ type }) => types.has(type);
    }
    case "RegionId equals":
      return ({ region }) => named.has(region);
    case "ResourceId equals":
    case "ResourceName equals":
      return ({ id }) => named.has(id);
    case "ResourceId prefix":
      return ({ id }) => values.some((prefix) => id.startsWith(prefix));
    case "ResourceName contains":
      return ({ id }) => values.some((part) => id.includes(part));
    case "Tag contains": {
      const all = values.map(readTag);
      return (_, tags) => all.some((has) => has(tags));
    }
    case "Tag notcontains": {
      const all = values.map(readTag);
      return (_, tags) => !all.some((has) => has(tags));
    }
    case "Tag notexists":
      return (_, tags) => tags.length === 0;
    default:
      throw invalid();
  }
}

/** What all filters of a call ask of a resource. */
export function readFilter(parameters: Parameters): Test {
  const tests = readFilters(parameters).map(testOf);
  return (resource, tags) => tests.every((test) => test(resource, tags));
}

/** What faults are matched against: the types and ids that a call names. */
export const filterFacts = {
  types(parameters: Parameters): readonly string[] {
    const filters = readFilters(parameters).filter(({ key }) => key === "ResourceType");
    const named = filters.flatMap(({ values }) => values.flatMap((name) => listedType(name)?.type ?? []));
    return named.length === 0 ? ["alibaba:*:*"] : named;
  },
  resourceIds(parameters: Parameters): readonly string[] {
    return readFilters(parameters).flatMap(({ key, values }) => (key === "ResourceId" ? values : []));
  },
} as const;
