import { describe, expect, it } from "vitest";
import { changeText } from "../../../../lib/core/report/figures.ts";
import { pastRun, type PastRun } from "../../../../lib/core/report/history.ts";
import { headlineSection } from "../../../../lib/core/report/html/headline.ts";
import type { Report } from "../../../../lib/core/report/report.ts";
import { NONCOMPLIANT } from "../findings.ts";
import { EARLIER, PAGE, reportOf } from "./pages.ts";

/** What a reader sees of it. */
function shown(report: Report, history: readonly PastRun[] = []): string {
  const text = headlineSection(report, history).html.replaceAll(/<[^>]*>/gu, " ");
  return text.replaceAll(/\s+/gu, " ").replaceAll(" ,", ",").replaceAll(" ;", ";");
}

const COMPLIANT = { ...NONCOMPLIANT, compliance: "compliant", missing: [] } as const;

describe("the headline", () => {
  it.each([
    ["better", 0.25, "▲ 25.0 points up since 2026-11-21 01:59 UTC"],
    ["worse", 0.75, "▼ 25.0 points down since 2026-11-21 01:59 UTC"],
    ["as it was", 0.5, "unchanged since 2026-11-21 01:59 UTC"],
  ])("says that compliance is %s than in the run before", (_, compliance, words) => {
    expect(shown(PAGE.report, [{ ...EARLIER, compliance }, pastRun(PAGE.report)])).toContain(words);
  });

  it.each([
    ["in the first run", [pastRun(PAGE.report)]],
    ["where the run before judged nothing", [{ ...EARLIER, compliance: null }, pastRun(PAGE.report)]],
  ])("compares with nothing %s", (_, history) => {
    expect(shown(PAGE.report, history)).not.toMatch(/since \d/u);
  });

  it("counts with thousands separators", () => {
    const evaluated = { ...PAGE.report.evaluated, compliant: 1_234_567, noncompliant: 1 };
    expect(shown({ ...PAGE.report, evaluated })).toContain("1,234,567 of the 1,234,568 resources that were judged");
  });

  it("shows an owner so that what looks like another is seen", () => {
    const survey = { findings: 1, worst: [], owners: [{ owner: "wеb", findings: 1 }] };
    expect(shown({ ...PAGE.report, survey })).toContain(String.raw`w\u{435}b with 1 of 1 finding`);
  });

  it("says of an empty account that there are no resources", () => {
    expect(shown(reportOf([]))).toContain("No resources The audit has found no resource");
  });

  it("says where no policy matches that nothing was judged", () => {
    const aside = { ...COMPLIANT, compliance: "not-applicable" } as const;
    expect(shown(reportOf([aside]))).toContain("Nothing judged None of the 1 resource is held to a policy.");
  });

  it("says of a run without findings that there are none", () => {
    const survey = { findings: 0, worst: [] };
    expect(shown({ ...reportOf([COMPLIANT]), survey })).toContain("Most findings no findings");
  });

  it("says of coverage that it is complete where all was seen", () => {
    expect(shown(PAGE.report)).toContain("Coverage complete; tags of all resources were read");
  });

  it("says how old the oldest inventory is whose rows stand for reads", () => {
    const coverage = { ...PAGE.report.coverage, inventoryAge: { "111": 120_000, d0001: 86_400_000 } };
    expect(shown({ ...PAGE.report, coverage })).toContain(
      "Coverage complete; tags of all resources were read, or stood in an inventory up to 24 hours old",
    );
  });

  it("never says so beside resources that can't be seen, and names them with the setting that shows them", () => {
    const text = shown({ ...PAGE.report, coverage: { ...PAGE.report.coverage, taggedOnly: ["444455556666"] } });
    expect(text).toContain("Coverage partly seen; tags of all that was listed were read");
    expect(text).toMatch(/never carried a tag are not seen in 1 account \(444455556666\).*set `inventory: config`/u);
    expect(text).not.toContain("complete");
  });

  it("nor beside an empty listing that proves nothing", () => {
    const unproven = [{ shard: "s", reason: "shows nothing", unproven: true }] as const;
    const text = shown({
      ...PAGE.report,
      coverage: { ...PAGE.report.coverage, unproven, notes: ["s: shows nothing"] },
    });
    expect(text).toContain("Coverage partly seen; tags of all that was listed were read; 1 note");
  });

  it("says that it is incomplete where a part is missing, unseen resources beside it or not", () => {
    const gaps = [{ shard: "s", reason: "refused" }];
    const coverage = { ...PAGE.report.coverage, taggedOnly: ["444455556666"] };
    expect(shown({ ...PAGE.report, complete: false, gaps, coverage })).toContain("Coverage incomplete, 1 part missing");
  });

  it("names the owner of the most findings, and counts those without one beside it", () => {
    const owners = [
      { owner: "", findings: 5 },
      { owner: "web", findings: 3 },
    ];
    const survey = { findings: 8, worst: [], owners };
    expect(shown({ ...PAGE.report, survey })).toContain("web with 3 of 8 findings; 5 name no owner");
  });

  it("says how many exemptions have expired, and when the next one ends", () => {
    const exemptions = [
      { reason: "a", expires: "2027-01-31", expired: false },
      { reason: "b", expires: "2026-12-31", expired: false },
      { reason: "c", expires: "2026-01-31", expired: true },
    ];
    const words = "0 resources; the next exemption ends 2026-12-31; 1 exemption expired";
    expect(shown({ ...PAGE.report, exemptions })).toContain(words);
  });

  it("says once that writing is off, and how it is switched on, and nothing of it where it is on or nobody knows", () => {
    const words = shown({ ...PAGE.report, mode: "report" }).replaceAll("&quot;", '"');
    expect(words.match(/Writing is off: .*--param="mode=enforce"/g)).toHaveLength(1);
    expect(shown({ ...PAGE.report, mode: "enforce" })).not.toMatch(/writing is off/i);
    expect(shown(PAGE.report)).not.toMatch(/writing is off/i);
  });

  it("names at most five parts that are missing, and counts them all", () => {
    const gaps = Array.from({ length: 7 }, (_, n) => ({ shard: `s${n}`, type: "aws:*:*", reason: "no answer" }));
    const words = shown({ ...PAGE.report, complete: false, gaps });
    expect(words).toContain(
      "This report is incomplete. 7 parts of the run could not be seen: aws:*:* in s0: no answer",
    );
    expect(words).toContain("2 more in report.json");
    expect(words).not.toContain("s5:");
  });
});

describe("changeText", () => {
  it("is the difference of the two shares as they are shown", () => {
    expect(changeText(0.6669, 0.683)).toBe("▲ 1.7 points up");
    expect(changeText(0.99999, 0.9991)).toBe("unchanged");
  });
});
