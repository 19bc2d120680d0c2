import { expect, it } from "vitest";
import { runAudit } from "../../../lib/app/folder-audit/run-audit.ts";
import { preparePolicies } from "../../../lib/core/policy/prepare.ts";
import { objectRunStore } from "../../../lib/sinks/objects/run-store.ts";
import { auditWorld, compile } from "../audit-world.ts";

const policies = preparePolicies(
  compile(`
version: 1
requiredTags: { env: {} }
policies:
  - { name: all, match: { types: ["alibaba:*"] }, require: [env] }
exemptions:
  - { match: { ids: ["shared-*"] }, reason: shared, expires: "2099-12-31" }
  - { match: { ids: ["old-*"] }, reason: old, expires: "2020-01-01" }
  - { match: { ids: ["nobody"] }, reason: none, expires: "2099-12-31" }
`),
);

it("a report counts the resources that each exemption covers, and that an expired one would", async () => {
  const ids = ["shared-1", "shared-2", "old-1", "other"];
  const group = (id: string, tags: Record<string, string> = {}) => {
    const place = { type: "alibaba:apigateway:apiGroup", region: "cn-hangzhou" };
    return { ...place, id, tags: new Map(Object.entries(tags)) };
  };
  // What is compliant needs no exemption.
  const resources = { alibaba: [...ids.map((id) => group(id)), group("shared-fine", { env: "prod" })] };
  const { deps } = auditWorld({ resources });
  const { report } = await runAudit({ ...deps, runs: objectRunStore(deps.objects), policies, out: "DIR" });
  expect(report.exemptions?.map(({ reason, expired, resources: n }) => [reason, expired, n])).toEqual([
    ["shared", false, 2],
    ["old", true, 1],
    ["none", false, 0],
  ]);
  expect(report.evaluated).toMatchObject({ exempt: 2, noncompliant: 2, compliant: 1 });
});
