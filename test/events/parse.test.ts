import { describe, expect, test } from "vitest";
import { InputError } from "../../lib/core/errors.ts";
import { parseEvent, parseEventValue } from "../../lib/events/parse.ts";
import { reasonOf, resourcesOf } from "../fixtures/events/created.ts";
import {
  actionTrailEvent,
  createApiGroup,
  createGateway,
  createUser,
  eventBridge,
  eventGrid,
  ownEvent,
  runInstances,
  sns,
} from "../fixtures/events/records.ts";

const FORMATS = {
  "an EventBridge event with a CloudTrail record": [eventBridge(runInstances()), "aws:ec2:instance"],
  "a CloudEvent with an ActionTrail event": [actionTrailEvent(createApiGroup()), "alibaba:apigateway:apiGroup"],
  "a CloudEvent with a CTS trace": [eventGrid(createUser()), "huawei:iam:user"],
  "a FunctionGraph trigger": [{ cts: createUser() }, "huawei:iam:user"],
  "our own CloudEvent": [ownEvent(), "alibaba:apigateway:app"],
  "a bare CloudTrail record": [runInstances(), "aws:ec2:instance"],
  "a bare ActionTrail event": [createApiGroup(), "alibaba:apigateway:apiGroup"],
  "a bare CTS trace": [createUser(), "huawei:iam:user"],
} as const;

describe("accepted formats", () => {
  test.each(Object.entries(FORMATS))("%s", (_, [event, type]) => {
    expect(resourcesOf(event)[0]?.type).toBe(type);
  });

  test.each(Object.entries(FORMATS))("an SNS notification round %s", (_, [event]) => {
    expect(parseEventValue(sns(event))).toEqual(parseEventValue(event));
  });

  test("an SNS notification of which only Type and Message are left", () => {
    expect(parseEventValue({ Type: "Notification", Message: JSON.stringify(ownEvent()) }).kind).toBe("created");
  });

  test.each(Object.entries(FORMATS))("the text of %s", (_, [event]) => {
    expect(parseEvent(JSON.stringify(event))).toEqual(parseEventValue(event));
  });

  test("data that is a JSON string is read like data that is an object", () => {
    expect(resourcesOf(eventGrid(JSON.stringify(createUser()))).map(({ id }) => id)).toEqual(["u0001"]);
  });
});

describe("event ids", () => {
  test.each([
    ["the record's own id, not the envelope's", eventBridge(runInstances()), "aaaaaaaa-0000-4000-8000-000000000001"],
    [
      "the envelope's where the record has none",
      eventBridge(runInstances({ eventID: undefined })),
      "bbbbbbbb-0000-4000-8000-000000000001",
    ],
    [
      "derived from what the event says where nothing has one",
      runInstances({ eventID: undefined }),
      "derived:RunInstances:2026-11-22T07:33:46Z:111122223333:arn:aws:ec2:eu-west-1:111122223333:instance/i-0000000000000000a",
    ],
  ])("are %s", (_, event, id) => {
    expect(parseEventValue(event)).toMatchObject({ kind: "created", eventId: id });
  });

  test("stand on each resource", () => {
    expect(resourcesOf(runInstances()).map(({ event }) => event?.eventId)).toEqual(
      Array(2).fill("aaaaaaaa-0000-4000-8000-000000000001"),
    );
  });
});

describe("what is no creation", () => {
  test.each([
    [{ "detail-type": "EC2 Instance State-change Notification", detail: {} }, /tell of no API call/],
    [
      { "detail-type": "AWS Insight via CloudTrail", detail: { eventType: "AwsCloudTrailInsight" } },
      /tell of no API call/,
    ],
    [{ specversion: "1.0", type: "oss:ObjectCreated:PutObject", data: {} }, /tell of no API call/],
    [sns("{}", { Type: "SubscriptionConfirmation" }), /SubscriptionConfirmation/],
    [runInstances({ eventName: "StopInstances" }), /StopInstances creates nothing/],
    [createApiGroup({ eventName: "DeleteApiGroup" }), /DeleteApiGroup creates nothing/],
    [createUser({ trace_name: "deleteUser" }), /deleteUser creates nothing/],
  ])("event %# is counted with its reason", (event, reason) => {
    expect(reasonOf(event)).toMatch(reason);
  });
});

describe("what can't be read", () => {
  test.each([
    ["", "The event is not valid JSON: it ends too early, after 0 characters."],
    ['{"a":1,}', "The event is not valid JSON at line 1, column 8 (offset 7)."],
    ['{\n  "secret": hunter2\n}', "The event is not valid JSON at line 2, column 13 (offset 14)."],
    ["null", "The event is null, not a JSON object."],
    ["[]", "The event is a list, not a JSON object."],
    ['"x"', "The event is a string, not a JSON object."],
    ['{"detail-type":"AWS API Call via CloudTrail"}', "`detail` of the event is missing, not a JSON object."],
    ['{"cts":[]}', "`cts` of the event is a list, not a JSON object."],
  ])("%j", (body, message) => {
    expect(() => parseEvent(body)).toThrow(new InputError(message));
  });

  test.each([{}, { hello: "world" }, { eventName: "CreateVolume" }])(
    "%j is no event of an accepted format",
    (event) => {
      expect(() => parseEventValue(event)).toThrow(/none of the accepted formats/);
    },
  );

  test("a file of records is told to come one by one", () => {
    expect(() => parseEventValue({ Records: [runInstances()] })).toThrow(/one by one/);
  });

  test.each([
    [sns("not json"), "The Message of the SNS notification is not valid JSON at line 1, column 1 (offset 0)."],
    [sns("[]"), "The Message of the SNS notification is not a JSON object."],
    [sns("", { Message: 1 }), "The SNS notification has no Message."],
  ])("an SNS notification without an event %#", (event, message) => {
    expect(() => parseEventValue(event)).toThrow(new InputError(message));
  });

  test("a message never quotes the body", () => {
    expect(() => parseEvent('{"password":"hunter2" oops}')).toThrow(/^(?!.*(hunter2|oops)).*$/);
  });
});

describe("long bodies", () => {
  const long = JSON.stringify(runInstances({ userAgent: "ü".repeat(600) }));
  const bytes = new TextEncoder().encode(long).length;

  test("are read up to the limit, counted in bytes", () => {
    expect(parseEvent(long, { maxBytes: bytes }).kind).toBe("created");
  });

  test("are refused one byte past it", () => {
    expect(() => parseEvent(long, { maxBytes: bytes - 1 })).toThrow(
      new InputError(`The event is longer than ${bytes - 1} bytes.`),
    );
  });

  test("of 1 MiB are read, of one byte more refused", () => {
    const body = (size: number) => `{"cts":${JSON.stringify(createUser())}}`.padEnd(size, " ");
    expect(parseEvent(body(1_048_576)).kind).toBe("created");
    expect(() => parseEvent(body(1_048_577))).toThrow(/longer than 1048576 bytes/);
  });
});

test("a gateway's region comes from the configuration where the trace names none", () => {
  const regionOfProject = (project: string) => (project === "p0001" ? "cn-north-4" : undefined);
  expect(resourcesOf(createGateway(), { regionOfProject })[0]?.region).toBe("cn-north-4");
});
