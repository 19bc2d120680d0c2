import { describe, expect, test } from "vitest";
import type { Resource } from "../../../lib/core/resource.ts";
import { narrowContract, NOON, prepare, resource } from "./policies.ts";

/** One policy that enforces one key, defined by `definition`. */
function decide(definition: string, tags: Record<string, string> = {}, changes: Partial<Resource> = {}, options = {}) {
  const text = `version: 1\nrequiredTags: { env: ${definition} }\npolicies: [{ name: p, require: [env], mode: enforce }]`;
  const policies = prepare(text, options);
  const subject = resource(tags, changes);
  return policies.decide(subject, policies.evaluate(subject, NOON), NOON);
}

const write = (value: string) => [{ key: "env", action: "write", value }];
const leave = (reason: string) => [{ key: "env", action: "leave", reason, detail: expect.any(String) }];

const EVENT = {
  createdBy: "alice",
  createdAt: "2026-11-22T23:30:00-02:00",
  eventName: "CreateApiGroup",
  sourceIp: "192.0.2.1",
  record: { userIdentity: { arn: "arn:x", tags: ["a", "b"] }, count: 3 },
};

describe("a default gives an absent key its value:", () => {
  test.each([
    ["a constant", "{ default: dev }", "dev"],
    ["who created it", "{ default: { fromEvent: createdBy } }", "alice"],
    ["the UTC date of its creation", "{ default: { fromEvent: createdAt } }", "2026-11-23"],
    ["the time of its creation", "{ default: { fromEvent: createdAtTime } }", "2026-11-22T23:30:00-02:00"],
    ["the event's name", "{ default: { fromEvent: eventName } }", "CreateApiGroup"],
    ["the caller's address", "{ default: { fromEvent: sourceIp } }", "192.0.2.1"],
    ["its region", "{ default: { fromEvent: region } }", "cn-hangzhou"],
    ["its account", "{ default: { fromEvent: account } }", "111122223333"],
    ["a part of the cloud's record", `{ default: { jmespath: "userIdentity.arn" } }`, "arn:x"],
    ["a number in the record", "{ default: { jmespath: count } }", "3"],
    ["another tag", "{ default: { fromTag: team } }", "web"],
    [
      "a template of tags and event values",
      `{ default: { template: "{team}/{region}/{{x}}" } }`,
      "web/cn-hangzhou/{x}",
    ],
    ["by account", `{ default: { byAccount: { "111122223333": a }, otherwise: b } }`, "a"],
    ["by region, a glob", `{ default: { byRegion: { "us-*": a, "cn-*": b } } }`, "b"],
    [
      "by type, an equal name before a glob",
      `{ default: { byType: { "alibaba:*": a, "alibaba:apigateway:apiGroup": b } } }`,
      "b",
    ],
    ["otherwise", `{ default: { byAccount: { "2": a }, otherwise: { fromTag: team } } }`, "web"],
    ["the first of a list that has one", "{ default: [{ fromTag: lead }, { fromEvent: createdBy }, x] }", "alice"],
    [
      "the first of a list that is legal",
      "{ values: [x, y], default: [{ fromTag: team }, { fromEvent: createdBy }, y] }",
      "y",
    ],
  ])("%s", (_, definition, value) => {
    // A constant that isn't legal would not load; here only values from events and tags are refused.
    expect(decide(definition, { team: "web" }, { event: EVENT })).toEqual(write(value));
  });
});

describe("a default that has nothing legal leaves the key missing:", () => {
  test.each([
    ["no default", "{}"],
    ["no event", "{ default: { fromEvent: createdBy } }"],
    ["a time that is none", "{ default: { fromEvent: createdAt } }"],
    ["no such tag", "{ default: { fromTag: lead } }"],
    ["a blank tag", "{ default: { fromTag: blank } }"],
    ["a blank value even where blank would pass", "{ allowBlank: true, default: { fromTag: blank } }"],
    ["a template with a hole", `{ default: { template: "{team}-{lead}" } }`],
    ["a template of a blank tag", `{ default: { template: "{team}-{blank}" } }`],
    ["a value that the pattern refuses", `{ pattern: "[0-9]+", default: { fromTag: team } }`],
    ["no case", `{ default: { byAccount: { "2": a } } }`],
    ["a record without it", "{ default: { jmespath: nowhere } }"],
    ["something that is no text", "{ default: { jmespath: userIdentity.tags } }"],
    ["a function on another type", `{ default: { jmespath: "length(count)" } }`],
  ])("%s", (_, definition) => {
    const event = { createdAt: "yesterday", record: EVENT.record };
    expect(decide(definition, { team: "web", blank: " " }, { event })).toEqual(leave("no-default"));
  });

  test("the provider refuses it, so the next of the list is tried", () => {
    const definition = "{ default: [{ fromEvent: createdBy }, { fromTag: team }] }";
    const options = { contracts: [narrowContract] };
    const longer = { event: { createdBy: "a name of more than sixteen characters" } };
    expect(decide(definition, { team: "web" }, longer, options)).toEqual(write("web"));
    expect(decide(definition, {}, longer, options)).toEqual(leave("no-default"));
    expect(decide(definition, {}, { ...longer, type: "huawei:apig:instance" }, options)).toEqual(
      write(longer.event.createdBy),
    );
  });
});

describe("a value that is there", () => {
  test("is never written over where it is valid", () => {
    expect(decide("{ values: [a, b], default: b, overwrite: true }", { env: "a" })).toEqual([]);
  });

  test.each([
    ["invalid", "c"],
    ["blank", " "],
  ])("and %s is written over only with overwrite: true", (_, value) => {
    expect(decide("{ values: [a, b], default: b }", { env: value })).toEqual(leave("no-overwrite"));
    expect(decide("{ values: [a, b], default: b, overwrite: true }", { env: value })).toEqual(write("b"));
  });
});

describe("a near miss", () => {
  test("holds the default back where nobody sees that it is one, and is told so that they do", () => {
    expect(decide("{ default: dev }", { "env\u00a0": "prod" })).toEqual([
      {
        key: "env",
        action: "leave",
        reason: "near-miss",
        detail: String.raw`held back by another spelling: "env\u{a0}"`,
      },
    ]);
  });

  test("holds back the default", () => {
    expect(decide("{ default: dev }", { Env: "prod" })).toEqual(leave("near-miss"));
  });

  test("is copied with adoptNearMiss: true where its value is legal", () => {
    const definition = "{ values: [dev, prod], default: dev, adoptNearMiss: true }";
    expect(decide(definition, { Env: "prod" })).toEqual(write("prod"));
    expect(decide(definition, { Env: "qa" })).toEqual(leave("near-miss"));
  });

  test("is copied of several only where they agree", () => {
    const definition = "{ default: x, adoptNearMiss: true }";
    expect(decide(definition, { Env: "prod", ENV: "prod" })).toEqual(write("prod"));
    expect(decide(definition, { Env: "prod", ENV: "dev" })).toEqual(leave("near-miss"));
  });
});

describe("policies that match together", () => {
  const decideText = (text: string, tags: Record<string, string> = {}) => {
    const policies = prepare(text);
    const subject = resource(tags);
    return policies.decide(subject, policies.evaluate(subject, NOON), NOON);
  };

  test("enforce a key if one that requires it enforces", () => {
    const text = (mode: string) => `version: 1
policies:
  - { name: a, require: [{ key: env, default: x }] }
  - { name: b, require: [{ key: env }], mode: ${mode} }
  - { name: c, require: [{ key: team, default: y }] }
`;
    expect(decideText(text("enforce"))).toEqual([
      { key: "env", action: "write", value: "x" },
      { key: "team", action: "leave", reason: "report-mode", detail: expect.any(String) },
    ]);
    expect(decideText(text("report"))).toMatchObject([{ reason: "report-mode" }, { reason: "report-mode" }]);
  });

  test("take the first default in file order, and an entry's before its definition's", () => {
    const text = `version: 1
requiredTags: { env: { default: from-definition } }
policies:
  - { name: a, require: [{ key: env, default: from-entry }], mode: enforce }
  - { name: b, require: [env], mode: enforce }
`;
    expect(decideText(text)).toEqual(write("from-entry"));
    expect(decideText(text.replace(", default: from-entry", ""))).toEqual(write("from-definition"));
  });

  test("write over a value only where all of them say so", () => {
    const text = `version: 1
policies:
  - { name: a, require: [{ key: env, values: [x], default: x, overwrite: true }], mode: enforce }
  - { name: b, require: [{ key: env }], mode: enforce }
`;
    expect(decideText(text, { env: "y" })).toEqual(leave("no-overwrite"));
    expect(decideText(text.replace("{ key: env }", "{ key: env, overwrite: true }"), { env: "y" })).toEqual(write("x"));
  });

  test("decide in policy order, missing and invalid alike", () => {
    const text = `version: 1
policies: [{ name: a, require: [{ key: a, values: [x] }, { key: b }, { key: c, values: [x] }], mode: enforce }]`;
    expect(decideText(text, { a: "y", c: "y" }).map(({ key }) => key)).toEqual(["a", "b", "c"]);
  });
});

test("nothing is decided about a resource whose tags are unknown", () => {
  expect(decide("{ default: dev }", {}, { tags: undefined })).toEqual([]);
});
