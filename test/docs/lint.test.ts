import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LINT_RULES, type LintFinding, type LintRule } from "../../lib/core/policy/lint/rules.ts";
import { runMain, temporaryFile } from "../cli/run-main.ts";

const PAGE = readFileSync("docs/lint.md", "utf8");

interface Section {
  readonly rule: string;
  readonly text: string;
  /** Told of, and not. */
  readonly policies: readonly string[];
}

const SECTIONS = PAGE.split(/^## /m)
  .slice(1)
  .map((section): Section => {
    const [rule = "", ...rest] = section.split("\n");
    const text = rest.join("\n");
    return { rule, text, policies: [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, policy = ""]) => policy) };
  });

async function lint(policy: string): Promise<readonly LintFinding[]> {
  const path = await temporaryFile("policy.yaml", policy);
  // What there is matters to one rule alone, and no policy of the others names what isn't there.
  const ran = await runMain(["policy", "lint", "--policy", path, "--fail-on", "never"]);
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout) as LintFinding[];
}

async function lintHere(policy: string): Promise<readonly LintFinding[]> {
  const path = await temporaryFile("policy.yaml", policy);
  const resources = ["--resources", "examples/resources.ndjson"];
  const ran = await runMain(["policy", "lint", "--policy", path, ...resources, "--fail-on", "never"]);
  return JSON.parse(ran.stdout) as LintFinding[];
}

it("docs/lint.md has a section for each rule, in their order, and no other", () => {
  expect(SECTIONS.map(({ rule }) => rule)).toEqual(Object.keys(LINT_RULES));
});

describe.each(SECTIONS)("$rule", ({ rule, text, policies: [told = "", fine = ""] }) => {
  const run = rule === "matches-nothing-here" ? lintHere : lint;

  it("is described with its severity and what to do", () => {
    const { severity, fix } = LINT_RULES[rule as LintRule];
    expect(text).toContain(`\`${severity}\`. `);
    expect(text).toContain(`What to do: ${fix}.`);
  });

  it("is all that is said of its policy", async () => {
    const findings = await run(told);
    expect([...new Set(findings.map((finding) => finding.rule))]).toEqual([rule]);
    for (const { severity, fix, message, line } of findings) {
      expect(severity).toBe(LINT_RULES[rule as LintRule].severity);
      expect([fix, message].filter((one) => one === "")).toEqual([]);
      expect(line).toBeGreaterThan(0);
    }
  });

  it("and nothing is said of the policy that does without it", async () => {
    expect(fine).not.toBe("");
    expect(await run(fine)).toEqual([]);
  });
});
