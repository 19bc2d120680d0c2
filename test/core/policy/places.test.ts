import { expect, test } from "vitest";
import { NOON, prepare, resource } from "./policies.ts";

const TEXT = `version: 1
requiredTags: { env: {}, owner: {}, team: {} }
policies:
  - { name: groups, match: { types: ["alibaba:apigateway:apiGroup"] }, require: [env] }
  - { name: one-account, match: { accounts: ["a1"] }, require: [owner] }
  - { name: one-region, match: { regions: ["r1"] }, require: [team] }
  - { name: sandbox, match: { tags: { sandbox: "*" } }, require: [env, owner, team] }
`;

const PLACES = ["alibaba:apigateway:apiGroup", "alibaba:apigateway:app"].flatMap((type) =>
  ["a1", "a2"].flatMap((account) => ["r1", "r2"].map((region) => ({ type, account, region }))),
);

test.each([
  ["each place after every other", [...PLACES, ...PLACES.toReversed(), ...PLACES]],
  ["each place several times in a row", PLACES.flatMap((place) => [place, place, place])],
])("what is asked at a place doesn't depend on the resources before: %s", (_, visits) => {
  const policies = prepare(TEXT);
  for (const place of visits) {
    for (const tags of [{}, { sandbox: "yes" }, undefined]) {
      const subject = resource(tags, place);
      expect(policies.evaluate(subject, NOON)).toEqual(prepare(TEXT).evaluate(subject, NOON));
    }
  }
});

test("a resource is held to the policies of its own type, account and region", () => {
  const policies = prepare(TEXT);
  const missing = PLACES.map((place) => policies.evaluate(resource({}, place), NOON).missing.join(" "));
  expect(missing).toEqual(["env owner team", "env owner", "env team", "env", "owner team", "owner", "team", ""]);
});
