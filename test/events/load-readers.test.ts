import { expect, test } from "vitest";
import { InputError } from "../../lib/core/errors.ts";
import { createLoadingParser } from "../../lib/events/load-readers.ts";
import { composeResourceFound } from "../../lib/events/own/resource-found.ts";
import { parseEvent } from "../../lib/events/parse.ts";
import { tagChange } from "../fixtures/events/tag-calls.ts";
import {
  actionTrailEvent,
  createApiGroup,
  createUser,
  eventBridge,
  eventGrid,
  ownEvent,
  runInstances,
  sns,
} from "../fixtures/events/records.ts";

const FOUND = composeResourceFound(
  { type: "alibaba:apigateway:app", account: "a1", region: "cn-hangzhou", id: "app-1" },
  "run-1",
);

const BODIES = {
  cloudtrail: JSON.stringify(eventBridge(runInstances())),
  actiontrail: JSON.stringify(actionTrailEvent(createApiGroup())),
  cts: JSON.stringify(eventGrid(createUser())),
  "tag-change": JSON.stringify(tagChange()),
  "resource-created": JSON.stringify(ownEvent()),
  "resource-found": FOUND,
} as const;

const FORMATS = Object.keys(BODIES) as (keyof typeof BODIES)[];

test.each(FORMATS)(
  "an event of format %s is read as by the parser that has all readers, loaded or not",
  async (format) => {
    const parser = createLoadingParser();
    expect(await parser.parse(BODIES[format])).toEqual(parseEvent(BODIES[format]));
    expect(await parser.parse(BODIES[format])).toEqual(parseEvent(BODIES[format]));
    const loaded = createLoadingParser();
    await loaded.load([format]);
    expect(await loaded.parse(BODIES[format])).toEqual(parseEvent(BODIES[format]));
  },
);

test("what comes in no bus's envelope is read as by the parser that has all readers", async () => {
  const parser = createLoadingParser();
  const confirmation = JSON.stringify({ ...sns(runInstances()), Type: "SubscriptionConfirmation" });
  expect(await parser.parse(confirmation)).toMatchObject({ kind: "not-a-creation" });
  for (const event of [sns(eventBridge(runInstances())), runInstances(), createApiGroup(), createUser()]) {
    const body = JSON.stringify(event);
    expect(await parser.parse(body)).toEqual(parseEvent(body));
  }
});

test("a message of SNS is none of a bus, whatever else stands in it", async () => {
  const body = JSON.stringify({ ...eventBridge(runInstances()), ...sns(actionTrailEvent(createApiGroup())) });
  expect(await createLoadingParser().parse(body)).toEqual(parseEvent(body));
});

test("the options reach the readers", async () => {
  const trace = eventGrid({ ...createUser(), service_type: "APIG", trace_name: "CreateInstance", project_id: "p1" });
  const options = { regionOfProject: () => "cn-north-4" };
  const body = JSON.stringify(trace);
  expect(await createLoadingParser(options).parse(body)).toEqual(parseEvent(body, options));
  await expect(createLoadingParser({ maxBytes: 10 }).parse(body)).rejects.toThrow(/longer than 10 bytes/);
});

test("a record that can't be read is the same error, whether its reader was there or not", async () => {
  const body = JSON.stringify(actionTrailEvent({ ...createApiGroup(), eventName: undefined }));
  const parser = createLoadingParser();
  await expect(parser.parse(body)).rejects.toThrow(InputError);
  await expect(parser.parse(body)).rejects.toThrow(/no eventName/);
});

test("where no account of a cloud names types, the calls that create others are not read", async () => {
  const instance = { ...createApiGroup(), eventName: "Create", referencedResources: { "ACS::ECS::Instance": ["i-1"] } };
  const key = createUser({ service_type: "KMS", trace_name: "createKey", resource_type: "cmk", region: "cn-north-4" });
  const events = [
    [JSON.stringify(actionTrailEvent(instance, { source: "acs.ecs" })), "alibaba"],
    [JSON.stringify(eventGrid(key)), "huawei"],
  ] as const;
  for (const [body, provider] of events) {
    expect(await createLoadingParser().parse(body)).toMatchObject({ kind: "created" });
    const named = createLoadingParser({}, { namedTypesOf: [provider] });
    expect(await named.parse(body)).toMatchObject({ kind: "created" });
    expect(await createLoadingParser({}, { namedTypesOf: [] }).parse(body)).toMatchObject({ kind: "not-a-creation" });
  }
  for (const event of [actionTrailEvent(createApiGroup()), eventGrid(createUser())]) {
    const body = JSON.stringify(event);
    expect(await createLoadingParser({}, { namedTypesOf: [] }).parse(body)).toEqual(parseEvent(body));
  }
});
