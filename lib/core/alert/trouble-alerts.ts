import { resourceKey, type ResourceRef } from "../resource.ts";
import type { Severity } from "../policy/compiled.ts";
import { MOST_RESOURCES, type Alert, type AlertKind } from "./alert.ts";

/** A resource that enforcement could not bring in order. */
export interface Trouble extends ResourceRef {
  /** `access`: the provider refuses us. `failed`: it came back until its time was up, and its message is a dead letter. `rejected`: the provider refuses this resource. `waiting`: it has come back for more than an hour. `write-cap`: the account's writes of this hour are used up. `repair-cap`: those of them that repairs may use. */
  readonly kind: "access" | "failed" | "rejected" | "waiting" | "write-cap" | "repair-cap";
  /** The provider's code, or ours. */
  readonly code: string;
  readonly message: string;
  readonly owner?: string;
}

const TITLES: Readonly<Record<Trouble["kind"], (place: string, code: string) => string>> = {
  access: (place, code) => `Access denied in ${place}: ${code}`,
  failed: (place, code) => `Tagging failed in ${place}: ${code}`,
  rejected: (place, code) => `Tags were rejected in ${place}: ${code}`,
  waiting: (place, code) => `Resources have waited for more than an hour in ${place}: ${code}`,
  "write-cap": (place) => `The write cap of ${place} is reached`,
  "repair-cap": (place) => `Repairs wait for the write cap of ${place}`,
};

const ADVICE: Readonly<Record<Trouble["kind"], string>> = {
  access:
    "Nothing is tagged there until tagwarden's permissions are fixed. What waits too long for that becomes a dead letter, which `tagwarden dlq redrive` sends back.",
  failed:
    "These resources were not tagged, and their messages are dead letters: fix the cause, and send them back with `tagwarden dlq redrive`.",
  rejected: "The provider refuses these resources for good; the next audit reports them.",
  waiting:
    "They are tried again every quarter of an hour until they are tagged, or until a day is over; then their messages are dead letters.",
  "write-cap": "What is left waits for the next hour. Raise writesPerHour if that many writes are meant.",
  "repair-cap": "They go on in the next hour. What is created meanwhile doesn't wait for them.",
};

const SEVERITIES: Readonly<Record<Trouble["kind"], Severity>> = {
  access: "high",
  failed: "high",
  rejected: "medium",
  waiting: "medium",
  "write-cap": "high",
  // It is what a brake is for.
  "repair-cap": "low",
};

/** Caps are those of an account, and waits those of a region of it, whatever their resources and owners are. */
function isOfPlace(kind: Trouble["kind"]): boolean {
  return kind === "write-cap" || kind === "repair-cap" || kind === "waiting";
}

function placeOf({ kind, type, account, region }: Trouble): string {
  if (!isOfPlace(kind)) return `account ${account} (${type})`;
  return `${providerOf(type)} account ${account}${kind === "waiting" ? `, ${region}` : ""}`;
}

function providerOf(type: string): string {
  return type.slice(0, type.indexOf(":"));
}

/** One alert for each kind of trouble, code, type, account and owner: not one for each resource. `at`: RFC 3339, UTC. */
export function troubleAlerts(troubles: readonly Trouble[], at: string): Alert[] {
  const groups = Map.groupBy(troubles, groupOf);
  return [...groups].map(([key, members]) => {
    const [first] = members as [Trouble, ...Trouble[]];
    const { kind, code, message, owner } = first;
    const place = placeOf(first);
    return {
      key,
      source: "enforcement",
      kind: kind satisfies AlertKind,
      severity: SEVERITIES[kind],
      scope: place,
      title: TITLES[kind](place, code),
      text: `${message === "" ? "" : `${message} `}${ADVICE[kind]}`,
      ...(owner !== undefined && !isOfPlace(kind) && { owner }),
      at,
      resources: joined(members, []),
    };
  });
}

function groupOf({ kind, code, type, account, region, owner }: Trouble): string {
  if (kind === "waiting") return `${kind}:${JSON.stringify([code, providerOf(type), account, region])}`;
  if (isOfPlace(kind)) return `${kind}:${JSON.stringify([providerOf(type), account])}`;
  return `${kind}:${JSON.stringify([code, type, account, owner ?? ""])}`;
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
