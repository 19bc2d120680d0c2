import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadPolicies } from "../../../../lib/core/policy/load/load.ts";
import { allContracts } from "../../../../lib/providers/index.ts";
import { hash } from "../policies.ts";

const EXAMPLES = join(import.meta.dirname, "../../../../examples/policies");

function read(...names: string[]): { path: string; text: string }[] {
  return names.map((path) => ({ path, text: readFileSync(join(EXAMPLES, path), "utf8") }));
}

const configured = [{ type: "*" }];

test("the starter policy loads without warnings on every provider, and writes nothing", () => {
  const { compiled, warnings } = loadPolicies(read("starter.yaml"), { contracts: allContracts, configured, hash });
  expect(warnings).toEqual([]);
  expect(compiled.policies.map(({ mode }) => mode)).toEqual(["report"]);
});

test("the organisation's policies load without warnings and reach every provider row", () => {
  const files = read(...readdirSync(join(EXAMPLES, "organisation")).map((name) => join("organisation", name)));
  const { compiled, warnings } = loadPolicies(files, { contracts: allContracts, configured, hash });
  expect(warnings).toEqual([]);
  const types = compiled.policies.flatMap(({ match }) => match.types ?? []);
  for (const service of ["alibaba:apigateway", "alibaba:vpcipam", "huawei:iam", "huawei:apig", "aws:"]) {
    expect(types.some((type) => type.startsWith(service))).toBe(true);
  }
});
