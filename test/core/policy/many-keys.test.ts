import { describe, expect, test } from "vitest";
import { NOON, prepare, resource } from "./policies.ts";

const keyAt = (index: number) => `k${String(index).padStart(2, "0")}`;

/** Requires this many keys, all of which must be `v`; the last of them may be blank. */
function requiring(count: number) {
  const keys = Array.from({ length: count }, (_, index) => keyAt(index));
  const rules = keys.map((key, index) => `  ${key}: { values: [v]${index === count - 1 ? ", allowBlank: true" : ""} }`);
  const policy = prepare(
    `version: 1\nrequiredTags:\n${rules.join("\n")}\npolicies:\n  - { name: all, match: {}, require: [${keys.join(", ")}] }\n`,
  );
  const perfect = Object.fromEntries(keys.map((key) => [key, "v"]));
  return { keys, perfect, evaluate: (tags: Record<string, string>) => policy.evaluate(resource(tags), NOON) };
}

describe.each([1, 29, 30, 31, 32, 33, 40])("%i required keys", (count) => {
  const { keys, perfect, evaluate } = requiring(count);

  test("are all seen where they are there", () => {
    expect(evaluate(perfect)).toMatchObject({ compliance: "compliant", missing: [], invalid: [] });
    expect(evaluate({ ...perfect, [keyAt(count - 1)]: "" }).compliance).toBe("compliant");
  });

  test("are missed one by one, and all together, in the policy's order", () => {
    for (const key of keys) {
      const { [key]: _, ...rest } = perfect;
      expect(evaluate(rest)).toMatchObject({
        compliance: "noncompliant",
        missing: [key],
        invalid: [],
        broken: [{ policy: "all", keys: [key] }],
      });
    }
    expect(evaluate({})).toMatchObject({ missing: keys, broken: [{ policy: "all", keys }] });
  });

  test("are invalid one by one, blank ones missing", () => {
    for (const key of keys) {
      const found = evaluate({ ...perfect, [key]: "x" });
      expect(found).toMatchObject({
        compliance: "noncompliant",
        missing: [],
        invalid: [{ key, value: "x" }],
        broken: [{ policy: "all", keys: [key] }],
      });
      const blank = evaluate({ ...perfect, [key]: " " });
      expect(blank.missing).toEqual(key === keyAt(count - 1) ? [] : [key]);
    }
  });
});

describe("other spellings of several keys", () => {
  const policy = prepare(`version: 1
requiredTags:
  owner: {}
  env: { values: [prod] }
policies:
  - { name: all, match: {}, require: [owner, env] }
exemptions:
  - { match: { ids: [exempt-*] }, tags: [env], reason: r, approvedBy: a, expires: "2027-01-01" }
`);
  const evaluate = (tags: Record<string, string>, id = "g1") => policy.evaluate(resource(tags, { id }), NOON);

  test("are listed by key and then by spelling, whatever the order of the tags", () => {
    const sorted = [
      { key: "env", found: "ENV" },
      { key: "env", found: "Env" },
      { key: "owner", found: "OWNER" },
      { key: "owner", found: "Owner" },
    ];
    const tags = ["Owner", "ENV", "OWNER", "Env"];
    for (const names of [tags, tags.toReversed(), tags.toSorted(), tags.toSorted().toReversed()]) {
      expect(evaluate(Object.fromEntries(names.map((name) => [name, "x"]))).nearMisses).toEqual(sorted);
    }
  });

  test("are found beside a blank value of the key", () => {
    expect(evaluate({ env: " ", Env: "prod", owner: "a" }).nearMisses).toEqual([{ key: "env", found: "Env" }]);
  });

  test("go with the key that is exempt, and the rest stays", () => {
    expect(evaluate({ Env: "prod", Owner: "a" }, "exempt-1")).toMatchObject({
      compliance: "noncompliant",
      missing: ["owner"],
      nearMisses: [{ key: "owner", found: "Owner" }],
    });
    expect(evaluate({ Env: "prod", owner: "a" }, "exempt-1")).toMatchObject({ compliance: "exempt", nearMisses: [] });
  });

  test("an exemption takes out what is invalid, too, and no other key", () => {
    expect(evaluate({ env: "x", owner: "a" }, "exempt-1")).toMatchObject({ compliance: "exempt", invalid: [] });
    expect(evaluate({ env: "x" }, "exempt-1")).toMatchObject({
      compliance: "noncompliant",
      missing: ["owner"],
      invalid: [],
    });
    expect(evaluate({ env: "x", owner: "a" })).toMatchObject({ compliance: "noncompliant", invalid: [{ key: "env" }] });
  });

  test("a missing and an invalid tag together are noncompliant, with an exemption that doesn't fit", () => {
    expect(evaluate({ env: "x" }, "g1")).toMatchObject({
      compliance: "noncompliant",
      missing: ["owner"],
      invalid: [{ key: "env", value: "x" }],
    });
  });
});

test("of two keys of which one is left missing and one invalid after an exemption, both count", () => {
  const policy = prepare(`version: 1
requiredTags:
  owner: {}
  env: { values: [prod] }
  team: {}
policies:
  - { name: all, match: {}, require: [owner, env, team] }
exemptions:
  - { match: {}, tags: [team], reason: r, approvedBy: a, expires: "2027-01-01" }
`);
  expect(policy.evaluate(resource({ env: "x" }), NOON)).toMatchObject({
    compliance: "noncompliant",
    missing: ["owner"],
    invalid: [{ key: "env" }],
  });
});
