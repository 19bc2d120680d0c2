import { readFileSync } from "node:fs";
import * as fc from "../../properties.ts";
import { describe, expect, it } from "vitest";
import { COMPLIANCES } from "../../../lib/core/evaluation.ts";
import type { Evaluation } from "../../../lib/core/evaluation.ts";
import { createSummariser, summarise } from "../../../lib/core/report/summarise.ts";
import { complianceOf, EMPTY_SUMMARY, mergeSummaries } from "../../../lib/core/report/summary.ts";
import type { Summary } from "../../../lib/core/report/summary.ts";

const names = fc.constantFrom("env", "owner", "__proto__", "constructor", "7");
const evaluations: fc.Arbitrary<Evaluation> = fc.record({
  type: fc.constantFrom("alibaba:apigateway:app", "huawei:iam:user", "aws:ec2:instance"),
  account: fc.constantFrom("1", "__proto__"),
  region: fc.constantFrom("cn-hangzhou", "global"),
  id: fc.string(),
  compliance: fc.constantFrom(...COMPLIANCES),
  missing: fc.uniqueArray(names),
  invalid: fc.uniqueArray(names).map((keys) => keys.map((key) => ({ key, value: "x", reason: "is wrong" }))),
  nearMisses: fc.uniqueArray(names).map((keys) => keys.map((key) => ({ key, found: "Env" }))),
  broken: fc.uniqueArray(names).map((policies) => policies.map((policy) => ({ policy, keys: ["env"] }))),
  policies: fc.uniqueArray(names),
});

const summaries: fc.Arbitrary<Summary> = fc
  .record({
    found: fc.array(evaluations, { maxLength: 8 }),
    sighted: fc.array(
      fc.record({ listedType: names, inInventory: fc.boolean(), inTagListing: fc.boolean(), byEvent: fc.boolean() }),
    ),
    changes: fc.array(fc.constantFrom("compared", "new", "inGrace", "open", "fixed", "repaired", "gone", "alone")),
    repairs: fc.array(fc.constantFrom("sent", "held")),
    actions: fc.array(names),
    rows: fc.nat(100),
    notes: fc.array(names),
    ages: fc.array(fc.tuple(names, fc.integer({ min: 1, max: 9 }))),
    gaps: fc.array(fc.record({ shard: names, reason: names }), { maxLength: 3 }),
  })
  .map(({ found, sighted, changes, repairs, actions, rows, notes, ages, gaps }) => {
    const summariser = createSummariser();
    for (const evaluation of found) summariser.add(evaluation);
    for (const sighting of sighted) summariser.sight(sighting);
    for (const action of actions) {
      summariser.countCall(action);
      summariser.countReadError(action, "E");
      summariser.countNotTaggable(action);
      summariser.countGone(action);
      summariser.countExemption(action.length);
    }
    for (const change of changes) summariser.countChange(change);
    for (const repair of repairs) summariser.countRepair(repair);
    for (const note of notes) summariser.note(note);
    for (const [account, ageMs] of ages) summariser.countAge(account, ageMs);
    summariser.countRows(rows);
    return mergeSummaries(summariser.summary(), { ...EMPTY_SUMMARY, gaps });
  });

const text = (summary: Summary) => JSON.stringify(summary);

describe("mergeSummaries", () => {
  it("gives the same bytes whichever of two comes first", () => {
    fc.assert(fc.property(summaries, summaries, (a, b) => text(mergeSummaries(a, b)) === text(mergeSummaries(b, a))));
  });

  it("gives the same bytes however three are grouped", () => {
    fc.assert(
      fc.property(
        summaries,
        summaries,
        summaries,
        (a, b, c) => text(mergeSummaries(mergeSummaries(a, b), c)) === text(mergeSummaries(a, mergeSummaries(b, c))),
      ),
    );
  });

  it("changes nothing when one of the two is empty", () => {
    fc.assert(fc.property(summaries, (a) => text(mergeSummaries(a, EMPTY_SUMMARY)) === text(a)));
  });

  it("gives what summarising everything at once gives", () => {
    fc.assert(
      fc.property(fc.array(evaluations), fc.array(evaluations), (a, b) => {
        expect(mergeSummaries(summarise(a), summarise(b))).toEqual(summarise([...a, ...b]));
      }),
    );
  });

  it("survives being written as JSON and read again", () => {
    fc.assert(fc.property(summaries, (a) => text(JSON.parse(text(a)) as Summary) === text(a)));
  });
});

describe("summaries in checkpoints that an earlier version wrote", () => {
  const kept = (name: string) =>
    readFileSync(new URL(`../../fixtures/checkpoints/${name}.json`, import.meta.url), "utf8");
  const summaryIn = (name: string) => (JSON.parse(kept(name)) as { readonly summary: Summary }).summary;

  /** As that version wrote it: nothing of what it didn't count was counted. */
  const asThen = (summary: Summary) => {
    const { exempted, unjudged, added, newlyBroken, ...changes } = summary.changes;
    const { inventoryAge, ...coverage } = summary.coverage;
    expect({ exempted, unjudged, added, newlyBroken }).toEqual({ exempted: 0, unjudged: 0, added: 0, newlyBroken: 0 });
    expect(inventoryAge).toEqual({});
    const { forbidden, ...rest } = summary;
    expect(forbidden).toEqual({});
    return text({ ...rest, coverage, changes } as Summary);
  };

  it("merge to the bytes that it made of them", () => {
    const [a, b] = [summaryIn("checkpoint"), summaryIn("other-checkpoint")];
    expect([asThen(mergeSummaries(a, b)), asThen(mergeSummaries(b, a))]).toEqual([
      kept("merged-summary"),
      kept("merged-summary"),
    ]);
  });

  it("are themselves after merging with nothing", () => {
    const summary = summaryIn("other-checkpoint");
    expect(asThen(mergeSummaries(summary, EMPTY_SUMMARY))).toBe(text(summary));
  });

  it("count as empty in what did not exist then", () => {
    const { exemptions: _, ...before } = summaryIn("checkpoint");
    const { exemptions, ...merged } = mergeSummaries(before as Summary, summaryIn("other-checkpoint"));
    const { exemptions: __, ...now } = JSON.parse(kept("merged-summary")) as Summary;
    const changes = { ...now.changes, exempted: 0, unjudged: 0, added: 0, newlyBroken: 0 };
    expect(merged).toEqual({ ...now, forbidden: {}, coverage: { ...now.coverage, inventoryAge: {} }, changes });
    expect(exemptions).toEqual({ "2": 1 });
  });
});

describe("summarise", () => {
  it("counts each resource once in every dimension but the policy", () => {
    fc.assert(
      fc.property(fc.array(evaluations), (found) => {
        const summary = summarise(found);
        const sum = (counts: object) => Object.values(counts).reduce((total: number, n: number) => total + n, 0);
        expect(summary.resources).toBe(found.length);
        expect(sum(summary.evaluated)).toBe(found.length);
        for (const dimension of ["provider", "type", "account", "region"] as const) {
          const groups = Object.values(summary.by[dimension]);
          expect(groups.reduce((total, counts) => total + sum(counts), 0)).toBe(found.length);
        }
      }),
    );
  });

  it("counts a resource under each policy that matches it", () => {
    const one = {
      type: "huawei:iam:user",
      account: "1",
      region: "global",
      id: "u",
      missing: [],
      invalid: [],
      nearMisses: [],
      broken: [],
    };
    const { by } = summarise([{ ...one, compliance: "compliant", policies: ["a", "b"] }]);
    expect(Object.entries(by.policy).map(([name, counts]) => [name, counts.compliant])).toEqual([
      ["a", 1],
      ["b", 1],
    ]);
  });

  it("counts it as each of them finds it: broken, saved by an exemption, or satisfied", () => {
    const one = {
      type: "huawei:iam:user",
      account: "1",
      region: "global",
      id: "u",
      compliance: "noncompliant",
      missing: ["env"],
      invalid: [],
      nearMisses: [],
      broken: [{ policy: "a", keys: ["env"] }],
      exempted: ["b"],
      policies: ["a", "b", "c"],
    } as const;
    const under = (...found: Evaluation[]) => {
      const { by, evaluated } = summarise(found);
      const some = (counts: object) => Object.entries(counts).filter(([, n]) => n > 0);
      return [some(evaluated), ...Object.values(by.policy).map(some)];
    };
    const [bad, exempt, good] = [[["noncompliant", 1]], [["exempt", 1]], [["compliant", 1]]];
    expect(under(one)).toEqual([bad, bad, exempt, good]);
    const saved = { ...one, compliance: "exempt", missing: [], broken: [], exempted: ["a", "b"] } as const;
    expect(under(saved)).toEqual([exempt, exempt, exempt, good]);
    const unknown = [["unknown", 1]];
    expect(under({ ...one, compliance: "unknown", broken: [], exempted: [] })).toEqual([
      unknown,
      unknown,
      unknown,
      unknown,
    ]);
  });

  it("keeps keys called like members of Object apart", () => {
    const one = {
      type: "huawei:iam:user",
      account: "1",
      region: "global",
      id: "u",
      invalid: [],
      nearMisses: [],
      broken: [],
      policies: [],
    };
    const { keys } = summarise([{ ...one, compliance: "noncompliant", missing: ["__proto__", "constructor"] }]);
    expect(Object.entries(keys)).toEqual([
      ["__proto__", { missing: 1, invalid: 0, nearMisses: 0 }],
      ["constructor", { missing: 1, invalid: 0, nearMisses: 0 }],
    ]);
  });
});

describe("complianceOf", () => {
  const none = EMPTY_SUMMARY.evaluated;

  it("is compliant by compliant and noncompliant, whatever stands apart", () => {
    expect(complianceOf({ ...none, compliant: 3, noncompliant: 1, exempt: 50, unknown: 50 })).toBe(0.75);
  });

  it("is not known where nothing was judged", () => {
    expect(complianceOf({ ...none, exempt: 2 })).toBeUndefined();
  });
});
