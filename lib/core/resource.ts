/**
 * The tags of one resource, key to value, compared as they are: case-sensitive and never normalised.
 * A Map and not an object, because a tag may well be called `constructor` or `__proto__`.
 */
export type Tags = ReadonlyMap<string, string>;

export const NO_TAGS: Tags = new Map();

/** The clouds that tagwarden knows, as configurations and resource types name them. */
export const PROVIDERS = ["alibaba", "huawei", "aws"] as const;

export type ProviderName = (typeof PROVIDERS)[number];

/** `provider:service:kind`, e.g. `alibaba:apigateway:apiGroup`; `aws:*:*` names any AWS type. */
export type ResourceType = string;

/** Which resource: its type, its account, its region (`global` where it has none) and its id (an ARN on AWS). */
export interface ResourceRef {
  readonly type: ResourceType;
  readonly account: string;
  readonly region: string;
  /**
   * The project of the region that it is reached through, on a cloud that has them (Huawei); absent = the region's only
   * one. It doesn't tell one resource from another: ids are unique beyond projects.
   */
  readonly project?: string | undefined;
  readonly id: string;
}

/** What the creating event said. Everything in it is optional, because no cloud sends all of it. */
export interface CreationEvent {
  /** The human or workload behind the call, e.g. `alice` or `role/deployer/alice@example.com`. */
  readonly createdBy?: string;
  /** How `createdBy` was found, e.g. `session-issuer`, `sso-user`, `invoked-by`. */
  readonly createdByBasis?: string;
  /** RFC 3339, UTC. */
  readonly createdAt?: string;
  readonly eventId?: string;
  readonly eventName?: string;
  readonly sourceIp?: string;
  /** Tags given in the creating request: they count as present until the settle time is over. */
  readonly requestTags?: Tags;
  /** The cloud's own record (CloudTrail detail, ActionTrail event, CTS trace), for `jmespath` defaults. */
  readonly record?: unknown;
}

/** A taggable thing. `tags: undefined` means unknown, an empty map means none. */
export interface Resource extends ResourceRef {
  readonly tags: Tags | undefined;
  readonly event?: CreationEvent;
}

/**
 * Whether a resource's names are text. Half of a surrogate pair is none: JSON carries it as an escape, and no request
 * does, since it has no place in UTF-8.
 */
export function isWellFormed({ type, account, region, project = "", id }: ResourceRef): boolean {
  return [id, type, account, region, project].every((name) => name.isWellFormed());
}

/** What is said of a resource whose names are not: it can't exist, and nobody can be asked about it. */
export const ILL_FORMED = {
  code: "IllFormedResourceId",
  message:
    "its id, type, account, region or project holds half of a character (a lone surrogate), and no cloud gives such names",
} as const;

/** The reference alone, of whatever names a resource. */
export function refOf({ type, account, region, project, id }: ResourceRef): ResourceRef {
  return project === undefined ? { type, account, region, id } : { type, account, region, project, id };
}

/** One string per resource, equal exactly where type, account, region and id are equal. */
export function resourceKey({ type, account, region, id }: ResourceRef): string {
  return hasSeparator(type, account, region)
    ? JSON.stringify([type, account, region, id])
    : `${type}\0${account}\0${region}\0${id}`;
}

/** One string per type, account, region and project, equal exactly where all of them are equal. */
export function scopeKey(type: ResourceType, account: string, region: string, project?: string): string {
  if (hasSeparator(type, account, region)) return JSON.stringify([type, account, region, project]);
  const scope = `${type}\0${account}\0${region}`;
  return project === undefined ? scope : `${scope}\0${project}`;
}

/**
 * Keys are made for every resource that is handled, and joining costs half of what JSON does. Only hostile names hold
 * the separator; their keys are JSON, in which it never stands, so that they equal no joined ones.
 */
function hasSeparator(type: string, account: string, region: string): boolean {
  return type.includes("\0") || account.includes("\0") || region.includes("\0");
}

/** The provider that a resource type belongs to, or undefined where its first part names none. */
export function providerOf(type: ResourceType): ProviderName | undefined {
  const name = type.slice(0, type.indexOf(":"));
  return PROVIDERS.find((one) => one === name);
}

/** Builds tags from an object as JSON has it. */
export function tagsFromObject(object: Readonly<Record<string, string>>): Tags {
  return new Map(Object.entries(object));
}

/** The object that stands for these tags in JSON. A key `__proto__` stays an own property. */
export function tagsToObject(tags: Tags): Record<string, string> {
  return Object.fromEntries(tags);
}
