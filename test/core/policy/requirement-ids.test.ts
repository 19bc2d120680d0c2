import { expect, test } from "vitest";
import { allRequirements, keyAskedBy } from "../../../lib/core/policy/requirement-ids.ts";
import { load, prepare } from "./policies.ts";

const POLICY = "{ name: p, match: { types: [a:b:c] }, require: [{ key: env, values: [prod, dev] }] }";

function asked(...policies: readonly string[]): string[] {
  return allRequirements(load(`{ version: 1, policies: [${policies.join(", ")}] }`).compiled.policies);
}

test.each([
  ["name", POLICY.replace("name: p", "name: other")],
  ["severity", POLICY.replace("match", "severity: high, match")],
])("a requirement is the same under another %s", (_, changed) => {
  expect(asked(changed)).toEqual(asked(POLICY));
});

test.each([
  ["match", POLICY.replace("a:b:c", "a:b:d")],
  ["key", POLICY.replace("key: env", "key: team")],
  ["values", POLICY.replace("prod, dev", "prod")],
  ["order of its values", POLICY.replace("prod, dev", "dev, prod")],
  ["word on blank values", POLICY.replace("key: env", "key: env, allowBlank: true")],
])("a requirement is another one with another %s", (_, changed) => {
  expect(asked(changed)).not.toEqual(asked(POLICY));
  expect(asked(POLICY, changed.replace("name: p", "name: q"))).toHaveLength(2);
});

test("what a policy asks is known by its keys", () => {
  const policies = prepare("{ version: 1, policies: [{ name: p, require: [{ key: env }, { key: team }] }] }");
  const ids = policies.requirementsOf("p");
  expect([...(ids?.keys() ?? [])]).toEqual(["env", "team"]);
  expect([...(ids?.values() ?? [])].sort()).toEqual(policies.requirements);
  expect(ids?.get("env")).toBe(asked("{ name: q, require: [{ key: env }] }")[0]);
  expect(policies.requirementsOf("q")).toBeUndefined();
});

test.each(["env", "a:b", "名\nzwei", "\u{1f600}"])("a requirement says which key it is about: %j", (key) => {
  expect(asked(`{ name: p, require: [{ key: ${JSON.stringify(key)} }] }`).map(keyAskedBy)).toEqual([key]);
});

test("a requirement that was kept before ids named their keys says nothing of its key", () => {
  expect(keyAskedBy("0123456789abcdef")).toBeUndefined();
});
