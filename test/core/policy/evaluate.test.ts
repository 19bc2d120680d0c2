import { describe, expect, test } from "vitest";
import { NOON, prepare, resource } from "./policies.ts";

const POLICY = `version: 1
requiredTags:
  env: { values: [prod, dev] }
  cost-center: { pattern: "CC-[0-9]{4}" }
  note: { allowBlank: true }
policies:
  - name: groups
    match: { types: ["alibaba:apigateway:*"] }
    require: [env, cost-center, note]
`;

const PERFECT = { env: "prod", "cost-center": "CC-0001", note: "" };

function evaluate(tags: Record<string, string> | undefined, policy = POLICY, changes = {}, at = NOON) {
  return prepare(policy).evaluate(resource(tags, changes), at);
}

describe("a resource", () => {
  test("with all required tags is compliant, a blank one included where blank is allowed", () => {
    expect(evaluate(PERFECT)).toEqual({
      type: "alibaba:apigateway:apiGroup",
      account: "111122223333",
      region: "cn-hangzhou",
      id: "g1",
      compliance: "compliant",
      missing: [],
      invalid: [],
      nearMisses: [],
      broken: [],
      policies: ["groups"],
    });
  });

  test.each([
    ["an absent key is missing", { "cost-center": "CC-0001", note: "" }, ["env"], []],
    ["a blank value is missing", { ...PERFECT, env: " \t" }, ["env"], []],
    ["a blank value of another kind of space is missing", { ...PERFECT, env: "\u00a0\u3000" }, ["env"], []],
    ["where blank is allowed, absent is still missing", { env: "prod", "cost-center": "CC-0001" }, ["note"], []],
    ["another value is invalid", { ...PERFECT, env: "Prod" }, [], [["env", 'must be one of "prod", "dev"']]],
    [
      "a value around the pattern is invalid",
      { ...PERFECT, "cost-center": "xCC-0001" },
      [],
      [["cost-center", "must match CC-[0-9]{4}"]],
    ],
    [
      "everything at once, in policy order",
      { "cost-center": "1" },
      ["env", "note"],
      [["cost-center", "must match CC-[0-9]{4}"]],
    ],
  ])("%s", (_, tags, missing, invalid) => {
    const evaluation = evaluate(tags);
    expect(evaluation.compliance).toBe("noncompliant");
    expect(evaluation.missing).toEqual(missing);
    expect(evaluation.invalid.map(({ key, reason }) => [key, reason])).toEqual(invalid);
  });

  test.each([
    ["all of five values", ["a", "b", "c", "d", "e"], 'must be one of "a", "b", "c", "d", "e"'],
    [
      "three of six, and how many there are",
      ["a", "b", "c", "d", "e", "f"],
      'must be one of 6 values, such as "a", "b", "c"',
    ],
    [
      "three of thousands",
      Array.from({ length: 5_000 }, (_, index) => `CC-${index}`),
      'must be one of 5,000 values, such as "CC-0", "CC-1", "CC-2"',
    ],
  ])("with a value that is not allowed names %s", (_, values, reason) => {
    const policy = POLICY.replace("[prod, dev]", JSON.stringify(values));
    expect(evaluate({ ...PERFECT, env: "qa" }, policy).invalid).toEqual([{ key: "env", value: "qa", reason }]);
  });

  test("with a value that a long pattern refuses repeats no more than its beginning", () => {
    const pattern = `(${Array.from({ length: 100 }, (_, index) => `team-${index}`).join("|")})`;
    const [invalid] = evaluate(
      { ...PERFECT, env: "qa" },
      POLICY.replace("values: [prod, dev]", `pattern: "${pattern}"`),
    ).invalid;
    expect(invalid?.reason).toBe(`must match ${pattern.slice(0, 199)}…`);
  });

  test("that no policy matches is not applicable, its tags known or not", () => {
    const changes = { type: "huawei:iam:user" };
    expect(evaluate({}, POLICY, changes)).toMatchObject({ compliance: "not-applicable", missing: [], policies: [] });
    expect(evaluate(undefined, POLICY, changes).compliance).toBe("not-applicable");
  });

  test("whose tags are unknown is unknown, and nothing is missing", () => {
    expect(evaluate(undefined)).toMatchObject({ compliance: "unknown", missing: [], policies: ["groups"] });
  });

  test("whose unknown tags would decide whether a policy matches is unknown", () => {
    const policy = POLICY.replace(`types: ["alibaba:apigateway:*"]`, `tags: { team: "*" }`);
    expect(evaluate(undefined, policy).compliance).toBe("unknown");
    expect(evaluate({}, policy).compliance).toBe("not-applicable");
  });

  test("may carry keys that JavaScript objects know", () => {
    const policy = `version: 1\npolicies: [{ name: p, require: [{ key: __proto__ }, { key: constructor }, { key: toString }] }]`;
    expect(evaluate({}, policy).missing).toEqual(["__proto__", "constructor", "toString"]);
    const tags = new Map([
      ["__proto__", "a"],
      ["constructor", "b"],
      ["toString", "c"],
    ]);
    expect(evaluate({}, policy, { tags }).compliance).toBe("compliant");
  });

  test("is held to more keys than a mask has bits", () => {
    const keys = Array.from({ length: 70 }, (_, index) => `key-${index}`);
    const policy = `version: 1\npolicies: [{ name: p, require: [${keys.map((key) => `{ key: ${key}, values: [a] }`).join(", ")}] }]`;
    const tags = Object.fromEntries(keys.map((key) => [key, "a"]));
    expect(evaluate(tags, policy).compliance).toBe("compliant");
    expect(evaluate({ ...tags, "key-3": "", "key-64": "b", "key-35": " " }, policy)).toMatchObject({
      missing: ["key-3", "key-35"],
      invalid: [{ key: "key-64" }],
    });
  });
});

describe("a match", () => {
  const match = (text: string): string => POLICY.replace(`types: ["alibaba:apigateway:*"]`, text);

  test.each([
    [`types: ["alibaba:*"], regions: ["cn-*"]`, true],
    [`types: ["alibaba:*"], regions: ["us-*"]`, false],
    [`accounts: ["999", "1111*"]`, true],
    [`ids: ["g*"]`, true],
    [`ids: ["h*"]`, false],
    [`tags: { env: "*" }`, true],
    [`tags: { team: "*" }`, false],
    [`tags: { env: [dev, "pr*"] }`, true],
    [`tags: { env: prod, note: "?" }`, false],
    [`not: { types: ["alibaba:*"] }`, false],
    [`not: { regions: ["us-*"] }`, true],
    [`not: { tags: { env: "*" } }`, false],
    [`not: { tags: { env: "*" }, ids: ["h1"] }`, true],
    [`types: ["alibaba:*"], not: { tags: { sandbox: "*" } }`, true],
    [`ids: ["g1"], not: { ids: ["g*"] }`, false],
  ])("{ %s }: %s", (text, matches) => {
    expect(evaluate(PERFECT, match(text)).compliance).toBe(matches ? "compliant" : "not-applicable");
  });

  test("on a tag called __proto__ looks at that tag", () => {
    const policy = match("tags: { __proto__: yes-it-is }");
    expect(evaluate({}, policy).compliance).toBe("not-applicable");
    expect(evaluate({}, policy, { tags: new Map([["__proto__", "yes-it-is"]]) }).compliance).toBe("noncompliant");
  });

  test("is asked of each resource, not only of the first at a place", () => {
    const policies = prepare(
      match(`ids: ["a*"]`) + `  - { name: more, match: { tags: { env: dev } }, require: [{ key: team }] }\n`,
    );
    const evaluated = (id: string, env: string) => policies.evaluate(resource({ env }, { id }), NOON).policies;
    expect(evaluated("a1", "prod")).toEqual(["groups"]);
    expect(evaluated("b1", "prod")).toEqual([]);
    expect(evaluated("a2", "dev")).toEqual(["groups", "more"]);
    expect(evaluated("b2", "dev")).toEqual(["more"]);
  });
});

describe("policies that match together", () => {
  const together = `${POLICY}  - name: second
    require: [{ key: env, values: [prod] }, { key: team }]
`;

  test("are a union: all keys are required, and of two constraints both hold", () => {
    expect(evaluate({ ...PERFECT, env: "dev" }, together)).toMatchObject({
      missing: ["team"],
      invalid: [{ key: "env", value: "dev", reason: 'must be "prod"' }],
      policies: ["groups", "second"],
    });
  });

  test("allow a blank value only where all of them do", () => {
    const strict = `${POLICY}  - { name: second, require: [{ key: note, allowBlank: false }] }\n`;
    expect(evaluate(PERFECT, strict).missing).toEqual(["note"]);
  });
});

describe("what is broken", () => {
  const both = (require: string, more = ""): string => `${POLICY}  - { name: second, require: [${require}] }\n${more}`;
  const brokenBy = (tags: Record<string, string>, policy: string) =>
    evaluate(tags, policy).broken.map(({ policy: name, keys }) => [name, ...keys]);

  test("is what the policy itself requires, and none that is satisfied", () => {
    expect(brokenBy(PERFECT, both("{ key: team }"))).toEqual([["second", "team"]]);
    expect(brokenBy({ team: "x", note: "" }, both("{ key: team }"))).toEqual([["groups", "env", "cost-center"]]);
    expect(brokenBy({ ...PERFECT, team: "x" }, both("{ key: team }"))).toEqual([]);
  });

  test("is of an absent key every policy that requires it", () => {
    const { env: _, ...without } = PERFECT;
    expect(brokenBy(without, both("{ key: env, values: [prod] }"))).toEqual([
      ["groups", "env"],
      ["second", "env"],
    ]);
  });

  test("is of a value every policy that refuses it, and not one that takes it", () => {
    const narrow = both(`{ key: env, values: [prod] }`);
    expect(brokenBy({ ...PERFECT, env: "dev" }, narrow)).toEqual([["second", "env"]]);
    expect(brokenBy({ ...PERFECT, env: "qa" }, narrow)).toEqual([
      ["groups", "env"],
      ["second", "env"],
    ]);
    expect(brokenBy({ ...PERFECT, env: "qa" }, both(`{ key: env, pattern: "p.*" }, { key: team }`))).toEqual([
      ["groups", "env"],
      ["second", "env", "team"],
    ]);
  });

  test("is of a blank value only a policy that doesn't allow it", () => {
    expect(brokenBy(PERFECT, both("{ key: note, allowBlank: false }"))).toEqual([["second", "note"]]);
  });

  test("is not what an exemption takes out: that policy is exempt, and the others stay broken", () => {
    const exempt = both(
      "{ key: team }",
      `exemptions: [{ match: {}, tags: [team], reason: legacy, expires: "2026-11-22" }]\n`,
    );
    const left = evaluate({ ...PERFECT, env: "qa" }, exempt);
    expect(left).toMatchObject({ broken: [{ policy: "groups", keys: ["env"] }], exempted: ["second"] });
    expect(evaluate(PERFECT, exempt)).toMatchObject({ compliance: "exempt", broken: [], exempted: ["second"] });
    expect(evaluate({ team: "x" }, exempt)).not.toHaveProperty("exempted");
  });
});

describe("an exemption", () => {
  const exempt = (text: string): string =>
    `${POLICY}exemptions: [{ reason: legacy, expires: "2026-11-22", ${text} }]\n`;
  const LAST = Date.parse("2026-11-22T23:59:59.999Z");

  test("takes its tags out: none left is exempt, some left is noncompliant", () => {
    const policy = exempt(`match: { ids: [g1] }, tags: [env]`);
    expect(evaluate({ ...PERFECT, env: "qa" }, policy)).toMatchObject({
      compliance: "exempt",
      missing: [],
      invalid: [],
    });
    expect(evaluate({ note: "" }, policy)).toMatchObject({ compliance: "noncompliant", missing: ["cost-center"] });
    expect(evaluate(PERFECT, policy).compliance).toBe("compliant");
  });

  test("without tags takes out all of them", () => {
    expect(evaluate({}, exempt("match: {}")).compliance).toBe("exempt");
  });

  test("counts through the end (UTC) of the day that it expires", () => {
    const policy = exempt("match: {}");
    expect(evaluate({}, policy, {}, LAST).compliance).toBe("exempt");
    expect(evaluate({}, policy, {}, LAST + 1).compliance).toBe("noncompliant");
    const policies = prepare(policy);
    expect(policies.exemptionsAt(LAST)).toEqual([{ reason: "legacy", expires: "2026-11-22", expired: false }]);
    expect(policies.exemptionsAt(LAST + 1)).toMatchObject([{ expired: true }]);
  });

  test("that doesn't match takes nothing out", () => {
    expect(evaluate({}, exempt("match: { ids: [h1] }")).compliance).toBe("noncompliant");
    expect(evaluate({}, exempt(`match: { not: { tags: { a: "*" } } }`)).compliance).toBe("exempt");
  });
});

describe("what an exemption covers", () => {
  const until = (exemptions: string) =>
    prepare(`version: 1
requiredTags: { env: {}, owner: {} }
policies:
  - { name: a, match: {}, require: [env, owner] }
exemptions:
${exemptions}`).exemptUntil(resource({}), NOON);
  const exemption = (tags: string, expires: string) => `  - { match: {}${tags}, reason: r, expires: "${expires}" }\n`;

  test.each([
    ["the one exemption", [exemption("", "2099-01-31")], "2099-01-31"],
    [
      "the last of those that cover all of it",
      [exemption("", "2099-01-31"), exemption("", "2099-03-31")],
      "2099-03-31",
    ],
    [
      "the first of those that cover a part of it",
      [exemption(", tags: [env]", "2099-03-31"), exemption(", tags: [owner]", "2099-01-31")],
      "2099-01-31",
    ],
    ["none that has expired", [exemption("", "2020-01-31")], undefined],
  ])("is covered until the last day of %s", (_, exemptions, day) => {
    expect(until(exemptions.join(""))).toBe(day);
  });
});

describe("a near miss", () => {
  test.each(["Cost-Center", "cost_center", "CostCenter", "COST.CENTER", "cost center", "_cost:cen/ter"])(
    "is %s",
    (found) => {
      expect(evaluate({ [found]: "CC-0001" }).nearMisses).toEqual([{ key: "cost-center", found }]);
    },
  );

  test.each(["cost-centre", "costs-center", "cost+center"])("is not %s", (found) => {
    expect(evaluate({ [found]: "CC-0001" }).nearMisses).toEqual([]);
  });

  test("is not reported beside the right key", () => {
    expect(evaluate({ "cost-center": "CC-0001", CostCenter: "x" }).nearMisses).toEqual([]);
  });

  test("is never a key that is itself required", () => {
    const policy = `version: 1\npolicies: [{ name: p, require: [{ key: env }, { key: Env }] }]`;
    expect(evaluate({ Env: "prod", ENV: "dev" }, policy).nearMisses).toEqual([{ key: "env", found: "ENV" }]);
  });

  test("of a key that starts like nothing else is found too", () => {
    const policy = `version: 1\npolicies: [{ name: p, require: [{ key: Ünit }] }]`;
    expect(evaluate({ "ü-nit": "a" }, policy).nearMisses).toEqual([{ key: "Ünit", found: "ü-nit" }]);
  });
});

describe("what follows from a finding", () => {
  const policies = prepare(`version: 1
policies:
  - { name: a, require: [{ key: env }], severity: low, graceDays: 7, repair: nightly }
  - { name: b, require: [{ key: team }], severity: high, graceDays: 3 }
`);

  test("comes from the policies that require what is missing", () => {
    const of = (tags: Record<string, string>) => policies.consequencesOf(policies.evaluate(resource(tags), NOON));
    expect(of({ team: "x" })).toEqual({ severity: "low", graceDays: 7, repair: "nightly" });
    expect(of({})).toEqual({ severity: "high", graceDays: 3, repair: "nightly" });
    expect(of({ team: "x", env: "y" })).toBeUndefined();
  });

  test("comes from no policy that takes the value which another one refuses", () => {
    const strict = prepare(`version: 1
policies:
  - { name: a, require: [{ key: env }], severity: high, repair: nightly, mode: enforce }
  - { name: b, require: [{ key: env, values: [prod], default: prod, overwrite: true }], severity: low, graceDays: 9 }
`);
    const subject = resource({ env: "dev" });
    const evaluation = strict.evaluate(subject, NOON);
    expect(strict.consequencesOf(evaluation)).toEqual({ severity: "low", graceDays: 9, repair: "never" });
    expect(strict.repairable(subject, evaluation, NOON)).toBe(false);
  });

  test("the policies themselves are told in file order", () => {
    expect(policies.policies.map(({ name, keys }) => [name, keys])).toEqual([
      ["a", ["env"]],
      ["b", ["team"]],
    ]);
    expect(policies.requiredKeys).toEqual(["env", "team"]);
  });
});
