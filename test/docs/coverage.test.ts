import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findContract } from "../../lib/core/contract.ts";
import { providerOf, PROVIDERS } from "../../lib/core/resource.ts";
import { CREATE_EVENTS } from "../../lib/events/create-events.ts";
import { allContracts } from "../../lib/providers/index.ts";

const ROW =
  /^\| (?<types>`[a-z]+:.*?) \| (?<event>.+?) \| (?<inventory>.+?) \| (?<tags>.+?) \| (?<write>.+?) \| (?<accounts>.+?) \|$/gm;
const rows = [...readFileSync("docs/providers/coverage.md", "utf8").matchAll(ROW)].map(({ groups = {} }) => ({
  types: [...(groups["types"] ?? "").matchAll(/`(?<type>[^`]+)`/g)]
    .map(({ groups: found }) => found?.["type"] ?? "")
    .filter((type) => type.split(":").length === 3)
    .flatMap((type) => {
      const kinds = /\{(?<kinds>.*)\}/.exec(type)?.groups?.["kinds"];
      return kinds === undefined ? [type] : kinds.split(",").map((kind) => type.replace(/\{.*\}/, kind));
    }),
  event: groups["event"] ?? "",
  inventory: groups["inventory"] ?? "",
  tags: groups["tags"] ?? "",
  write: groups["write"] ?? "",
  accounts: groups["accounts"] ?? "",
}));

/** The contract of a row, and what it has of its own for the first type of the row. */
function contractOf({ types: [first = ""] }: (typeof rows)[number]) {
  const contract =
    allContracts.find(({ nativeLists = {} }) => first in nativeLists) ?? findContract(allContracts, first);
  if (contract === undefined) throw new Error(`${first} has no contract`);
  return { first, contract, native: contract.nativeLists?.[first] };
}

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

const TRAILS = { alibaba: "ActionTrail", huawei: "CTS", aws: "CloudTrail" } as const;

test("docs/providers/coverage.md has rows of all three clouds, and each says in whose trail its creations are", () => {
  for (const provider of PROVIDERS) {
    const own = rows.filter(({ types: [first] }) => providerOf(first ?? "") === provider);
    expect(own.length, provider).toBeGreaterThan(1);
    for (const row of own) {
      const { contract, first, native } = contractOf(row);
      const isOfRow = (type: string) =>
        native === undefined ? findContract(allContracts, type) === contract : row.types.includes(type);
      const isTold = CREATE_EVENTS.some(({ type, experimental }) => !experimental && isOfRow(type));
      expect([isTold, row.event.startsWith(TRAILS[provider])], first).toEqual([true, true]);
    }
  }
});

test("docs/providers/coverage.md says how many resources a call writes to and reads, and what fails with one of them", () => {
  for (const row of rows) {
    const { contract, first, native } = contractOf(row);
    const { tag, list } = contract;
    const isOne = tag.resourcesPerCall === 1;
    expect(row.write.includes("one by one"), first).toBe(isOne);
    expect(row.write.includes("all or none"), first).toBe(tag.atomicity === "all-or-none");
    expect(row.write.includes("each resource by itself"), first).toBe(!isOne && tag.atomicity === "per-resource");
    if (native === undefined) expect(row.tags.includes("one by one"), first).toBe(list.idsPerCall === 1);
    if (list.typeScan === true) expect(row.tags, first).toContain("all of a type");
  }
});

test("docs/providers/coverage.md says which inventory lists all regions at once, and brings tags along", () => {
  for (const row of rows) {
    const { contract, first } = contractOf(row);
    const [own] = Object.values(contract.inventory);
    expect(row.inventory.includes("all regions in one listing"), first).toBe(own?.per === "account");
    expect(row.inventory.includes("with tags"), first).toBe(own?.provesCompliance === true);
  }
});
