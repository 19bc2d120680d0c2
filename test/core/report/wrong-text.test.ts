import { expect, test } from "vitest";
import { findingText } from "../../../lib/core/alert/finding-alerts.ts";
import { csvFinding } from "../../../lib/core/report/csv.ts";
import { findingLine } from "../../../lib/core/report/evaluation-line.ts";
import { findingFrom, problemsOf } from "../../../lib/core/report/finding.ts";
import { worstSection } from "../../../lib/core/report/html/findings.ts";
import { NOON, prepare, resource } from "../policy/policies.ts";

const POLICIES = prepare(`version: 1
policies:
  - { name: all, require: [{ anyOf: [{ key: owner }, { key: team }] }, { key: env, values: [prod], aliases: [stage] }] }
`);
const FINDING = findingFrom(findingLine(POLICIES.evaluate(resource({ stage: "qa" }), NOON), {}), "a line");

test("keys of which one would do are told as one problem, and a value with the key that has it", () => {
  expect(FINDING.anyOf).toEqual([["owner", "team"]]);
  expect(problemsOf(FINDING)).toBe(2);
  expect(findingText(FINDING)).toBe('owner or team is missing; stage="qa" (for env) must be "prod" (policies: all).');
  expect(csvFinding(FINDING)).toContain(',owner or team,"stage=""qa"" (for env) must be ""prod""",');
  const text = worstSection({ worst: [FINDING], findings: 1 }).html.replaceAll(/<[^>]*>/g, "");
  expect(text).toContain("missing owner or team; stage = &quot;qa&quot; (for env): must be &quot;prod&quot;");
});

test("a finding of an earlier version, which knew no such lists, is told as it was", () => {
  const { anyOf: _, ...older } = FINDING;
  expect(problemsOf(older)).toBe(3);
  expect(findingText(older)).toMatch(/^owner is missing; team is missing; stage="qa"/);
});
