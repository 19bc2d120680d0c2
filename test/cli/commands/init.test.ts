import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { parse } from "yaml";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../../local/emulator/start.ts";
import { startEmbeddedAws, type EmbeddedAws } from "../../../local/service/embedded-aws.ts";
import { runMain, temporaryFolder, type RunOptions } from "../run-main.ts";
import { spawnCommand } from "../spawn-command.ts";
import { personWho } from "./person.ts";

const RESOURCES: readonly EmulatedResource[] = [
  {
    type: "alibaba:vpcipam:IPAM",
    account: "111122223333",
    region: "cn-hangzhou",
    id: "ipam-1",
    tags: { owner: "net" },
  },
  { type: "huawei:iam:user", account: "d0001", region: "global", id: "u1", tags: { owner: "ops", env: "dev" } },
  {
    type: "aws:s3:bucket",
    account: "444455556666",
    region: "us-east-1",
    id: "arn:aws:s3:::b",
    tags: { owner: "web", env: "moon" },
  },
];
/** Nobody's keys, and nowhere to look for others. */
const NO_KEYS = { HOME: "/nonexistent", AWS_EC2_METADATA_DISABLED: "true", AWS_REGION: "", AWS_PROFILE: "" };

let folder: string;
const at = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = await temporaryFolder();
});

/** Runs `init` in this process, where it has no reason to ask AWS. */
function init(argv: readonly string[], options: RunOptions = {}) {
  return runMain(["init", "--out", folder, ...argv], options);
}

async function run(argv: readonly string[], env: NodeJS.ProcessEnv) {
  const command = spawnCommand(argv, { ...NO_KEYS, ...env });
  const code = await command.ended();
  return { code, stdout: command.stdout(), stderr: command.stderr() };
}

interface ConfigText {
  readonly accounts: readonly Readonly<Record<string, unknown>>[];
}

const written = (): ConfigText => parse(readFileSync(at("config.yaml"), "utf8")) as ConfigText;

describe("what init writes", () => {
  let emulator: Emulator;
  let env: Record<string, string>;

  beforeAll(async () => {
    emulator = await startEmulator({ resources: RESOURCES });
    const { alibaba, huawei, aws } = emulator.description;
    env = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: alibaba.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: alibaba.accessKeySecret,
      HUAWEICLOUD_SDK_AK: huawei.accessKey,
      HUAWEICLOUD_SDK_SK: huawei.secretKey,
      AWS_ACCESS_KEY_ID: aws.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
    };
  });
  afterAll(() => emulator.close());

  /** The flags that lead to the emulator. */
  function flagsFor(provider: "alibaba" | "huawei" | "aws"): readonly string[] {
    const { endpoint } = emulator.description[provider];
    const [account, region] = {
      alibaba: ["111122223333", "cn-hangzhou"],
      huawei: ["d0001", "cn-north-4"],
      aws: ["444455556666", "us-east-1"],
    }[provider];
    const project = emulator.description.huawei.projects["cn-north-4"] ?? "";
    return Object.entries({
      provider,
      account: `${provider}:${account}`,
      region: `${provider}:${region}`,
      endpoint: `${provider}:${endpoint}`,
      ...(provider === "huawei" && { project: `cn-north-4=${[project].flat().join(",")}` }),
    }).flatMap(([name, value]) => [`--${name}`, value]);
  }

  test.each([
    [["alibaba"], { noncompliant: 1 }],
    [["huawei"], { compliant: 1 }],
    [["aws"], { noncompliant: 1 }],
    [["alibaba", "huawei", "aws"], { noncompliant: 2, compliant: 1 }],
  ] as const)("doctor and audit take as it is: %j", async (providers, evaluated) => {
    const made = await run(
      ["init", "--out", folder, ...providers.flatMap(flagsFor), "--key", "owner", "env=prod,staging,dev"],
      env,
    );
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const files = ["--policy", at("policy.yaml"), "--config", at("config.yaml")];
    expect(await run(["policy", "check", ...files], env)).toEqual({ code: 0, stdout: "", stderr: "" });

    const doctor = await run(["doctor", "--config", at("config.yaml")], env);
    expect(doctor).toMatchObject({ code: 0, stderr: expect.stringContaining(" 0 problems") });

    const audit = await run(["audit", ...files, "--out", at("audit")], env);
    expect(audit.code).toBe("noncompliant" in evaluated ? 1 : 0);
    expect(JSON.parse(audit.stdout)).toMatchObject({ evaluated });
  });

  test("writes nothing, even where enforce is asked to", async () => {
    await run(["init", "--out", folder, ...flagsFor("alibaba"), "--key", "owner"], env);
    const policy = at("enforce.yaml");
    const text = readFileSync(at("policy.yaml"), "utf8").replace("mode: report\n", "mode: enforce\n");
    writeFileSync(policy, text.replace("owner: {}", "owner: { default: somebody }"));
    const resources = at("resources.ndjson");
    writeFileSync(resources, `${JSON.stringify({ ...RESOURCES[0], tags: {} })}\n`);
    emulator.reset();
    const argv = ["enforce", "--policy", policy, "--config", at("config.yaml"), "--resources", resources, "--apply"];
    const { code } = await run([...argv, "--journal", at("journal")], env);
    expect(code).toBe(0);
    expect(Object.keys(emulator.calls()).filter((action) => action.endsWith(":TagResources"))).toEqual([]);
  });

  test("ends with the command to go on with, as whoever reads it can type it", async () => {
    const flags = [...flagsFor("alibaba"), "--config", at("my config.yaml")];
    const { stdout } = await init(flags);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(`  tagwarden doctor --config '${at("my config.yaml")}'`);
    const inCheckout = await init([...flags, "--force"], { env: { npm_lifecycle_event: "tagwarden" } });
    expect(inCheckout.stdout).toContain("  npm run -s tagwarden -- doctor --config ");
  });
});

const ALIBABA = ["--provider", "alibaba", "--account", "1111222233334444", "--region", "cn-hangzhou"];
const HUAWEI = ["--provider", "huawei", "--account", "d0001", "--region", "cn-north-4"];
const AWS = ["--provider", "aws", "--account", "444455556666"];

interface PolicyText {
  readonly requiredTags: Readonly<Record<string, { readonly values?: readonly string[] }>>;
  readonly policies: readonly { readonly require: readonly string[] }[];
}

const writtenPolicy = (): PolicyText => parse(readFileSync(at("policy.yaml"), "utf8")) as PolicyText;

describe("keys", () => {
  test("of any spelling stand in the policy as they were given", async () => {
    const keys = ["null", "cost center", "a: b", "#1", "it's", '"q"', "1.0", "ключ", "constructor"];
    expect(
      await init(["--provider", "aws", "--account", "444455556666", "--region", "us-east-1", "--key", ...keys]),
    ).toMatchObject({ code: 0 });
    const { requiredTags, policies } = writtenPolicy();
    expect(Object.keys(requiredTags).toSorted()).toEqual(keys.toSorted());
    expect(policies[0]?.require).toEqual(keys);
  });

  test("that a cloud can't hold are refused, and nothing is written", async () => {
    const ran = await init([...ALIBABA, "--key", "acs:owner"]);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^tagwarden: init: .*"acs:owner"/);
    expect(existsSync(at("policy.yaml"))).toBe(false);
  });

  test("have values without the blanks round them", async () => {
    await init([...ALIBABA, "--key", "env=prod, dev"]);
    expect(writtenPolicy().requiredTags).toEqual({ env: { values: ["prod", "dev"] } });
  });

  test("are owner and env where none is given", async () => {
    await init(ALIBABA);
    expect(parse(readFileSync(at("policy.yaml"), "utf8"))).toMatchObject({
      requiredTags: { owner: {}, env: {} },
      policies: [{ require: ["owner", "env"], mode: "report" }],
    });
  });
});

describe("files that are there", () => {
  test("stay, and are both named", async () => {
    for (const name of ["policy.yaml", "config.yaml"]) writeFileSync(at(name), "mine\n");
    const ran = await init(ALIBABA);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toBe(
      `tagwarden: ${at("policy.yaml")} and ${at("config.yaml")} are there already; --force replaces them, --out writes elsewhere\n`,
    );
    expect(readFileSync(at("policy.yaml"), "utf8")).toBe("mine\n");
  });

  test("are replaced with --force", async () => {
    writeFileSync(at("config.yaml"), "mine\n");
    expect(await init([...ALIBABA, "--force"])).toMatchObject({ code: 0 });
    expect(written().accounts).toMatchObject([{ provider: "alibaba", mode: "report" }]);
  });
});

describe("flags", () => {
  test("that are wrong are told before anything is asked", async () => {
    const person = personWho([["AWS account", "444455556666\r"]]);
    for (const flags of [
      ["--region", "us-east-1", "cn-north-1"],
      ["--key", "aws:owner"],
      ["--inventory", "all"],
    ])
      expect(await init(["--provider", "aws", ...flags], { person: person.terminal })).toMatchObject({ code: 2 });
    expect(person.sees()).toBe("");
  });

  test.each([
    [["--provider", "moon"], "--provider moon: choose one of aws, alibaba, huawei"],
    [["--provider", "aws", "--account", "1"], "--account 1: an AWS account is 12 digits"],
    [[...ALIBABA, "--account", "2"], "--account 2: one account of alibaba to begin with"],
    [[...ALIBABA, "--account", "huawei:d1"], "--account huawei:d1: add --provider huawei"],
    [["--provider", "alibaba", "huawei", "--account", "1"], "--account 1: whose is it? Write alibaba:1 or huawei:1"],
    [["--provider", "aws,alibaba"], "--provider aws,alibaba: no commas; write --provider aws alibaba"],
    [
      [...AWS, "--region", "us-east-1,us-west-2"],
      "--region us-east-1,us-west-2: no commas; write --region us-east-1 us-west-2",
    ],
    [["--provider", "alibaba", "--account", "1,2"], "--account 1,2: no commas; write --account 1 2"],
    [[...ALIBABA, "--key", "owner,env"], "--key owner,env: no commas; write --key owner env"],
    [[...HUAWEI, "--project", "cn-north-4=p,cn-south-1=q"], "--project cn-north-4=p,cn-south-1=q: no commas; write"],
    [[...ALIBABA, "--region", "US 1"], "--region 'US 1' must be a region such as cn-hangzhou"],
    [[...ALIBABA, "--region", "cn-hangzhou"], "--region cn-hangzhou stands there twice; remove one"],
    [
      [...AWS, "--region", "us-east-1", "cn-north-1"],
      "--region cn-north-1 is a region of the partition aws-cn, not of aws",
    ],
    [[...ALIBABA, "--endpoint", "http://example.com"], "--endpoint http://example.com is plain http"],
    [
      [...ALIBABA, "--endpoint", "cn-beijing=https://example.com"],
      "--endpoint cn-beijing=https://example.com is for a region that --region doesn't name",
    ],
    [
      ["--provider", "alibaba", "aws", "--endpoint", "alibaba:http://example.com"],
      "--endpoint alibaba:http://example.com is plain http",
    ],
    [[...HUAWEI, "--project", "cn-north-4=p", "cn-x=q"], "--project cn-x=q is for a region that --region doesn't name"],
    [[...HUAWEI, "--project", "cn-north-4=p", "cn-north-4=q"], "--project cn-north-4=q: one for each region"],
    [
      [...ALIBABA, "--endpoint", "https://a.example", "https://b.example"],
      "--endpoint https://b.example: one for each",
    ],
    [[...ALIBABA, "--inventory", "config"], "--inventory config: add --provider aws"],
    [[...ALIBABA, "--project", "cn-north-4=p"], "--project cn-north-4=p: add --provider huawei"],
    [[...ALIBABA, "--policy", "x.yaml", "--config", "./x.yaml"], "--policy and --config both name ./x.yaml"],
    [
      ["--provider", "huawei", "--account", "d", "--region", "r", "--project", "r"],
      "--project r: write --project REGION=ID",
    ],
    [[...ALIBABA, "--key", "env="], "--key env=: write KEY or KEY=VALUE,VALUE"],
    [
      ["--provider", "aws", "--account", "444455556666", "--region", "us-east-1", "--inventory", "all"],
      "--inventory all: choose one of none, config, resource-explorer",
    ],
    [
      ["--provider", "alibaba", "huawei", "--region", "huawei:cn-north-4"],
      "init: nobody can be asked here, and these are missing: --account alibaba:ID, --region alibaba:REGION, --account huawei:ID, --project cn-north-4=ID",
    ],
  ])("%j is exit 2 and one line", async (argv, message) => {
    const ran = await init(argv);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(`tagwarden: ${message}`);
    expect(ran.stderr.trim().split("\n")).toHaveLength(1);
    expect(existsSync(at("config.yaml"))).toBe(false);
  });
});

describe("AWS's account", () => {
  let aws: EmbeddedAws;
  beforeAll(async () => {
    aws = await startEmbeddedAws();
  });
  afterAll(() => aws.close());

  test("and region are those of the credentials at hand", async () => {
    const env = { ...aws.variables, AWS_ENDPOINT_URL_STS: aws.endpoint, AWS_REGION: "eu-west-1" };
    expect(await run(["init", "--out", folder, "--yes"], env)).toMatchObject({ code: 0, stderr: "" });
    expect(written().accounts).toMatchObject([{ provider: "aws", account: aws.account, regions: ["eu-west-1"] }]);
  });

  test("that AWS can't be asked for is told with the reason, also to somebody who then answers", async () => {
    // Whatever the machine has, this process is to have no key.
    for (const [name, value] of Object.entries({ ...NO_KEYS, AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" }))
      vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    const person = personWho([["AWS account (12 digits)", "444455556666\r"]]);
    const argv = ["--provider", "aws", "--region", "us-east-1", "--inventory", "none", "--key", "owner"];
    const ran = await init(argv, { person: person.terminal });
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stderr).toMatch(/^tagwarden: AWS could not be asked which account this is: \S+/);
    expect(person.sees().split("█")[0]).not.toMatch(/[0-9]{12}/);
  });

  test("is left open where AWS can't be asked; the line is told, and is the one that doctor names", async () => {
    const ran = await run(["init", "--out", folder, "--yes"], {});
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("tagwarden: AWS could not be asked which account this is: ");
    const [, line = ""] = /config\.yaml:(\d+): put the account's 12 digits there/.exec(ran.stderr) ?? [];
    const doctor = await runMain(["doctor", "--config", at("config.yaml")]);
    expect(doctor.code).toBe(2);
    expect(doctor.stderr).toContain(`config.yaml:${line}:`);
  });

  test("is not asked for where flags say all, so no key is needed", async () => {
    const argv = ["init", "--out", folder, "--account", "444455556666", "--region", "us-gov-west-1"];
    expect(await run(argv, {})).toMatchObject({ code: 0, stderr: "" });
    expect(written().accounts).toMatchObject([{ account: "444455556666", partition: "aws-us-gov" }]);
  });
});

describe("on a terminal", () => {
  const NEXT = " \u001b[B \r";

  test("asks for what no flag says, and takes what is typed", async () => {
    const person = personWho([
      ["Which clouds?", NEXT],
      ["Alibaba Cloud account id", "1111222233334444\r"],
      ["Alibaba Cloud regions", "cn-hangzhou, cn-beijing\r"],
      ["Tags that every resource must carry", ", team\r"],
    ]);
    const ran = await init([], { person: person.terminal });
    expect(ran).toMatchObject({ code: 0 });
    expect(written().accounts).toMatchObject([
      { provider: "alibaba", account: "1111222233334444", regions: ["cn-hangzhou", "cn-beijing"], mode: "report" },
    ]);
    expect(parse(readFileSync(at("policy.yaml"), "utf8"))).toMatchObject({
      policies: [{ require: ["owner", "env", "team"] }],
    });
  });

  test("asks for nothing that a flag says, and for each project of Huawei", async () => {
    const person = personWho([
      ["Project id of cn-north-4", "p4\r"],
      ["Project id of cn-south-1", "p1\r"],
    ]);
    const argv = [
      "--provider",
      "huawei",
      "--account",
      "d0001",
      "--region",
      "cn-north-4",
      "cn-south-1",
      "--key",
      "owner",
    ];
    expect(await init(argv, { person: person.terminal })).toMatchObject({ code: 0 });
    expect(written().accounts).toMatchObject([{ projects: { "cn-north-4": "p4", "cn-south-1": "p1" } }]);
    expect(person.sees()).not.toContain("Tags");
  });

  test("says what is wrong with an answer, and asks again", async () => {
    const person = personWho([
      ["Alibaba Cloud regions", "US 1!\r"],
      ["regions such as us-east-1, with commas between", `${"\u007f".repeat(5)}cn-hangzhou\r`],
    ]);
    const argv = ["--provider", "alibaba", "--account", "1", "--key", "owner"];
    expect(await init(argv, { person: person.terminal })).toMatchObject({ code: 0 });
    expect(written().accounts).toMatchObject([{ regions: ["cn-hangzhou"] }]);
  });

  test("asks nothing with --yes", async () => {
    const person = personWho([]);
    expect(await init([...ALIBABA, "--yes"], { person: person.terminal })).toMatchObject({ code: 0 });
    expect(person.sees()).toBe("");
  });

  const ask = (argv: readonly string[], answers: Parameters<typeof personWho>[0]) => {
    const person = personWho(answers);
    return init(argv, { person: person.terminal }).then((ran) => ({ ...ran, seen: person.sees() }));
  };
  /** Deletes what stands there. */
  const EMPTY = "\u0015";

  test.each([
    ["owner, env=prod,dev", { owner: {}, env: { values: ["prod", "dev"] } }],
    ["owner env=prod", { owner: {}, env: { values: ["prod"] } }],
    ["owner,env=prod,dev,size=s,m", { owner: {}, env: { values: ["prod", "dev"] }, size: { values: ["s", "m"] } }],
    ["env=prod,dev , size=s,", { env: { values: ["prod", "dev"] }, size: { values: ["s"] } }],
  ])("reads tags as the flag does: %s", async (typed, requiredTags) => {
    const ran = await ask(ALIBABA, [["Tags that every resource", `${EMPTY}${typed}\r`]]);
    expect(ran).toMatchObject({ code: 0 });
    expect(writtenPolicy().requiredTags).toEqual(requiredTags);
  });

  test.each([
    ["env=prod, dev", "is dev a value? Then write env=prod,dev"],
    ["env=prod , dev", "is dev a value? Then write env=prod,dev"],
    ["env=prod ,dev", "is dev a value? Then write env=prod,dev"],
    ["env=", "env=: write KEY or KEY=VALUE,VALUE"],
    ["=prod", "=prod: write KEY or KEY=VALUE,VALUE"],
    [" , ", "name at least one key"],
    ["owner, owner", "is required twice"],
    ["acs:owner", "starts with the reserved prefix"],
  ])("asks again for tags that nobody can hold or read: %s", async (typed, problem) => {
    const ran = await ask(ALIBABA, [
      ["Tags that every resource", `${EMPTY}${typed}\r`],
      [problem.slice(0, 20), `${EMPTY}team\r`],
    ]);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.seen).toContain(problem);
    expect(writtenPolicy().requiredTags).toEqual({ team: {} });
  });

  test("asks again for places that don't go together, and keeps the answers", async () => {
    const aws = await ask(
      [...AWS, "--inventory", "none", "--key", "owner"],
      [
        ["AWS regions", `${EMPTY}us-east-1, cn-north-1\r`],
        ["cn-north-1 is a region of the partition", `${EMPTY}eu-west-1\r`],
      ],
    );
    expect(aws).toMatchObject({ code: 0 });
    expect(written().accounts).toMatchObject([{ regions: ["eu-west-1"] }]);
    const huawei = await ask(
      [...HUAWEI, "cn-south-1", "--key", "owner", "--force"],
      [
        ["Project id of cn-north-4", "p4\r"],
        ["Project id of cn-south-1", "p4\r"],
        ["cn-north-4 names already", `${EMPTY}p1\r`],
      ],
    );
    expect(huawei).toMatchObject({ code: 0 });
    expect(written().accounts).toMatchObject([{ projects: { "cn-north-4": "p4", "cn-south-1": "p1" } }]);
  });

  test("shows no example where an answer stands", async () => {
    const ran = await ask(
      [],
      [
        ["Which clouds?", NEXT],
        ["Alibaba Cloud account id", "\r"],
        ["must not be empty", "1\r"],
        ["Alibaba Cloud regions", "\r"],
        ["regions such as", "\u0003"],
      ],
    );
    expect(ran.code).toBe(130);
    expect(ran.seen).not.toMatch(/[0-9]{12}/);
  });

  test.each(["\u0003", "\u0004", "\u001b"])("%j is exit 130, and nothing is written", async (key) => {
    for (const [argv, question] of [
      [[], "Which clouds?"],
      [["--provider", "alibaba"], "Alibaba Cloud account id"],
      [[...AWS, "--region", "us-east-1"], "Which of these"],
    ] as const) {
      const ran = await ask(argv, [[question, key]]);
      expect(ran).toMatchObject({ code: 130, stdout: "", stderr: "tagwarden: interrupted\n" });
      // The cursor is there again.
      expect(ran.seen.lastIndexOf("\u001b[?25h")).toBeGreaterThan(ran.seen.lastIndexOf("\u001b[?25l"));
    }
    expect(existsSync(at("policy.yaml"))).toBe(false);
  });

  test("a terminal that goes away is exit 130", async () => {
    const person = personWho([]);
    const ran = init([], { person: person.terminal });
    person.leaves();
    expect(await ran).toMatchObject({ code: 130, stderr: "tagwarden: interrupted\n" });
  });

  test("a signal ends it, with nothing on the screen from earlier questions", async () => {
    const stop = new AbortController();
    const person = personWho([
      ["Alibaba Cloud account id", "1\r"],
      ["Alibaba Cloud regions", "cn-hangzhou\r"],
    ]);
    const ran = init(["--provider", "alibaba"], { person: person.terminal, signal: stop.signal });
    await vi.waitUntil(() => person.sees().includes("Tags that"));
    const before = person.sees().length;
    stop.abort("SIGTERM");
    expect(await ran).toMatchObject({ code: 143 });
    expect(person.sees().slice(before).split("\n")).toHaveLength(2);
  });
});
