import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../../lib/core/evaluation.ts";
import { renderMarkdown } from "../../../lib/core/report/markdown.ts";
import { pastRun } from "../../../lib/core/report/history.ts";
import { buildReport } from "../../../lib/core/report/report.ts";
import { summarise } from "../../../lib/core/report/summarise.ts";
import { EMPTY_SUMMARY, mergeSummaries } from "../../../lib/core/report/summary.ts";
import type { Summary } from "../../../lib/core/report/summary.ts";

const facts = {
  run: "r1",
  startedAt: "2026-11-22T02:00:00.000Z",
  finishedAt: "2026-11-22T02:05:00.000Z",
  policyHash: "abc",
};
const compliant: Evaluation = {
  type: "huawei:iam:user",
  account: "d0001",
  region: "global",
  id: "u1",
  compliance: "compliant",
  missing: [],
  invalid: [],
  nearMisses: [],
  broken: [],
  policies: ["everything"],
};
const noncompliant: Evaluation = {
  ...compliant,
  id: "u2",
  compliance: "noncompliant",
  missing: ["env"],
  broken: [{ policy: "everything", keys: ["env"] }],
};

const reportOf = (...found: Evaluation[]) => buildReport(facts, summarise(found));
const render = (summary: Summary) => renderMarkdown(buildReport(facts, summary));

describe("renderMarkdown", () => {
  it("says how compliant the run is, with the numbers behind it", () => {
    const page = renderMarkdown(reportOf(compliant, compliant, noncompliant));
    expect(page).toMatch(/^# Tag compliance: 66\.6 %/u);
    expect(page).toContain("2 of the 3 resources that were judged are compliant");
  });

  it("says of coverage that it is complete where all was seen, and else what is missing and how it is seen", () => {
    expect(renderMarkdown(reportOf(compliant))).toContain("- Coverage is complete.");
    const summary = summarise([compliant]);
    const page = render({ ...summary, coverage: { ...summary.coverage, taggedOnly: ["444455556666"] } });
    expect(page).toContain("- Coverage is partly seen.");
    expect(page).toMatch(/^- AWS resources that never carried a tag are not seen .*inventory: config/mu);
    expect(page).not.toContain("complete");
  });

  it("says how old the inventories are whose rows count, the oldest first, however many accounts have them", () => {
    const summary = summarise([compliant]);
    const inventoryAge = { "111": 120_000, d1: 86_400_000, d2: 86_400_000, d3: 86_400_000, d4: 86_400_000 };
    const lines = render({ ...summary, coverage: { ...summary.coverage, inventoryAge } }).split("\n");
    expect(lines.filter((line) => line.includes(" old:"))).toEqual([
      "- The inventories of 4 accounts (d1, d2, d3 and 1 more) are up to 24 hours old: what is compliant by their rows was so then.",
      "- The inventory of account 111 is up to 2 minutes old: what is compliant by its rows was so then.",
    ]);
    expect(render(summary)).not.toContain(" old:");
  });

  it("counts one resource as one", () => {
    const summary = { ...summarise([compliant]), rows: 1, repairs: { sent: 1, held: 1 } };
    const page = render(summary);
    expect(page).toContain("1 of the 1 resource that was judged is compliant.");
    expect(page).toContain("1 resource in all.");
    expect(page).toContain("returned 1 row.");
  });

  it("breaks it down by provider and by policy", () => {
    const page = renderMarkdown(reportOf(compliant, noncompliant));
    expect(page).toContain("| huawei | 50.0 % | 2 |");
    expect(page).toContain("| everything | 50.0 % | 2 |");
    expect(page).toContain("| env | 1 | 0 | 0 |");
  });

  it("never says 100 % of less than all", () => {
    const many = Array.from({ length: 99_999 }, () => compliant);
    expect(renderMarkdown(reportOf(...many, noncompliant))).toMatch(/^# Tag compliance: 99\.9 %/u);
  });

  it("says what is missing from an incomplete run", () => {
    const gaps = [{ shard: "huawei.d0001.global.iam", reason: "Down: no answer" }];
    const page = render(mergeSummaries(summarise([compliant]), { ...EMPTY_SUMMARY, gaps }));
    expect(page).toContain("**This report is incomplete.**");
    expect(page).toContain("- huawei.d0001.global.iam: Down: no answer");
  });

  it("doesn't call a complete run incomplete", () => {
    expect(render(summarise([compliant]))).not.toContain("incomplete");
  });

  it("says once that writing is off, and how it is switched on, and nothing of it where it is on or nobody knows", () => {
    const report = reportOf(noncompliant);
    const page = renderMarkdown({ ...report, mode: "report" });
    expect(page.match(/^Writing is off: .*--param="mode=enforce"/gm)).toHaveLength(1);
    expect(renderMarkdown({ ...report, mode: "enforce" })).not.toMatch(/writing is off/i);
    expect(renderMarkdown(report)).not.toMatch(/writing is off/i);
  });

  it("lets no name act as Markdown or HTML", () => {
    const page = renderMarkdown(reportOf({ ...compliant, policies: ["a|b\n<script>alert(1)</script> [x](http://y)"] }));
    expect(page).toContain("| a\\|b &lt;script\\>alert(1)&lt;/script\\> \\[x\\](http://y) |");
  });

  it("says who owns the most findings, ten at most", () => {
    const owners = Array.from({ length: 12 }, (_, n) => ({ owner: n === 0 ? "" : `team|${n}`, findings: 20 - n }));
    const page = renderMarkdown({ ...reportOf(noncompliant), survey: { findings: 1, worst: [], owners } });
    expect(page).toContain("| no owner named | 20 |");
    expect(page).toContain("| team\\|9 | 11 |");
    expect(page).not.toContain("team\\|10");
  });

  it("says how old the inventories are whose rows count, the oldest first, however many accounts have them", () => {
    const summary = summarise([compliant]);
    const inventoryAge = { "111": 120_000, d1: 86_400_000, d2: 86_400_000, d3: 86_400_000, d4: 86_400_000 };
    const lines = render({ ...summary, coverage: { ...summary.coverage, inventoryAge } }).split("\n");
    expect(lines.filter((line) => line.includes(" old:"))).toEqual([
      "- The inventories of 4 accounts (d1, d2, d3 and 1 more) are up to 24 hours old: what is compliant by their rows was so then.",
      "- The inventory of account 111 is up to 2 minutes old: what is compliant by its rows was so then.",
    ]);
    expect(render(summary)).not.toContain(" old:");
  });

  it("counts one resource as one", () => {
    const page = renderMarkdown({ ...reportOf(), readErrors: { Throttling: 1 }, notTaggable: { "legacy agency": 1 } });
    expect(page).toContain("- Tags of 1 resource are unknown: Throttling");
    expect(page).toContain("- 1 resource can't carry tags: legacy agency");
  });

  it("says what is exempt and until when", () => {
    const page = renderMarkdown({
      ...reportOf(noncompliant),
      exemptions: [
        { reason: "shared network", approvedBy: "netops", expires: "2099-12-31", expired: false, resources: 1_200 },
        { reason: "migration", tags: ["owner"], expires: "2026-01-31", expired: true },
      ],
    });
    expect(page).toContain("| shared network | all | netops | 2099-12-31 | 1,200 |");
    expect(page).toContain("| migration | owner | – | 2026-01-31 (expired) | – |");
  });

  it("says how it compares with the run before, and what to bear in mind", () => {
    const report = reportOf(compliant, noncompliant);
    const before = { ...pastRun(reportOf(noncompliant)), run: "r0", startedAt: "2026-11-21T02:00:00.000Z" };
    expect(renderMarkdown(report, before)).toContain("\n▲ 50.0 points up since 2026-11-21 02:00 UTC (0 of 1 then).\n");
    expect(renderMarkdown(report, { ...before, policyHash: "b", complete: false })).toContain(
      "(0 of 1 then). The policies have changed since the run before. The run before is incomplete, so compare them",
    );
    expect(renderMarkdown({ ...report, shardCount: 4 }, { ...before, shardCount: 5 })).toContain(
      "(0 of 1 then). Other accounts or regions are configured than for the run before.\n",
    );
    expect(renderMarkdown({ ...report, shardCount: 4 }, before)).not.toContain("configured than");
    expect(renderMarkdown(report, { ...before, compliance: 0.5 })).toContain(
      "\nUnchanged since 2026-11-21 02:00 UTC (",
    );
    expect(renderMarkdown(report, { ...before, compliance: null })).not.toContain("since 2026");
    expect(renderMarkdown(report)).not.toContain("since 2026");
  });

  it("says what the run cost in calls and time", () => {
    const page = render({ ...summarise([compliant]), rows: 2_641, calls: { "a:b:List": 1_200, "a:b:Read": 34 } });
    expect(page).toContain("1,234 API calls in 5 min, failed ones included. The tag listings returned 2,641 rows.");
  });

  it("escapes what can't be seen in every name", () => {
    const page = renderMarkdown(reportOf({ ...noncompliant, account: "acc\u200bount" }));
    expect(page).toContain("| acc\\\\u{200b}ount |");
  });

  it("calls nobody, whatever owners are called, and leaves addresses alone", () => {
    const owners = ["@acme/platform", "a@b.example", "(@all)"].map((owner) => ({ owner, findings: 1 }));
    const page = renderMarkdown({ ...reportOf(noncompliant), survey: { findings: 1, worst: [], owners } });
    expect(page).toContain("| @\u2060acme/platform | 1 |");
    expect(page).toContain("| (@\u2060all) | 1 |");
    expect(page).toContain("| a@b.example | 1 |");
  });

  it("shows no ratio where nothing was judged", () => {
    expect(render(EMPTY_SUMMARY)).toMatch(/^# Tag compliance: –/u);
  });
});
