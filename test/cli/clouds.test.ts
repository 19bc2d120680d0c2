import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { EmulatedResource } from "../../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../../local/emulator/start.ts";
import { ndjson, POLICY, runMain, temporaryFile, temporaryFolder } from "./run-main.ts";

const ALIBABA = { account: "111122223333", region: "cn-hangzhou" };
const GROUP = { type: "alibaba:apigateway:apiGroup", ...ALIBABA };
const IPAM = { type: "alibaba:vpcipam:IPAM", ...ALIBABA };
const GATEWAY = { type: "huawei:apig:instance", account: "d0001", region: "cn-north-4" };
const USER = { type: "huawei:iam:user", account: "d0001", region: "global" };
const INSTANCE = { type: "aws:ec2:instance", account: "444455556666", region: "us-east-1" };
const arn = (id: string): string => `arn:aws:ec2:us-east-1:444455556666:instance/${id}`;

const RESOURCES: readonly EmulatedResource[] = [
  { ...GROUP, id: "g1", tags: { env: "prod", owner: "web" } },
  { ...GROUP, id: "g2", tags: { env: "prod" } },
  { ...IPAM, id: "ipam-1", tags: { env: "moon" } },
  { ...GATEWAY, id: "gw1", tags: {} },
  { ...USER, id: "u1", tags: {} },
  { ...INSTANCE, id: arn("i-1"), tags: { owner: "a" } },
];

let emulator: Emulator;
let folder: string;
let config: string;
let policy: string;
let resources: string;

beforeAll(async () => {
  emulator = await startEmulator({ resources: RESOURCES });
});

afterAll(() => emulator.close());

beforeEach(async () => {
  emulator.reset();
  folder = await temporaryFolder();
  config = join(folder, "config.yaml");
  policy = join(folder, "policy.yaml");
  resources = join(folder, "resources.ndjson");
  writeFileSync(config, stringify(emulator.config()));
  writeFileSync(policy, POLICY);
  writeFileSync(resources, ndjson(RESOURCES));
});

interface Enforced {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly calls: Readonly<Record<string, number>>;
  readonly resources: readonly { readonly id: string; readonly outcome: string; readonly code?: string }[];
}

const enforce = async (...more: string[]) => {
  const journal = join(folder, "journal");
  const ran = await runMain(["enforce", "--policy", policy, "--config", config, "--journal", journal, ...more]);
  return { ...ran, json: JSON.parse(ran.stdout === "" ? "null" : ran.stdout) as Enforced };
};

const tagsOf = (id: string) => [...emulator.world.all()].find((resource) => resource.id === id)?.tags;

describe("enforce --apply", () => {
  test("tags what lacks a tag on every cloud and leaves the rest alone", async () => {
    const { code, json } = await enforce("--resources", resources, "--apply");
    expect(code).toBe(0);
    expect(json.outcomes).toEqual({ tagged: 5, compliant: 1 });
    expect(json.resources.find(({ id }) => id === "g2")).toEqual({
      id: "g2",
      type: GROUP.type,
      outcome: "tagged",
      tags: [{ key: "owner", outcome: "tagged", value: "platform" }],
    });
    expect(Object.keys(json)).toEqual(["outcomes", "calls", "resources"]);
    expect(json.calls).toEqual(emulator.calls());
    const ipam = await runMain([
      "tags",
      "list",
      "--config",
      config,
      "--type",
      IPAM.type,
      "--account",
      IPAM.account,
      "--region",
      IPAM.region,
      "--id",
      "ipam-1",
    ]);
    expect(JSON.parse(ipam.stdout)).toEqual({ ...IPAM, id: "ipam-1", tags: { env: "moon", owner: "platform" } });
  });

  test("a second time writes nothing", async () => {
    await enforce("--resources", resources, "--apply");
    const { json } = await enforce("--resources", resources, "--apply");
    expect(
      Object.keys(json.calls).filter(
        (action) => /Tag(?:Resources|ResourceV5)$|BatchCreate/.test(action) && !action.includes("List"),
      ),
    ).toEqual([]);
  });

  test("takes recorded events, and an event twice is one resource", async () => {
    const event = {
      specversion: "1.0",
      id: "e1",
      source: "test",
      type: "com.tagwarden.resource.created.v1",
      time: "2026-11-20T09:22:00Z",
      data: { ...GROUP, id: "g2" },
    };
    const events = await temporaryFile("events.ndjson", ndjson([event, event]));
    const { code, json } = await enforce("--events", events, "--apply");
    expect(code).toBe(0);
    expect(json.resources.map(({ id, outcome }) => [id, outcome])).toEqual([["g2", "tagged"]]);
  });

  test("a resource that the provider refuses is exit 1, and the others get their tags", async () => {
    emulator.setFaults([
      {
        match: { action: "alibaba:apigateway:TagResources", resourceId: "g2" },
        effect: "error",
        code: "QuotaExceeded.Tags",
        httpStatus: 400,
      },
    ]);
    const { code, json } = await enforce("--resources", resources, "--apply");
    expect(code).toBe(1);
    expect(json.resources.find(({ id }) => id === "g2")?.outcome).toMatch(/^(?:rejected|failed)$/);
    expect(json.outcomes["tagged"]).toBe(4);
  });

  test("a resource of an account that is not configured is exit 1 and says so", async () => {
    writeFileSync(resources, ndjson([{ ...GROUP, account: "999", id: "g9", tags: {} }]));
    const { code, stdout } = await enforce("--resources", resources, "--apply");
    expect(code).toBe(1);
    expect(stdout).toContain("account 999 of alibaba is not in the configuration");
  });

  test("TAGWARDEN_MODE=report writes nothing", async () => {
    const argv = ["enforce", "--policy", policy, "--config", config, "--resources", resources, "--apply"];
    argv.push("--journal", join(folder, "journal"));
    const ran = await runMain(argv, { env: { TAGWARDEN_MODE: "report" } });
    expect(ran.code).toBe(0);
    expect((JSON.parse(ran.stdout) as Enforced).outcomes).toEqual({ "report-only": 5, compliant: 1 });
    expect(tagsOf("gw1")).toEqual({});
  });
});

describe("enforce without --apply", () => {
  test("reads, prints the calls that it would send, and writes nothing", async () => {
    const { code, stdout } = await enforce("--resources", resources);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ calls: 5, outcomes: { tagged: 5, compliant: 1 } });
    expect(tagsOf("gw1")).toEqual({});
  });

  test("without a configuration it goes by the input", async () => {
    const ran = await runMain(["enforce", "--policy", policy, "--resources", resources]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("without --config nothing is read");
    expect(JSON.parse(ran.stdout)).toMatchObject({ calls: 5 });
    expect(emulator.calls()).toEqual({});
  });
});

describe("audit", () => {
  const audit = async (...more: string[]) =>
    runMain(["audit", "--policy", policy, "--config", config, "--out", join(folder, "out"), ...more]);
  const lines = (kind: string): unknown[] =>
    readdirSync(join(folder, "out", kind)).flatMap((name) =>
      gunzipSync(readFileSync(join(folder, "out", kind, name)))
        .toString()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    );

  test("counts what exists, writes evaluations and findings, and is exit 1 with findings", async () => {
    const ran = await audit();
    expect(ran.code).toBe(1);
    const json = JSON.parse(ran.stdout) as { calls: unknown };
    expect(json).toMatchObject({
      resources: 6,
      evaluated: { compliant: 1, noncompliant: 5 },
      out: join(folder, "out"),
    });
    expect(Object.keys(json)).toEqual(["run", "resources", "evaluated", "coverage", "calls", "rows", "out"]);
    expect(json.calls).toEqual(emulator.calls());
    expect(lines("evaluations")).toHaveLength(6);
    expect(lines("findings")).toHaveLength(5);
  });

  test("its findings are what enforce repairs, and then it is exit 0 but for what nobody may overwrite", async () => {
    await audit();
    const { json } = await enforce("--resources", join(folder, "out", "findings"), "--apply");
    expect(json.outcomes).toEqual({ tagged: 5 });
    const again = await audit();
    expect(JSON.parse(again.stdout)).toMatchObject({ evaluated: { compliant: 5, noncompliant: 1 } });
    await runMain([
      "tags",
      "set",
      "--config",
      config,
      "--type",
      IPAM.type,
      "--account",
      IPAM.account,
      "--region",
      IPAM.region,
      "--id",
      "ipam-1",
      "--tag",
      "env=dev",
    ]);
    expect((await audit()).code).toBe(0);
  });

  test("a table on a terminal", async () => {
    const ran = await audit("--format", "table");
    expect(ran.stdout).toMatch(/^provider +resources +compliance/);
    expect(ran.stdout).toMatch(/\nowner +4 +0/);
  });

  test("--resume says where there is nothing to resume", async () => {
    expect(await audit("--resume")).toMatchObject({ code: 2, stdout: "" });
    await audit();
    expect((await audit("--resume")).stderr).toContain("is finished; leave out --resume to start a new one");
  });

  test("a folder that is a file", async () => {
    const ran = await runMain(["audit", "--policy", policy, "--config", config, "--out", policy]);
    expect(ran.stderr).toBe(`tagwarden: ${policy}: is a file; name a folder\n`);
    expect(ran.code).toBe(2);
  });
});

describe("tags", () => {
  const tags = (verb: string, ref: { type: string; account: string; region: string }, ...more: string[]) =>
    runMain([
      "tags",
      verb,
      "--config",
      config,
      "--type",
      ref.type,
      "--account",
      ref.account,
      "--region",
      ref.region,
      ...more,
    ]);

  test.each([
    ["API groups", GROUP, "g2"],
    ["IPAMs", IPAM, "ipam-1"],
    ["gateways", GATEWAY, "gw1"],
    ["IAM users", USER, "u1"],
    ["EC2 instances", INSTANCE, arn("i-1")],
  ])("set, list and unset tags of %s", async (_name, ref, id) => {
    const before = tagsOf(id);
    const set = await tags("set", ref, "--id", id, "--tag", "team=a b", "stage=x=y");
    expect(JSON.parse(set.stdout)).toMatchObject({ succeeded: [id], failed: [] });
    const listed = await tags("list", ref, "--id", id);
    expect(JSON.parse(listed.stdout)).toEqual({ ...ref, id, tags: { ...before, team: "a b", stage: "x=y" } });
    const unset = await tags("unset", ref, "--id", id, "--tag", "team", "--tag", "stage");
    expect(unset.code).toBe(0);
    expect(tagsOf(id)).toEqual(before);
  });

  test("list pages to the end", async () => {
    for (let index = 0; index < 120; index += 1) {
      emulator.world.create({ ...IPAM, id: `ipam-x${index}`, tags: { a: "1", b: "2", c: "3" } });
    }
    const { stdout } = await tags("list", IPAM, "--tag", "a");
    const listed = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as EmulatedResource);
    expect(listed).toHaveLength(120);
    expect(listed.every((resource) => Object.keys(resource.tags ?? {}).length === 3)).toBe(true);
  });

  test("list tells any value from the empty value, and prints all tags of what it found", async () => {
    emulator.world.create({ ...IPAM, id: "ipam-2", tags: { env: "", owner: "x" } });
    const ids = async (...filters: string[]) => {
      const { stdout } = await tags("list", IPAM, ...filters);
      return stdout === ""
        ? []
        : stdout
            .trim()
            .split("\n")
            .map((line) => (JSON.parse(line) as { id: string }).id)
            .sort();
    };
    expect(await ids("--tag", "env")).toEqual(["ipam-1", "ipam-2"]);
    expect(await ids("--tag", "env=")).toEqual(["ipam-2"]);
    expect(await ids("--tag", "env=moon", "--id", "ipam-2")).toEqual([]);
    expect(JSON.parse((await tags("list", IPAM, "--tag", "env=")).stdout)).toMatchObject({
      tags: { env: "", owner: "x" },
    });
  });

  test.each([
    [
      "a key that the provider reserves",
      "set",
      GATEWAY,
      ["--id", "gw1", "--tag", "_sys_a=b"],
      'starts with the reserved prefix "_sys_"',
    ],
    [
      "a value that is too long",
      "set",
      IPAM,
      ["--id", "ipam-1", "--tag", `a=${"x".repeat(129)}`],
      "is longer than 128 characters",
    ],
    [
      "more tags than fit",
      "set",
      IPAM,
      ["--id", "ipam-1", "--tag", ...Array.from({ length: 21 }, (_, index) => `k${index}=v`)],
      "carries at most 20",
    ],
    ["a tag without a value", "set", IPAM, ["--id", "ipam-1", "--tag", "env"], "has no value; write --tag env=VALUE"],
    ["a key given twice", "set", IPAM, ["--id", "ipam-1", "--tag", "a=1", "a=2"], 'the key "a" is given twice'],
    ["a value to unset", "unset", IPAM, ["--id", "ipam-1", "--tag", "a=1"], "unset takes a key alone"],
    ["neither id nor tag where the API needs one", "list", IPAM, [], "add --id or --tag"],
    ["tags where the API lists by id only", "list", GATEWAY, ["--tag", "env"], "names no tags; give --id instead"],
    ["an empty id", "set", IPAM, ["--id", "", "--tag", "a=1"], "--id: is empty; name a resource"],
    ["a type that nobody serves", "list", { ...IPAM, type: "alibaba:vpcipam:ipam" }, ["--id", "x"], "can't be tagged"],
    [
      "a region that is not configured",
      "list",
      { ...IPAM, region: "cn-nowhere" },
      ["--id", "x"],
      "region cn-nowhere of account",
    ],
    [
      "an account that is not configured",
      "list",
      { ...IPAM, account: "1" },
      ["--id", "x"],
      "is not in the configuration",
    ],
    [
      "no time",
      "list",
      IPAM,
      ["--id", "x", "--max-seconds", "0"],
      "--max-seconds 0: must be a number of seconds above 0",
    ],
  ])("%s is exit 2 before any call", async (_name, verb, ref, more, message) => {
    const ran = await tags(verb, ref, ...more);
    expect(ran.stderr).toContain(message);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr.trim().split("\n")).toHaveLength(1);
    expect(emulator.calls()).toEqual({});
  });

  test("a resource that doesn't exist has failed, and exit is 1", async () => {
    const ran = await tags("set", USER, "--id", "u1", "nobody", "--tag", "a=b");
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ succeeded: ["u1"], failed: [{ id: "nobody" }] });
  });

  test("a resource that doesn't exist doesn't keep the others from being listed, and is named", async () => {
    emulator.world.create({ ...USER, id: "u2", tags: { a: "b" } });
    const ran = await tags("list", USER, "--id", "nobody", "u2");
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ id: "u2", tags: { a: "b" } });
    expect(ran.stderr).toMatch(/^tagwarden: nobody: PAP5\.0004: /);
  });

  test("of an all-or-none call that was refused, nobody reads that each resource was the reason", async () => {
    const ran = await tags("set", IPAM, "--id", "ipam-1", "nobody", "--tag", "a=b");
    const { failed } = JSON.parse(ran.stdout) as { failed: { id: string; message: string }[] };
    expect(failed.map(({ id }) => id)).toEqual(["ipam-1", "nobody"]);
    for (const { message } of failed) expect(message).toContain("all or none: any resource of this call may be");
    expect(tagsOf("ipam-1")).toEqual({ env: "moon" });
  });
});

describe("a provider that can't be used is one clear message and exit 3", () => {
  const LIST = [
    "tags",
    "list",
    "--type",
    IPAM.type,
    "--account",
    IPAM.account,
    "--region",
    IPAM.region,
    "--id",
    "ipam-1",
  ];
  const withAlibaba = (change: object) => {
    const { accounts, ...rest } = emulator.config() as { accounts: { provider: string }[] };
    const changed = accounts.map((account) => (account.provider === "alibaba" ? { ...account, ...change } : account));
    return temporaryFile("config.yaml", stringify({ ...rest, accounts: changed }));
  };

  test("a wrong key pair", async () => {
    const { accessKeyId } = emulator.description.alibaba;
    const wrong = await withAlibaba({ credentials: { accessKeyId, accessKeySecret: "wrong" } });
    const listed = await runMain([...LIST, "--config", wrong]);
    expect(listed).toMatchObject({ code: 3, stdout: "" });
    expect(listed.stderr).toMatch(/^tagwarden: SignatureDoesNotMatch: /);
    expect(listed.stderr.trim().split("\n")).toHaveLength(1);

    config = wrong;
    const enforced = await enforce("--resources", resources, "--apply");
    expect(enforced.code).toBe(3);
    expect(enforced.stderr).toContain(
      "alibaba account 111122223333, region cn-hangzhou can't be used: SignatureDoesNotMatch",
    );
    expect(enforced.json.outcomes).toEqual({ tagged: 3, failed: 3 });

    const audited = await runMain(["audit", "--policy", policy, "--config", wrong, "--out", join(folder, "out")]);
    expect(audited.code).toBe(3);
    expect(audited.stderr).toContain("not audited: alibaba.111122223333.cn-hangzhou");
  });

  test("an endpoint that hangs", async () => {
    const server = await new Promise<Server>((resolve) => {
      const listening = createServer(() => undefined).listen(0, "127.0.0.1", () => resolve(listening));
    });
    try {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      const hanging = await withAlibaba({ endpoints: { "cn-hangzhou": `http://127.0.0.1:${port}` } });
      const ran = await runMain([...LIST, "--config", hanging, "--max-seconds", "1"]);
      expect(ran).toMatchObject({ code: 3, stdout: "" });
      expect(ran.stderr).toMatch(/^tagwarden: .*--max-seconds/);
    } finally {
      server.close();
    }
  });

  test("an endpoint where nobody listens", async () => {
    const gone = await withAlibaba({ endpoints: { "cn-hangzhou": "http://127.0.0.1:1" } });
    const ran = await runMain([...LIST, "--config", gone, "--max-seconds", "1"]);
    expect(ran).toMatchObject({ code: 3, stdout: "" });
    expect(ran.stderr).toMatch(/^tagwarden: /);
  });

  test("a credential that isn't there is exit 2 and names the reference", async () => {
    const { accessKeyId } = emulator.description.alibaba;
    const unset = await withAlibaba({ credentials: { accessKeyId, accessKeySecret: "env:NOT_SET" } });
    const ran = await runMain([...LIST, "--config", unset]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/^tagwarden: credential "env:NOT_SET": .*is not set/);
  });

  test("credentials come from the environment and from files beside the configuration", async () => {
    const { accessKeyId, accessKeySecret } = emulator.description.alibaba;
    const path = await withAlibaba({ credentials: { accessKeyId: "env:ID", accessKeySecret: "file:keys.env#SECRET" } });
    writeFileSync(join(path, "..", "keys.env"), `# ours\nSECRET="${accessKeySecret}"\n`);
    expect((await runMain([...LIST, "--config", path], { env: { ID: accessKeyId } })).code).toBe(0);
    writeFileSync(join(path, "..", "keys.env"), JSON.stringify({ SECRET: accessKeySecret }));
    expect((await runMain([...LIST, "--config", path], { env: { ID: accessKeyId } })).code).toBe(0);
    writeFileSync(join(path, "..", "keys.env"), `OTHER=1\n`);
    const ran = await runMain([...LIST, "--config", path], { env: { ID: accessKeyId } });
    expect(ran.stderr).toBe('tagwarden: credential "file:keys.env#SECRET": the file holds no SECRET; add it\n');
  });
});
