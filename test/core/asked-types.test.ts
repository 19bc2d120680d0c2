import { describe, expect, test } from "vitest";
import { asksFor, optsIn } from "../../lib/core/asked-types.ts";
import { genericContract } from "../app/generic-contract.ts";

const gateways = { types: ["alibaba:apigateway:apiGroup", "alibaba:apigateway:app"] };
const others = { types: ["huawei:iam:user"] };
const contracts = [gateways, genericContract, others];
const asked = (types: readonly string[] | undefined, type: string) => asksFor(types, genericContract, contracts)(type);

describe("a contract that an account opts in to", () => {
  test.each([["alibaba:*"], ["alibaba:ecs:*"], ["alibaba:ecs:instance"], ["*"], ["*:ecs:*"], ["alibaba:e*"]])(
    "serves what `types` names: %s",
    (glob) => {
      expect(optsIn({ types: [glob] }, genericContract, contracts)).toBe(true);
      expect(asked([glob], "alibaba:ecs:instance")).toBe(true);
    },
  );

  test.each([
    ["no types", undefined],
    ["no globs", []],
    ["types of another contract by their names", ["alibaba:apigateway:app"]],
    [
      "a glob of a service that another contract serves",
      ["alibaba:apigateway:*", "alibaba:apigateway:ap*", "alibaba:apigateway*"],
    ],
    ["another cloud", ["huawei:*"]],
  ])("serves nothing of an account with %s", (_, types) => {
    expect(optsIn({ types }, genericContract, contracts)).toBe(false);
    expect(asked(types, "alibaba:ecs:instance")).toBe(false);
    expect(asked(types, "alibaba:apigateway:instance")).toBe(false);
  });

  test("serves what another one's service has besides, where it is named itself or with all others", () => {
    expect(asked(["alibaba:apigateway:instance"], "alibaba:apigateway:instance")).toBe(true);
    expect(asked(["alibaba:*"], "alibaba:apigateway:instance")).toBe(true);
    expect(asked(["alibaba:apigateway:*", "alibaba:ecs:*"], "alibaba:apigateway:instance")).toBe(false);
  });
});

test("any other contract serves every account, and of an account with types those that they name", () => {
  expect(optsIn({}, gateways, contracts)).toBe(true);
  expect(asksFor(undefined, gateways, contracts)("alibaba:apigateway:app")).toBe(true);
  expect(asksFor(["alibaba:apigateway:app"], gateways, contracts)("alibaba:apigateway:apiGroup")).toBe(false);
});
