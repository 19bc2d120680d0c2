/**
 * The tags of one resource, key to value, compared as they are: case-sensitive and never normalised.
 * A Map and not an object, because a tag may well be called `constructor` or `__proto__`.
 */
export type Tags = ReadonlyMap<string, string>;

export const NO_TAGS: Tags = new Map();

export type ProviderName = "alibaba" | "huawei" | "aws";

/** `provider:service:kind`, e.g. `alibaba:apigateway:apiGroup`; `aws:*:*` names any AWS type. */
export type ResourceType = string;

/** Which resource: its type, its account, its region (`global` where it has none) and its id (an ARN on AWS). */
export interface ResourceRef {
  readonly type: ResourceType;
  readonly account: string;
  readonly region: string;
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

/** One string per resource, equal exactly where type, account, region and id are equal. */
export function resourceKey({ type, account, region, id }: ResourceRef): string {
  return hasSeparator(type, account, region)
    ? JSON.stringify([type, account, region, id])
    : `${type}\0${account}\0${region}\0${id}`;
}

/** One string per type, account and region, equal exactly where all three are equal. */
export function scopeKey(type: ResourceType, account: string, region: string): string {
  return hasSeparator(type, account, region)
    ? JSON.stringify([type, account, region])
    : `${type}\0${account}\0${region}`;
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
  return name === "alibaba" || name === "huawei" || name === "aws" ? name : undefined;
}

/** Builds tags from an object as JSON has it. */
export function tagsFromObject(object: Readonly<Record<string, string>>): Tags {
  return new Map(Object.entries(object));
}

/** The object that stands for these tags in JSON. A key `__proto__` stays an own property. */
export function tagsToObject(tags: Tags): Record<string, string> {
  return Object.fromEntries(tags);
}
