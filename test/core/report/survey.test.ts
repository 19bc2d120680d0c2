import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluationLine, findingLine } from "../../../lib/core/report/evaluation-line.ts";
import { findingFrom } from "../../../lib/core/report/finding.ts";
import { ownerOf } from "../../../lib/core/report/owner.ts";
import { tagsFromObject } from "../../../lib/core/resource.ts";
import type { Finding } from "../../../lib/core/report/finding.ts";
import { keysFromBytes, keysToBytes, type FindingKeys } from "../../../lib/core/report/finding-keys.ts";
import { createSurveyor } from "../../../lib/core/report/survey.ts";
import { createWorst } from "../../../lib/core/report/worst.ts";
import { NONCOMPLIANT } from "./findings.ts";

interface Shard {
  readonly ids: readonly string[];
  readonly whole?: boolean;
  readonly spoilt?: boolean;
}

/** Surveys shards that found resources with these ids. */
function survey(shards: Readonly<Record<string, Shard>>, earlier?: FindingKeys) {
  const surveyor = createSurveyor(earlier && { run: "before", keys: earlier });
  for (const [shard, { ids, whole = true, spoilt = false }] of Object.entries(shards)) {
    surveyor.startShard(shard, whole);
    for (const id of ids) surveyor.add({ ...NONCOMPLIANT, id });
    if (spoilt) surveyor.spoilShard();
  }
  return surveyor.end();
}

const changesOf = (before: Readonly<Record<string, Shard>>, now: Readonly<Record<string, Shard>>) =>
  survey(now, survey(before).keys).survey.changes;

describe("createSurveyor", () => {
  it("tells new, fixed and open apart, whatever two runs found", () => {
    const ids = fc.uniqueArray(fc.string({ maxLength: 6 }), { maxLength: 40 });
    fc.assert(
      fc.property(ids, ids, (before, now) => {
        const open = now.filter((id) => before.includes(id)).length;
        expect(changesOf({ a: { ids: before } }, { a: { ids: now } })).toMatchObject({
          new: now.length - open,
          fixed: before.length - open,
          open,
          compared: 1,
        });
      }),
    );
  });

  it.each([
    ["this run has not seen whole", { ids: ["x"] }, { ids: [], whole: false }],
    ["the run before has not seen whole", { ids: ["x"], whole: false }, { ids: ["y"] }],
    ["has a part that can't be read", { ids: ["x"] }, { ids: [], spoilt: true }],
  ])("compares nothing of a shard that %s", (_, before, now) => {
    expect(changesOf({ a: before }, { a: now })).toMatchObject({ new: 0, fixed: 0, open: 0, compared: 0, shards: 1 });
  });

  it("says nothing of changes where no earlier run is known", () => {
    expect(survey({ a: { ids: ["x"] } }).survey).not.toHaveProperty("changes");
  });

  it("lists the new ones", () => {
    const changes = changesOf({ a: { ids: ["x"] } }, { a: { ids: ["x", "y"] } });
    expect(changes?.newest.map(({ id }) => id)).toEqual(["y"]);
  });

  it("counts findings by owner, the most first, and those that name none", () => {
    const surveyor = createSurveyor();
    surveyor.startShard("a", true);
    const owners = ["web", "web", "db", undefined];
    for (const owner of owners) surveyor.add(owner === undefined ? NONCOMPLIANT : { ...NONCOMPLIANT, owner });
    expect(surveyor.end().survey.owners).toEqual([
      { owner: "web", findings: 2 },
      { owner: "", findings: 1 },
      { owner: "db", findings: 1 },
    ]);
  });

  it("leaves owners out where no finding names one", () => {
    expect(survey({ a: { ids: ["x"] } }).survey).not.toHaveProperty("owners");
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

describe("finding keys", () => {
  const { keys } = survey({ a: { ids: ["x", "y"] }, "b/ü": { ids: [] } });

  it("come back from their bytes", () => {
    expect(keysFromBytes(keysToBytes(keys), "k")).toEqual(keys);
  });

  it.each([
    ["cut off", keysToBytes(keys).subarray(0, -1)],
    ["empty", new Uint8Array()],
    ["no JSON", new TextEncoder().encode("keys\n")],
    ["another JSON", new TextEncoder().encode('[["a",-1]]\n')],
  ])("are refused where they are %s", (_, bytes) => {
    expect(() => keysFromBytes(bytes, "k.bin")).toThrow("k.bin: does not hold the keys of findings");
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
  it("reads back as the evaluation with its owner, whatever that is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (id, name) => {
        const finding = { ...NONCOMPLIANT, id };
        const line = findingLine(evaluationLine(finding), name);
        expect(line).not.toContain("\n");
        expect(findingFrom(line, "x")).toEqual({ ...finding, owner: name });
      }),
    );
  });
});
