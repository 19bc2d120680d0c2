import { describe, expect, test } from "vitest";
import { findingText } from "../../../lib/core/alert/finding-alerts.ts";
import { csvFinding } from "../../../lib/core/report/csv.ts";
import { findingFrom } from "../../../lib/core/report/finding.ts";
import { findingLine } from "../../../lib/core/report/evaluation-line.ts";
import { breakdownSection } from "../../../lib/core/report/html/sections.ts";
import { worstSection } from "../../../lib/core/report/html/findings.ts";
import { renderMarkdown } from "../../../lib/core/report/markdown.ts";
import { buildReport } from "../../../lib/core/report/report.ts";
import { summarise } from "../../../lib/core/report/summarise.ts";
import { NOON, prepare, resource } from "../policy/policies.ts";

const POLICIES = prepare(`version: 1
requiredTags:
  owner: { description: "Who <answers> for it", url: "https://wiki.example.com/?a=1&b=2" }
policies:
  - { name: owned, require: [owner], description: Nothing without an owner }
`);
const EVALUATION = POLICIES.evaluate(resource({}), NOON);
const FINDING = findingFrom(findingLine(EVALUATION, {}), "a line");
const FACTS = {
  run: "r",
  startedAt: "2026-11-22T12:00:00.000Z",
  finishedAt: "2026-11-22T12:01:00.000Z",
  policyHash: "h",
};
const REPORT = buildReport(FACTS, summarise([EVALUATION]), { policies: POLICIES.policies });

describe("what a policy file says of keys and policies", () => {
  test("is in a finding as it is read again, and may be missing there", () => {
    expect(FINDING.about).toEqual([
      { policy: "owned", description: "Nothing without an owner" },
      { key: "owner", description: "Who <answers> for it", url: "https://wiki.example.com/?a=1&b=2" },
    ]);
    const { about: _, ...older } = EVALUATION;
    expect(findingFrom(findingLine(older, {}), "a line").about).toBeUndefined();
  });

  test("is told by alerts and CSV", () => {
    const said =
      "policy owned: Nothing without an owner; owner: Who <answers> for it, https://wiki.example.com/?a=1&b=2";
    expect(findingText(FINDING)).toBe(`owner is missing (policies: owned). About ${said}.`);
    expect(csvFinding(FINDING)).toMatch(/,"policy owned: .*b=2"\r\n$/);
  });

  test("is beside policies and keys in report.json and Markdown", () => {
    expect(REPORT.by.policy[0]).toMatchObject({ name: "owned", description: "Nothing without an owner" });
    expect(REPORT.keys[0]).toMatchObject({ key: "owner", url: "https://wiki.example.com/?a=1&b=2" });
    const page = renderMarkdown(REPORT);
    expect(page).toContain("| owned – Nothing without an owner |");
    expect(page).toContain("| owner – Who &lt;answers\\> for it, https://wiki.example.com/?a=1&amp;b=2 |");
  });

  test("is on the page with a link, and nothing of it is markup", () => {
    const page = breakdownSection(REPORT).html + worstSection({ worst: [FINDING], findings: 1 }).html;
    expect(page.split('href="https://wiki.example.com/?a=1&amp;b=2"')).toHaveLength(3);
    expect(page).toContain("Who &lt;answers&gt; for it");
  });

  test("leads nowhere on the page where a line of findings was forged", () => {
    const forged = { ...FINDING, about: [{ key: "owner", url: "javascript:alert(1)" }] };
    expect(worstSection({ worst: [forged], findings: 1 }).html).not.toContain('href="javascript');
  });
});
