import { assert, constantFrom, oneof, property, string, tuple } from "../properties.ts";
import { describe, expect, test } from "vitest";
import { textProblem, type TypeContract } from "../../lib/core/contract.ts";
import { allContracts } from "../../lib/providers/index.ts";
import { emulatedLimits, emulatedReads, type EmulatedLimits, type EmulatedRead } from "../../local/emulator/limits.ts";
import { textFault } from "../../local/emulator/text-rules.ts";

// Two tables, each written from the documentation: one slip can't pass both.

const emulated: ReadonlyMap<string, EmulatedLimits> = new Map(Object.entries(emulatedLimits));

function limitsOf(contract: TypeContract, type: string): Omit<EmulatedLimits, "key" | "value" | "documentation"> {
  return {
    resourcesPerCall: contract.tag.resourcesPerCall,
    tagsPerCall: contract.tag.tagsPerCall,
    keysPerUntagCall: contract.untag.tagsPerCall,
    idsPerCall: contract.list.idsPerCall,
    filtersAsWritten: contract.list.filtersAs === "written",
    rowsPerPage: contract.list.rowsPerPage,
    inventoryPageSize: contract.inventory[type]?.pageSize ?? 0,
    tagsPerResource: contract.tagsPerResource,
    silentTypes: Object.keys(contract.list.silentTypes).sort(),
  };
}

/** Text that comes near what some limit says: reserved words, lengths at the edge, characters of all kinds. */
const text = oneof(
  string({ unit: constantFrom(..."aZ9é中文 _.:=+-@/&,#\n"), maxLength: 12 }),
  string({ unit: "binary", maxLength: 6 }),
  tuple(constantFrom("aliyun", "ALIYUN", "acs:", "aws:", "AWS:", "_sys_", "_SYS_", "http://", " "), string()).map(
    (parts) => parts.join(""),
  ),
  constantFrom(
    "xhttps://y",
    "",
    " ",
    "a ",
    "1a",
    "中1",
    ...[63, 64, 65, 127, 128, 129, 255, 256, 257].map((n) => "k".repeat(n)),
  ),
  constantFrom(...[64, 65, 128, 129, 256, 257].map((n) => "😀".repeat(n))),
);

test("the emulator has limits for the types that providers have contracts for, and for no others", () => {
  expect([...emulated.keys()].sort()).toEqual(allContracts.flatMap(({ types }) => types).sort());
});

for (const contract of allContracts) {
  for (const type of contract.types) {
    describe(`limits of ${type}`, () => {
      const theirs = emulated.get(type);
      if (theirs === undefined) throw new Error(`the emulator has no limits for ${type}`);

      test("sizes of calls, pages and resources are the emulator's, and so is what listings look for and leave out", () => {
        const { key: _key, value: _value, documentation: _documentation, ...sizes } = theirs;
        expect(limitsOf(contract, type)).toEqual(sizes);
      });

      test("keys are refused where the emulator refuses them, and nowhere else", () => {
        assert(
          property(text, (key) => {
            expect(textProblem(key, contract.key) === undefined).toBe(textFault(key, theirs.key) === undefined);
          }),
          { numRuns: 500 },
        );
      });

      test("values are refused where the emulator refuses them, and nowhere else", () => {
        assert(
          property(text, (value) => {
            expect(textProblem(value, contract.value) === undefined).toBe(textFault(value, theirs.value) === undefined);
          }),
          { numRuns: 500 },
        );
      });
    });
  }
}

describe("limits of what reads single types", () => {
  const theirs: ReadonlyMap<string, EmulatedRead> = new Map(Object.entries(emulatedReads));
  const natives = allContracts.flatMap(({ nativeLists = {}, inventory }) =>
    Object.entries(nativeLists).map(([type, list]) => ({ list, inventory: inventory[type] })),
  );
  const most = (action: string) => theirs.get(action) ?? expect.fail(`the emulator has no limits for ${action}`);

  test("are kept to by reads of tags, whose pages are as large as they can be", () => {
    for (const { list } of natives) {
      const { idsPerCall, largestPage } = most(list.action);
      expect(list.idsPerCall).toBeLessThanOrEqual(idsPerCall);
      expect(list.rowsPerPage).toBe(largestPage);
    }
  });

  test("are kept to by listings, whose pages are as large as they can be", () => {
    for (const { inventory } of natives) {
      if (inventory === undefined) throw new Error("a type that is read by itself has no listing");
      expect(inventory.pageSize).toBe(most(inventory.action).largestPage);
    }
  });

  test("are the emulator's for every call that is made, and for no other", () => {
    const called = natives.flatMap(({ list, inventory }) => [
      list.action,
      ...(inventory === undefined ? [] : [inventory.action]),
      ...(list.fullListing === undefined ? [] : [list.fullListing.action]),
    ]);
    expect([...new Set(called)].sort()).toEqual([...theirs.keys()].sort());
  });
});
