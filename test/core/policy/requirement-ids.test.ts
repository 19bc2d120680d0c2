import { expect, test } from "vitest";
import { allRequirements } from "../../../lib/core/policy/requirement-ids.ts";
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

test("what is broken was first asked now where none of its keys was asked before", () => {
  const policies = prepare("{ version: 1, policies: [{ name: p, require: [{ key: env }, { key: team }] }] }");
  const before = new Set(asked("{ name: p, require: [{ key: env }] }"));
  expect(policies.isFirstAsked({ policy: "p", keys: ["team"] }, before)).toBe(true);
  expect(policies.isFirstAsked({ policy: "p", keys: ["env", "team"] }, before)).toBe(false);
  expect(policies.requirements).toHaveLength(2);
});
