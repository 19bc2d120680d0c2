import { describe, expect, it } from "vitest";
import { brokenNow, endOf, type Asking } from "../../../lib/core/report/broken-since.ts";
import { knownFrom, type BrokenSince, type KnownFinding } from "../../../lib/core/report/known-finding.ts";
import { NONCOMPLIANT } from "./findings.ts";

/** What each policy asks: keys and the ids of that. */
type Asks = Readonly<Record<string, Readonly<Record<string, string>>>>;

const ASKS: Asks = { a: { env: "A" }, b: { owner: "B" } };
/** Of a run that starts at 9, whose policies ask what the earlier run's did. */
const asking = (asks: Asks = ASKS, before: readonly string[] | undefined = ["A", "B"]): Asking => ({
  requirementsOf: (policy) => (asks[policy] === undefined ? undefined : new Map(Object.entries(asks[policy]))),
  before: before && new Set(before),
});

const since = (broken: Readonly<Record<string, number | Readonly<Record<string, number>>>>): BrokenSince =>
  new Map(
    Object.entries(broken).map(([policy, times]) => [
      policy,
      typeof times === "number" ? times : new Map(Object.entries(times)),
    ]),
  );
const KNOWN: KnownFinding = { id: "g1", firstSeen: 1, repair: false, broken: since({ a: { A: 1 } }) };
const BREAKS_A = { ...NONCOMPLIANT, broken: [{ policy: "a", keys: ["env"] }], policies: ["a", "b"] };
const BREAKS_B = { ...NONCOMPLIANT, broken: [{ policy: "b", keys: ["owner"] }], policies: ["a", "b"] };
const BREAKS_BOTH = { ...BREAKS_A, broken: [...BREAKS_A.broken, ...BREAKS_B.broken] };

describe("what a finding breaks", () => {
  const now = (
    evaluation: Parameters<typeof brokenNow>[0],
    earlier: KnownFinding | undefined = KNOWN,
    policies: Asking = asking(),
  ) => brokenNow(evaluation, earlier, policies, 9);

  it("has been broken since it was found so first", () => {
    expect(now(BREAKS_A)).toMatchObject({ isKnown: true, news: [], broken: since({ a: { A: 1 } }) });
    expect(now(BREAKS_A).since("a", "env")).toBe(1);
  });

  it("is news where it was asked before and not broken", () => {
    expect(now(BREAKS_BOTH)).toMatchObject({
      isKnown: true,
      news: BREAKS_B.broken,
      broken: since({ a: { A: 1 }, b: { B: 9 } }),
    });
  });

  it.each([
    ["was not asked before", ["A"]],
    ["was asked or not, nobody knows", undefined],
  ])("is no news where it %s", (_, before) => {
    const policies = { ...asking(), before: before && new Set(before) };
    expect(now(BREAKS_BOTH, KNOWN, policies)).toMatchObject({ isKnown: true, news: [] });
  });

  it("is another finding where all that was broken before is mended", () => {
    expect(now(BREAKS_B)).toMatchObject({ isKnown: false, news: BREAKS_B.broken, broken: since({ b: { B: 9 } }) });
  });

  it.each([
    ["an exemption covers", { spared: BREAKS_A.broken }],
    ["no policy judges", { policies: ["b"] }],
  ])("is the same finding where %s what was broken before, which stays known", (_, more) => {
    expect(now({ ...BREAKS_B, ...more })).toMatchObject({ isKnown: true, broken: since({ a: { A: 1 }, b: { B: 9 } }) });
  });

  it("keeps its time under another name of the policy", () => {
    const renamed = { ...BREAKS_A, broken: [{ policy: "a2", keys: ["env"] }], policies: ["a2", "b"] };
    const policies = asking({ a2: { env: "A" }, b: { owner: "B" } });
    expect(now(renamed, KNOWN, policies)).toMatchObject({
      isKnown: true,
      news: [],
      broken: since({ a2: { A: 1 } }),
    });
  });

  it("shares its time with a policy that asks the same, whenever that was added", () => {
    const both = { ...BREAKS_A, broken: ["a", "a2"].map((policy) => ({ policy, keys: ["env"] })) };
    const shared = now(both, KNOWN, asking({ ...ASKS, a2: { env: "A" } }));
    expect([shared.since("a", "env"), shared.since("a2", "env")]).toEqual([1, 1]);
    expect(shared.news).toEqual([]);
  });

  it("keeps its time where the policy asks something else in its place, and not where it asks that besides", () => {
    const tightened = now(BREAKS_A, KNOWN, asking({ ...ASKS, a: { env: "tight" } }));
    expect([tightened.since("a", "env"), tightened.isKnown]).toEqual([1, true]);
    const more = { ...BREAKS_A, broken: [{ policy: "a", keys: ["env", "team"] }] };
    const added = now(more, KNOWN, asking({ ...ASKS, a: { env: "A", team: "T" } }));
    expect([added.since("a", "env"), added.since("a", "team")]).toEqual([1, 9]);
    expect(added.news).toEqual([]);
  });

  it("is what it was, or all that is asked, where tags are unknown", () => {
    const unknown = { ...BREAKS_A, compliance: "unknown", broken: [], missing: [] } as const;
    expect(now(unknown)).toMatchObject({ isKnown: true, news: [], broken: KNOWN.broken });
    const first = brokenNow(unknown, undefined, asking(), 9);
    expect(first.broken).toEqual(since({ a: { A: 9 }, b: { B: 9 } }));
    const read = brokenNow(BREAKS_BOTH, { ...KNOWN, broken: first.broken }, asking(), 12);
    expect(read).toMatchObject({ news: [], broken: first.broken });
  });

  it.each([
    ["without policies", '["g1",1]', { a: { A: 1 }, b: { B: 1 } }],
    ["with policies and no requirements", '["g1",1,0,{"a":2}]', { a: { A: 2 }, b: { B: 9 } }],
  ])("has the time that lines of earlier versions have for it: %s", (_, line, broken) => {
    expect(now(BREAKS_BOTH, knownFrom(line, "k"), asking()).broken).toEqual(since(broken));
  });
});

it("what an exemption covers was not broken where an earlier version kept nothing of it", () => {
  const exempt = { ...BREAKS_A, spared: BREAKS_B.broken };
  expect(brokenNow(exempt, knownFrom('["g1",1]', "k"), asking(), 9).broken).toEqual(since({ a: { A: 1 } }));
});

describe("a known finding that is none any more", () => {
  const broken = { a: 1, b: 1 };
  const GOOD = { ...NONCOMPLIANT, compliance: "compliant", missing: [], broken: [], policies: ["a", "b"] } as const;
  const spared = (...policies: readonly string[]) => ({
    compliance: "exempt" as const,
    spared: policies.map((policy) => ({ policy, keys: ["env"] })),
  });

  it.each([
    ["good by all that it broke", {}, "fixed"],
    ["good, and not judged by one that it broke", { policies: ["a", "c"] }, "unjudged"],
    ["exempt from what one of them wants", spared("b"), "exempted"],
    ["good by all that it broke, and exempt from another", { ...spared("c"), policies: ["a", "b", "c"] }, "fixed"],
    ["exempt, and not judged by one that it broke", { ...spared("a"), policies: ["a"] }, "unjudged"],
    ["judged by nobody", { compliance: "not-applicable", policies: [] }, "unjudged"],
  ] as const)("is, where it is %s, %s", (_, evaluation, end) => {
    const earlier = { ...KNOWN, broken: since(broken) };
    expect(endOf(earlier, { ...GOOD, ...evaluation }, asking())).toMatchObject({ end });
  });

  it("is fixed where another name of the policy judges it good, and not where that asks something else", () => {
    const renamed = { ...GOOD, policies: ["a2"] };
    expect(endOf(KNOWN, renamed, asking({ a2: { env: "A" } }))).toMatchObject({ end: "fixed" });
    expect(endOf(KNOWN, renamed, asking({ a2: { env: "A2" } }))).toEqual({ end: "unjudged", broken: KNOWN.broken });
  });

  const KEYED = { env: "0000000000000001:env", owner: "0000000000000002:owner" };
  const BOTH = { ...KNOWN, broken: since({ a: { [KEYED.env]: 1, [KEYED.owner]: 2 } }) };
  it.each([
    ["is unjudged where its policy asks for that key no more", { a: { owner: KEYED.owner }, b: {} }, "unjudged"],
    [
      "is fixed where its policy takes other values of that key",
      { a: { ...KEYED, env: "0000000000000003:env" }, b: {} },
      "fixed",
    ],
    [
      "is fixed where another policy asks for that key",
      { a: { owner: KEYED.owner }, b: { env: "0000000000000003:env" } },
      "fixed",
    ],
  ])("%s", (_, asks, end) => {
    expect(endOf(BOTH, GOOD, asking(asks))).toMatchObject({ end });
  });

  it("leaves known what an exemption covers beside what its policy asks for no more", () => {
    const exempt = { ...GOOD, ...spared("a"), spared: [{ policy: "a", keys: ["owner"] }] };
    expect(endOf(BOTH, exempt, asking({ a: { owner: KEYED.owner }, b: {} }))).toEqual({
      end: "unjudged",
      broken: BOTH.broken,
    });
  });

  it("leaves known what of it is not mended", () => {
    const earlier = { ...KNOWN, broken: since({ a: { A: 1 }, b: { B: 2 } }) };
    expect(endOf(earlier, { ...GOOD, policies: ["a"] }, asking())).toEqual({
      end: "unjudged",
      broken: since({ b: { B: 2 } }),
    });
  });

  it.each([
    ["compliant", "fixed"],
    ["exempt", "exempted"],
    ["not-applicable", "unjudged"],
  ] as const)("of earlier versions, which kept no policies, is by being %s: %s", (compliance, end) => {
    expect(endOf(knownFrom('["g1",1]', "k"), { ...GOOD, compliance }, asking())).toEqual({ end });
  });
});
