import { describe, expect, test } from "vitest";
import { missingPackages, type LockedPackage } from "../../setup/missing-packages.mjs";

const WANTED: Readonly<Record<string, LockedPackage>> = {
  "": {},
  "node_modules/product": { version: "1.0.0" },
  "node_modules/product/node_modules/part": { version: "1.1.0" },
  "node_modules/node-elsewhere": { version: "24.0.0", optional: true },
  "node_modules/linter": { version: "3.0.0", dev: true },
  "node_modules/linter-elsewhere": { version: "3.0.0", dev: true, optional: true },
};

/** What npm would leave behind: all of it, without these. */
function allBut(...names: readonly string[]): Record<string, LockedPackage> {
  return Object.fromEntries(
    Object.entries(WANTED).filter(([path]) => !names.some((name) => path.endsWith(`/${name}`))),
  );
}

const ELSEWHERE = ["node-elsewhere", "linter-elsewhere"];

describe("nothing is missing", () => {
  test("where npm has left out what other systems and processors need", () => {
    expect(missingPackages(WANTED, allBut(...ELSEWHERE), { forStart: false })).toEqual([]);
  });

  test("to `npm start` where checks and tests have nothing installed", () => {
    expect(missingPackages(WANTED, allBut(...ELSEWHERE, "linter"), { forStart: true })).toEqual([]);
  });

  test("to `npm start` after `npm test` has installed more", () => {
    expect(missingPackages(WANTED, WANTED, { forStart: true })).toEqual([]);
  });
});

describe("missing is", () => {
  test.each([
    ["a package of the product", "product", { forStart: true }],
    ["one inside of another", "part", { forStart: true }],
    ["to `npm test`, a tool that `npm start` does without", "linter", { forStart: false }],
  ])("%s", (_claim, name, options) => {
    const names = missingPackages(WANTED, allBut(name), options);
    expect(names.map((one) => one.slice(one.lastIndexOf("/") + 1))).toEqual([name]);
  });

  test("a package in another version, one that could do without as well", () => {
    const present = { ...WANTED, "node_modules/node-elsewhere": { version: "22.0.0", optional: true } };
    expect(missingPackages(WANTED, present, { forStart: true })).toEqual(["node-elsewhere"]);
  });

  test("everything, where nothing has been installed", () => {
    expect(missingPackages(WANTED, {}, { forStart: false })).toEqual([
      "product",
      "product/node_modules/part",
      "linter",
    ]);
  });
});
