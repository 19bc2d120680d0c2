import * as fc from "../../properties.ts";
import { narrowContract } from "./policies.ts";

const KEYS = ["env", "team", "cost-center"];
const SPELLINGS = [...KEYS, "Env", "TEAM", "costcenter", "cost_center", "other", "__proto__"];
const VALUES = ["prod", "dev", "qa", "", " ", "a b", "a value that is too long for it"];

const definitions = fc.record(
  {
    values: fc.constantFrom(["prod", "dev"], ["dev"], ["prod", "dev", "qa", "a b"]),
    pattern: fc.constantFrom("[a-z]+", "(?i)[a-z ]*", "dev|prod"),
    default: fc.constantFrom(
      "dev",
      { fromTag: "other" },
      [{ fromTag: "team" }, { fromEvent: "createdBy" }, "dev"],
      { template: "{team}" },
      { byRegion: { "cn-*": "dev" }, otherwise: { fromTag: "other" } },
    ),
    allowBlank: fc.boolean(),
    overwrite: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** Policy files as JSON; some of them contradict themselves and don't load. */
export const policySets = fc
  .record({
    tags: fc.tuple(
      definitions,
      definitions,
      fc.tuple(definitions, fc.boolean()).map(([d, adoptNearMiss]) => ({ ...d, adoptNearMiss })),
    ),
    policies: fc.array(
      fc.record({
        match: fc.constantFrom(
          {},
          { types: ["alibaba:*"] },
          { tags: { other: "*" } },
          { not: { tags: { env: "qa" } } },
          { ids: ["g*"] },
        ),
        require: fc.subarray(KEYS, { minLength: 1 }),
        mode: fc.constantFrom("enforce", "report"),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    exempt: fc.subarray(KEYS),
  })
  .map(({ tags, policies, exempt }) =>
    JSON.stringify({
      version: 1,
      requiredTags: Object.fromEntries(KEYS.map((key, index) => [key, tags[index]])),
      policies: policies.map((policy, index) => ({ name: `p${index}`, ...policy })),
      exemptions:
        exempt.length === 0
          ? []
          : [{ match: { tags: { other: "dev" } }, tags: exempt, reason: "r", expires: "2027-01-01" }],
    }),
  );

/** Tags of a resource. */
export const tagPairs = fc.uniqueArray(fc.tuple(fc.constantFrom(...SPELLINGS), fc.constantFrom(...VALUES)), {
  selector: ([key]) => key,
  maxLength: 8,
});

/** What these policies are loaded with. */
export const options = { contracts: [{ ...narrowContract, tagsPerResource: 50 }] };
