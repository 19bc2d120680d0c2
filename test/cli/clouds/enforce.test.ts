import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { ndjson, runMain, temporaryFile } from "../run-main.ts";
import { GROUP, IPAM, placeArguments, USER, type Enforced, useClouds } from "./clouds.ts";

const clouds = useClouds();

describe("enforce --apply", () => {
  test("tags what lacks a tag on every cloud and leaves the rest alone", async () => {
    const { code, json } = await clouds.enforce("--resources", clouds.resources, "--apply");
    expect(code).toBe(0);
    expect(json.outcomes).toEqual({ tagged: 5, compliant: 1 });
    expect(json.resources.find(({ id }) => id === "g2")).toEqual({
      id: "g2",
      type: GROUP.type,
      outcome: "tagged",
      tags: [{ key: "owner", outcome: "tagged", value: "platform" }],
    });
    expect(Object.keys(json)).toEqual(["run", "outcomes", "calls", "resources"]);
    expect(json.calls).toEqual(clouds.emulator.calls());
    const ipam = await clouds.tags("list", IPAM, "--id", "ipam-1");
    expect(JSON.parse(ipam.stdout)).toEqual({ ...IPAM, id: "ipam-1", tags: { env: "moon", owner: "platform" } });
  });

  test("a second time writes nothing", async () => {
    await clouds.enforce("--resources", clouds.resources, "--apply");
    const { json } = await clouds.enforce("--resources", clouds.resources, "--apply");
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
    const { code, json } = await clouds.enforce("--events", events, "--apply");
    expect(code).toBe(0);
    expect(json.resources.map(({ id, outcome }) => [id, outcome])).toEqual([["g2", "tagged"]]);
  });

  test("a resource with 19 tags of its own has room for the twentieth, whatever tags of the system stand beside them", async () => {
    const nineteen = Object.fromEntries(Array.from({ length: 19 }, (_, n) => [`label${n}`, "x"]));
    const full = { ...nineteen, env: "prod" };
    const own = { "acs:tag:createdby": "sub:root" };
    clouds.emulator.world.create({ ...GROUP, id: "room", tags: { ...nineteen, ...own } });
    clouds.emulator.world.create({ ...GROUP, id: "full", tags: { ...full, ...own } });
    writeFileSync(
      clouds.resources,
      ndjson([
        { ...GROUP, id: "room" },
        { ...GROUP, id: "full" },
      ]),
    );
    const { code, json } = await clouds.enforce("--resources", clouds.resources, "--apply");
    expect(code).toBe(1);
    const tagsOf = (name: string) => json.resources.find(({ id }) => id === name);
    expect(tagsOf("full")).toMatchObject({ outcome: "rejected" });
    expect(Object.keys(clouds.tagsOf("room") ?? {})).toHaveLength(21);
    expect(clouds.tagsOf("full")).toEqual({ ...full, ...own });
  });

  test("a resource that the provider refuses is exit 1, and the others get their tags", async () => {
    clouds.emulator.setFaults([
      {
        match: { action: "alibaba:apigateway:TagResources", resourceId: "g2" },
        effect: "error",
        code: "QuotaExceeded.Tags",
        httpStatus: 400,
      },
    ]);
    const { code, json } = await clouds.enforce("--resources", clouds.resources, "--apply");
    expect(code).toBe(1);
    expect(json.resources.find(({ id }) => id === "g2")?.outcome).toMatch(/^(?:rejected|failed)$/);
    expect(json.outcomes["tagged"]).toBe(4);
  });

  test("a resource of an account that is not configured is exit 1 and says so", async () => {
    writeFileSync(clouds.resources, ndjson([{ ...GROUP, account: "999", id: "g9", tags: {} }]));
    const { code, stdout } = await clouds.enforce("--resources", clouds.resources, "--apply");
    expect(code).toBe(1);
    expect(stdout).toContain("account 999 of alibaba is not in the configuration");
  });

  test("an id that holds half a character is rejected by itself, and 99 others are tagged: exit 1", async () => {
    const innocents = Array.from({ length: 99 }, (_, n) => ({ ...GROUP, id: `half-${n}`, tags: {} }));
    for (const one of innocents) clouds.emulator.world.create(one);
    writeFileSync(clouds.resources, ndjson([...innocents, { ...USER, id: "u\ud800", tags: {} }]));
    const { code, json, stderr } = await clouds.enforce("--resources", clouds.resources, "--apply");
    expect(code).toBe(1);
    expect(json.outcomes).toEqual({ rejected: 1, tagged: 99 });
    expect(json.resources.find(({ outcome }) => outcome === "rejected")).toMatchObject({
      id: "u\ud800",
      code: "IllFormedResourceId",
    });
    expect(stderr).not.toContain("bug in tagwarden");
  });

  test("access that is denied at first is told at once, tried again, and ends tagged", async () => {
    const denied = { effect: "error", code: "Forbidden.RAM", httpStatus: 403, times: 1 } as const;
    clouds.emulator.setFaults([{ match: { action: "alibaba:apigateway:ListTagResources" }, ...denied }]);
    const { code, json, stderr } = await clouds.enforce("--resources", clouds.resources, "--apply");
    expect(code).toBe(0);
    expect(json.outcomes).toEqual({ tagged: 5, compliant: 1 });
    expect(stderr).toMatch(
      /^tagwarden: 2 resources to try again in [3-5] s, until 300 s are over \(--max-seconds\): Forbidden\.RAM: /,
    );
  });

  test("TAGWARDEN_MODE=report writes nothing", async () => {
    const argv = [
      "enforce",
      "--policy",
      clouds.policy,
      "--config",
      clouds.config,
      "--resources",
      clouds.resources,
      "--apply",
    ];
    argv.push("--journal", join(clouds.folder, "journal"));
    const ran = await runMain(argv, { env: { TAGWARDEN_MODE: "report" } });
    expect(ran.code).toBe(0);
    expect((JSON.parse(ran.stdout) as Enforced).outcomes).toEqual({ "report-only": 5, compliant: 1 });
    expect(clouds.tagsOf("gw1")).toEqual({});
  });
});

describe("enforce without --apply", () => {
  test("reads, prints the calls that it would send, and writes nothing", async () => {
    const { code, stdout } = await clouds.enforce("--resources", clouds.resources);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ calls: 5, outcomes: { tagged: 5, compliant: 1 } });
    expect(clouds.tagsOf("gw1")).toEqual({});
  });

  test("without a configuration it goes by the input", async () => {
    const ran = await runMain(["enforce", "--policy", clouds.policy, "--resources", clouds.resources]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("without --config nothing is read");
    expect(JSON.parse(ran.stdout)).toMatchObject({ calls: 5 });
    expect(clouds.emulator.calls()).toEqual({});
  });
});

describe("a provider that can't be used is one clear message and exit 3", () => {
  const LIST = ["tags", "list", ...placeArguments(IPAM), "--id", "ipam-1"];
  const withAlibaba = (change: object) => {
    const { accounts, ...rest } = clouds.emulator.config() as { accounts: { provider: string }[] };
    const changed = accounts.map((account) => (account.provider === "alibaba" ? { ...account, ...change } : account));
    return temporaryFile("config.yaml", stringify({ ...rest, accounts: changed }));
  };

  test("a wrong key pair", async () => {
    const { accessKeyId } = clouds.emulator.description.alibaba;
    const wrong = await withAlibaba({ credentials: { accessKeyId, accessKeySecret: "wrong" } });
    const listed = await runMain([...LIST, "--config", wrong, "--max-seconds", "1"]);
    expect(listed).toMatchObject({ code: 3, stdout: "" });
    expect(listed.stderr).toMatch(/^tagwarden: SignatureDoesNotMatch: /);
    expect(listed.stderr.trim().split("\n")).toHaveLength(1);

    clouds.config = wrong;
    const enforced = await clouds.enforce("--resources", clouds.resources, "--apply", "--max-seconds", "3");
    expect(enforced.code).toBe(3);
    expect(enforced.stderr).toContain(
      "alibaba account 111122223333, region cn-hangzhou can't be used: SignatureDoesNotMatch",
    );
    expect(enforced.json.outcomes).toEqual({ tagged: 3, failed: 3 });

    const audited = await runMain([
      "audit",
      "--policy",
      clouds.policy,
      "--config",
      wrong,
      "--out",
      join(clouds.folder, "out"),
    ]);
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
    const { accessKeyId } = clouds.emulator.description.alibaba;
    const unset = await withAlibaba({ credentials: { accessKeyId, accessKeySecret: "env:NOT_SET" } });
    const ran = await runMain([...LIST, "--config", unset]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/^tagwarden: credential "env:NOT_SET": .*is not set/);
  });

  test("credentials come from the environment and from files beside the configuration", async () => {
    const { accessKeyId, accessKeySecret } = clouds.emulator.description.alibaba;
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
