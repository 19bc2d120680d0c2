import { resourceKey, type ResourceRef } from "../resource.ts";
import type { Severity } from "../policy/compiled.ts";
import { MOST_RESOURCES, type Alert, type AlertKind } from "./alert.ts";

/** A resource that enforcement could not bring in order. */
export interface Trouble extends ResourceRef {
  /**
   * `access`: the provider refuses us. `failed`: it came back until its time was up, and its message is a dead letter.
   * `rejected`: the provider refuses this resource. `waiting`: it has come back for more than an hour. `write-cap`: the
   * account's writes of this hour are used up. `repair-cap`: those of them that repairs may use. `foreign`: somebody
   * told of it who may not speak for it. `fight`: one of its tags was put back as often as it may, and was changed
   * again.
   */
  readonly kind: "access" | "failed" | "rejected" | "waiting" | "write-cap" | "repair-cap" | "foreign" | "fight";
  /** The provider's code, or ours; of `foreign` who told of it. */
  readonly code: string;
  readonly message: string;
  readonly owner?: string;
}

const TITLES: Readonly<Record<Trouble["kind"], (place: string, code: string) => string>> = {
  foreign: (_, sender) => `${sender} tells of resources that are not its to tell of`,
  access: (place, code) => `Access denied in ${place}: ${code}`,
  failed: (place, code) => `Tagging failed in ${place}: ${code}`,
  rejected: (place, code) => `Tags were rejected in ${place}: ${code}`,
  waiting: (place, code) => `Resources have waited for more than an hour in ${place}: ${code}`,
  "write-cap": (place) => `The write cap of ${place} is reached`,
  "repair-cap": (place) => `Repairs wait for the write cap of ${place}`,
  fight: (place) => `Tags are changed again and again in ${place}`,
};

const ADVICE: Readonly<Record<Trouble["kind"], string>> = {
  foreign:
    "Nothing of it was believed, read or written, and its messages are dead letters. Find out who sent them (`tagwarden dlq show`). Where the sender is right, name the account in the configuration's `ingest`, and send them back with `tagwarden dlq redrive`; where not, change its secret.",
  access:
    "Nothing is tagged there until tagwarden's permissions are fixed. What waits too long for that becomes a dead letter, which `tagwarden dlq redrive` sends back.",
  failed:
    "These resources were not tagged, and their messages are dead letters: fix the cause, and send them back with `tagwarden dlq redrive`.",
  rejected: "The provider refuses these resources for good; the next audit reports them.",
  waiting:
    "They are tried again every quarter of an hour until they are tagged, or until a day is over; then their messages are dead letters.",
  "write-cap": "What is left waits for the next hour. Raise writesPerHour if that many writes are meant.",
  "repair-cap": "They go on in the next hour. What is created meanwhile doesn't wait for them.",
  fight:
    "They were put back three times within a day, and stay as they are until that day is over. Find out who changes them, a person or a program such as Terraform; where that is right, exempt the resource or leave recheck out of its policy.",
};

const SEVERITIES: Readonly<Record<Trouble["kind"], Severity>> = {
  foreign: "high",
  access: "high",
  failed: "high",
  rejected: "medium",
  waiting: "medium",
  "write-cap": "high",
  // It is what a brake is for.
  "repair-cap": "low",
  fight: "medium",
};

/**
 * What an alert of each kind is about. Caps are those of an account, and waits those of a region of it, whatever their
 * resources and owners are; and whoever tells of others' resources may name as many accounts as they like.
 */
const ABOUT: Readonly<Record<Trouble["kind"], "type" | "region" | "account" | "sender">> = {
  access: "type",
  failed: "type",
  rejected: "type",
  waiting: "region",
  "write-cap": "account",
  "repair-cap": "account",
  fight: "type",
  foreign: "sender",
};

function scopeOf({ kind, code, type, account, region }: Trouble): string {
  const scopes = {
    type: `account ${account} (${type})`,
    region: `${providerOf(type)} account ${account}, ${region}`,
    account: `${providerOf(type)} account ${account}`,
    sender: code,
  };
  return scopes[ABOUT[kind]];
}

function providerOf(type: string): string {
  return type.slice(0, type.indexOf(":"));
}

/**
 * One alert for each kind of trouble and what it is about, its code and owner: not one for each resource. `at`: RFC 3339,
 * UTC.
 */
export function troubleAlerts(troubles: readonly Trouble[], at: string): Alert[] {
  const groups = Map.groupBy(troubles, groupOf);
  return [...groups].map(([key, members]) => {
    const [first] = members as [Trouble, ...Trouble[]];
    const { kind, code, message, owner } = first;
    const scope = scopeOf(first);
    return {
      key,
      source: "enforcement",
      kind: kind satisfies AlertKind,
      severity: SEVERITIES[kind],
      scope,
      title: TITLES[kind](scope, code),
      text: `${message === "" ? "" : `${message} `}${ADVICE[kind]}`,
      ...(owner !== undefined && ABOUT[kind] === "type" && { owner }),
      at,
      resources: joined(members, []),
    };
  });
}

function groupOf({ kind, code, type, account, region, owner }: Trouble): string {
  const groups = {
    type: [code, type, account, owner ?? ""],
    region: [code, providerOf(type), account, region],
    account: [providerOf(type), account],
    sender: [code],
  };
  return `${kind}:${JSON.stringify(groups[ABOUT[kind]])}`;
}

/** An alert that is raised again while it is open: it is about the resources of both. */
export function withEarlier(alert: Alert, earlier: Alert): Alert {
  return { ...alert, resources: joined(alert.resources, earlier.resources) };
}

/** Some names are ten thousand characters long. */
const MOST_TEXT = 20_000;

function joined(first: readonly ResourceRef[], second: readonly ResourceRef[]): ResourceRef[] {
  const byKey = new Map<string, ResourceRef>();
  let length = 0;
  for (const { type, account, region, id } of [...first, ...second]) {
    length += type.length + account.length + region.length + id.length;
    if (byKey.size >= MOST_RESOURCES || length > MOST_TEXT) break;
    byKey.set(resourceKey({ type, account, region, id }), { type, account, region, id });
  }
  return [...byKey.values()];
}
