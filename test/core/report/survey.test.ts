import * as fc from "../../properties.ts";
import { describe, expect, it } from "vitest";
import { evaluationLine, findingLine } from "../../../lib/core/report/evaluation-line.ts";
import { findingFrom } from "../../../lib/core/report/finding.ts";
import { ownerOf } from "../../../lib/core/report/owner.ts";
import { tagsFromObject } from "../../../lib/core/resource.ts";
import type { Finding } from "../../../lib/core/report/finding.ts";
import { graceLasts, knownFrom, knownLine, type Absence } from "../../../lib/core/report/known-finding.ts";
import { createSurveyor, type Surveyor } from "../../../lib/core/report/survey.ts";
import { createWorst } from "../../../lib/core/report/worst.ts";
import { NONCOMPLIANT } from "./findings.ts";

function survey(findings: readonly Finding[], changes?: Parameters<Surveyor["end"]>[0]) {
  const surveyor = createSurveyor();
  for (const finding of findings) surveyor.add(finding);
  return surveyor.end(changes);
}

const COUNTS = { since: "r1", new: 1, inGrace: 0, open: 1, fixed: 0, repaired: 0, gone: 0, compared: 1, shards: 1 };

describe("createSurveyor", () => {
  it("says nothing of changes where no earlier run is known", () => {
    expect(survey([NONCOMPLIANT])).not.toHaveProperty("changes");
  });

  it("lists the new ones beside what the shards counted", () => {
    const findings: Finding[] = [
      { ...NONCOMPLIANT, id: "x", state: "open" },
      { ...NONCOMPLIANT, id: "y", state: "new" },
    ];
    const { changes } = survey(findings, COUNTS);
    expect(changes).toMatchObject(COUNTS);
    expect(changes?.newest.map(({ id }) => id)).toEqual(["y"]);
  });

  it("counts findings by owner, the most first, and those that name none", () => {
    const owners = ["web", "web", "db"].map((owner) => ({ ...NONCOMPLIANT, owner }));
    expect(survey([...owners, NONCOMPLIANT]).owners).toEqual([
      { owner: "web", findings: 2 },
      { owner: "", findings: 1 },
      { owner: "db", findings: 1 },
    ]);
  });

  it("counts owners that differ in case alone as one, spelled as it came first", () => {
    const owners = ["db", "Jane.Doe@Example.com", "jane.doe@example.com"].map((owner) => ({ ...NONCOMPLIANT, owner }));
    expect(survey(owners).owners).toEqual([
      { owner: "Jane.Doe@Example.com", findings: 2 },
      { owner: "db", findings: 1 },
    ]);
  });

  it("leaves owners out where no finding names one", () => {
    expect(survey([NONCOMPLIANT])).not.toHaveProperty("owners");
  });
});

describe("createWorst", () => {
  it("keeps the same worst findings in the same order, in whatever order they come", () => {
    const findings = fc.uniqueArray(fc.tuple(fc.nat(5), fc.nat(1000)), { selector: ([, id]) => id, maxLength: 60 });
    fc.assert(
      fc.property(findings, fc.nat(20), (found, seed) => {
        const made = found.map(([problems, id]): Finding => ({
          ...NONCOMPLIANT,
          id: String(id),
          missing: Array<string>(problems).fill("k"),
        }));
        const listed = (order: readonly Finding[]) => {
          const worst = createWorst(7);
          for (const finding of order) worst.add(finding);
          return worst.list();
        };
        const turned = [...made.slice(seed), ...made.slice(0, seed)].toReversed();
        expect(listed(turned)).toEqual(listed(made));
        const least = Math.min(...listed(made).map(({ missing }) => missing.length));
        const rest = made.filter((finding) => !listed(made).includes(finding));
        expect(listed(made)).toHaveLength(Math.min(7, made.length));
        for (const { missing } of rest) expect(missing.length).toBeLessThanOrEqual(least);
      }),
    );
  });
});

describe("known findings", () => {
  it("come back from their lines", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 0 }), fc.boolean(), (id, firstSeen, repair) => {
        const line = knownLine({ id, firstSeen, repair });
        expect(line).not.toContain("\n");
        expect(knownFrom(line, "k")).toEqual({ id, firstSeen, repair });
      }),
    );
  });

  it("come back with the policies that they break and why they are none now", () => {
    const broken = fc.array(fc.tuple(fc.oneof(fc.string(), fc.constant("__proto__")), fc.nat()));
    const absence = fc.constantFrom<Absence | undefined>(
      undefined,
      { kind: "unjudged" },
      { kind: "exempted" },
      { kind: "exempted", until: "2027-01-31" },
    );
    const text = fc.string({ unit: "binary" });
    const named = fc.option(fc.record({ type: text, region: text, id: text }), { nil: undefined });
    fc.assert(
      fc.property(text, fc.boolean(), broken, absence, named, (id, repair, pairs, why, whose) => {
        const finding = {
          id,
          firstSeen: 1,
          repair,
          broken: new Map(pairs),
          ...(why !== undefined && { absence: why }),
          ...(why !== undefined && whose !== undefined && { named: whose }),
        };
        const line = knownLine(finding);
        expect(line).not.toContain("\n");
        expect(knownFrom(line, "k")).toEqual(finding);
      }),
    );
  });

  it("come back with the requirements that they break", () => {
    const times = fc.array(fc.tuple(fc.oneof(fc.string(), fc.constant("__proto__")), fc.nat()), { minLength: 1 });
    const broken = fc.array(
      fc.tuple(
        fc.string(),
        fc.oneof(
          fc.nat(),
          times.map((pairs) => new Map(pairs)),
        ),
      ),
    );
    fc.assert(
      fc.property(broken, (pairs) => {
        const finding = { id: "g1", firstSeen: 1, repair: false, broken: new Map(pairs) };
        expect(knownFrom(knownLine(finding), "k")).toEqual(finding);
      }),
    );
  });

  it.each(["", "{}", "[]", "[1,2]", '["a","b"]', '["a",1'])("are refused where the line is %s", (line) => {
    expect(() => knownFrom(line, "k.gz")).toThrow("k.gz: is not what an audit left");
  });

  it.each([
    ["found by this run, without grace", 0, 0, false],
    ["found by this run, with a day of grace", 0, 1, true],
    ["found a day ago, without grace", 1, 0, false],
    ["found two days ago, with three days of grace", 2, 3, true],
    ["found three days ago, with three days of grace", 3, 3, false],
  ])("have a grace that lasts, or not: %s", (_, daysAgo, graceDays, expected) => {
    const now = Date.UTC(2026, 10, 22);
    expect(graceLasts(now - daysAgo * 86_400_000, now, graceDays)).toBe(expected);
  });
});

describe("ownerOf", () => {
  const owner = (tags: Record<string, string>) => ownerOf(tagsFromObject(tags));

  it("takes the owner tag before the team tag, in any spelling", () => {
    expect(owner({ team: "web", Owner: " ann " })).toBe("ann");
    expect(owner({ TEAM: "web" })).toBe("web");
  });

  it("takes no blank value for an owner", () => {
    expect(owner({ owner: " ", team: "web" })).toBe("web");
    expect(owner({ ownership: "ann" })).toBeUndefined();
  });
});

describe("findingLine", () => {
  it("reads back as the evaluation with what else is known of it, whatever that is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (id, name) => {
        const finding = { ...NONCOMPLIANT, id };
        const facts = { owner: name, firstSeen: "2026-11-22T02:00:00.000Z", state: "new" } as const;
        const line = findingLine(finding, facts);
        expect(line).not.toContain("\n");
        expect(findingFrom(line, "x")).toEqual({ ...finding, ...facts });
      }),
    );
  });

  it("names of the policies that match a noncompliant resource those that it breaks; of an unknown one, all", () => {
    const matched = { ...NONCOMPLIANT, policies: ["satisfied", "everything"] };
    expect(findingFrom(findingLine(matched, {}), "x").policies).toEqual(["everything"]);
    const unknown = { ...matched, compliance: "unknown", missing: [], broken: [] } as const;
    expect(findingFrom(findingLine(unknown, {}), "x").policies).toEqual(["satisfied", "everything"]);
  });

  it("is read where an earlier version wrote it, and not where its broken policies are something else", () => {
    const { broken: _, ...earlier } = NONCOMPLIANT;
    expect(findingFrom(JSON.stringify(earlier), "x")).toEqual(earlier);
    for (const broken of [1, [1], [{ policy: "a" }], [{ policy: "a", keys: [1] }]]) {
      expect(() => findingFrom(JSON.stringify({ ...earlier, broken }), "x")).toThrow(/x: is not a finding/);
    }
  });

  it("is the line of its evaluation where nothing else is known", () => {
    expect(findingLine(NONCOMPLIANT, {})).toBe(evaluationLine(NONCOMPLIANT));
  });
});
