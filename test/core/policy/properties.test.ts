import * as fc from "../../properties.ts";
import { expect, test } from "vitest";
import { complianceWith, type Evaluation } from "../../../lib/core/evaluation.ts";
import type { Resource, Tags } from "../../../lib/core/resource.ts";
import { load, narrowContract, NOON, prepare, resource } from "./policies.ts";
import { options, policySets, tagPairs } from "./arbitraries.ts";
import { preparePolicies } from "../../../lib/core/policy/prepare.ts";
import type { CompiledPolicies } from "../../../lib/core/policy/compiled.ts";
import { textProblem } from "../../../lib/core/contract.ts";

function withTags(tags: Tags): Resource {
  return { ...resource({}), tags, event: { createdBy: "alice" } };
}

/** Runs a check on every generated policy that loads. */
function forAll(check: (policies: ReturnType<typeof prepare>, pairs: [string, string][]) => void): void {
  let checked = 0;
  fc.assert(
    fc.property(policySets, tagPairs, (text, pairs) => {
      let policies;
      try {
        policies = preparePolicies(load(text, options).compiled);
      } catch {
        // Values and patterns that contradict each other are refused: see load.test.ts.
        return;
      }
      checked += 1;
      check(policies, pairs);
    }),
    { numRuns: 200 },
  );
  expect(checked).toBeGreaterThan(50);
}

function problems({ missing, invalid }: Evaluation): string[] {
  return [...missing, ...invalid.map(({ key }) => key)];
}

test("the order in which tags are listed changes nothing", () => {
  forAll((policies, pairs) => {
    const [one, other] = [withTags(new Map(pairs)), withTags(new Map(pairs.toReversed()))];
    const [evaluated, again] = [policies.evaluate(one, NOON), policies.evaluate(other, NOON)];
    expect(again).toEqual(evaluated);
    expect(policies.decide(other, again, NOON)).toEqual(policies.decide(one, evaluated, NOON));
  });
});

test("evaluating twice, or with other resources in between, gives the same answer", () => {
  forAll((policies, pairs) => {
    const subject = withTags(new Map(pairs));
    const first = structuredClone(policies.evaluate(subject, NOON));
    policies.evaluate(withTags(new Map()), NOON);
    policies.evaluate({ ...subject, region: "us-1" }, NOON);
    expect(policies.evaluate(subject, NOON)).toEqual(first);
  });
});

test("only missing and invalid keys are decided, each once", () => {
  forAll((policies, pairs) => {
    const subject = withTags(new Map(pairs));
    const evaluation = policies.evaluate(subject, NOON);
    expect(
      policies
        .decide(subject, evaluation, NOON)
        .map(({ key }) => key)
        .sort(),
    ).toEqual(problems(evaluation).sort());
  });
});

test("a write goes to an absent key, or to a blank or invalid value of a key with overwrite: true, and is legal", () => {
  forAll((policies, pairs) => {
    const tags = new Map(pairs);
    const subject = withTags(tags);
    const evaluation = policies.evaluate(subject, NOON);
    for (const decision of policies.decide(subject, evaluation, NOON)) {
      if (decision.action === "leave") continue;
      expect(problems(evaluation)).toContain(decision.key);
      expect(decision.value.trim()).not.toBe("");
      expect(textProblem(decision.value, narrowContract.value)).toBeUndefined();
    }
  });
});

test("once the writes are applied, their keys are neither missing nor invalid, and no policy that matched asks for more", () => {
  forAll((policies, pairs) => {
    const subject = withTags(new Map(pairs));
    const evaluation = policies.evaluate(subject, NOON);
    const writes = policies.decide(subject, evaluation, NOON).filter((decision) => decision.action === "write");
    const after = new Map([...pairs, ...writes.map(({ key, value }): [string, string] => [key, value])]);
    const evaluated = policies.evaluate(withTags(after), NOON);
    const stillWrong = problems(evaluated);
    expect(writes.map(({ key }) => key).filter((key) => stillWrong.includes(key))).toEqual([]);
    // A value that was overwritten may bring a resource under a policy that had left it out: that one counts from now on.
    if (!evaluated.policies.every((name) => evaluation.policies.includes(name))) return;
    expect(stillWrong.filter((key) => !problems(evaluation).includes(key))).toEqual([]);
  });
});

test("a legal value for a missing key never makes a resource worse", () => {
  forAll((policies, pairs) => {
    const before = policies.evaluate(withTags(new Map(pairs)), NOON);
    for (const key of before.missing) {
      const after = policies.evaluate(withTags(new Map([...pairs, [key, "dev"]])), NOON);
      expect(problems(after).filter((each) => !problems(before).includes(each))).toEqual([]);
      expect(after.missing).not.toContain(key);
    }
  });
});

test("beside others a policy is broken, exempt or satisfied over the same keys as it would be alone", () => {
  let broken = 0;
  fc.assert(
    fc.property(policySets, tagPairs, (text, pairs) => {
      let compiled: CompiledPolicies;
      try {
        ({ compiled } = load(text, options));
      } catch {
        return;
      }
      const subject = withTags(new Map(pairs));
      const together = preparePolicies(compiled).evaluate(subject, NOON);
      for (const policy of compiled.policies) {
        if (!together.policies.includes(policy.name)) continue;
        const alone = preparePolicies({ ...compiled, policies: [policy] }).evaluate(subject, NOON);
        const keys = together.broken.find((one) => one.policy === policy.name)?.keys ?? [];
        expect([...keys].sort()).toEqual(problems(alone).sort());
        expect(complianceWith(policy.name, together)).toBe(alone.compliance);
        broken += keys.length;
      }
    }),
  );
  expect(broken).toBeGreaterThan(50);
});

test("compiled policies evaluate after a trip through JSON as they did before", () => {
  fc.assert(
    fc.property(policySets, tagPairs, (text, pairs) => {
      let compiled;
      try {
        ({ compiled } = load(text, options));
      } catch {
        return;
      }
      const subject = withTags(new Map(pairs));
      const direct = preparePolicies(compiled);
      const travelled = preparePolicies(JSON.parse(JSON.stringify(compiled)));
      const evaluation = direct.evaluate(subject, NOON);
      expect(travelled.evaluate(subject, NOON)).toEqual(evaluation);
      expect(travelled.decide(subject, evaluation, NOON)).toEqual(direct.decide(subject, evaluation, NOON));
    }),
  );
});
