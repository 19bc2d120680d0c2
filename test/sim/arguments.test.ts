import { expect, test } from "vitest";
import { InputError } from "../../lib/core/errors.ts";
import { readArguments } from "../../sim/arguments.ts";

test("without arguments, the schedules of npm test are played", () => {
  expect(readArguments([])).toEqual({ kind: "many", seeds: 500, from: 1, workers: 2 });
});

test("--seed replays one schedule", () => {
  expect(readArguments(["--seed", "42"])).toEqual({ kind: "one", seed: 42 });
});

test("--from says where to begin", () => {
  expect(readArguments(["--seeds", "10", "--from", "7"])).toMatchObject({ seeds: 10, from: 7 });
});

test.each([
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
