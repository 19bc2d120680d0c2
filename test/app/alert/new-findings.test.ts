import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { newFindings } from "../../../lib/app/alert/new-findings.ts";
import { findingLine } from "../../../lib/core/report/evaluation-line.ts";
import { buildReport } from "../../../lib/core/report/report.ts";
import { summarise } from "../../../lib/core/report/summarise.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { breaking, NONCOMPLIANT, type Found } from "../../core/report/findings.ts";

const NEW: Found = { ...NONCOMPLIANT, state: "new" };
const CHANGES = { since: "r0", inGrace: 0, open: 0, fixed: 0, repaired: 0, gone: 0, compared: 1, shards: 1 };
const time = "2026-11-22T02:00:00.000Z";

/** What is told of a run that has found these, all of them new, and more than its report names. */
async function told(
  found: readonly Found[],
  least: "low" | "high" = "low",
  newest: readonly Found[] = [],
): Promise<string[]> {
  const objects = memoryObjects();
  await objects.put("part", gzipSync(found.map((one) => `${findingLine(one, one)}\n`).join("")));
  const survey = { findings: found.length, worst: [], changes: { ...CHANGES, new: found.length, newest } };
  const report = buildReport({ run: "r1", startedAt: time, finishedAt: time, policyHash: "a" }, summarise(found), {
    survey,
    policies: [
      { name: "low", severity: "low" },
      { name: "high", severity: "high" },
    ],
  });
  const kept = await newFindings(
    { report, shards: [{ shard: "s", parts: ["part"] }] },
    { newFindings: least },
    { objects },
  );
  return kept.map(({ finding }) => finding.id);
}

const many = (count: number, more: Partial<Found>): Found[] =>
  Array.from({ length: count }, (_, n) => ({ ...NEW, ...more, id: `${more.id ?? ""}${String(n).padStart(3, "0")}` }));

describe("the new findings that are told", () => {
  it("are the most severe, whatever number of problems others have", async () => {
    const light = many(300, { id: "light", ...breaking("low"), missing: ["a", "b", "c"] });
    const grave: Found = { ...NEW, id: "grave", ...breaking("low", "high"), missing: ["a"] };
    const kept = await told([...light, grave]);
    expect(kept).toEqual(["grave", ...light.slice(0, 199).map(({ id }) => id)]);
  });

  it("are of the same severity those with the most problems, and then those of the first ids", async () => {
    const few = many(150, { id: "few", ...breaking("high"), missing: ["a"] });
    const more = many(100, { id: "more", ...breaking("high"), missing: ["a", "b"] });
    const kept = await told([...few.toReversed(), ...more.toReversed()], "high");
    expect(kept).toEqual([...more, ...few.slice(0, 100)].map(({ id }) => id));
  });

  it.each([
    ["those of its report", 2],
    ["more than its report names", 0],
  ])("are what this run found first, and not what an earlier one did whose grace lasts: %s", async (_, named) => {
    const fresh: Found = { ...NEW, id: "fresh", ...breaking("high"), firstSeen: time };
    const waiting: Found = { ...fresh, id: "waiting", firstSeen: "2026-11-21T02:00:00.000Z" };
    expect(await told([fresh, waiting], "low", [fresh, waiting].slice(0, named))).toEqual(["fresh"]);
  });

  it("are none of a listing that no earlier run has seen", async () => {
    const { state: _, ...alone } = NEW;
    const fresh: Found = { ...NEW, id: "fresh", ...breaking("high") };
    expect(await told([fresh, { ...alone, id: "alone", ...breaking("high") }])).toEqual(["fresh"]);
  });
});
