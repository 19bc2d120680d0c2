import * as fc from "../properties.ts";
import { describe, expect, test } from "vitest";
import { InputError } from "../../lib/core/errors.ts";
import { parseEvent, parseEventValue, type ParsedEvent } from "../../lib/events/parse.ts";
import {
  actionTrailEvent,
  cloudTrail,
  createApiGroup,
  createGateway,
  createUser,
  eventBridge,
  eventGrid,
  ownEvent,
  runInstances,
  sns,
} from "../fixtures/events/records.ts";

const EVENTS: readonly unknown[] = [
  eventBridge(runInstances()),
  eventBridge(cloudTrail("apigateway", "CreateStage", { restApiId: "a", createStageInput: { stageName: "s" } }, {})),
  cloudTrail("s3", "CreateBucket", { bucketName: "b", CreateBucketConfiguration: { Tags: { Tag: { Key: "a" } } } }),
  actionTrailEvent(createApiGroup()),
  actionTrailEvent(createApiGroup({ responseElements: null })),
  eventGrid(createUser()),
  eventGrid(createGateway({ endpoint: "apig.cn-north-4.myhuaweicloud.com" })),
  { cts: createUser() },
  ownEvent(),
  sns(eventBridge(runInstances())),
];

/** Values that have broken parsers before, beside any JSON. */
const nasty = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    "",
    " ",
    0,
    -1,
    1e308,
    2 ** 53,
    true,
    [],
    {},
    [[]],
    [null],
    "__proto__",
    "arn:aws:s3:::",
    ";",
    ",,;;",
    "{",
    "[",
    { length: 1e9 },
    { toString: null, valueOf: 1 },
    { __proto__: null },
    "a".repeat(5000),
    { items: { items: { items: {} } } },
  ),
  fc.jsonValue(),
);

/** The event with the value at one place replaced or, for undefined, removed. */
function changedAt(event: unknown, where: number, value: unknown): unknown {
  const copy: unknown = structuredClone(event);
  const places: (() => void)[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const key of Object.keys(node)) {
      places.push(() => {
        if (value === undefined) Reflect.deleteProperty(node, key);
        else Reflect.set(node, key, value);
      });
      visit(Reflect.get(node, key));
    }
  };
  visit(copy);
  places[where % places.length]?.();
  return copy;
}

function outcomeOf(read: () => ParsedEvent): string {
  try {
    return read().kind;
  } catch (error) {
    if (error instanceof InputError) return "input error";
    throw error;
  }
}

const OUTCOMES = expect.stringMatching(/^(created|not-a-creation|input error)$/) as unknown;

describe("whatever arrives is a creation, no creation or an input error", () => {
  test("an event that was changed anywhere, up to three times", () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constant(undefined), nasty)), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.constantFrom(...EVENTS), changes, (event, changes) => {
        const changed = changes.reduce<unknown>((value, [where, to]) => changedAt(value, where, to), event);
        expect(outcomeOf(() => parseEventValue(changed, { experimentalEvents: true }))).toEqual(OUTCOMES);
      }),
      { numRuns: 5000 },
    );
  });

  test("any JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(outcomeOf(() => parseEventValue(value))).toEqual(OUTCOMES);
      }),
    );
  });

  test("any text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(outcomeOf(() => parseEvent(text))).toEqual(OUTCOMES);
      }),
    );
  });

  test("an event that was cut off anywhere", () => {
    for (const event of EVENTS) {
      const body = JSON.stringify(event);
      for (let length = 0; length < body.length; length += 7) {
        expect(outcomeOf(() => parseEvent(body.slice(0, length)))).toBe("input error");
      }
    }
  });
});

describe("a megabyte", () => {
  const million = 1_000_000;

  test.each([
    ["of open brackets", "[".repeat(million)],
    ["of nested lists", "[".repeat(million / 2) + "]".repeat(million / 2)],
    ["of nested objects", `${'{"a":'.repeat(150_000)}1${"}".repeat(150_000)}`],
    ["in one string", JSON.stringify(runInstances({ eventName: "a".repeat(million) }))],
  ])("%s is an input error", (_, body) => {
    expect(outcomeOf(() => parseEvent(body))).toBe("input error");
  });

  test("of instances is many resources", () => {
    const items = Array.from({ length: 20_000 }, (_, n) => ({ instanceId: `i-${n}` }));
    const parsed = parseEvent(JSON.stringify(runInstances({ responseElements: { instancesSet: { items } } })));
    expect(parsed.kind === "created" && parsed.resources.length).toBe(20_000);
  });

  test("of tags is read in linear time", () => {
    const tags = Array.from({ length: 20_000 }, (_, n) => ({ key: `k${n}`, value: "v" }));
    const body = JSON.stringify(cloudTrail("s3", "CreateBucket", { bucketName: "b", tags }));
    const parsed = parseEvent(body);
    expect(parsed.kind === "created" && parsed.resources[0]?.event?.requestTags?.size).toBe(20_000);
  });
});

describe("a record that is nested deeply", () => {
  const nested = (depth: number) => JSON.parse("[".repeat(depth) + "]".repeat(depth)) as unknown;

  test("is refused where what reads it later would run out of stack", () => {
    expect(() => parseEventValue(runInstances({ additionalEventData: nested(100_000) }))).toThrow(
      new InputError("The event's record is nested deeper than 100 levels."),
    );
  });

  test("is read up to 100 levels", () => {
    expect(parseEventValue(runInstances({ additionalEventData: nested(100) })).kind).toBe("created");
  });

  test("does no harm where nothing was created", () => {
    const event = runInstances({ eventName: "StopInstances", additionalEventData: nested(100_000) });
    expect(parseEventValue(event).kind).toBe("not-a-creation");
  });
});
