import { describe, expect, test } from "vitest";
import type { CreateEvent } from "../../lib/events/create-event.ts";
import { CREATE_EVENTS } from "../../lib/events/create-events.ts";
import { reasonOf, resourcesOf } from "../fixtures/events/created.ts";
import {
  ACCOUNT,
  actionTrailEvent,
  cloudTrail,
  createApiGroup,
  createUser,
  eventBridge,
  eventGrid,
  type Json,
} from "../fixtures/events/records.ts";

const experimentalEvents = true;
const rows = CREATE_EVENTS.map((row) => {
  const { source, eventName, kind } = row;
  return [kind === undefined ? `${source} ${eventName}` : `${source} ${eventName} of ${kind}`, row] as const;
});
const taggable = rows.filter(([, row]) => row.notTaggable === undefined);

describe("the table of create events", () => {
  test("holds 174 AWS calls of 48 sources that are on, and 18 experimental ones", () => {
    const aws = CREATE_EVENTS.filter(({ provider }) => provider === "aws");
    const on = aws.filter(({ experimental }) => !experimental);
    expect([on.length, new Set(on.map(({ source }) => source)).size, aws.length - on.length]).toEqual([174, 48, 18]);
  });

  test("holds no call twice", () => {
    expect(new Set(rows.map(([call]) => call.toLowerCase())).size).toBe(rows.length);
  });

  test.each(taggable)("%s: the id is found at its path", (_, row) => {
    const { event, id } = minimalEvent(row, row.idPath, row.arn);
    expect(resourcesOf(event, { experimentalEvents })).toMatchObject([{ type: row.type, id, tags: undefined }]);
  });

  test.each(taggable.filter(([, row]) => row.fallbackIdPath !== undefined))(
    "%s: the id is found at its second path",
    (_, row) => {
      for (const path of (row.fallbackIdPath ?? "").split("|")) {
        const { event, id } = minimalEvent(row, path, row.fallbackArn);
        expect(resourcesOf(event, { experimentalEvents })).toMatchObject([{ type: row.type, id }]);
      }
    },
  );

  test.each(rows.filter(([, row]) => row.experimental))("%s is off by default", (_, row) => {
    expect(reasonOf(minimalEvent(row, row.idPath, row.arn).event)).toMatch(/experimentalEvents: true/);
  });

  test.each(rows.filter(([, row]) => row.notTaggable !== undefined))("%s creates nothing taggable", (_, row) => {
    expect(reasonOf(minimalEvent(row, row.idPath, row.arn).event)).toBe(row.notTaggable);
  });

  test.each(taggable.filter(([, row]) => row.mayLackId === undefined))("%s without an id is an error", (_, row) => {
    const { event } = minimalEvent(row, "elsewhere.id", row.arn);
    expect(() => resourcesOf(event, { experimentalEvents })).toThrow(/succeeded, but its record holds no/);
  });

  test.each(rows.filter(([, row]) => row.mayLackId !== undefined))("%s may lack an id", (_, row) => {
    const { event } = minimalEvent(row, "elsewhere.id", row.arn);
    expect(reasonOf(event, { experimentalEvents })).toBe(row.mayLackId);
  });
});

/** What ARNs of some rows take from the request, beside the id. */
const NAMED_IN_REQUESTS = { restApiId: "api1", applicationName: "shop" };

/** An event that holds nothing but what the row needs, and the id that must come out of it. */
function minimalEvent(row: CreateEvent, path: string, template: string | undefined): { event: Json; id: string } {
  if (row.provider === "aws") {
    const named = template === "{id}" || template === undefined ? arnOf(row.type) : "Name-1";
    const request = Object.entries(NAMED_IN_REQUESTS).filter(([name]) => template?.includes(`{${name}}`) === true);
    const record = cloudTrail("any", row.eventName, Object.fromEntries(request), null);
    setAt(record, path, named);
    return { event: eventBridge({ ...record, eventSource: row.source }), id: expectedArn(template ?? "{id}", named) };
  }
  const base: Json =
    row.provider === "alibaba"
      ? createApiGroup({
          eventName: row.eventName,
          responseElements: null,
          referencedResources: {},
          resourceName: "",
          serviceName: "any",
        })
      : createUser({
          trace_name: row.eventName,
          service_type: row.source,
          ...(row.kind !== undefined && { resource_type: row.kind }),
          resource_id: "",
          response: {},
          region: "cn-north-4",
        });
  setAt(base, path, "id-1");
  const source = row.source;
  return { event: row.provider === "alibaba" ? actionTrailEvent(base, { source }) : eventGrid(base), id: "id-1" };
}

function expectedArn(template: string, id: string): string {
  const holes = {
    id,
    "id|lower": id.toLowerCase(),
    partition: "aws",
    account: ACCOUNT,
    region: "eu-west-1",
    "path=/": "/",
    ...NAMED_IN_REQUESTS,
  };
  return Object.entries(holes).reduce((arn, [name, value]) => arn.replace(`{${name}}`, value), template);
}

/** Some ARN of the type, as the response would hold it. */
function arnOf(type: string): string {
  const [, service = "", kind = ""] = type.split(":");
  const bare = service === "sns" || service === "codecommit";
  const resource = service === "wafv2" ? `regional/${kind}/w/1` : bare ? "name-1" : `${kind}/name-1`;
  return `arn:aws:${service}:eu-west-1:${ACCOUNT}:${resource}`;
}

function setAt(record: Json, path: string, value: string): void {
  const segments = path.split(".");
  let here = record;
  segments.forEach((segment, index) => {
    const name = segment.replace("[]", "");
    const last = index === segments.length - 1;
    const present = here[name];
    const next: Json = typeof present === "object" && present !== null ? (present as Json) : {};
    here[name] = last ? value : segment.endsWith("[]") ? [next] : next;
    here = next;
  });
}
