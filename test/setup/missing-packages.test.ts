import { describe, expect, test } from "vitest";
import { missingPackages, type LockedPackage } from "../../setup/missing-packages.mjs";

const WANTED: Readonly<Record<string, LockedPackage>> = {
  "": { optionalDependencies: { bundler: "2.0.0", "node-here": "24.0.0", "node-elsewhere": "24.0.0" } },
  "node_modules/product": { version: "1.0.0" },
  "node_modules/product/node_modules/part": { version: "1.1.0" },
  "node_modules/bundler": { version: "2.0.0", optional: true },
  "node_modules/part-of-bundler": { version: "2.1.0", optional: true },
  "node_modules/node-here": { version: "24.0.0", optional: true, os: ["linux"], cpu: ["x64"] },
  "node_modules/node-elsewhere": { version: "24.0.0", optional: true, os: ["linux"], cpu: ["arm64"] },
  "node_modules/linter": { version: "3.0.0", dev: true },
  "node_modules/fallback-of-linter": { version: "3.1.0", dev: true, optional: true },
};

/** What npm would leave behind: all of it, without these. */
function allBut(...names: readonly string[]): Record<string, LockedPackage> {
  return Object.fromEntries(
    Object.entries(WANTED).filter(([path]) => !names.some((name) => path.endsWith(`/${name}`))),
  );
}

const ELSEWHERE = ["node-elsewhere", "fallback-of-linter"];

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
    ["what package.json calls optional and runs anywhere", "bundler", { forStart: true }],
    ["to `npm test`, a tool that `npm start` does without", "linter", { forStart: false }],
  ])("%s", (_claim, name, options) => {
    const names = missingPackages(WANTED, allBut(name), options);
    expect(names.map((one) => one.slice(one.lastIndexOf("/") + 1))).toEqual([name]);
  });

  test("a package in another version", () => {
    const present = { ...WANTED, "node_modules/part-of-bundler": { version: "2.0.9", optional: true } };
    expect(missingPackages(WANTED, present, { forStart: true })).toEqual(["part-of-bundler"]);
  });

  test("everything, where nothing has been installed", () => {
    expect(missingPackages(WANTED, {}, { forStart: false })).toEqual([
      "product",
      "product/node_modules/part",
      "bundler",
      "linter",
    ]);
  });
});
