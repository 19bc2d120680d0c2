import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { runAudit } from "../../../lib/app/folder-audit/run-audit.ts";
import type { ObjectStore } from "../../../lib/app/ports/objects.ts";
import { loadPolicies } from "../../../lib/core/policy/load/load.ts";
import { preparePolicies } from "../../../lib/core/policy/prepare.ts";
import { AT, auditWorld, quietLog } from "../audit-world.ts";

const POLICY = `version: 1
policies:
  - { name: tagged, require: [{ key: env }] }
  - { name: no-owners, forbid: [owner], severity: high }
`;
const policies = preparePolicies(
  loadPolicies([{ path: "policy.yaml", text: POLICY }], {
    contracts: [],
    hash: (text) => createHash("sha256").update(text).digest("hex"),
  }).compiled,
);

it("writes nothing of what a forbidden key holds, not even what it removes when it is done", async () => {
  const { config, registry, runs, objects, clock, random } = auditWorld().deps;
  const bodies: string[] = [];
  const watched: ObjectStore = {
    ...objects,
    async put(name, body) {
      const bytes = Buffer.from(body);
      bodies.push((bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString("utf8"));
      await objects.put(name, body);
    },
  };
  const { result } = await runAudit({
    config,
    registry,
    policies,
    runs,
    objects: watched,
    clock,
    random,
    log: quietLog,
    out: "DIR",
    at: AT,
  });
  expect(result.evaluated.noncompliant).toBeGreaterThan(0);
  // All owners there are called so, and nothing else is.
  expect(bodies.filter((body) => /team-\d/.test(body))).toEqual([]);
  expect(bodies.some((body) => body.includes('"forbidden":[{"key":"owner","reason":"is forbidden"}]'))).toBe(true);
});
