import { describe, expect, test } from "vitest";
import { assert, constantFrom, property, string } from "../../../properties.ts";
import { genericContract } from "../../../../lib/providers/huawei/generic/contract.ts";
import { nameOf, readName } from "../../../../lib/providers/huawei/generic/naming.ts";
import { TAGGABLE_TYPES, TMS_NAMES } from "../../../../lib/providers/huawei/generic/taggable-types.ts";
import { tmsNames } from "../../../../lib/providers/huawei/generic/tms-names.ts";
import { canonicalType, isOwnName, OTHER_NAMES } from "../../../../lib/providers/huawei/generic/types.ts";
import { huawei } from "../../../../lib/providers/huawei/index.ts";
import { HUAWEI_TYPES } from "../../../../local/emulator/huawei/types.ts";

describe("a name", () => {
  test("says type, region and id, whatever separators the id holds", () => {
    const ids = string({ minLength: 1, maxLength: 40 }).filter((id) => id.isWellFormed());
    assert(
      property(ids, constantFrom(...TAGGABLE_TYPES), constantFrom("cn-north-4", "global"), (id, type, region) => {
        const ref = { type, account: "d0001", region, id };
        expect(readName(nameOf(ref))).toEqual({ type, region, id });
      }),
    );
  });

  test.each(["", "s-1", "cn-north-4/ecs/s-1", "cn-north-4/ecs.cloudservers", "cn-north-4/ecs.cloudservers/", "/a.b/c"])(
    "isn't %j",
    (text) => expect(readName(text)).toBeUndefined(),
  );
});

describe("a type", () => {
  test.each([
    ["ecs", "cloudServers", "huawei:ecs:cloudservers"],
    ["ECS", "CLOUDSERVERS", "huawei:ecs:cloudservers"],
    ["iam", "users", "huawei:iam:user"],
    ["iam", "agencies", "huawei:iam:agency"],
    ["apig", "instances", "huawei:apig:instance"],
  ])("that Config calls %s.%s is %s here", (provider, kind, type) => expect(canonicalType(provider, kind)).toBe(type));

  test("that has an API of its own keeps that name, and is no other type as well", () => {
    for (const [other, ours] of OTHER_NAMES) {
      expect([isOwnName(other), isOwnName(ours)]).toEqual([false, true]);
      expect(huawei.contracts.find(({ types }) => types.includes(ours))).not.toBe(genericContract);
      expect([TAGGABLE_TYPES.has(other), TAGGABLE_TYPES.has(ours)]).toEqual([false, false]);
    }
  });

  test("is called so in small letters alone", () => {
    expect(["huawei:ecs:cloudServers", "huawei:ecs", "huawei:ecs:a:b"].map(isOwnName)).toEqual([false, false, false]);
    for (const type of TAGGABLE_TYPES) expect(isOwnName(type)).toBe(true);
  });
});

describe("TMS' names of types", () => {
  test("are those that the emulated TMS has, each among ours", () => {
    const tagged = HUAWEI_TYPES.filter(({ type, tms }) => tms !== undefined && !OTHER_NAMES.has(type));
    const known = tagged.filter(({ type }) => TAGGABLE_TYPES.has(type));
    expect(known.length).toBeGreaterThan(30);
    for (const { type, tms } of known) expect(TMS_NAMES.get(type)).toContain(tms?.name);
  });

  test("are of one type each", () => {
    const all = [...TMS_NAMES.values()].flat();
    expect(new Set(all).size).toBe(all.length);
  });

  const open = "huawei:vpc:vpcs";

  test("are known without asking where all pages agree, and picked by TMS' own list where they don't", () => {
    const names = tmsNames();
    expect([names.nameOf("huawei:evs:volumes"), names.isOpen("huawei:evs:volumes")]).toEqual(["disk", false]);
    expect([names.nameOf(open), names.isOpen(open)]).toEqual([undefined, true]);
    expect(names.learn(new Set(["vpc", "disk", "of-the-future"]), true)).toEqual(["huawei:evs:volumes", open]);
    expect([names.nameOf(open), names.isOpen(open)]).toEqual(["vpc", false]);
  });

  test("count with their case, and are not guessed where the list has none of them", () => {
    const names = tmsNames();
    expect(names.learn(new Set(["VPCS", "Vpc"]), true)).toEqual([]);
    expect([names.nameOf(open), names.isOpen(open), names.nameOf("huawei:nobody:knows")]).toEqual([
      undefined,
      false,
      undefined,
    ]);
  });

  test("may be told by a configuration, and stand for no other type then", () => {
    const names = tmsNames({ "huawei:drs:jobs": "sync", "huawei:taurusdb:instances": "gaussdb", [open]: "vpc" });
    expect(["huawei:drs:jobs", "huawei:taurusdb:instances", open].map((type) => names.nameOf(type))).toEqual([
      "sync",
      "gaussdb",
      "vpc",
    ]);
    expect([names.nameOf("huawei:gaussdb:instance"), names.isOpen(open)]).toEqual([undefined, false]);
    expect(names.learn(new Set(["sync", "gaussdb"]), true)).toEqual(["huawei:drs:jobs", "huawei:taurusdb:instances"]);
  });

  test("may come in several pages", () => {
    const names = tmsNames();
    names.learn(new Set(["disk"]), false);
    expect([names.nameOf(open), names.isOpen(open)]).toEqual([undefined, true]);
    names.learn(new Set(["vpcs"]), true);
    expect(names.nameOf(open)).toBe("vpcs");
  });
});
