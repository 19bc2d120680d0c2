import { emulatedLimits } from "../limits.ts";
import type { StoredResource } from "../shelf.ts";
import { valueOf } from "../tag-pairs.ts";
import { flag, invalid, textList, wholeNumber, type AwsCall } from "./call.ts";

const limits = emulatedLimits["aws:*:*"];
const MOST_FILTERS = 50;
const MOST_VALUES = 20;
const MOST_TYPES = 100;
const DEFAULT_PAGE = 50;

export interface ResourcesQuery {
  /** Absent = all resources. */
  readonly arns?: readonly string[];
  readonly pageSize: number;
  /** How many tags a page may hold; an untagged resource counts as one. */
  readonly tagsPerPage: number;
  readonly compliance: boolean;
  readonly excludeCompliant: boolean;
  readonly token: string;
  /** The same for all pages of one listing. */
  readonly identity: string;
  matches(resource: StoredResource): boolean;
}

interface TagFilter {
  readonly key: string;
  readonly values: ReadonlySet<string>;
}

function readTagFilters(input: AwsCall["input"]): TagFilter[] {
  const list = input["TagFilters"] ?? [];
  if (!Array.isArray(list)) throw invalid("TagFilters must be a list.");
  if (list.length > MOST_FILTERS) throw invalid(`TagFilters must have at most ${MOST_FILTERS} members.`);
  return (list as readonly unknown[]).map((entry) => {
    const filter: Record<string, unknown> = typeof entry === "object" && entry !== null ? { ...entry } : {};
    const key = filter["Key"];
    if (typeof key !== "string" || key === "" || Array.from(key).length > limits.key.maxLength) {
      throw invalid("Each of TagFilters needs a Key.");
    }
    const values = textList(filter, "Values") ?? [];
    if (values.length > MOST_VALUES) throw invalid(`Values must have at most ${MOST_VALUES} members.`);
    return { key, values: new Set(values) };
  });
}

function meetsFilter(resource: StoredResource, { key, values }: TagFilter): boolean {
  const value = valueOf(resource.tags, key);
  return value !== undefined && (values.size === 0 || values.has(value));
}

/** `ec2`, `ec2:instance`. */
function isOfType(resource: StoredResource, filter: string): boolean {
  const [service = "", ...rest] = filter.split(":");
  const kind = rest.join(":");
  const [, own, ownKind] = resource.type.split(":");
  if (own !== service) return false;
  return kind === "" || kind === ownKind || resource.id.split(":").slice(5).join(":").startsWith(`${kind}/`);
}

function readTagsPerPage(input: AwsCall["input"]): number {
  const asked = wholeNumber(input, "TagsPerPage");
  if (asked === undefined) return Number.POSITIVE_INFINITY;
  if (asked < 100 || asked > 500 || asked % 100 !== 0) {
    throw invalid("TagsPerPage must be a multiple of 100 from 100 to 500.");
  }
  return asked;
}

function readPageSize(input: AwsCall["input"]): number {
  const asked = wholeNumber(input, "ResourcesPerPage") ?? DEFAULT_PAGE;
  if (asked < 1 || asked > limits.rowsPerPage)
    throw invalid(`ResourcesPerPage must be from 1 to ${limits.rowsPerPage}.`);
  return asked;
}

function readToken(input: AwsCall["input"]): string {
  const token = input["PaginationToken"] ?? "";
  if (typeof token !== "string") throw invalid("PaginationToken must be a string.");
  return token;
}

function readTypes(input: AwsCall["input"]): readonly string[] {
  const types = textList(input, "ResourceTypeFilters") ?? [];
  if (types.length > MOST_TYPES) throw invalid(`ResourceTypeFilters must have at most ${MOST_TYPES} members.`);
  return types;
}

const EXCLUDES_ARNS = ["TagFilters", "ResourceTypeFilters", "ResourcesPerPage", "TagsPerPage", "PaginationToken"];

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
}

/** ARNs exclude filters and pages. */
function readArns(input: AwsCall["input"]): readonly string[] | undefined {
  const arns = textList(input, "ResourceARNList");
  if (arns === undefined) return undefined;
  if (arns.length === 0 || arns.length > limits.idsPerCall) {
    throw invalid(`ResourceARNList must have from 1 to ${limits.idsPerCall} members.`);
  }
  const other = EXCLUDES_ARNS.find((field) => isGiven(input[field]));
  if (other !== undefined) throw invalid(`ResourceARNList can't be combined with ${other}.`);
  return [...new Set(arns)];
}

/** Reads GetResources' parameters and the rules between them. */
export function readQuery(call: AwsCall): ResourcesQuery {
  const { input } = call;
  const arns = readArns(input);
  const types = readTypes(input);
  const filters = readTagFilters(input);
  const compliance = flag(input, "IncludeComplianceDetails");
  const excludeCompliant = flag(input, "ExcludeCompliantResources");
  if (excludeCompliant && !compliance) throw invalid("ExcludeCompliantResources requires IncludeComplianceDetails.");
  return {
    ...(arns === undefined ? {} : { arns }),
    pageSize: readPageSize(input),
    tagsPerPage: readTagsPerPage(input),
    compliance,
    excludeCompliant,
    token: readToken(input),
    identity: JSON.stringify([call.account, call.region, types, input["TagFilters"] ?? [], excludeCompliant]),
    matches: (resource) =>
      (types.length === 0 || types.some((type) => isOfType(resource, type))) &&
      filters.every((filter) => meetsFilter(resource, filter)),
  };
}
