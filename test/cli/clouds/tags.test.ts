import { describe, expect, test } from "vitest";
import type { EmulatedResource } from "../../../local/emulator/emulated-resource.ts";
import { arn, GATEWAY, GROUP, INSTANCE, IPAM, USER, useClouds } from "./clouds.ts";

const clouds = useClouds();

describe("tags", () => {
  const tags: typeof clouds.tags = (...line) => clouds.tags(...line);

  test.each([
    ["API groups", GROUP, "g2"],
    ["IPAMs", IPAM, "ipam-1"],
    ["gateways", GATEWAY, "gw1"],
    ["IAM users", USER, "u1"],
    ["EC2 instances", INSTANCE, arn("i-1")],
  ])("set, list and unset tags of %s", async (_name, ref, id) => {
    const before = clouds.tagsOf(id);
    const set = await tags("set", ref, "--id", id, "--tag", "team=a b", "stage=x=y", "--apply");
    expect(JSON.parse(set.stdout)).toMatchObject({ succeeded: [id], failed: [] });
    const listed = await tags("list", ref, "--id", id);
    expect(JSON.parse(listed.stdout)).toEqual({ ...ref, id, tags: { ...before, team: "a b", stage: "x=y" } });
    const unset = await tags("unset", ref, "--id", id, "--tag", "team", "--tag", "stage", "--apply");
    expect(unset.code).toBe(0);
    expect(clouds.tagsOf(id)).toEqual(before);
  });

  test("list pages to the end", async () => {
    for (let index = 0; index < 120; index += 1) {
      clouds.emulator.world.create({ ...IPAM, id: `ipam-x${index}`, tags: { a: "1", b: "2", c: "3" } });
    }
    const { stdout } = await tags("list", IPAM, "--tag", "a");
    const listed = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as EmulatedResource);
    expect(listed).toHaveLength(120);
    expect(listed.every((resource) => Object.keys(resource.tags ?? {}).length === 3)).toBe(true);
  });

  test("list finds what the system tagged, where its API may be asked for that", async () => {
    clouds.emulator.world.create({ ...GROUP, id: "made", tags: { "acs:tag:createdby": "sub:root" } });
    const { code, stdout } = await tags("list", GROUP, "--tag", "acs:tag:createdby");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: "made", tags: { "acs:tag:createdby": "sub:root" } });
  });

  test("list tells any value from the empty value, and prints all tags of what it found", async () => {
    clouds.emulator.world.create({ ...IPAM, id: "ipam-2", tags: { env: "", owner: "x" } });
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
    [
      "a tag to look for that IPAM can't have",
      "list",
      IPAM,
      ["--tag", "acs:tag:createdby"],
      '--tag: key "acs:tag:createdby" starts with the reserved prefix "acs:"',
    ],
    [
      "a value to look for that IPAM can't have",
      "list",
      IPAM,
      ["--tag", "a=https://x"],
      '--tag: value "https://x" of a contains "https://"',
    ],
    ["tags where the API lists by id only", "list", GATEWAY, ["--tag", "env"], "names no tags; give --id instead"],
    ["an empty id", "set", IPAM, ["--id", "", "--tag", "a=1"], "--id: is empty; name a resource"],
    ["a type that nobody serves", "list", { ...USER, type: "gcp:iam:user" }, ["--id", "x"], "names no provider"],
    [
      "a type that its account leaves out",
      "list",
      { ...USER, type: "huawei:ecs:cloudservers" },
      ["--id", "x"],
      "name it in its `types`",
    ],
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
    const ran = await tags(verb, ref, ...more, ...(verb === "list" ? [] : ["--apply"]));
    expect(ran.stderr).toContain(message);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr.trim().split("\n")).toHaveLength(1);
    expect(clouds.emulator.calls()).toEqual({});
  });

  test.each([
    ["list", "resource"],
    ["set", "tag"],
    ["unset", "tag"],
  ])("%s tries again what may pass, and tells at once what it waits for", async (verb, what) => {
    const passing = { effect: "error", code: "Unheard.Of", httpStatus: 400, times: 1 } as const;
    clouds.emulator.setFaults([{ match: { account: IPAM.account }, ...passing }]);
    const more = verb === "list" ? [] : ["--tag", verb === "set" ? "a=b" : "a", "--apply"];
    const ran = await tags(verb, IPAM, "--id", "ipam-1", ...more);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/^tagwarden: 1 \w+ to try again in 1 s, until 300 s are over .*: Unheard\.Of: /);
    expect(ran.stderr).toContain(`1 ${what} to try again`);
  });

  test.each(["list", "set"])("%s says what it failed for when its time is up", async (verb) => {
    const denied = { effect: "error", code: "Forbidden.RAM", httpStatus: 403 } as const;
    clouds.emulator.setFaults([{ match: { account: IPAM.account }, ...denied }]);
    const more = verb === "list" ? [] : ["--tag", "a=b", "--apply"];
    const ran = await tags(verb, IPAM, "--id", "ipam-1", ...more, "--max-seconds", "2");
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/to try again in 1 s.*\ntagwarden: .*Forbidden\.RAM: /);
  });

  test("a resource that doesn't exist doesn't keep the others from being listed, and is named", async () => {
    clouds.emulator.world.create({ ...USER, id: "u2", tags: { a: "b" } });
    const ran = await tags("list", USER, "--id", "nobody", "u2");
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ id: "u2", tags: { a: "b" } });
    expect(ran.stderr).toMatch(/^tagwarden: nobody: PAP5\.0004: /);
  });
});
