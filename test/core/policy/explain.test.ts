import { describe, expect, it } from "vitest";
import * as fc from "../../properties.ts";
import type { CompiledPolicies } from "../../../lib/core/policy/compiled.ts";
import { prepareExplain, type Explanation, type Question } from "../../../lib/core/policy/explain/explain.ts";
import { search } from "../../../lib/core/policy/jmespath.ts";
import { preparePolicies } from "../../../lib/core/policy/prepare.ts";
import { options, policySets, tagPairs } from "./arbitraries.ts";
import { load, NOON, resource } from "./policies.ts";

function explain(text: string, question: Partial<Question> & Pick<Question, "resource">, at = NOON): Explanation {
  return prepareExplain(load(text).compiled, search)(question, at);
}

const POLICY = `version: 1
requiredTags:
  env: { values: [prod, dev], default: dev }
  owner: { default: [{ fromTag: team }, { fromEvent: createdBy }] }
policies:
  - name: all
    match: { types: ["alibaba:*"], not: { tags: { sandbox: "*" } } }
    require: [env, owner]
    mode: enforce
`;

const keysOf = ({ tags }: Explanation, verdict: string): readonly string[] =>
  tags.flatMap((tag) => (tag.verdict === verdict ? [tag.key] : []));

describe("an explanation", () => {
  it("of any resource under any policies says what evaluation and enforcement say", () => {
    let wrong = 0;
    fc.assert(
      fc.property(policySets, tagPairs, (text, pairs) => {
        let compiled: CompiledPolicies;
        try {
          ({ compiled } = load(text, options));
        } catch {
          return;
        }
        const subject = { ...resource({}), tags: new Map(pairs), event: { createdBy: "alice" } };
        const explained = prepareExplain(compiled, search)({ resource: subject }, NOON);
        const policies = preparePolicies(compiled, search);
        const evaluation = policies.evaluate(subject, NOON);
        expect(explained.compliance).toBe(evaluation.compliance);
        expect(explained.policies.flatMap(({ name, matched }) => (matched === true ? [name] : []))).toEqual(
          evaluation.policies,
        );
        expect(keysOf(explained, "missing")).toEqual(evaluation.missing);
        expect(keysOf(explained, "invalid").toSorted()).toEqual(evaluation.invalid.map(({ key }) => key).toSorted());
        const exempt = new Set(evaluation.spared?.flatMap(({ keys }) => keys));
        expect(keysOf(explained, "exempt").toSorted()).toEqual([...exempt].toSorted());
        const decisions = policies
          .decide(subject, evaluation, NOON)
          .map((one) =>
            one.action === "write" ? { action: "write", value: one.value } : { action: "leave", reason: one.reason },
          );
        expect(explained.tags.flatMap((tag) => tag.default ?? [])).toMatchObject(
          evaluation.compliance === "noncompliant" ? decisions : [],
        );
        wrong += decisions.length;
      }),
      { numRuns: 300 },
    );
    expect(wrong).toBeGreaterThan(100);
  });

  it("says of each policy which of its conditions holds, and a policy applies where all of them do", () => {
    fc.assert(
      fc.property(policySets, tagPairs, (text, pairs) => {
        let compiled: CompiledPolicies;
        try {
          ({ compiled } = load(text, options));
        } catch {
          return;
        }
        const { policies } = prepareExplain(compiled, search)(
          { resource: { ...resource({}), tags: new Map(pairs) } },
          NOON,
        );
        for (const { matched, because } of policies) expect(matched).toBe(because.every(({ holds }) => holds));
      }),
    );
  });

  it("names what was wanted and found where a policy doesn't apply", () => {
    const { policies, compliance } = explain(POLICY, { resource: resource({}, { type: "aws:ec2:instance" }) });
    expect(compliance).toBe("not-applicable");
    expect(policies).toMatchObject([
      {
        name: "all",
        matched: false,
        because: [
          { field: "types", wanted: ["alibaba:*"], found: "aws:ec2:instance", holds: false },
          { field: "not", holds: true },
        ],
      },
    ]);
  });

  it("names the source of a default, and those that were tried before it", () => {
    const { tags } = explain(POLICY, { resource: resource({ env: "prod" }, { event: { createdBy: "ann" } }) });
    expect(tags.find(({ key }) => key === "owner")).toMatchObject({
      verdict: "missing",
      found: null,
      requiredBy: ["all"],
      default: {
        action: "write",
        value: "ann",
        from: "createdBy of the creating event",
        policy: "all",
        tried: [{ from: 'the tag "team"' }, { from: "createdBy of the creating event", value: "ann" }],
      },
    });
  });

  it("says which case of a choice gave the value", () => {
    const text = POLICY.replace("default: dev", 'default: { byAccount: { "1111*": prod }, otherwise: dev }');
    const fromOf = (account: string): string | undefined =>
      explain(text, { resource: resource({}, { account }) }).tags[0]?.default?.from;
    expect([fromOf("111122223333"), fromOf("444455556666")]).toEqual([
      'the constant "prod" (byAccount 1111*)',
      'the constant "dev" (otherwise)',
    ]);
  });

  it("names the key that stands for an absent one, and its value", () => {
    const text = POLICY.replace("owner: {", "owner: { aliases: [contact],");
    const { tags, compliance } = explain(text, { resource: resource({ env: "dev", contact: "ann" }) });
    expect(compliance).toBe("compliant");
    expect(tags.find(({ key }) => key === "owner")).toMatchObject({
      verdict: "valid",
      found: "ann",
      foundAs: "contact",
    });
  });

  it("says of one of several keys of which another is there that it isn't needed", () => {
    const text = POLICY.replace("[env, owner]", "[env, { anyOf: [owner, { key: team }] }]");
    const { tags, compliance } = explain(text, { resource: resource({ env: "dev", team: "web" }) });
    expect(compliance).toBe("compliant");
    expect(tags.map(({ key, verdict }) => [key, verdict])).toEqual([
      ["env", "valid"],
      ["owner", "not-needed"],
      ["team", "valid"],
    ]);
    expect(tags[1]?.reason).toBe('one of "owner", "team" is enough');
  });

  it("names the exemption that takes a tag out, and the one that did until it expired", () => {
    const text = `${POLICY}exemptions: [{ match: { ids: [g1] }, tags: [env], reason: old, expires: "2026-11-22" }]\n`;
    const of = (at: number) => explain(text, { resource: resource({ owner: "a" }) }, at).tags[0];
    expect(of(NOON)).toMatchObject({ verdict: "exempt", exemption: { reason: "old", expired: false }, default: null });
    expect(of(NOON + 86_400_000)).toMatchObject({ verdict: "missing", exemption: { expired: true } });
  });

  it("knows nothing of a resource whose tags are unknown, but which policies may apply", () => {
    const { compliance, policies, tags } = explain(POLICY, { resource: resource(undefined) });
    expect(compliance).toBe("unknown");
    expect(policies[0]).toMatchObject({ matched: null });
    expect(tags).toEqual([]);
  });
});

describe("of a resource of which some tags are known", () => {
  const some = new Map([
    ["env", "moon"],
    ["owner", undefined],
  ]);

  it("what is known is judged, and the rest is unknown", () => {
    const text = POLICY.replace("[env, owner]", "[env, owner, { key: team }]");
    const explained = explain(text, { resource: resource(undefined), some });
    expect(explained.compliance).toBe("noncompliant");
    expect(explained.tags.map(({ key, verdict }) => [key, verdict])).toEqual([
      ["env", "invalid"],
      ["owner", "missing"],
      ["team", "unknown"],
    ]);
  });

  it("no value is made up of what isn't known: neither of other tags nor of the event", () => {
    const explained = explain(POLICY, { resource: resource(undefined), some, isEventKnown: false });
    expect(explained.tags.find(({ key }) => key === "owner")?.default).toMatchObject({
      action: "unknown",
      from: 'the tag "team"',
    });
  });
});
