import { describe, expect, it } from "vitest";
import { runAudit } from "../../../lib/app/folder-audit/run-audit.ts";
import type { RunAuditOptions } from "../../../lib/app/folder-audit/run-audit.ts";
import { ProviderError } from "../../../lib/core/errors.ts";
import type { Finding } from "../../../lib/core/report/finding.ts";
import { ownerOf } from "../../../lib/core/report/owner.ts";
import { resourceKey } from "../../../lib/core/resource.ts";
import { accounts, AT, auditWorld, keyOf, policies, quietLog, resource, truth, written } from "../audit-world.ts";
import type { WorldOptions } from "../audit-world.ts";

function prepare(options?: WorldOptions, more?: Partial<RunAuditOptions>) {
  const world = auditWorld(options);
  const { config, registry, runs, objects, clock, random } = world.deps;
  const run = () =>
    runAudit({ config, registry, policies, runs, objects, clock, random, log: quietLog, out: "DIR", at: AT, ...more });
  return { ...world, objects, run };
}

const denied = new ProviderError({
  code: "NoPermission",
  kind: "access",
  message: "no",
  httpStatus: 403,
  requestId: "",
});

const down = new ProviderError({
  code: "Down",
  kind: "transient",
  message: "down",
  httpStatus: 503,
  requestId: "",
});

describe("runAudit", () => {
  it("evaluates every resource of all five contracts exactly once, as the policies say of its tags", async () => {
    const { providers, objects, run } = prepare();
    const { result, report } = await run();
    const evaluations = await written(objects, "evaluations");
    const expected = truth(providers);
    expect(evaluations).toHaveLength(1223);
    expect(new Set(evaluations.map(keyOf))).toEqual(new Set(expected.keys()));
    for (const evaluation of evaluations) {
      if (evaluation.id !== "legacy-1") expect(evaluation).toEqual(expected.get(keyOf(evaluation)));
    }
    expect(result.resources).toBe(1223);
    expect(Object.values(result.evaluated).reduce((sum, n) => sum + n, 0)).toBe(1223);
    expect(report.complete).toBe(true);
  });

  it("writes the noncompliant and unknown ones as findings, in the lines of the evaluations, with their owners and the policies that they break", async () => {
    const { providers, objects, run } = prepare();
    const { result } = await run();
    const findings: readonly Finding[] = await written(objects, "findings");
    const evaluations = await written(objects, "evaluations");
    const owners = new Map(
      providers.flatMap((provider) => provider.state()).map((one) => [resourceKey(one), one.tags && ownerOf(one.tags)]),
    );
    expect(new Set(findings.map(({ owner }) => owner)).size).toBeGreaterThan(2);
    for (const finding of findings) expect(finding.owner).toBe(owners.get(resourceKey(finding)));
    expect(findings.map(({ owner: _owner, firstSeen: _since, state: _state, ...line }) => line)).toEqual(
      evaluations
        .filter(({ compliance }) => compliance === "noncompliant")
        .map((line) => ({ ...line, policies: line.broken.map(({ policy }) => policy) })),
    );
    expect(findings).toHaveLength(result.evaluated.noncompliant);
  });

  it("reports a legacy agency as not applicable, with the reason", async () => {
    const { objects, run } = prepare();
    const { report } = await run();
    const legacy = (await written(objects, "evaluations")).find(({ id }) => id === "legacy-1");
    expect(legacy?.compliance).toBe("not-applicable");
    expect(report.notTaggable).toEqual({ "legacy agency": 1 });
  });

  it("counts every call that was made and every row that was read", async () => {
    const { providers, run } = prepare();
    const { result } = await run();
    const made = Object.assign({}, ...providers.map((provider) => provider.calls())) as Record<string, number>;
    expect(result.calls).toEqual(made);
    const rows = providers
      .flatMap((provider) => provider.state())
      .reduce((sum, { type, tags }) => {
        return sum + (type.startsWith("aws:") ? 1 : (tags?.size ?? 0));
      }, 0);
    // What `global` lists of AWS is not in the regions' listings, so no row is read twice.
    expect(result.rows).toBe(rows);
  });

  it("states what each source knew, and which AWS resources are not seen: the never tagged", async () => {
    const { run } = prepare();
    const { coverage } = (await run()).result;
    expect(coverage.onlyTagListing).toBe(449);
    expect(coverage.inventory).toBe(1223 - 449);
    expect(coverage.onlyInventory + coverage.tagListing).toBe(1223);
    expect(coverage).toMatchObject({ taggedOnly: ["444455556666"], state: "partly-seen" });
    expect(coverage.notes).toEqual([]);
  });

  it("reads by ids in at most 2 % more calls than full pages would need", async () => {
    const resources = Array.from({ length: 1000 }, (_, n) => resource("alibaba:apigateway:apiGroup", "cn-hangzhou", n));
    const { run, providers } = prepare({ resources: { alibaba: resources } });
    const { result } = await run();
    const rows = providers[0]?.state().reduce((sum, { tags }) => sum + (tags?.size ?? 0), 0) ?? 0;
    const floor = Math.max(Math.ceil(rows / 50), Math.ceil(resources.length / 50));
    expect(result.calls["alibaba:apigateway:ListTagResources"]).toBeLessThanOrEqual(floor * 1.02);
  });

  it("sorts each part by id", async () => {
    const { objects, run } = prepare(undefined, { sizes: { linesPerPart: 40, sightingsHeld: 25 } });
    await run();
    for (const name of await objects.list("evaluations/")) {
      const lines = await written({ ...objects, list: async () => [name] }, "evaluations");
      const ids = lines.map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted());
      expect(lines.length).toBeLessThanOrEqual(40);
    }
    expect(await written(objects, "evaluations")).toHaveLength(1223);
  });

  it("leaves evaluations, findings, the run and its report behind, and nothing of its work", async () => {
    const { objects, run } = prepare();
    await run();
    const folders = new Set((await objects.list("")).map((name) => name.split("/")[0]));
    const reports = ["report.html", "report.json", "report.md"];
    expect(folders).toEqual(
      new Set(["evaluations", "findings", "history", "history.json", "runs", "summaries", ...reports]),
    );
  });

  it("takes nothing over from an earlier run in the same place", async () => {
    const { objects, run, providers, clock } = prepare();
    await run();
    providers[0]?.remove({ type: "alibaba:apigateway:apiGroup", region: "cn-hangzhou", id: "apiGroup-7" });
    await clock.sleep(1000);
    const { result } = await run();
    expect(result.resources).toBe(1222);
    expect(await written(objects, "evaluations")).toHaveLength(1222);
  });

  it("keeps what is none of its own in the folder of its history", async () => {
    const { objects, run } = prepare();
    const note = new TextEncoder().encode("mine");
    for (const name of ["history/notes.md", "history/2025/notes.json"]) await objects.put(name, note);
    await run();
    await run();
    expect(await objects.list("history/")).toEqual(
      expect.arrayContaining(["history/notes.md", "history/2025/notes.json"]),
    );
  });

  it("reports a resource whose read failed as unknown, never as noncompliant", async () => {
    const faults = {
      before: ({ operation, resourceIds }: { operation: string; resourceIds: readonly string[] }) => {
        if (operation === "listTagResources" && resourceIds.includes("apiGroup-3")) throw denied;
      },
    };
    const { objects, run } = prepare({ faults });
    const { result, report } = await run();
    const evaluations = await written(objects, "evaluations");
    expect(evaluations.find(({ id }) => id === "apiGroup-3")?.compliance).toBe("unknown");
    expect(result.evaluated.unknown).toBeGreaterThan(0);
    expect(result.resources).toBe(1223);
    const unread = Object.values(report.readErrors).reduce((sum, n) => sum + n, 0);
    expect(unread).toBe(result.evaluated.unknown);
    expect(report.by.provider.find(({ name }) => name === "huawei")?.evaluated.unknown).toBe(0);
  });

  it("finds the one resource that spoils a read, and reads the others", async () => {
    const faults = {
      before: ({ operation, resourceIds }: { operation: string; resourceIds: readonly string[] }) => {
        if (operation !== "listTagResources" || !resourceIds.includes("apiGroup-3")) return;
        throw new ProviderError({ code: "Odd", kind: "request", message: "odd", httpStatus: 400, requestId: "" });
      },
    };
    const { objects, run } = prepare({ faults });
    const { result } = await run();
    const unknown = (await written(objects, "evaluations")).filter(({ compliance }) => compliance === "unknown");
    expect(unknown.map(({ id }) => id)).toEqual(["apiGroup-3"]);
    expect(result.evaluated.unknown).toBe(1);
  });

  it("names a type that its provider won't list as a gap, and audits the rest", async () => {
    const faults = {
      before: ({ action }: { action: string }) => {
        if (action === "alibaba:apigateway:DescribePlugins") throw denied;
      },
    };
    const { run } = prepare({ faults });
    const { result, report } = await run();
    expect(result.resources).toBe(1223 - 60);
    expect(report.complete).toBe(false);
    expect(report.gaps.map(({ shard, type }) => [shard, type])).toEqual([
      ["alibaba.111122223333.cn-beijing.apigateway", "alibaba:apigateway:plugin"],
      ["alibaba.111122223333.cn-hangzhou.apigateway", "alibaba:apigateway:plugin"],
    ]);
  });

  it("names a shard whose provider stays down as a gap, and audits the rest", async () => {
    const faults = {
      before: ({ action }: { action: string }) => {
        if (action.startsWith("huawei:")) throw down;
      },
    };
    const { run } = prepare({ faults });
    const { result, report } = await run();
    expect(result.resources).toBe(1223 - 161);
    expect(report.gaps).toEqual([
      { shard: "huawei.d0001.cn-north-4.apig", reason: "Down: down" },
      { shard: "huawei.d0001.global.iam", reason: "Down: down" },
    ]);
  });

  it("tries a shard again whose provider was down for a while, and then misses nothing", async () => {
    const failures = new Map<string, number>();
    const faults = {
      before: ({ action }: { action: string }) => {
        const [provider, service = ""] = action.split(":");
        const before = failures.get(service) ?? 0;
        if (provider !== "huawei" || before === 10) return;
        failures.set(service, before + 1);
        throw down;
      },
    };
    const waits: string[] = [];
    const { run } = prepare({ faults }, { onWait: ({ shard, ms }) => waits.push(`${shard} ${ms}`) });
    const { result, report } = await run();
    expect(result.resources).toBe(1223);
    expect(report).toMatchObject({ complete: true, gaps: [] });
    expect(waits.sort()).toEqual([
      "huawei.d0001.cn-north-4.apig 2000",
      "huawei.d0001.cn-north-4.apig 8000",
      "huawei.d0001.global.iam 2000",
      "huawei.d0001.global.iam 8000",
    ]);
  });

  it("lists a type only where the account's configuration asks for it", async () => {
    const { deps, objects } = prepare();
    const only = ["alibaba:vpcipam:*", "huawei:iam:user", "aws:ec2:*"];
    const narrow = { ...deps.config, accounts: accounts.map((account) => ({ ...account, types: only })) };
    await runAudit({ ...deps, policies, config: narrow, out: "DIR", at: AT });
    const types = new Set((await written(objects, "evaluations")).map(({ type }) => type));
    expect(types).toEqual(
      new Set([
        "alibaba:vpcipam:IPAM",
        "alibaba:vpcipam:IPAMPOOL",
        "alibaba:vpcipam:IPAMSCOPE",
        "aws:ec2:instance",
        "huawei:iam:user",
      ]),
    );
  });

  it("audits an account that has nothing", async () => {
    const { run } = prepare({ resources: { alibaba: [], huawei: [], aws: [] } });
    const { result, report } = await run();
    expect(result.resources).toBe(0);
    expect(report.compliance).toBeNull();
    expect(report.complete).toBe(true);
  });
});
