import type { ResourceRef, ResourceType } from "./resource.ts";
import { shown, shownWord } from "./shown.ts";

/** What a provider allows in a key or a value. Lengths count Unicode code points. */
export interface TextLimits {
  readonly minLength: number;
  readonly maxLength: number;
  /** Source of a linear regular expression (flag `u`) that the whole text must match; absent = any character. */
  readonly pattern?: string;
  /** The characters that `pattern` allows, in words, for messages. */
  readonly allowed?: string;
  /** Compared without regard to case, unless `prefixCase` says otherwise. */
  readonly forbiddenPrefixes: readonly string[];
  /** `exact`: only this spelling of a prefix is reserved. */
  readonly prefixCase?: "exact";
  /** Compared without regard to case. */
  readonly forbiddenParts: readonly string[];
}

/** One API: its action as reports and `calls` name it, and the documented quota that our share is taken from. */
export interface ApiContract {
  /** `provider:service:Action`, e.g. `alibaba:apigateway:TagResources`. */
  readonly action: string;
  /** Calls per second and account-region that the provider allows, or per account where `per` says so. */
  readonly callsPerSecond: number;
  /** `account`: the calls of all regions count together. Absent = each region's by themselves. */
  readonly per?: "account";
}

export interface WriteContract extends ApiContract {
  readonly resourcesPerCall: number;
  readonly tagsPerCall: number;
  /** What happens to the others when one resource of a call is refused. */
  readonly atomicity: "all-or-none" | "per-resource";
}

export interface ListContract extends ApiContract {
  /** The most ids that one call may name. */
  readonly idsPerCall: number;
  /** Rows that one page holds; a row is a (resource, tag) pair, or a resource where `rows` says so. */
  readonly rowsPerPage: number;
  readonly rows: "tag" | "resource";
  /** Whether a call may name tags instead of ids, and how many. 0 = it can't. */
  readonly tagFilters: number;
  /**
   * `written`: what a call may look for is held to the rules of what may be written. Without it only to their length,
   * since the provider's own tags may be looked for as well.
   */
  readonly filtersAs?: "written";
  /** Whether a call without ids and tags lists everything that carries tags. */
  readonly scan: boolean;
  /** Whether a call of one exact type, without ids and tags, lists all of that type that carry tags. */
  readonly typeScan?: true;
  /** How many exact types such a call may name together; absent = one. */
  readonly typesPerScan?: number;
  /**
   * Whether such a call may ask for what carries no tag at all instead: then what neither shows isn't there, and that one
   * of them leaves a resource out proves nothing.
   */
  readonly untaggedScan?: true;
  /** The API of calls that name no ids, where it is another than that of those that do. */
  readonly searching?: ApiContract;
  /**
   * Types that can be tagged here and that this API never shows, whatever tags they carry: that it has no row of theirs
   * says nothing. By type, with the page that says so.
   */
  readonly silentTypes: Readonly<Record<ResourceType, string>>;
  /**
   * Another API that lists everything of a type with its tags, in a call without ids and tags, for accounts that grant
   * it; where it is refused, an inventory and reads by id find the same in more calls.
   */
  readonly fullListing?: ApiContract;
}

export interface InventoryContract extends ApiContract {
  readonly pageSize: number;
  /** Whether its rows carry the tags. */
  readonly inlineTags: boolean;
  /**
   * Its tags may be some minutes old. They are taken for proof that a resource was compliant then, and for nothing else:
   * what they don't show is read by `list` before anything is said of it.
   */
  readonly provesCompliance?: true;
  /** How old its rows may be, in milliseconds, as the cloud's pages have it; absent = they are current. */
  readonly maxAgeMs?: number;
  /**
   * The API that says which types the cloud records at all, where that is a setting, and what that is called: of others
   * there are no rows.
   */
  readonly recording?: ApiContract & { readonly recorder: string };
  /** The API by which the cloud counts itself what a listing of all regions ought to show. */
  readonly counting?: ApiContract;
  /**
   * What else an answer without a single row may mean than that there is nothing, e.g. a right that is missing without an
   * error. Absent = whatever is missing is an error, so that no rows means nothing. docs/providers has the evidence.
   */
  readonly emptyMayMean?: string;
}

/**
 * What calls name resources by, where several types share a call: a name is as good as type and id together, within one
 * account, region and project. Tag batches, tag queries, their results and an audit's order hold names; a `ResourceRef`
 * holds the id.
 */
export interface Naming {
  nameOf(ref: ResourceRef): string;
  /** What a name says; undefined for what is no name. */
  read(name: string): NamedResource | undefined;
}

/** Where a name says no region, the resource lies in that of the listing that showed it. */
export type NamedResource = Pick<ResourceRef, "type" | "id" | "project"> & Partial<Pick<ResourceRef, "region">>;

/** The documented limits of the APIs that serve some resource types: data, handed around as values. */
export interface TypeContract {
  /** The types that it serves: exact names, or all that no other contract of the provider names, e.g. `aws:*:*`. */
  readonly types: readonly ResourceType[];
  /** `each`: one call holds one type only. `together`: all types of this contract may share a call. */
  readonly batching: "each" | "together";
  readonly tag: WriteContract;
  readonly untag: WriteContract;
  readonly list: ListContract;
  /** Types that are read through their own service, by type: mostly those that `list` is silent about. */
  readonly nativeLists?: Readonly<Record<ResourceType, ListContract>>;
  /** By type. A type that is not here can't be listed by itself. */
  readonly inventory: Readonly<Record<ResourceType, InventoryContract>>;
  /**
   * The API that says which types can be tagged, where it serves types by pattern and one that can't be refuses the calls of
   * all others; and the types that are known to take tags without asking.
   */
  readonly typeListing?: ApiContract & { readonly usual: ReadonlySet<ResourceType> };
  /** What calls name resources by, where a name has to say more than the id; absent = the id. */
  readonly naming?: Naming;
  /** It serves the types that an account's `types` names, and none of an account that names none. */
  readonly optIn?: true;
  /** What its calls take for an id, or for a name; what no page limits is bounded far above every one that there is. */
  readonly id: TextLimits;
  /** The most tags that a resource can carry. */
  readonly tagsPerResource: number;
  readonly key: TextLimits;
  readonly value: TextLimits;
  /** True for resources that have no region: they are read and written once per account, as region `global`. */
  readonly global: boolean;
  /** Where it serves types by pattern: the services, the second part of a type, whose resources have no region. */
  readonly globalServices?: ReadonlySet<string>;
  /** Where ids say what they are: the type that an id names, whatever a caller calls it; undefined for no such id. */
  readonly typeOfId?: (id: string) => ResourceType | undefined;
  /** Why nobody but the provider itself may change the tags of this resource; undefined for all others. */
  readonly untaggable?: (id: string) => { readonly code: string; readonly message: string } | undefined;
}

const compiled = new Map<string, RegExp>();

function wholeText(pattern: string): RegExp {
  let regExp = compiled.get(pattern);
  if (regExp === undefined) {
    regExp = new RegExp(`^(?:${pattern})$`, "u");
    compiled.set(pattern, regExp);
  }
  return regExp;
}

/** The prefix that makes this text the provider's own, or undefined where it is the user's. */
export function reservedPrefix(
  text: string,
  { forbiddenPrefixes, prefixCase }: Pick<TextLimits, "forbiddenPrefixes" | "prefixCase">,
): string | undefined {
  const compared = prefixCase === "exact" ? text : text.toLowerCase();
  return forbiddenPrefixes.find((prefix) => compared.startsWith(prefix));
}

/** Why the provider would refuse this text, or undefined where it would take it. */
export function textProblem(text: string, limits: TextLimits): string | undefined {
  if (!text.isWellFormed()) return "is not well-formed Unicode";
  const length = [...text].length;
  if (length < limits.minLength)
    return limits.minLength === 1 ? "is empty" : `is shorter than ${limits.minLength} characters`;
  if (length > limits.maxLength) return `is longer than ${limits.maxLength} characters`;
  const prefix = reservedPrefix(text, limits);
  if (prefix !== undefined) return `starts with the reserved prefix "${prefix}"`;
  const lower = text.toLowerCase();
  for (const part of limits.forbiddenParts) {
    if (lower.includes(part)) return `contains "${part}"`;
  }
  if (limits.pattern !== undefined && !wholeText(limits.pattern).test(text)) {
    return `has characters that are not allowed (allowed: ${limits.allowed ?? limits.pattern})`;
  }
  return undefined;
}

/** Why the provider would refuse this tag, or undefined where it would take it. */
export function tagProblem(key: string, value: string, contract: TypeContract): string | undefined {
  const keyProblem = textProblem(key, contract.key);
  if (keyProblem !== undefined) return `key ${shown(key)} ${keyProblem}`;
  const valueProblem = textProblem(value, contract.value);
  return valueProblem === undefined ? undefined : `value ${shown(value)} of ${shownWord(key)} ${valueProblem}`;
}

/** Why a listing would refuse to look for this tag, or for this key with any value; undefined where it would. */
export function filterProblem(
  { key, value }: { readonly key: string; readonly value?: string },
  { list, key: ofKeys, value: ofValues }: Pick<TypeContract, "list" | "key" | "value">,
): string | undefined {
  const limits = (written: TextLimits): TextLimits =>
    list.filtersAs === "written"
      ? written
      : { minLength: written.minLength, maxLength: written.maxLength, forbiddenPrefixes: [], forbiddenParts: [] };
  const keyProblem = textProblem(key, limits(ofKeys));
  if (keyProblem !== undefined) return `key ${shown(key)} ${keyProblem}`;
  const valueProblem = value === undefined ? undefined : textProblem(value, limits(ofValues));
  return valueProblem === undefined ? undefined : `value ${shown(value ?? "")} of ${shownWord(key)} ${valueProblem}`;
}

/** What serves a type, among some: the contract that names it, else that of all types of its provider. */
export function findContract<Serving extends Pick<TypeContract, "types">>(
  contracts: readonly Serving[],
  type: ResourceType,
): Serving | undefined {
  const serving = (served: ResourceType) => contracts.find(({ types }) => types.includes(served));
  return serving(type) ?? serving(everyTypeOf(type));
}

/** The name for all types of a type's provider, e.g. `aws:*:*`. */
export function everyTypeOf(type: ResourceType): ResourceType {
  return `${type.split(":", 1)[0]}:*:*`;
}

/** What calls name this resource by. Where its type is that of all of a contract, its id is such a name. */
export function callNameOf(ref: ResourceRef, { naming, types }: Pick<TypeContract, "naming" | "types">): string {
  return naming === undefined || types.includes(ref.type) ? ref.id : naming.nameOf(ref);
}

/** The resource that a call names. */
export function calledBy(
  name: string,
  { type }: Pick<ResourceRef, "type">,
  { naming }: Pick<TypeContract, "naming">,
): NamedResource {
  return naming?.read(name) ?? { type, id: name };
}

/** Which API reads the tags of a resource, and what its call names as the type. */
export interface Reader {
  readonly list: ListContract;
  readonly type: ResourceType;
}

/**
 * The API that reads the tags of this resource, or of all of a type. `id` = so that what the id says counts, and no
 * other name for the type, `aws:*:*` for one. The type of the rest is what a batch of the contract names.
 */
export function readerOf(
  { type, id }: Pick<ResourceRef, "type"> & Partial<Pick<ResourceRef, "id">>,
  { list, nativeLists, typeOfId, batching, types }: TypeContract,
): Reader {
  if (nativeLists !== undefined) {
    const named = id === undefined ? type : (typeOfId?.(id) ?? type);
    const native = nativeLists[named];
    if (native !== undefined) return { list: native, type: named };
  }
  return { list, type: batching === "together" ? (types[0] ?? type) : type };
}

/** The API of a listing that names no ids. */
export function searchedBy(list: ListContract): ApiContract {
  return list.searching ?? list;
}

/** Every API that reads tags by id, each once. */
export function tagLists({ list, nativeLists = {} }: Pick<TypeContract, "list" | "nativeLists">): ListContract[] {
  return [...new Map([list, ...Object.values(nativeLists)].map((one) => [one.action, one])).values()];
}
