import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../lib/core/config/schema.ts";
import { InputError } from "../../../lib/core/errors.ts";
import * as fc from "../../properties.ts";

const ALIBABA = `accounts:
  - provider: alibaba
    account: "111122223333"
    regions: [cn-hangzhou]
    credentials: { accessKeyId: "env:KEY_ID", accessKeySecret: "env:KEY_SECRET" }
`;
const HUAWEI = `accounts:
  - provider: huawei
    account: d0001
    regions: [cn-north-4]
    projects: { cn-north-4: p0001 }
    credentials: { accessKey: "env:AK", secretKey: "env:SK" }
`;
const AWS = `accounts:
  - provider: aws
    account: "444455556666"
    regions: [us-east-1]
`;

function problem(text: string): string {
  try {
    parseConfig("config.yaml", text);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return "none";
}

describe("a configuration", () => {
  test("gets its defaults filled in", () => {
    expect(parseConfig("config.yaml", AWS)).toEqual({
      settleSeconds: 900,
      accounts: [
        {
          provider: "aws",
          account: "444455556666",
          regions: ["us-east-1"],
          partition: "aws",
          mode: "enforce",
          writesPerHour: 2000,
          inventory: "none",
        },
      ],
    });
  });

  test("keeps everything that it says", () => {
    const text = ALIBABA.replace(
      "    credentials",
      `    types: ["alibaba:apigateway:*"]
    endpoints: { "*": "https://gateway.example.com" }
    callsPerSecond: { read: 25, write: 0.5 }
    mode: report
    writesPerHour: 10
    credentials`,
    );
    expect(parseConfig("config.yaml", text).accounts[0]).toEqual({
      provider: "alibaba",
      account: "111122223333",
      regions: ["cn-hangzhou"],
      types: ["alibaba:apigateway:*"],
      endpoints: { "*": "https://gateway.example.com" },
      callsPerSecond: { read: 25, write: 0.5 },
      mode: "report",
      writesPerHour: 10,
      credentials: { accessKeyId: "env:KEY_ID", accessKeySecret: "env:KEY_SECRET" },
    });
  });

  test("may be JSON", () => {
    const config = parseConfig("config.yaml", HUAWEI);
    expect(parseConfig("config.json", JSON.stringify(config))).toEqual(config);
  });

  test("may name several projects of a region, or one in either form", () => {
    const projects = (text: string) => parseConfig("config.yaml", HUAWEI.replace("p0001", text)).accounts[0];
    expect(projects("[p0001, p0002]")).toMatchObject({ projects: { "cn-north-4": ["p0001", "p0002"] } });
    expect(projects("[p0001]")).toMatchObject({ projects: { "cn-north-4": ["p0001"] } });
    expect(projects("p0001")).toMatchObject({ projects: { "cn-north-4": "p0001" } });
  });

  test("without a write cap stays one in JSON", () => {
    const { accounts } = parseConfig("config.yaml", `${AWS}    writesPerHour: unlimited\n`);
    expect(JSON.parse(JSON.stringify(accounts[0]?.writesPerHour))).toBe(Number.MAX_SAFE_INTEGER);
  });

  test("of the examples is valid", () => {
    const text = readFileSync(new URL("../../../examples/config.yaml", import.meta.url), "utf8");
    expect(parseConfig("config.yaml", text).accounts.map(({ provider }) => provider)).toEqual([
      "alibaba",
      "huawei",
      "aws",
    ]);
  });
});

describe("a problem is named with its line and column", () => {
  test.each([
    ["an empty file", "", "config.yaml:1:1: the file is empty: a configuration starts with `accounts:`"],
    ["text instead of a mapping", "hello", "config.yaml:1:1: the file must be a mapping"],
    ["broken YAML", "accounts: [", "config.yaml:1:11: this [ is not closed: a ] is missing"],
    [
      "a file of more than a million characters",
      `#${"x".repeat(1_000_000)}`,
      "config.yaml:1:1: the file is longer than",
    ],
    ["two documents", `${AWS}---\n${AWS}`, "config.yaml:5:1: a file holds one document"],
    [
      "a key named twice",
      `${AWS}    mode: report\n    mode: enforce\n`,
      'config.yaml:6:5: the key "mode" is here twice',
    ],
    ["no accounts", "settleSeconds: 900", "config.yaml:1:1: accounts is missing; add it"],
    ["an empty list of accounts", "accounts: []", "config.yaml:1:11: accounts must name at least one account"],
    [
      "an unknown key on top",
      `${AWS}accountz: 1\n`,
      'config.yaml:5:1: unknown key "accountz" (did you mean "accounts"?)',
    ],
    ["an unknown key of an account", `${AWS}    regoins: 1\n`, 'config.yaml:5:5: unknown key "regoins" (did you mean'],
    ["a key that resembles no known one", `${AWS}x: 1\n`, 'unknown key "x"; known here: settleSeconds, accounts'],
    [
      "an account number without quotes",
      AWS.replaceAll('"', ""),
      'config.yaml:3:14: accounts[0].account must be text: quote it ("444455556666")',
    ],
    ["an octal-looking account number", AWS.replace('"444455556666"', "0111"), 'quote it ("0111")'],
    [
      "an unknown provider",
      AWS.replace("aws", "azure"),
      "config.yaml:2:15: accounts[0].provider must be alibaba, huawei or aws",
    ],
    [
      "a region that is none",
      AWS.replace("us-east-1", "US East"),
      "config.yaml:4:15: accounts[0].regions[0] must be a region",
    ],
    [
      "a region named twice",
      AWS.replace("us-east-1", "us-east-1, us-east-1"),
      "accounts[0].regions[1] stands there twice",
    ],
    [
      "a region of another partition",
      AWS.replace("us-east-1", "cn-north-1"),
      "is a region of the partition aws-cn, not of aws",
    ],
    [
      "an account named twice",
      AWS + AWS.replace("accounts:\n", ""),
      "config.yaml:6:14: accounts[1].account stands there twice",
    ],
    [
      "a type of another cloud",
      `${AWS}    types: ["huawei:*"]\n`,
      "config.yaml:5:13: accounts[0].types[0] can't match",
    ],
    ["an unknown mode", `${AWS}    mode: off\n`, "accounts[0].mode must be one of enforce, report"],
    ["a negative settle time", `settleSeconds: -1\n${AWS}`, "config.yaml:1:16: settleSeconds must not be negative"],
    ["a write cap of nothing", `${AWS}    writesPerHour: 0\n`, "accounts[0].writesPerHour must be at least 1"],
    [
      "a write cap in words",
      `${AWS}    writesPerHour: many\n`,
      "5:20: accounts[0].writesPerHour must be a whole number, or unlimited",
    ],
    ["credentials that are text", `${AWS}    credentials: x\n`, "accounts[0].credentials must be a mapping"],
    ["no provider", "accounts:\n  - account: x\n", "config.yaml:2:5: accounts[0].provider is missing; add it"],
    ["a hostile region", `${AWS}    endpoints: { __proto__: x }\n`, "accounts[0].endpoints.__proto__ must be a URL"],
    ["a hostile key", `${AWS}    __proto__: x\n`, 'config.yaml:5:5: unknown key "__proto__"'],
    ["no calls at all", `${AWS}    callsPerSecond: { read: 0 }\n`, "accounts[0].callsPerSecond.read must be above 0"],
    [
      "a region without a project",
      HUAWEI.replace("{ cn-north-4: p0001 }", "{ cn-north-1: p0001 }"),
      "has no project id for cn-north-4",
    ],
    [
      "a region with an empty list of projects",
      HUAWEI.replace("p0001", "[]"),
      "5:29: accounts[0].projects.cn-north-4 must name at least one project",
    ],
    [
      "a project named twice",
      HUAWEI.replace("p0001", "[p0001, p0001]"),
      "accounts[0].projects.cn-north-4 names p0001, which cn-north-4 names already",
    ],
    [
      "a project of two regions",
      HUAWEI.replace("p0001 }", "p0001, cn-north-1: [p0002, p0001] }"),
      "accounts[0].projects.cn-north-1 names p0001, which cn-north-4 names already",
    ],
    ["a project that is a number", HUAWEI.replace("p0001", "[1]"), "accounts[0].projects.cn-north-4"],
    [
      "a type of TMS in Config's spelling",
      `${HUAWEI}    tms: { typeNames: { "huawei:drs:Jobs": sync } }\n`,
      "must be huawei:SERVICE:TYPE, as Config calls it, in small letters",
    ],
    [
      "a name of TMS for two types",
      `${HUAWEI}    tms: { typeNames: { "huawei:drs:jobs": sync, "huawei:drs:tasks": sync } }\n`,
      "is called sync, as huawei:drs:jobs is already",
    ],
    [
      "more resources a call than TMS takes",
      `${HUAWEI}    tms: { resourcesPerCall: 51 }\n`,
      "accounts[0].tms.resourcesPerCall must be at most 50",
    ],
    ["settings of TMS elsewhere", `${AWS}    tms: { mixTypes: false }\n`, 'unknown key "tms"'],
    ["no credentials", ALIBABA.replace(/ {4}credentials.*\n/, ""), "accounts[0].credentials is missing; add it"],
    ["half a key pair", HUAWEI.replace(', secretKey: "env:SK"', ""), "accounts[0].credentials.secretKey is missing"],
    ["a token beside a key pair", HUAWEI.replace("{ accessKey", '{ token: "env:T", accessKey'), 'unknown key "token"'],
    [
      "a role that is no ARN",
      `${AWS}    credentials: { roleArn: tagwarden }\n`,
      "accounts[0].credentials.roleArn must be the ARN of a role",
    ],
    ["an environment variable without a name", ALIBABA.replace("env:KEY_SECRET", "env:"), "must be env:NAME"],
    ["a secret without a name", ALIBABA.replace("env:KEY_SECRET", "secret:#key"), "must be secret:NAME#key"],
    [
      "plain http",
      `${AWS}    endpoints: { us-east-1: "http://tagging.example.com" }\n`,
      "is plain http, which is for loopback only",
    ],
    ["an endpoint that is no URL", `${AWS}    endpoints: { us-east-1: somewhere }\n`, "must be a URL"],
    [
      "an endpoint of another region",
      `${AWS}    endpoints: { eu-west-1: "https://x" }\n`,
      "is for a region that `regions` doesn't name",
    ],
    [
      "a password in an endpoint",
      `${AWS}    endpoints: { "*": "https://a:b@x" }\n`,
      "must not hold a user or password",
    ],
  ])("%s", (_name, text, message) => {
    expect(problem(text)).toContain(message);
    expect(problem(text)).toMatch(/^config\.yaml:\d+:\d+: /);
  });

  test("and all problems at once, in the order of the file", () => {
    const text = `${AWS.replaceAll('"', "")}    mode: off\nmore: 1\n`;
    expect(
      problem(text)
        .split("\n")
        .map((line) => line.split(":")[1]),
    ).toEqual(["3", "5", "6"]);
  });
});

describe("a literal secret", () => {
  const literal = (endpoints: string) =>
    ALIBABA.replace('"env:KEY_SECRET"', "hunter2").concat(`    endpoints: ${endpoints}\n`);

  test.each([
    '{ "*": "http://127.0.0.1:4566" }',
    '{ cn-hangzhou: "http://localhost:1" }',
    '{ "*": "https://[::1]:1" }',
  ])("is accepted beside %s", (endpoints) => expect(problem(literal(endpoints))).toBe("none"));

  test.each(["{}", '{ "*": "https://127.0.0.1.example.com" }', '{ "*": "https://10.0.0.1" }'])(
    "is refused beside %s, and not repeated",
    (endpoints) => {
      expect(problem(literal(endpoints))).toContain("is a literal secret, which is for loopback endpoints only");
      expect(problem(literal(endpoints))).not.toContain("hunter2");
    },
  );

  test("is refused where only one of two regions has a loopback endpoint", () => {
    const text = literal('{ cn-hangzhou: "http://127.0.0.1:1" }').replace("[cn-hangzhou]", "[cn-hangzhou, cn-beijing]");
    expect(problem(text)).toContain("is a literal secret");
  });
});

test("whatever the text, the answer is a configuration or an InputError with places", () => {
  const line = fc.constantFrom(
    ...`${ALIBABA}${HUAWEI}${AWS}`.split("\n"),
    "  - 1",
    "? [",
    "&a [*a]",
    "<<: {}",
    "\t",
    "...",
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      for (const said of problem(lines.join("\n")).split("\n")) expect(said).toMatch(/^none$|^config\.yaml:\d+:\d+: ./);
    }),
  );
});

test("a configuration of 20,000 keys that nobody knows is refused with the first of them", () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `key${index}: 1`);
  expect(problem(keys.join("\n"))).toContain("and 19801 more problems");
});

test("a configuration that is nested without end is refused in words", () => {
  expect(problem("[".repeat(20_000))).toMatch(/^config\.yaml:1:\d+: nested too deeply$/);
  expect(problem(`${"[".repeat(20_000)}${"]".repeat(20_000)}`)).toMatch(/nested too deeply$/);
});
