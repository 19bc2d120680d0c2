import { describe, expect, it } from "vitest";
import { renderHtml } from "../../../lib/core/report/html/page.ts";
import { renderMarkdown } from "../../../lib/core/report/markdown.ts";
import type { PolicyFacts } from "../../../lib/core/report/idle-policies.ts";
import { buildReport, type ReportDetails } from "../../../lib/core/report/report.ts";
import { summarise } from "../../../lib/core/report/summarise.ts";
import { EMPTY_SUMMARY, mergeSummaries, type Summary } from "../../../lib/core/report/summary.ts";
import { NONCOMPLIANT } from "./findings.ts";

const time = "2026-11-22T02:00:00.000Z";
const FACTS = { run: "r1", startedAt: time, finishedAt: time, policyHash: "abc" };
const EVERYTHING: PolicyFacts = { name: "everything", severity: "medium", match: {} };
const MISSPELT: PolicyFacts = { name: "owned", severity: "high", match: { types: ["aws:ec2:instances"] } };
const BY_TAG: PolicyFacts = { name: "backed-up", severity: "high", match: { tags: [["env", ["prod|staging"]]] } };

const FOUND = summarise([NONCOMPLIANT]);
const reportOf = (details: ReportDetails, summary: Summary = FOUND) => buildReport(FACTS, summary, details);
const notesOf = (details: ReportDetails, summary?: Summary) =>
  reportOf(details, summary).by.policy.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));

describe("a policy that matched nothing", () => {
  it("has a row of zeros with what it asks for", () => {
    expect(reportOf({ policies: [MISSPELT, EVERYTHING] }).by.policy).toEqual([
      expect.objectContaining({ name: "everything", resources: 1, compliance: 0 }),
      {
        name: "owned",
        resources: 0,
        compliance: null,
        evaluated: { compliant: 0, noncompliant: 0, exempt: 0, "not-applicable": 0, unknown: 0 },
        note: "matched nothing: types aws:ec2:instances",
      },
    ]);
  });

  it("has none where the policies were not available", () => {
    expect(reportOf({}).by.policy.map(({ name }) => name)).toEqual(["everything"]);
  });

  it("may be about what was not audited, and its note says so", () => {
    const partial = mergeSummaries(FOUND, {
      ...EMPTY_SUMMARY,
      gaps: [{ shard: "aws.1.us-east-1.all", reason: "down" }],
    });
    expect(notesOf({ policies: [MISSPELT] }, partial)).toEqual([
      "owned: matched nothing that was audited: types aws:ec2:instances",
    ]);
  });

  it("may be about what has unknown tags, where it asks for tags", () => {
    const unread = summarise([NONCOMPLIANT, { ...NONCOMPLIANT, id: "g2", compliance: "unknown", missing: [] }]);
    expect(notesOf({ policies: [MISSPELT, BY_TAG] }, unread)).toEqual([
      "backed-up: matched nothing whose tags are known: tag env=prod|staging",
      "owned: matched nothing: types aws:ec2:instances",
    ]);
  });

  it("leaves what the report says of its policies as it was", () => {
    expect(reportOf({ policies: [MISSPELT] }).policies).toEqual([{ name: "owned", severity: "high" }]);
  });
});

describe("a policy of the run before that is gone", () => {
  it("has a row of zeros that says so, and one that is still there has none", () => {
    expect(notesOf({ policies: [EVERYTHING], policiesBefore: ["owned", "everything"] })).toEqual([
      "owned: not in the policies any more",
    ]);
  });

  it("has none where the policies were not available", () => {
    expect(notesOf({ policiesBefore: ["owned"] })).toEqual([]);
  });
});

it("the page and the Markdown show the note, and nothing in it acts as markup", () => {
  const hostile: PolicyFacts = { ...MISSPELT, match: { types: ["aws:<b>|*"] } };
  const report = reportOf({ policies: [EVERYTHING, hostile] });
  expect(renderHtml({ report, history: [], parts: [] })).toContain("matched nothing: types aws:&lt;b&gt;|*");
  expect(renderMarkdown(report)).toContain("| owned – matched nothing: types aws:&lt;b\\>\\|\\* | – | 0 |");
});
