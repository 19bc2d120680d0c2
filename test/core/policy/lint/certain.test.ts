import { expect, it } from "vitest";
import * as fc from "../../../properties.ts";
import { InputError } from "../../../../lib/core/errors.ts";
import type { LoadedPolicies } from "../../../../lib/core/policy/load/load.ts";
import { findingsIn } from "../../../../lib/core/policy/lint/rules.ts";
import { preparePolicies, type PreparedPolicies } from "../../../../lib/core/policy/prepare.ts";
import type { Resource } from "../../../../lib/core/resource.ts";
import { load, NOON } from "../policies.ts";

const KEYS = ["env", "team"];
const VALUES = ["a", "b", "ab", "ba", "abc", "A", " ", ""];
const TYPES = ["aws:ec2:instance", "aws:ec2:volume", "aws:s3:bucket", "huawei:apig:instance"];
const ACCOUNTS = ["1", "11", "2"];
const REGIONS = ["cn-1", "cn-2", "us-1"];
const IDS = ["i-1", "i-2", "v-1"];

const some = <One>(...all: readonly One[]) => fc.uniqueArray(fc.constantFrom(...all), { minLength: 1, maxLength: 2 });

const fields = fc.record(
  {
    types: some("aws:*", "aws:ec2:*", "aws:ec2:instance", "huawei:*", "*"),
    accounts: some("1", "1*", "*1", "2", "*"),
    regions: some("cn-*", "*-1", "us-1"),
    ids: some("i-*", "*-1", "v-1"),
    tags: fc.record({ env: some("a", "a*", "*b", "*"), team: some("*"), other: some("a", "*") }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

/** A `not` is made up by itself, or leaves out what a field of the match holds for, and most of it or all. */
const matches = fc
  .tuple(fields, fc.oneof(fc.constant(undefined), fields, fc.constantFrom("types", "accounts", "regions", "ids")))
  .map(([match, not]) => {
    const made = typeof not === "string" ? (match[not] === undefined ? {} : { [not]: ["*"] }) : (not ?? {});
    return Object.keys(made).length === 0 ? match : { ...match, not: made };
  });

const patterns = fc
  .constantFrom("a.*", "b.*", ".*a", ".{2}", "[ab]+", ".{3,}", "[A-Z]", "(?i)a")
  .map((pattern) => ({ pattern }));

/** Values and a pattern beside them mostly contradict each other, and then nothing is loaded. */
const constraints = fc
  .tuple(
    fc.oneof(
      fc.constant({}),
      patterns,
      patterns.map((one) => ({ ...one, ignoreCase: true })),
      some("a", "b", "ab", "ba", "abc").map((values) => ({ values })),
      some("a", "ba").map((values) => ({ values, ignoreCase: true })),
      some("a*", "*b").map((notValues) => ({ notValues })),
    ),
    fc.constantFrom(
      {},
      {},
      {},
      { allowBlank: true },
      { aliases: ["other"] },
      { aliases: ["ENV"] },
      { ignoreKeyCase: true },
    ),
  )
  .map(([one, more]) => ({ ...one, ...more }));

/** Policies as a file in which each policy is a line, the first of them line 4. */
const files = fc
  .tuple(
    fc.tuple(fc.oneof(fc.constant({}), patterns), fc.constant({})),
    fc.array(
      fc.record({
        match: matches,
        require: fc.uniqueArray(
          fc.tuple(fc.constantFrom(...KEYS), constraints).map(([key, more]) => ({ key, ...more })),
          { selector: ({ key }) => key, minLength: 1 },
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([[env, team], policies]) => {
    const lines = policies.map((policy, index) => `  - ${JSON.stringify({ name: `p${index}`, ...policy })}`);
    return `version: 1\nrequiredTags: ${JSON.stringify({ env, team })}\npolicies:\n${lines.join("\n")}\n`;
  });

const FIRST_LINE = 4;

const resources = fc.array(
  fc.record({
    type: fc.constantFrom(...TYPES),
    account: fc.constantFrom(...ACCOUNTS),
    region: fc.constantFrom(...REGIONS),
    id: fc.constantFrom(...IDS),
    tags: fc
      .uniqueArray(fc.tuple(fc.constantFrom(...KEYS, "other", "ENV"), fc.constantFrom(...VALUES)), {
        selector: ([key]) => key,
      })
      .map((pairs) => new Map(pairs)),
  }),
  { minLength: 20, maxLength: 20 },
);

function loaded(text: string): LoadedPolicies | undefined {
  try {
    return load(text);
  } catch (error) {
    // Values that contradict a policy's own patterns are refused when it is loaded.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Keys of this resource that are missing or invalid. */
function wrongIn(policies: PreparedPolicies, resource: Resource): ReadonlySet<string> {
  const { missing, invalid } = policies.evaluate(resource, NOON);
  return new Set([...missing, ...invalid.map(({ key }) => key)]);
}

it("what lint calls unsatisfiable is wrong on every resource that is held to it, and what it says matches nothing does", () => {
  const seen = { unsatisfiable: 0, "unsatisfiable-together": 0, "never-matches": 0, held: 0, loaded: 0 };
  fc.assert(
    fc.property(files, resources, (text, all) => {
      const file = loaded(text);
      if (file === undefined) return;
      seen.loaded += 1;
      const policies = preparePolicies(file.compiled);
      for (const { rule, line, message } of findingsIn(file.remarks)) {
        const name = `p${line - FIRST_LINE}`;
        const [, key = ""] = /^no value of (\w+)/.exec(message) ?? [];
        const [, one = "", other = ""] = /satisfies both "(p\d)" and "(p\d)"/.exec(message) ?? [];
        for (const resource of all) {
          const { policies: applying } = policies.evaluate(resource, NOON);
          if (rule === "never-matches") expect(applying, `${text}${message}`).not.toContain(name);
          const isHeld =
            rule === "unsatisfiable"
              ? applying.includes(name)
              : rule === "unsatisfiable-together" && applying.includes(one) && applying.includes(other);
          if (!isHeld) continue;
          seen.held += 1;
          expect([...wrongIn(policies, resource)], `${text}${message}`).toContain(key);
        }
        if (rule in seen) seen[rule as keyof typeof seen] += 1;
      }
    }),
    { numRuns: 2_000 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
});
