import { describe, expect, it } from "vitest";
import { openPolicySet } from "../../../lib/core/policy/open-policy-set.ts";
import { openPolicies } from "../../../lib/core/policy/open.ts";
import { preparePolicies } from "../../../lib/core/policy/prepare.ts";
import type { Resource } from "../../../lib/core/resource.ts";
import { load } from "./policies.ts";

const resource: Resource = {
  type: "alibaba:apigateway:apiGroup",
  account: "111122223333",
  region: "cn-hangzhou",
  id: "g-1",
  tags: new Map(),
  event: { record: { who: "alice" } },
};

const compiledWith = (source: string) =>
  load(`version: 1\npolicies: [{ name: p, mode: enforce, require: [{ key: a, default: ${source} }] }]`).compiled;

describe("opening policies", () => {
  it.each([
    ["a default", "{ jmespath: who }"],
    ["one of several defaults", "[{ fromTag: b }, { jmespath: who }]"],
    ["a choice", '{ byAccount: { "111122223333": { jmespath: who } }, otherwise: x }'],
    ["what a choice falls back on", "{ byRegion: { elsewhere: x }, otherwise: { jmespath: who } }"],
  ])("finds JMESPath in %s", async (_, source) => {
    for (const open of [openPolicies, openPolicySet]) {
      const policies = await open(compiledWith(source));
      expect(policies.decide(resource, policies.evaluate(resource, 0), 0)).toEqual([
        { key: "a", action: "write", value: "alice" },
      ]);
    }
  });

  it("is the only way to policies that use JMESPath", () => {
    expect(() => preparePolicies(compiledWith("{ jmespath: who }"))).toThrow("openPolicies");
  });
});
