import { expect, test } from "vitest";
import { InputError } from "../../lib/core/errors.ts";
import { readArguments } from "../../sim/arguments.ts";

test("without arguments, the schedules of npm test are played", () => {
  expect(readArguments([])).toEqual({ kind: "many", worlds: ["enforce", "audit"], seeds: 500, from: 1, workers: 2 });
});

test("--seed replays one schedule", () => {
  expect(readArguments(["--seed", "42"])).toEqual({ kind: "one", worlds: ["enforce", "audit"], seed: 42 });
});

test("--from says where to begin", () => {
  expect(readArguments(["--seeds", "10", "--from", "7"])).toMatchObject({ seeds: 10, from: 7 });
});

test("--world plays only one of them", () => {
  expect(readArguments(["--world", "audit", "--seed", "3"])).toEqual({ kind: "one", worlds: ["audit"], seed: 3 });
});

test.each([
  [["--world", "cloud"], "none of enforce, audit"],
  [["--seeds", "many"], "--seeds"],
  [["--seeds", "0"], "--seeds"],
  [["--seed", "-1"], "--seed"],
  [["--seed", "1", "--seeds", "5"], "leave out --seeds"],
  [["--sead", "1"], "--sead"],
  [["1"], "1"],
])("%j is one clear error", (args, names) => {
  expect(() => readArguments(args)).toThrow(InputError);
  expect(() => readArguments(args)).toThrow(names);
});
