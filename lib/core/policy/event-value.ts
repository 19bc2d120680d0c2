import type { Resource } from "../resource.ts";
import type { EventValue } from "./compiled.ts";

/** What the creating event (or the resource itself) says under this name; undefined where it says nothing. */
export function eventValue(resource: Resource, name: EventValue): string | undefined {
  switch (name) {
    case "region":
      return resource.region;
    case "account":
      return resource.account;
    case "createdBy":
      return resource.event?.createdBy;
    case "eventName":
      return resource.event?.eventName;
    case "sourceIp":
      return resource.event?.sourceIp;
    case "createdAt":
      return utcDate(resource.event?.createdAt);
    case "createdAtTime":
      return resource.event?.createdAt;
  }
}

/** The UTC date, YYYY-MM-DD, of an RFC 3339 time; undefined where it is none. */
function utcDate(time: string | undefined): string | undefined {
  if (time === undefined) return undefined;
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString().slice(0, 10);
}
