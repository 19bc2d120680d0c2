import { DescribeTableCommand, TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-dynamodb";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { examineAccount, type Check } from "../../../lib/app/doctor.ts";
import type { AlibabaAccountConfig, Config } from "../../../lib/core/config/config.ts";
import { ProviderError } from "../../../lib/core/errors.ts";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { apiGatewayContract } from "../../../lib/providers/alibaba/contract.ts";
import { memoryProvider } from "../../../lib/providers/memory.ts";
import { MODE_TAG } from "../../../lib/sinks/dynamo/deployed-mode.ts";
import { dynamoSeen } from "../../../lib/sinks/dynamo/seen.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { startEmbeddedAws } from "../../../local/service/embedded-aws.ts";
import { createStateTable } from "../../fixtures/state-table.ts";
import { runMain, temporaryFolder } from "../run-main.ts";

let emulator: Emulator;
let folder: string;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());
beforeEach(async () => {
  folder = await temporaryFolder();
});

type Change = (account: Record<string, unknown>) => void;

/** The emulator's own configuration with one difference in each account of a provider. */
function configFile(provider = "", change: Change = () => undefined): string {
  const config = structuredClone(emulator.config()) as { accounts: Record<string, unknown>[] };
  for (const account of config.accounts) if (account["provider"] === provider) change(account);
  const path = join(folder, "config.yaml");
  writeFileSync(path, stringify(config));
  return path;
}

async function doctor(path: string, ...line: string[]) {
  const { code, stdout, stderr } = await runMain(["doctor", "--config", path, ...line]);
  const { checks = [] } = JSON.parse(stdout === "" ? "{}" : stdout) as { checks?: readonly Check[] };
  return { code, checks, stderr, problems: checks.filter(({ result }) => result === "problem") };
}

describe("tagwarden doctor", () => {
  test("finds nothing wrong with accounts that can be worked with, and writes nothing", async () => {
    const { code, problems, checks } = await doctor(configFile());
    expect(problems).toEqual([]);
    expect(code).toBe(0);
    expect(new Set(checks.map(({ provider }) => provider))).toEqual(new Set(["alibaba", "huawei", "aws"]));
    expect(checks.filter(({ check, result }) => check === "clock" && result === "ok")).not.toEqual([]);
    expect(
      Object.keys(emulator.calls()).filter(
        (action) => /Tag(Resources|ResourceV5)$|Untag|BatchCreate/.test(action) && !action.includes("List"),
      ),
    ).toEqual([]);
  });

  describe("of everything that an account of Alibaba Cloud may have", () => {
    const whole: Change = (account) => {
      account["types"] = ["alibaba:*"];
    };

    test.each([
      ["alibaba", /^29\d more types can be tagged here/],
      ["huawei", /^3\d more types can be tagged here/],
    ])("says how many types an account of %s could ask for that asks for none, and how", async (provider, says) => {
      const { code, checks } = await doctor(configFile());
      expect(code).toBe(0);
      const offers = checks.filter(({ check }) => check === "types");
      expect(new Set(offers.map((one) => one.provider))).toEqual(new Set(["alibaba", "huawei"]));
      const offer = offers.find((one) => one.provider === provider);
      expect(offer).toMatchObject({ result: "ok" });
      expect(offer?.says).toMatch(says);
      expect(offer?.todo).toContain(`\`types: ["${provider}:*"]\``);
      expect(offer?.todo).toContain(`--type '${provider}:*'`);
    });

    test("offers nothing to an account that asks for some", async () => {
      const { checks } = await doctor(configFile("alibaba", whole));
      expect(checks.flatMap(({ check, provider }) => (check === "types" ? [provider] : []))).toEqual(["huawei"]);
    });

    test("asks for the inventory of all regions once, and for tags in each region", async () => {
      emulator.reset();
      await emulator.openRegion("alibaba", "cn-beijing");
      const { problems, stderr, code } = await doctor(configFile("alibaba", whole), "--provider", "alibaba");
      expect(problems).toEqual([]);
      expect(code, stderr).toBe(0);
      const { "alibaba:tag:ListTagResources": tags, ...others } = Object.fromEntries(
        Object.entries(emulator.calls()).filter(([action]) => /^alibaba:(?:tag|resourcecenter):/.test(action)),
      );
      expect(tags).toBe(2);
      expect(others).toEqual({
        "alibaba:resourcecenter:SearchResources": 1,
        "alibaba:resourcecenter:GetResourceCounts": 1,
        "alibaba:tag:ListSupportResourceTypes": 2,
      });
    });

    test("says how Resource Center is switched on where it is off", async () => {
      const off = await startEmulator({ resourceCenter: { offIn: ["111122223333"] } });
      const { accounts, ...rest } = off.config() as Config;
      const some = accounts.map((one) => (one.provider === "alibaba" ? { ...one, types: ["alibaba:*"] } : one));
      const path = join(folder, "off.yaml");
      writeFileSync(path, stringify({ ...rest, accounts: some }));
      const { code, problems } = await doctor(path, "--provider", "alibaba");
      await off.close();
      expect(code).toBe(3);
      expect(problems.map(({ says }) => says.split(":", 3).join(":"))).toEqual([
        "alibaba:resourcecenter:SearchResources",
        "alibaba:resourcecenter:GetResourceCounts",
      ]);
      for (const { says, todo } of problems) {
        expect(says).toContain("ServiceNotEnabled");
        expect(todo).toContain("EnableResourceCenter");
      }
    });

    test("names the rights that a refused call needs", async () => {
      emulator.setFaults([
        { match: { action: "alibaba:resourcecenter:*" }, effect: "error", code: "NoPermission", httpStatus: 400 },
      ]);
      const { problems } = await doctor(configFile("alibaba", whole), "--provider", "alibaba");
      emulator.setFaults([]);
      expect(problems.map(({ todo = "" }) => /needs (\S+)$/.exec(todo)?.[1])).toEqual([
        "resourcecenter:SearchResources",
        "resourcecenter:GetResourceCounts",
      ]);
      for (const { todo } of problems) {
        expect(todo).toContain("`tagwarden permissions --provider alibaba --type 'alibaba:*'`");
      }
    });
  });

  describe("of an account of Huawei Cloud that is entered by an agency", () => {
    const entered =
      (agency: string, change: object = {}): Change =>
      (account) => {
        const credentials = { ...(account["credentials"] as object), assumeAgencyUrn: agency };
        Object.assign(account, { credentials, ...change });
      };

    test("finds nothing wrong where the agency lets the key in", async () => {
      const path = configFile("huawei", entered("iam::d0001:agency:tagwarden"));
      expect((await doctor(path, "--provider", "huawei")).problems).toEqual([]);
    });

    test("says what to look at where it doesn't", async () => {
      const path = configFile("huawei", entered("iam::d0001:agency:nobody-made-it"));
      const { code, problems } = await doctor(path, "--provider", "huawei");
      expect(code).toBe(3);
      expect(problems.length).toBeGreaterThan(0);
      for (const { says, todo } of problems) {
        expect(says).toContain("the agency iam::d0001:agency:nobody-made-it can't be taken");
        expect(todo).toContain(
          "make the agency in this account, with a trust policy that names the account of the key",
        );
      }
    });

    test("says of one that could not be entered when the configuration was compiled that it is to be compiled again", async () => {
      const change = { projects: {}, notEntered: "PAP5.0004: no such agency" };
      const path = configFile("huawei", entered("iam::d0001:agency:tagwarden", change));
      const { problems } = await doctor(path, "--provider", "huawei");
      expect(problems.map(({ says }) => says.split(": ", 1)[0])).toEqual(["huawei:apig:ListInstancesV2"]);
      expect(problems[0]?.todo).toContain("tagwarden config compile");
    });
  });

  describe("of an AWS account says whether audits see what never carried a tag:", () => {
    const inventoryOf = async (change: Change) => {
      const { code, checks } = await doctor(configFile("aws", change), "--provider", "aws");
      expect(code).toBe(0);
      return checks.filter(({ check }) => check === "inventory");
    };

    test("they don't without an inventory, and the setting for it is named", async () => {
      const found = await inventoryOf((account) => (account["inventory"] = "none"));
      expect(found).toMatchObject([
        { provider: "aws", result: "unknown", todo: expect.stringContaining("`inventory: config`") },
      ]);
      expect(found[0]).not.toHaveProperty("region");
    });

    test("they do with one", async () => {
      expect(await inventoryOf((account) => (account["inventory"] = "config"))).toEqual([]);
    });

    test("they do where the types have inventories of their own", async () => {
      const change: Change = (account) => Object.assign(account, { inventory: "none", types: ["aws:iam:role"] });
      expect(await inventoryOf(change)).toEqual([]);
    });
  });

  test.each([
    ["alibaba", { accessKeyId: "wrong", accessKeySecret: "wrong" }],
    ["huawei", { accessKey: "wrong", secretKey: "wrong" }],
    ["aws", { accessKeyId: "wrong", secretAccessKey: "wrong" }],
  ])("exits 3 with a wrong key of %s, and says what to attach", async (provider, credentials) => {
    const { code, problems, stderr } = await doctor(
      configFile(provider, (account) => (account["credentials"] = credentials)),
    );
    expect(code).toBe(3);
    expect(new Set(problems.map((one) => one.provider))).toEqual(new Set([provider]));
    expect(problems[0]?.todo).toContain(`tagwarden permissions --provider ${provider}`);
    expect(stderr).toMatch(/[1-9][0-9]* problems/);
  });

  test("says of which account a secret is missing, and looks at the others all the same", async () => {
    const path = configFile("huawei", (account) => {
      account["credentials"] = { accessKey: "env:NOBODY_SET_THIS", secretKey: "env:NOBODY_SET_THIS" };
    });
    const { code, problems, checks } = await doctor(path);
    expect(code).toBe(3);
    expect(problems[0]?.says).toContain('credential "env:NOBODY_SET_THIS"');
    expect(new Set(problems.map(({ provider }) => provider))).toEqual(new Set(["huawei"]));
    expect(new Set(checks.map(({ provider }) => provider))).toEqual(new Set(["alibaba", "huawei", "aws"]));
  });

  describe("of an account that is entered by a role", () => {
    const byToken = (token: string) => {
      writeFileSync(join(folder, "token"), token);
      return configFile("alibaba", (account) => {
        account["credentials"] = { ...emulator.description.alibaba.role, oidcToken: "file:token" };
      });
    };

    test("finds nothing wrong where its token is taken", async () => {
      const { code, problems } = await doctor(byToken(`${emulator.issueToken()}\n`), "--provider", "alibaba");
      expect({ code, problems }).toEqual({ code: 0, problems: [] });
    });

    test("says what to compare where its token is refused, and never what the token is", async () => {
      const token = emulator.issueToken({ audience: "somebody else" });
      const { code, problems } = await doctor(byToken(token), "--provider", "alibaba");
      expect(code).toBe(3);
      expect(problems[0]?.says).toMatch(
        /: AuthenticationFail\.OIDCToken\.AudienceNotMatch: the role acs:\S+ can't be taken/,
      );
      expect(problems[0]?.todo).toMatch(/identity provider .* trust policy/);
      expect(JSON.stringify(problems)).not.toContain(token);
    });

    test("says that its token isn't there", async () => {
      const path = configFile("alibaba", (account) => {
        account["credentials"] = { ...emulator.description.alibaba.role, oidcToken: "file:nowhere" };
      });
      const { problems } = await doctor(path, "--provider", "alibaba");
      expect(problems[0]?.says).toContain('credential "file:nowhere": the file can\'t be read (ENOENT)');
    });
  });

  test("exits 3 where nobody answers, and points at the endpoint", async () => {
    const path = configFile("alibaba", (account) => (account["endpoints"] = { "*": "http://127.0.0.1:9" }));
    const { code, problems } = await doctor(path, "--provider", "alibaba");
    expect(code).toBe(3);
    expect(problems[0]?.todo).toContain("endpoints");
  });

  test("tells whether events arrive, from the deployed service's table", async () => {
    await using aws = await startEmbeddedAwsForTest();
    const [account] = (emulator.config() as Config).accounts.filter(({ provider }) => provider === "alibaba");
    const ref = {
      type: "alibaba:apigateway:apiGroup",
      account: account?.account ?? "",
      region: account?.regions[0] ?? "",
    };
    const look = async () => {
      const line = [
        "doctor",
        "--config",
        configFile(),
        "--provider",
        "alibaba",
        "--account",
        ref.account,
        "--table",
        "state",
      ];
      const { stdout } = await runMain(line, { env: aws.variables });
      return (JSON.parse(stdout) as { checks: readonly Check[] }).checks.find(({ check }) => check === "events");
    };
    expect(await look()).toMatchObject({ result: "problem", says: "no event of this account has arrived" });
    const clients = createAwsClients(aws.variables);
    await dynamoSeen({ client: clients.dynamodb, table: "state" }).note([{ ...ref, id: "g1" }], Date.now() - 7_300_000);
    expect(await look()).toMatchObject({ result: "ok", says: "an event last told of a resource 2 hours ago" });
  });

  test("says beside the other checks that the table can't be read", async () => {
    const closed = {
      AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:9",
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
      AWS_MAX_ATTEMPTS: "1",
    };
    const line = ["doctor", "--config", configFile(), "--provider", "huawei", "--table", "gone"];
    const { code, stdout } = await runMain(line, { env: closed });
    expect(code).toBe(1);
    const { checks } = JSON.parse(stdout) as { checks: readonly Check[] };
    expect(checks.filter(({ check, result }) => check === "read" && result === "ok")).not.toEqual([]);
    expect(checks.find(({ check }) => check === "events")).toMatchObject({
      result: "problem",
      says: expect.stringMatching(/^the table gone can't be read: .*ECONNREFUSED.* Check --table, AWS_REGION/),
    });
  });

  describe("on whether anything is written", () => {
    const modes = ({ checks }: { readonly checks: readonly Check[] }) => checks.filter(({ check }) => check === "mode");
    const OFF = {
      check: "mode",
      result: "ok",
      says: expect.stringMatching(/^writing is off: /),
      todo: expect.stringContaining('deploy with --param="mode=enforce"'),
    };

    test.each([
      ["is silent where nobody has set the mode of commands", {}, []],
      ["is silent where commands may write", { TAGWARDEN_MODE: "enforce" }, []],
      ["says in one line that commands write nothing", { TAGWARDEN_MODE: "report" }, [OFF]],
    ])("%s", async (_, env, expected) => {
      const { stdout, code } = await runMain(["doctor", "--config", configFile()], { env });
      expect(modes(JSON.parse(stdout) as { checks: readonly Check[] })).toEqual(expected);
      expect(code).toBe(0);
    });

    test("takes no mode that nobody knows", async () => {
      const { code, stderr } = await runMain(["doctor", "--config", configFile()], { env: { TAGWARDEN_MODE: "off" } });
      expect(code).toBe(2);
      expect(stderr).toContain("TAGWARDEN_MODE=off: must be enforce or report");
    });

    describe("by a deployed service", () => {
      let aws: Awaited<ReturnType<typeof startEmbeddedAwsForTest>>;
      beforeAll(async () => {
        aws = await startEmbeddedAwsForTest();
      });
      afterAll(() => aws.close());

      /** Puts on the table what serverless.yml does. */
      async function deploy(tags: Readonly<Record<string, string>>): Promise<void> {
        const db = await createAwsClients(aws.variables).dynamodb();
        const { Table } = await db.send(new DescribeTableCommand({ TableName: "state" }));
        const ResourceArn = Table?.TableArn;
        await db.send(new UntagResourceCommand({ ResourceArn, TagKeys: [MODE_TAG] }));
        const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
        if (Tags.length > 0) await db.send(new TagResourceCommand({ ResourceArn, Tags }));
      }
      const look = async (env: Readonly<Record<string, string>> = {}, ...line: string[]) =>
        runMain(["doctor", "--config", configFile(), "--provider", "alibaba", "--table", "state", ...line], {
          env: { ...aws.variables, ...env },
        });
      const modesOf = async (env: Readonly<Record<string, string>> = {}) =>
        modes(JSON.parse((await look(env)).stdout) as { checks: readonly Check[] });

      test("says in one line that it writes nothing, and how that is changed", async () => {
        await deploy({ env: "prod", [MODE_TAG]: "report" });
        expect(await modesOf()).toEqual([OFF]);
        const { stdout } = await look({}, "--format", "table");
        expect(stdout.match(/^ok .* all accounts .* writing is off: .*mode=enforce/gm)).toHaveLength(1);
      });

      test("is silent where it writes", async () => {
        await deploy({ env: "prod", [MODE_TAG]: "enforce" });
        expect(await modesOf()).toEqual([]);
        expect((await look({}, "--format", "table")).stdout).not.toMatch(/writing is off/i);
      });

      test("says where it writes and commands don't that those don't", async () => {
        await deploy({ [MODE_TAG]: "enforce" });
        expect(await modesOf({ TAGWARDEN_MODE: "report" })).toEqual([OFF]);
      });

      test.each([
        ["of an earlier version", {}],
        ["that somebody has changed", { [MODE_TAG]: "perhaps" }],
      ])("doesn't take a table %s for one of either mode, and says what an upgrade does", async (_, tags) => {
        await deploy(tags);
        expect(await modesOf()).toEqual([
          {
            check: "mode",
            result: "unknown",
            says: expect.stringContaining("doesn't say whether writing is on"),
            todo: expect.stringContaining('--param="mode=enforce" to go on writing'),
          },
        ]);
      });

      test("says that it can't be told where the table can't be read, and which permissions that takes", async () => {
        const { stdout } = await look({ AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:9", AWS_MAX_ATTEMPTS: "1" });
        expect(modes(JSON.parse(stdout) as { checks: readonly Check[] })).toEqual([
          {
            check: "mode",
            result: "unknown",
            says: expect.stringMatching(/^whether writing is on: the table state can't be read: .*ECONNREFUSED/),
            todo: expect.stringContaining("dynamodb:ListTagsOfResource"),
          },
        ]);
      });
    });
  });

  test("exits 2 where no account is meant", async () => {
    expect(await doctor(configFile(), "--account", "nobody")).toMatchObject({ code: 2 });
  });
});

const account: AlibabaAccountConfig = {
  provider: "alibaba",
  account: "111122223333",
  regions: ["cn-hangzhou"],
  mode: "enforce",
  writesPerHour: 1,
  credentials: { accessKeyId: "a", accessKeySecret: "b" },
};

async function examine(
  change: Pick<AlibabaAccountConfig, "callsPerSecond">,
  skew: number | undefined,
): Promise<readonly Check[]> {
  const provider = memoryProvider({
    contracts: [apiGatewayContract],
    account: "111122223333",
    regions: ["cn-hangzhou"],
  });
  return examineAccount({ ...account, ...change }, { provider, skewMs: () => skew, now: Date.now });
}

describe("an account's clock", () => {
  test.each([
    [0, "ok", "differs by 0 s"],
    [60_000, "ok", "differs by 60 s"],
    [61_000, "problem", "61 s behind"],
    [-900_000, "problem", "900 s ahead of"],
    [undefined, "unknown", "no answer told the time"],
  ] as const)("that differs by %s ms is %s", async (skew, result, says) => {
    const checks = await examine({}, skew);
    expect(checks.find(({ check }) => check === "clock")).toMatchObject({
      result,
      says: expect.stringContaining(says),
    });
  });
});

describe("an account that refuses", () => {
  test.each([
    ["InvalidTimeStamp.Expired", "access", /clock/],
    ["RequestExpired", "access", /clock/],
    ["ExpiredTokenException", "access", /new temporary key/],
    ["InvalidSecurityToken.Expired", "access", /new temporary key/],
    ["RequestTimeout", "transient", /try again/],
    ["GatewayTimeout", "transient", /try again/],
    ["Forbidden.RAM", "access", /check the keys, and attach/],
  ] as const)("with %s, %s, is told what helps against that", async (code, kind, todo) => {
    const error = new ProviderError({ code, kind, message: `${code}: no`, httpStatus: 400, requestId: "r" });
    const refusing = { listInventory: () => Promise.reject(error), listTagResources: () => Promise.reject(error) };
    const provider = {
      ...memoryProvider({ contracts: [apiGatewayContract], account: "a", regions: ["r"] }),
      ...refusing,
    };
    const checks = await examineAccount(account, { provider, skewMs: () => 0, now: Date.now });
    const problems = checks.filter(({ check, result }) => check === "read" && result === "problem");
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) expect(problem.todo).toMatch(todo);
  });
});

describe("an account's share of the quota", () => {
  const resultsWith = async (callsPerSecond: { read: number; write: number }) =>
    (await examine({ callsPerSecond }, 0))
      .filter(({ check }) => check === "quota")
      .map(({ result, todo }) => [result, todo]);
  const { list, tag } = apiGatewayContract;

  test("may be all of it", async () => {
    expect(await resultsWith({ read: list.callsPerSecond, write: tag.callsPerSecond })).toEqual([
      ["ok", undefined],
      ["ok", undefined],
    ]);
  });

  test("above it is a problem, of reads and of writes each", async () => {
    expect(await resultsWith({ read: list.callsPerSecond + 1, write: tag.callsPerSecond + 1 })).toEqual([
      ["problem", expect.stringContaining("callsPerSecond.read")],
      ["problem", expect.stringContaining("callsPerSecond.write")],
    ]);
  });
});

async function startEmbeddedAwsForTest() {
  const aws = await startEmbeddedAws();
  const clients = createAwsClients(aws.variables);
  await createStateTable(clients.dynamodb());
  return { ...aws, [Symbol.asyncDispose]: () => aws.close() };
}
