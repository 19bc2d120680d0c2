import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findContract } from "../../lib/core/contract.ts";
import { CREATE_EVENTS } from "../../lib/events/create-events.ts";
import { allContracts } from "../../lib/providers/index.ts";

const ROW = /^\| (?<types>`[a-z]+:.*?) \| (?<event>.+?) \| (?<inventory>.+?) \| .+ \| (?<accounts>.+?) \|$/gm;
const rows = [...readFileSync("docs/providers/coverage.md", "utf8").matchAll(ROW)].map(({ groups = {} }) => ({
  types: [...(groups["types"] ?? "").matchAll(/`(?<type>[^`]+)`/g)]
    .map(({ groups: found }) => found?.["type"] ?? "")
    .filter((type) => type.split(":").length === 3)
    .flatMap((type) => {
      const kinds = /\{(?<kinds>.*)\}/.exec(type)?.groups?.["kinds"];
      return kinds === undefined ? [type] : kinds.split(",").map((kind) => type.replace(/\{.*\}/, kind));
    }),
  accounts: groups["accounts"] ?? "",
}));

test("docs/providers/coverage.md has each type that a contract names, and no other", () => {
  const named = allContracts.flatMap(({ types, nativeLists = {} }) => [...types, ...Object.keys(nativeLists)]);
  const examples = new Set([
    "alibaba:ecs:instance",
    "alibaba:vpc:vswitch",
    "huawei:ecs:cloudservers",
    "huawei:vpc:vpcs",
  ]);
  expect(rows.flatMap(({ types }) => types.filter((type) => !examples.has(type))).sort()).toEqual(named.sort());
});

test("docs/providers/coverage.md says which types an account has to ask for", () => {
  for (const { types, accounts } of rows) {
    const [first = ""] = types;
    expect(accounts === "all", first).toBe(findContract(allContracts, first)?.optIn !== true);
  }
});

test("every type that events tell of is in a row of docs/providers/coverage.md", () => {
  const contracts = rows.map(({ types }) => ({ types }));
  for (const { type } of CREATE_EVENTS) {
    const service = allContracts.find(({ types }) => types.includes(type)) ?? findContract(allContracts, type);
    expect(service, type).toBeDefined();
    expect(
      contracts.some(({ types }) => types.some((one) => service?.types.includes(one))),
      type,
    ).toBe(true);
  }
});
