import { describe, expect, test } from "vitest";
import type { TypeContract } from "../../../../lib/core/contract.ts";
import { allContracts } from "../../../../lib/providers/index.ts";
import { load, narrowContract, problemsOf, wideContract } from "../policies.ts";

const contracts = [narrowContract, wideContract];

function policy(definition: string, types = `["alibaba:apigateway:app"]`, key = "env"): string {
  return `version: 1
requiredTags: { ${key}: ${definition} }
policies: [{ name: p, match: { types: ${types} }, require: [${key}] }]
`;
}

describe("a policy that a provider can't meet is refused with the key, the provider and the limit:", () => {
  test.each([
    ["a key that is too long", "{}", "longer-than-twelve", /key "longer-than-twelve" is longer than 12 characters/],
    [
      "a key of other characters",
      "{}",
      "cost_center",
      /key "cost_center" has characters that are not allowed \(allowed: a-z and -\)/,
    ],
    ["a reserved key", "{}", "acs-env", /key "acs-env" starts with the reserved prefix "acs-"/],
    [
      "a default that is too long",
      "{ default: longer-than-sixteen }",
      "env",
      /default "longer-than-sixteen" of env is longer than 16/,
    ],
    [
      "a default with a forbidden part",
      `{ default: "http://x" }`,
      "env",
      /default "http:\/\/x" of env contains "http:\/\/"/,
    ],
    [
      "a value that is too long",
      "{ values: [a, longer-than-sixteen] }",
      "env",
      /value "longer-than-sixteen" of env is longer than 16/,
    ],
    [
      "a pattern of longer values",
      `{ pattern: "[0-9]{17}" }`,
      "env",
      /no legal value of env matches its pattern \(at most 16 characters/,
    ],
    ["a pattern of other characters", `{ pattern: "_+" }`, "env", /no legal value of env matches its pattern/],
  ])("%s", (_, definition, key, expected) => {
    const problems = problemsOf(policy(definition, `["alibaba:apigateway:app"]`, key), { contracts });
    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(problems[0]).toMatch(/policy p can't be met on alibaba:apigateway:app: /);
    expect(problemsOf(policy(definition, `["huawei:apig:instance"]`, key), { contracts })).toEqual([]);
  });

  test("more tags than a resource carries", () => {
    const text = `version: 1\npolicies: [{ name: p, match: { types: ["alibaba:apigateway:app"] }, require: [${[..."abcd"].map((key) => `{ key: ${key} }`).join(", ")}] }]`;
    expect(problemsOf(text, { contracts })).toEqual([
      expect.stringMatching(/requires 4 tags, and a resource carries at most 3/),
    ]);
  });

  test("more tags than a resource carries, of two policies together", () => {
    const text = `version: 1
policies:
  - { name: a, match: { types: ["alibaba:apigateway:app"] }, require: [{ key: a }, { key: b }] }
  - { name: b, require: [{ key: c }, { key: d }] }
`;
    for (const types of ["alibaba:apigateway:app", "alibaba:apigateway:a*"]) {
      expect(problemsOf(text.replace("alibaba:apigateway:app", types), { contracts })).toContainEqual(
        expect.stringMatching(/policies a, b together require 4 tags of alibaba:apigateway:app/),
      );
    }
  });
});

describe("what one cloud forbids and another takes", () => {
  const told = (type: string, definition: string) =>
    problemsOf(policy(definition, `["${type}"]`, "runbook"), { contracts: allContracts });

  test.each([
    ["a default", `{ default: "https://wiki.example.com/net" }`],
    ["a value", `{ values: ["see HTTP://wiki.example.com/net", none] }`],
  ])("is a link, as %s, which IPAM alone refuses", (_, definition) => {
    for (const kind of ["IPAM", "IPAMSCOPE", "IPAMPOOL"]) {
      expect(told(`alibaba:vpcipam:${kind}`, definition)).toEqual([
        expect.stringMatching(
          /policy p can't be met on alibaba:vpcipam:\w+: the \w+ ".*" of runbook contains "https?:/,
        ),
      ]);
    }
    for (const type of ["alibaba:apigateway:apiGroup", "alibaba:apigateway:api", "aws:s3:bucket"]) {
      expect(told(type, definition)).toEqual([]);
    }
  });

  test("is a key that begins with _sys_, in this spelling alone on Huawei Cloud", () => {
    const keyed = (key: string, type: string) =>
      problemsOf(policy("{}", `["${type}"]`, key), { contracts: allContracts });
    for (const type of ["huawei:iam:user", "huawei:apig:instance"]) {
      expect(keyed("_sys_env", type)).toEqual([expect.stringMatching(/starts with the reserved prefix "_sys_"/)]);
      expect(keyed("_SYS_env", type)).toEqual([]);
    }
    expect(keyed("ACS:env", "alibaba:apigateway:app")).toEqual([
      expect.stringMatching(/starts with the reserved prefix "acs:"/),
    ]);
  });
});

describe("what TMS of Huawei Cloud takes, whose keys and values are short and of few characters,", () => {
  const told = (
    types: string,
    definition: string,
    { key = "env", configured = ["huawei:iam:user", "huawei:*:*"] } = {},
  ) =>
    problemsOf(policy(definition, types, key), {
      contracts: allContracts,
      configured: configured.map((type) => ({ type })),
    });

  test.each([
    ["a key of 37 characters", "{}", "k".repeat(37), /is longer than 36 characters/],
    ["a key with a colon", "{}", "team:env", /has characters that are not allowed/],
    ["a default of 44 characters", `{ default: ${"x".repeat(44)} }`, "env", /is longer than 43 characters/],
    ["a default with a slash", "{ default: team/web }", "env", /has characters that are not allowed/],
    ["a value with a space", "{ values: [platform, web team] }", "env", /has characters that are not allowed/],
    ["a default that is an ARN", `{ default: "arn:aws:iam::1:role/x" }`, "env", /has characters that are not allowed/],
  ])("is refused with the configured types: %s", (_, definition, key, expected) => {
    expect(told(`["*"]`, definition, { key })).toEqual([expect.stringMatching(expected)]);
    // IAM's own API takes it, or refuses it by itself.
    const configured = ["huawei:iam:user"];
    const byIam = told(`["*"]`, definition, { key, configured });
    expect(byIam.join("\n")).not.toMatch(/huawei:\*/);
  });

  test("is a warning without a configuration, and an error where a type or a service is named", () => {
    const slash = "{ default: team/web }";
    for (const types of [`["*"]`, `["huawei:*"]`]) {
      const { warnings } = load(policy(slash, types), { contracts: allContracts });
      expect(warnings).toEqual([expect.stringMatching(/can't be met on huawei:\*:\*/)]);
    }
    for (const types of [`["huawei:ecs:cloudservers"]`, `["huawei:ecs:*"]`]) {
      expect(problemsOf(policy(slash, types), { contracts: allContracts })).toHaveLength(1);
    }
    expect(problemsOf(policy(slash, `["huawei:iam:user"]`), { contracts: allContracts })).toEqual([]);
  });

  test("is ten tags of a resource at most", () => {
    const keys = Array.from({ length: 11 }, (_, n) => `{ key: k${n} }`).join(", ");
    const text = `version: 1\npolicies: [{ name: p, match: { types: ["huawei:ecs:cloudservers"] }, require: [${keys}] }]`;
    expect(problemsOf(text, { contracts: allContracts })).toEqual([
      expect.stringMatching(/requires 11 tags, and a resource carries at most 10/),
    ]);
  });
});

describe("how sure the loader is", () => {
  const long = "{ default: longer-than-sixteen }";

  test("without a configuration, a type that is only matched by a glob gets a warning", () => {
    expect(load(policy(long, `["alibaba:*"]`), { contracts }).warnings).toEqual([
      expect.stringMatching(/can't be met on alibaba:apigateway:apiGroup, alibaba:apigateway:app: the default/),
    ]);
    expect(
      load(policy(long, `["*"]`).replace("match: ", "severity: low, match: "), { contracts }).warnings,
    ).toHaveLength(1);
  });

  test("without a configuration, a glob that names the service is as good as the type, since all of its types are alike", () => {
    expect(problemsOf(policy(long, `["alibaba:apigateway:*"]`), { contracts })).toEqual([
      expect.stringMatching(/can't be met on alibaba:apigateway:apiGroup, alibaba:apigateway:app: the default/),
    ]);
    const configured = [{ type: "huawei:apig:instance" }];
    expect(load(policy(long, `["alibaba:apigateway:*"]`), { contracts, configured }).warnings).toEqual([]);
    expect(load(policy(long, `["alibaba:*:*"]`), { contracts }).warnings).toHaveLength(1);
  });

  test("with a configuration, its types decide", () => {
    const text = policy(long, `["*"]`);
    expect(problemsOf(text, { contracts, configured: [{ type: "alibaba:apigateway:app" }] })).toHaveLength(1);
    expect(problemsOf(text, { contracts, configured: [{ type: "alibaba:*" }] })).toHaveLength(1);
    expect(load(text, { contracts, configured: [{ type: "huawei:apig:instance" }] }).warnings).toEqual([]);
  });

  test("types that `not` leaves out don't count", () => {
    const text = policy(long, `["*"], not: { types: ["alibaba:*"] }`);
    expect(problemsOf(text, { contracts, configured: [{ type: "*" }] })).toEqual([]);
  });

  test("a default by type is held to that type's limits", () => {
    const text = policy(`{ default: { byType: { "huawei:*": longer-than-sixteen }, otherwise: x } }`, `["*"]`);
    expect(problemsOf(text, { contracts, configured: [{ type: "*" }] })).toEqual([]);
  });

  test("a default that another one follows gets a warning", () => {
    const { warnings } = load(policy("{ default: [longer-than-sixteen, x] }"), { contracts });
    expect(warnings).toEqual([expect.stringMatching(/longer than 16 characters; the next one is tried/)]);
  });

  test("a type that no provider has gets a warning", () => {
    const { warnings } = load(policy("{}", `["alibaba:apigatway:app"]`), { contracts });
    expect(warnings).toEqual([
      expect.stringMatching(
        /no provider has resources of type alibaba:apigatway:app \(did you mean "alibaba:apigateway:app"\?\)/,
      ),
    ]);
  });
});

describe("limits of a contract that serves all other types", () => {
  const limits = { key: wideContract.key, value: wideContract.value, tagsPerResource: 50 };
  const roomy = { ...narrowContract, ...limits };
  const tight: TypeContract = { ...narrowContract, types: ["alibaba:*:*"], optIn: true, tagsPerResource: 3 };
  const both = [roomy, tight];
  const everyType = [...roomy.types, "alibaba:*:*"].map((type) => ({ type }));
  const long = "{ default: longer-than-sixteen }";

  test.each(["alibaba:apigateway:app", "alibaba:apigateway:*"])(
    "are none of a policy for types of another contract: %s",
    (glob) => {
      expect(problemsOf(policy(long, `["${glob}"]`), { contracts: both })).toEqual([]);
      expect(load(policy(long, `["${glob}"]`), { contracts: both }).warnings).toEqual([]);
    },
  );

  test("are those of a policy that names a service of its own, whoever has such resources", () => {
    expect(problemsOf(policy(long, `["alibaba:ecs:*"]`), { contracts: both })).toHaveLength(1);
    expect(problemsOf(policy(long, `["alibaba:ecs:disk"]`), { contracts: both })).toHaveLength(1);
  });

  test("count for a policy that matches everything where an account has opted in, and are a warning where nobody says so", () => {
    expect(problemsOf(policy(long, `["*"]`), { contracts: both, configured: everyType })).toHaveLength(1);
    const seeds = everyType.filter(({ type }) => !type.includes("*"));
    expect(problemsOf(policy(long, `["*"]`), { contracts: both, configured: seeds })).toEqual([]);
    expect(load(policy(long, `["*"]`), { contracts: both }).warnings).toHaveLength(1);
  });

  test("of tags hold for policies together, on all types or on those that they name", () => {
    const two = (types: string) => `version: 1
requiredTags: { a: {}, b: {}, c: {}, d: {} }
policies:
  - { name: one, match: { types: ["alibaba:*"] }, require: [a, b] }
  - { name: two, match: { types: ${types} }, require: [c, d] }
`;
    for (const types of [`["alibaba:*"]`, `["alibaba:ecs:*"]`, `["alibaba:ecs:disk"]`]) {
      expect(problemsOf(two(types), { contracts: both, configured: everyType })).toEqual([
        expect.stringMatching(/policies one, two together require 4 tags of alibaba:\S+, which carries at most 3/),
      ]);
    }
    expect(problemsOf(two(`["alibaba:apigateway:app"]`), { contracts: both, configured: everyType })).toEqual([]);
    expect(problemsOf(two(`["alibaba:*"]`), { contracts: both })).toEqual([]);
  });
});
