import { describe, expect, test } from "vitest";
import { evaluationLine } from "../../../lib/core/report/evaluation-line.ts";
import { load, NOON, prepare, problemsOf, resource } from "./policies.ts";

const POLICY = `version: 1
requiredTags:
  owner: { description: Who answers for it, url: "https://wiki.example.com/owner" }
  env: { values: [prod, dev] }
policies:
  - { name: owned, require: [owner, env], description: Nothing without an owner }
  - { name: placed, require: [{ key: env, description: Where it runs }, { key: team }] }
`;
const OWNER = { key: "owner", description: "Who answers for it", url: "https://wiki.example.com/owner" };
const OWNED = { policy: "owned", description: "Nothing without an owner" };
const ENV = { key: "env", description: "Where it runs" };
const PERFECT = { owner: "jane", env: "prod", team: "web" };

const aboutOf = (tags: Record<string, string>, policy = POLICY) => prepare(policy).evaluate(resource(tags), NOON).about;

describe("what a policy file says of keys and policies", () => {
  test.each([
    ["is told of a missing key and its policy", { env: "prod", team: "web" }, [OWNED, OWNER]],
    ["is told of an invalid key, by whichever policy describes it", { ...PERFECT, env: "qa" }, [OWNED, ENV]],
    ["is told of nothing that is not broken", PERFECT, undefined],
    ["is left out where nothing is said of what is broken", { ...PERFECT, team: "" }, undefined],
  ])("%s", (_, tags, about) => {
    expect(aboutOf(tags)).toEqual(about);
  });

  test("is not told of what is exempt", () => {
    const exempt = `${POLICY}exemptions: [{ match: {}, tags: [owner], reason: r, expires: "2027-01-01" }]\n`;
    expect(aboutOf({ env: "prod" }, exempt)).toBeUndefined();
    expect(aboutOf({}, exempt)).toEqual([OWNED, ENV]);
  });

  test("stands at the end of an evaluation's line", () => {
    const line = evaluationLine(prepare(POLICY).evaluate(resource({ env: "prod", team: "web" }), NOON));
    expect(JSON.parse(line).about).toEqual([OWNED, OWNER]);
    expect(line).toMatch(/"about":\[.*\]\}$/);
  });

  test("asks for nothing else: requirements keep their names", () => {
    const bare = POLICY.replaceAll(/, (?:description|url): (?:"[^"]*"|[^,}]*)|description: [^,}]*/g, "").replace(
      "{ ,",
      "{",
    );
    expect(bare).not.toContain("description");
    expect(prepare(POLICY).requirements).toEqual(prepare(bare).requirements);
    expect(load(POLICY).compiled.hash).not.toBe(load(bare).compiled.hash);
  });

  test.each([
    "javascript:alert(1)",
    "wiki.example.com/owner",
    "https://a b",
    'https://a/"onclick="x',
    "//a.example.com",
  ])("may not lead to %s", (url) => {
    expect(problemsOf(POLICY.replace("https://wiki.example.com/owner", url.replaceAll('"', '\\"')))).toEqual([
      "policy.yaml:3:50: requiredTags.owner.url must be the address of a page, as https://wiki.example.com/tags",
    ]);
  });
});
