import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../../lib/core/report/report.ts";
import { allContracts } from "../../../lib/providers/index.ts";
import type { LocalResult } from "../../../local/run/result.ts";
import { runLocal } from "../../../local/run/run.ts";

/** All actions that change tags. */
const WRITES = new Set(allContracts.flatMap(({ tag, untag }) => [tag.action, untag.action]));

const countOf = (counts: Readonly<Record<string, number>>, names: ReadonlySet<string>): number =>
  Object.entries(counts).reduce((sum, [name, count]) => sum + (names.has(name) ? count : 0), 0);

describe("a local run of serverless.yml as it stands, without the parameter `mode`", () => {
  let result: LocalResult;
  let calls: Readonly<Record<string, number>>;
  let report: Report;

  beforeAll(async () => {
    result = await runLocal({
      inProcess: true,
      resources: 120,
      out: mkdtempSync(join(tmpdir(), "tagwarden-test-")),
      serve: async ({ emulator }) => {
        calls = emulator.calls();
      },
    });
    report = JSON.parse(readFileSync(result.report, "utf8")) as Report;
  });

  it("makes no call that writes, in two deliveries of all events and three audits", () => {
    expect(WRITES.size).toBeGreaterThan(4);
    expect(countOf(calls, WRITES)).toBe(0);
    // It did look at everything.
    expect(countOf(calls, new Set(allContracts.map(({ list }) => list.action)))).toBeGreaterThan(20);
    expect({ writes: result.writes, again: result.again.writes }).toEqual({ writes: 0, again: 0 });
  });

  it("says of the resources that it would have tagged that it only reports", () => {
    expect(result.outcomes["report-only"]).toBeGreaterThan(20);
    expect(result.outcomes.tagged).toBeUndefined();
    expect(result.failures).toEqual([]);
  });

  it("holds back what `repair: nightly` would have sent to enforcement", () => {
    expect(report.repairs.sent).toBe(0);
    expect(report.repairs.held).toBeGreaterThan(20);
    expect(result.repaired).toBe(0);
  });

  it("tells people what its audits find, all the same", () => {
    expect(result.alerts.changes["opened"]).toBeGreaterThan(0);
  });

  it("tells in its report, as JSON, as a page and as Markdown, that writing is off and how it is switched on", () => {
    expect(report.mode).toBe("report");
    for (const path of [result.page, result.page.replace(/html$/, "md")]) {
      const text = readFileSync(path, "utf8").replaceAll("&quot;", '"').replaceAll("&#34;", '"');
      expect(text.match(/Writing is off: /g), path).toHaveLength(1);
      expect(text, path).toContain('--param="mode=enforce"');
    }
  });
});
