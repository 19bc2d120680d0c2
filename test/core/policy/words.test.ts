import { describe, expect, test } from "vitest";
import { askedAs, keyAskedBy, requirementOf } from "../../../lib/core/policy/requirement-ids.ts";
import { load, NOON, prepare, problemsOf, resource, wideContract, narrowContract } from "./policies.ts";

const policy = (definition: string, more = ""): string => `version: 1
requiredTags: { owner: ${definition} }
policies: [{ name: all, require: [owner], mode: enforce }]
${more}`;

function judge(text: string, tags: Record<string, string>, at = NOON) {
  const policies = prepare(text);
  const subject = resource(tags);
  const evaluation = policies.evaluate(subject, at);
  return { evaluation, decisions: policies.decide(subject, evaluation, at) };
}

const wrongWith = (definition: string, tags: Record<string, string>, at = NOON) => {
  const { missing, invalid } = judge(policy(definition), tags, at).evaluation;
  return [
    ...missing,
    ...invalid.map(({ key, found, reason }) => [key, found, reason].filter((part) => part !== undefined)),
  ];
};

describe("a date", () => {
  test.each([
    ["2026-11-23", "{ after: today }", true],
    ["2026-11-22", "{ after: today }", false],
    ["2026-11-21", "{ before: today }", true],
    ["2026-11-22", "{ before: today }", false],
    ["2027-02-20", "{ within: 90d }", true],
    ["2027-02-21", "{ within: 90d }", false],
    ["2026-08-24", "{ within: 90d }", true],
    ["2026-08-23", "{ within: 90d }", false],
    ["2026-08-24", "{ after: today, within: 90d }", false],
    ["2026-11-30", "{ after: today+7d }", true],
    ["2026-11-29", "{ after: today+7d }", false],
    ["2026-11-16", "{ after: today-7d, before: 2026-11-17 }", true],
    ["0001-01-01", "{}", true],
    ["2028-02-29", "{}", true],
    ["2026-02-29", "{}", false],
    ["2026-04-31", "{}", false],
    ["2026-00-10", "{}", false],
    ["2026-1-10", "{}", false],
    ["2026-11-22T00:00:00Z", "{}", false],
    ["２０２６-11-22", "{}", false],
  ])("%s held to %s: %s", (value, date, holds) => {
    expect(wrongWith(`{ date: ${date} }`, { owner: value })).toHaveLength(holds ? 0 : 1);
  });

  test("is held to the UTC day as of which is evaluated", () => {
    const definition = "{ date: { after: today } }";
    expect(wrongWith(definition, { owner: "2026-11-23" }, Date.parse("2026-11-22T23:59:59.999Z"))).toEqual([]);
    expect(wrongWith(definition, { owner: "2026-11-23" }, Date.parse("2026-11-23T00:00:00Z"))).toEqual([
      ["owner", "must be a date, YYYY-MM-DD, after today"],
    ]);
  });

  test("that a default gives is written only on days on which it meets the bounds", () => {
    const text = policy('{ default: "2026-12-31", date: { after: today } }');
    expect(judge(text, {}).decisions).toEqual([{ key: "owner", action: "write", value: "2026-12-31" }]);
    expect(judge(text, {}, Date.parse("2026-12-31T00:00:00Z")).decisions).toMatchObject([{ reason: "no-default" }]);
  });
});

describe("values", () => {
  test.each([
    ["{ values: [Prod], ignoreCase: true }", "pROD", true],
    ["{ values: [Prod] }", "pROD", false],
    ["{ pattern: 'cc-[a-f]+', ignoreCase: true }", "CC-FACE", true],
    ["{ pattern: 'cc-[a-f]+', ignoreCase: true }", "CC-G", false],
    ["{ notValues: [unknown, 'tbd*'] }", "UNKNOWN", false],
    ["{ notValues: [unknown, 'tbd*'] }", "TBD, later", false],
    ["{ notValues: [unknown, 'TBD*'] }", "tbd, later", false],
    ["{ notValues: [unknown, 'tbd*'] }", "unknown soldier", true],
  ])("%s: %s is taken: %s", (definition, value, holds) => {
    expect(wrongWith(definition, { owner: value })).toHaveLength(holds ? 0 : 1);
  });

  test("are told with what they are held to", () => {
    expect(wrongWith("{ values: [Prod, Dev], ignoreCase: true }", { owner: "x" })).toEqual([
      ["owner", 'must be one of "Prod", "Dev", in any case'],
    ]);
    expect(wrongWith("{ notValues: [unknown, 'tbd*'] }", { owner: "tbd" })).toEqual([
      ["owner", 'must not be one of "unknown", "tbd*"'],
    ]);
  });

  test("of an entry are compared as those of its definition are, unless it says otherwise", () => {
    const text = (more: string): string => `version: 1
requiredTags: { owner: { pattern: "[a-z]+", ignoreCase: true } }
policies: [{ name: all, require: [{ key: owner, values: [jane]${more} }] }]`;
    expect(judge(text(""), { owner: "JANE" }).evaluation.compliance).toBe("compliant");
    expect(judge(text(", ignoreCase: false"), { owner: "JANE" }).evaluation.compliance).toBe("noncompliant");
  });
});

describe("another key", () => {
  const definition = "{ aliases: [Owner, contact], pattern: '[a-z]+', default: ops }";

  test.each([
    ["satisfies where the key is absent", { contact: "jane" }, []],
    ["satisfies where another one before it doesn't", { Owner: "J4NE", contact: "jane" }, []],
    ["satisfies where another one is blank", { Owner: " ", contact: "jane" }, []],
    ["is invalid under its own name", { contact: "J4NE" }, [["owner", "contact", "must match [a-z]+"]]],
    ["leaves the key missing where it is blank", { contact: "" }, ["owner"]],
    ["doesn't count where the key is there", { owner: "J4NE", contact: "jane" }, [["owner", "must match [a-z]+"]]],
    ["counts in its own spelling alone", { Contact: "jane" }, ["owner"]],
  ])("%s", (_, tags, wrong) => {
    expect(wrongWith(definition, tags)).toEqual(wrong);
  });

  test("has nothing written beside it, whatever it holds", () => {
    for (const value of ["J4NE", ""]) {
      expect(judge(policy(definition), { contact: value }).decisions).toEqual([
        { key: "owner", action: "leave", reason: "near-miss", detail: 'held back by what stands for it: "contact"' },
      ]);
    }
  });

  test("that satisfies is no near miss", () => {
    expect(judge(policy(definition), { Owner: "jane" }).evaluation).toMatchObject({
      compliance: "compliant",
      nearMisses: [],
    });
  });

  test("is every capitalisation, with ignoreKeyCase, and no other spelling", () => {
    expect(wrongWith("{ ignoreKeyCase: true }", { OWNER: "jane" })).toEqual([]);
    expect(wrongWith("{ ignoreKeyCase: true }", { "own-er": "jane" })).toEqual(["owner"]);
  });

  test("is asked of the policies that let it stand, and of no others", () => {
    const text = `version: 1
policies:
  - { name: lenient, require: [{ key: owner, aliases: [contact] }] }
  - { name: strict, require: [{ key: owner, default: ops }], mode: enforce }`;
    const { evaluation, decisions } = judge(text, { contact: "jane" });
    expect(evaluation).toMatchObject({ missing: ["owner"], broken: [{ policy: "strict", keys: ["owner"] }] });
    expect(decisions).toMatchObject([{ reason: "near-miss" }]);
  });
});

describe("one of several keys", () => {
  const text = (entry: string, more = ""): string => `version: 1
requiredTags: { owner: { default: ops }, team: { values: [web], default: web } }
policies: [{ name: all, require: [${entry}], mode: enforce }${more}]`;
  const either = text("{ anyOf: [owner, team] }");

  test.each([
    ["the first", { owner: "jane" }],
    ["another one", { team: "web" }],
    ["one, whatever the others hold", { owner: "jane", team: "?" }],
  ])("is enough: %s", (_, tags) => {
    expect(judge(either, tags).evaluation.compliance).toBe("compliant");
  });

  test("is not there where each is missing or invalid, and the first that has a legal default is written", () => {
    const { evaluation, decisions } = judge(either, { team: "?" });
    expect(evaluation).toMatchObject({ missing: ["owner"], invalid: [{ key: "team" }], anyOf: [["owner", "team"]] });
    expect(decisions).toEqual([
      { key: "owner", action: "write", value: "ops" },
      { key: "team", action: "leave", reason: "any-of", detail: "another key that is as good is written" },
    ]);
  });

  test("is filled by what another policy has written anyway, and no choice where that requires it", () => {
    const { evaluation, decisions } = judge(
      text("{ anyOf: [owner, team] }", ", { name: teams, require: [team], mode: enforce }"),
      {},
    );
    expect(evaluation.anyOf).toBeUndefined();
    expect(decisions).toMatchObject([
      { key: "owner", action: "leave", reason: "any-of" },
      { key: "team", action: "write" },
    ]);
  });

  test("is exempt where all of them are, and what is left of them would do where some are", () => {
    const exempt = (tags: string): string =>
      `${either}\nexemptions: [{ match: {}, tags: [${tags}], reason: r, expires: "2027-01-01" }]`;
    expect(judge(exempt("owner, team"), {}).evaluation).toMatchObject({ compliance: "exempt", missing: [] });
    expect(judge(exempt("owner"), {}).evaluation).toMatchObject({ missing: ["team"], anyOf: [["team"]] });
    expect(judge(exempt("owner"), {}).decisions).toMatchObject([{ key: "team", action: "write" }]);
  });

  test("is possible on a provider that takes one of the keys, and refused where it takes none", () => {
    const options = { contracts: [narrowContract], configured: [{ type: "alibaba:apigateway:app" }] };
    const keys = (one: string, other: string): string =>
      `version: 1\npolicies: [{ name: all, require: [{ anyOf: [{ key: ${one} }, { key: ${other} }] }] }]`;
    expect(load(keys("OWNER", "team"), options).warnings).toEqual([
      expect.stringMatching(/the key "OWNER" has characters .*; another key of its anyOf is enough$/),
    ]);
    expect(problemsOf(keys("OWNER", "TEAM"), options)).toHaveLength(2);
    expect(load(keys("OWNER", "team"), { contracts: [wideContract] }).warnings).toEqual([]);
  });
});

describe("a forbidden key", () => {
  const text = (rules: string, more = ""): string => `version: 1
policies:
  - { name: tagged, require: [{ key: owner, default: { fromTag: lead } }], mode: enforce }
  - { name: rules, ${rules} }
${more}`;
  const forbiddenIn = (rules: string, tags: Record<string, string>) =>
    judge(text(rules), { owner: "jane", ...tags }).evaluation.forbidden?.map(({ key, reason }) => [key, reason]);

  test.each([
    ["forbid: [password]", { password: "x" }, [["password", "is forbidden"]]],
    ["forbid: [password]", { Password: "x" }, undefined],
    ["forbid: ['*word*']", { mypassword1: "x", b: "" }, [["mypassword1", "is forbidden"]]],
    ["forbid: ['*']", { "aws:x": "", "acs:x": "", _sys_x: "", "AWS:x": "" }, [["owner", "is forbidden"]]],
    ["keys: { pattern: '[a-z]+' }", { a1: "", ab: "" }, [["a1", "is no key that matches [a-z]+"]]],
    [
      "keys: { only: [owner, 'team:*'] }",
      { "team:a": "", tea: "" },
      [["tea", 'is no key that may be there: it must be one of "owner", "team:*"']],
    ],
    [
      "keys: { pattern: '[a-z]+', only: ['o*'] }",
      { b: "", o1: "" },
      [
        ["b", 'is no key that may be there: it must be "o*"'],
        ["o1", "is no key that matches [a-z]+"],
      ],
    ],
  ])("by %s of %j: %j", (rules, tags, forbidden) => {
    expect(forbiddenIn(rules, tags)).toEqual(forbidden);
  });

  test("makes its resource noncompliant by the policy that forbids it, and is never written or taken off", () => {
    const { evaluation, decisions } = judge(text("forbid: [password]"), { owner: "jane", password: "x" });
    expect(evaluation).toMatchObject({ compliance: "noncompliant", missing: [], invalid: [] });
    expect(evaluation.broken).toEqual([{ policy: "rules", keys: ["password"] }]);
    expect(decisions).toMatchObject([{ key: "password", action: "leave", reason: "forbidden" }]);
    expect(JSON.stringify(evaluation)).not.toContain('"x"');
  });

  test("satisfies nothing, is copied by no default, and isn't written for another policy", () => {
    expect(judge(text("forbid: [lead]"), { lead: "x" }).decisions).toMatchObject([
      { key: "owner", action: "leave", reason: "no-default" },
      { key: "lead", reason: "forbidden" },
    ]);
    const { evaluation, decisions } = judge(text("forbid: [owner]"), { owner: "x", lead: "y" });
    expect(evaluation).toMatchObject({ missing: ["owner"], forbidden: [{ key: "owner" }] });
    expect(decisions).toMatchObject([{ key: "owner", action: "leave", reason: "forbidden" }]);
  });

  test("is exempt only where an exemption names it", () => {
    const exempt = (tags: string): string =>
      text("forbid: [password]", `exemptions: [{ match: {}, ${tags}reason: r, expires: "2027-01-01" }]`);
    expect(judge(exempt(""), { password: "x" }).evaluation).toMatchObject({
      compliance: "noncompliant",
      missing: [],
      broken: [{ policy: "rules" }],
      exempted: ["tagged"],
    });
    expect(judge(exempt("tags: [password], "), { owner: "a", password: "x" }).evaluation.compliance).toBe("exempt");
  });

  test.each([
    [
      "a policy that requires what it forbids",
      "forbid: [own*], require: [{ key: owner }]",
      /"owner" is required and forbidden by the same policy: it is forbidden/,
    ],
    ["one that asks for nothing", "severity: high", /the policy asks for nothing: say require, forbid or keys/],
    ["keys that say nothing", "keys: {}", /keys says nothing: say pattern or only/],
    ["a pattern of keys that is none", "keys: { pattern: '(a+)+' }", /the pattern could take more than linear time/],
    [
      "a match by what a forbidden key holds",
      "forbid: [password], match: { tags: { password: 'x*' } }",
      /matches "x\*" of "password", which it forbids: what forbidden keys hold isn't looked at; match "\*"/,
    ],
    ["a word that isn't one", "forbids: [password]", /unknown key "forbids" \(did you mean "forbid"\?\)/],
  ])("refuses %s", (_, rules, message) => {
    const said = problemsOf(text(rules));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(message);
    expect(said[0]).toMatch(/^policy\.yaml:4:\d+: /);
  });

  test("may be named by an exemption without a warning", () => {
    const exempt = (key: string): string =>
      text(
        "forbid: ['pass*']",
        `exemptions: [{ match: { ids: [g1] }, tags: [${key}], reason: r, expires: "2027-01-01" }]`,
      );
    expect(load(exempt("password")).warnings).toEqual([]);
    expect(load(exempt("word")).warnings).toEqual([expect.stringContaining('no policy requires "word"')]);
  });

  test("may be matched by its being there", () => {
    expect(
      judge(text('match: { tags: { password: "*" } }, forbid: [password]'), { owner: "a", password: "x" }).evaluation
        .forbidden,
    ).toHaveLength(1);
  });

  test("is news, and mended, as a requirement of its own policy is", () => {
    const ids = prepare(text("forbid: ['pass*']")).requirementsOf("rules");
    const id = ids === undefined ? undefined : requirementOf(ids, "password");
    expect(id).toMatch(/^[0-9a-f]{16}:\0password$/);
    expect(ids?.has(keyAskedBy(id ?? "") ?? "")).toBe(true);
    expect([...(ids?.values() ?? [])]).toContain(askedAs(id ?? ""));
  });
});

describe("what people had to say by detours before", () => {
  const CLOUD = { type: "aws:ec2:instance", account: "111122223333", region: "us-east-1" };
  const wrongIn = (text: string, all: Record<string, Record<string, string>>) => {
    const policies = prepare(text);
    return Object.entries(all).flatMap(([id, tags]) => {
      const { compliance } = policies.evaluate(resource(tags, { ...CLOUD, id }), NOON);
      return compliance === "compliant" ? [] : [`${id} ${compliance}`];
    });
  };

  test("an owner or a team: one that is there is judged, and a blank one or another spelling doesn't do", () => {
    const text = `version: 1
requiredTags: { owner: {}, team: {} }
policies: [{ name: owner-or-team, match: { types: ["aws:*"] }, require: [{ anyOf: [owner, team] }] }]`;
    const all = {
      team: { team: "web" },
      owner: { owner: "jane" },
      none: {},
      blank: { team: "" },
      capital: { Team: "web" },
    };
    // Compliant ones count, which a `not` in the match had left out.
    expect(wrongIn(text, all)).toEqual(["none noncompliant", "blank noncompliant", "capital noncompliant"]);
    const { nearMisses } = prepare(text).evaluate(resource({ Team: "web" }, CLOUD), NOON);
    expect(nearMisses).toEqual([{ key: "team", found: "Team" }]);
  });

  test("secrets in tags: a resource without them is judged as well, and is compliant", () => {
    const text = `version: 1
policies: [{ name: no-secrets, match: { types: ["aws:*"] }, forbid: [Password, Key] }]`;
    expect(wrongIn(text, { bad: { Password: "hunter2" }, good: { x: "y" }, bare: {} })).toEqual(["bad noncompliant"]);
  });

  test("a key in any capitalisation: which of two counts is plain", () => {
    const text = `version: 1
requiredTags: { product: { ignoreKeyCase: true } }
policies: [{ name: product, match: { types: ["aws:*"] }, require: [product] }]`;
    const all = {
      low: { product: "a" },
      cap: { Product: "a" },
      both: { product: "a", Product: "" },
      blank: { product: "", Product: "b" },
    };
    expect(wrongIn(text, all)).toEqual(["blank noncompliant"]);
  });

  test("a date that has to exist, with a default by the event", () => {
    const text = `version: 1
requiredTags: { expires: { date: { after: today } }, created: { date: {}, default: { fromEvent: createdAt } } }
policies: [{ name: s, match: { types: ["aws:*"] }, require: [expires, created], mode: enforce }]`;
    const policies = prepare(text);
    const event = { createdAt: "2026-12-01T07:30:00+08:00" };
    const subject = resource({ expires: "2001-02-31" }, { ...CLOUD, event });
    const evaluation = policies.evaluate(subject, NOON);
    expect(evaluation.invalid).toMatchObject([{ key: "expires" }]);
    expect(policies.decide(subject, evaluation, NOON)).toMatchObject([
      { key: "expires", reason: "no-overwrite" },
      { key: "created", value: "2026-11-30" },
    ]);
  });
});

test("policies that say none of it are compiled to what they were, and their requirements keep their names", () => {
  const { compiled } = load(`version: 1
requiredTags: { env: { values: [prod], default: prod }, owner: {} }
policies: [{ name: all, match: { types: ["alibaba:*"] }, require: [env, owner], mode: enforce }]`);
  // What the version before this language had.
  expect(compiled.hash).toBe("f3e091081a54b067698466d87c93a196195407bd02f1633927704cc7288feb8f");
  expect(
    prepare(JSON.stringify({ version: 1, policies: [{ name: "a", require: [{ key: "env", values: ["prod"] }] }] }))
      .requirements,
  ).toEqual(["8dc1c4684fd284a2:env"]);
});

describe("a slip is told with its place:", () => {
  test.each([
    ["{ date: { after: tomorrow } }", "3", /date.after must be today, a date \(YYYY-MM-DD\), or today\+90d/],
    ["{ date: { after: 2026-02-30 } }", "3", /2026-02-30 is no day of the calendar/],
    ["{ date: { within: 90 } }", "3", /within must be text: quote it|within must be/],
    ["{ date: { within: 90 days } }", "3", /within must be a number of days, as 90d/],
    ["{ date: { after: today, before: today+1d } }", "3", /no day can ever be within these bounds/],
    ["{ date: { after: 2026-12-01, before: 2026-12-02 } }", "3", /no day can ever be within these bounds/],
    ["{ date: { after: today+90d, within: 90d } }", "3", /no day can ever be within these bounds/],
    ["{ date: { since: today } }", "3", /unknown key "since"/],
    ["{ ignoreCase: true }", "3", /ignoreCase is about values or a pattern beside it: there are none/],
    ["{ aliases: [owner] }", "3", /"owner" is the key itself/],
    ["{ aliases: [a, a] }", "3", /"a" is named twice/],
    ["{ alias: [a] }", "3", /unknown key "alias" \(did you mean "aliases"\?\)/],
    ["{ notvalues: [a] }", "3", /unknown key "notvalues" \(did you mean "notValues"\?\)/],
    ["{ values: [a, b], notValues: ['*'] }", "3", /none of the values can ever pass: "a" must not be "\*"/],
    [
      "{ notValues: [unknown], default: Unknown }",
      "3",
      /the default "Unknown" is never legal: it must not be "unknown"/,
    ],
    ["{ date: {}, default: 2026-02-30 }", "3", /the default "2026-02-30" is never legal/],
  ])("%s", (definition, line, message) => {
    const said = problemsOf(
      `version: 1\nrequiredTags:\n  owner: ${definition}\npolicies: [{ name: a, require: [owner] }]`,
    );
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(new RegExp(`^policy\\.yaml:${line}:\\d+: `));
    expect(said[0]).toMatch(message);
  });

  test.each([
    ["[{ anyOf: [owner] }]", /anyOf must name at least two keys/],
    ["[{ anyOf: [owner, owner] }]", /"owner" is required twice by this policy/],
    ["[owner, { anyOf: [owner, { key: team }] }]", /"owner" is required twice by this policy/],
    ["[{ anyOf: [owner, teem] }]", /"teem" is not in requiredTags/],
    ["[{ anyOf: [owner, { key: t, valves: [a] }] }]", /unknown key "valves"/],
    ["[{ anyof: [owner, { key: t }] }]", /unknown key "anyof"/],
  ])("%s", (require, message) => {
    const said = problemsOf(`version: 1\nrequiredTags: { owner: {} }\npolicies:\n  - { name: a, require: ${require} }`);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(message);
    expect(said[0]).toMatch(/^policy\.yaml:4:\d+: /);
  });

  test("an alias with a star, and a glob of another language among notValues", () => {
    expect(load(policy("{ default: ops, aliases: ['own*'] }")).warnings).toEqual([
      expect.stringMatching(/"own\*" is one key, star and all/),
    ]);
    expect(load(policy("{ default: ops, notValues: ['a|b'] }")).warnings).toEqual([
      expect.stringMatching(/for one of several write a list/),
    ]);
  });
});
