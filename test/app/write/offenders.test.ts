import { expect, test } from "vitest";
import { createOffenders } from "../../../lib/app/write/offenders.ts";
import { created, group } from "../enforce-world.ts";

const HOUR_MS = 3_600_000;
const one = created(group("g1"));

function offendersAt(start = 0) {
  let now = start;
  return { offenders: createOffenders({ now: () => now }), advance: (ms: number) => void (now += ms) };
}

test("an offender is remembered for an hour from its last refusal", () => {
  const { offenders, advance } = offendersAt();
  offenders.remember(one);
  advance(HOUR_MS - 1);
  expect(offenders.has(one)).toBe(true);
  offenders.remember(one);
  advance(HOUR_MS - 1);
  expect(offenders.has(one)).toBe(true);
  advance(1);
  expect(offenders.has(one)).toBe(false);
});

test("one that was taken is forgotten, and no other", () => {
  const { offenders } = offendersAt();
  const other = { ...one, region: "cn-beijing" };
  offenders.remember(one);
  offenders.remember(other);
  offenders.forget(one);
  expect(offenders.has(one)).toBe(false);
  expect(offenders.has(other)).toBe(true);
});

test("a clock that is set back forgets rather than remembers for ever", () => {
  const { offenders, advance } = offendersAt(10 * HOUR_MS);
  offenders.remember(one);
  advance(-1);
  expect(offenders.has(one)).toBe(false);
});

test("the memory has an end: the oldest go first", () => {
  const { offenders } = offendersAt();
  for (let index = 0; index <= 10_000; index += 1) offenders.remember({ ...one, id: `g${index}` });
  expect(offenders.has({ ...one, id: "g0" })).toBe(false);
  expect(offenders.has({ ...one, id: "g1" })).toBe(true);
  expect(offenders.has({ ...one, id: "g10000" })).toBe(true);
});
