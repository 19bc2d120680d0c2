import { describe, expect, test } from "vitest";
import { ProviderError, type ErrorKind } from "../../../lib/core/errors.ts";
import { blameOf, probesIn } from "../../../lib/core/isolate/doubt.ts";
import { afterCall, isolate } from "../../../lib/core/isolate/isolate.ts";

const ids = Array.from({ length: 20 }, (_, n) => `r${n}`);
const error = (kind: ErrorKind, code = "Bad") =>
  new ProviderError({ code, kind, message: "no", httpStatus: 400, requestId: "R1" });

/** A search whose first resources were refused one by one with these. */
function searched(whole: ProviderError, alone: readonly ProviderError[]) {
  let state = isolate(ids, { kind: "failed", failure: whole });
  for (const [place, failure] of alone.entries()) {
    const called = [ids[place] ?? ""];
    state = afterCall(state, called, { kind: "failed", failure, offender: called[0] });
  }
  return state;
}
const five = (kind: ErrorKind, code?: string) => Array.from({ length: 5 }, () => error(kind, code));

describe("the request is blamed, or a service that is busy", () => {
  test.each(["request", "unknown", "conflict"] as const)("where all are refused alone as %s", (kind) => {
    const state = searched(error(kind), five(kind));
    expect(probesIn(state)).toHaveLength(2);
    expect(blameOf(state)).toMatchObject({ kind, code: "Bad" });
  });

  test("where all are refused alone, for good, with what the call of all was refused with for no resource", () => {
    const state = searched(error("unknown"), five("resource-permanent"));
    expect(probesIn(state)).toEqual(["r19", "r12"]);
    expect(blameOf(state)).toMatchObject({ kind: "unknown" });
  });
});

describe("nobody but the resources is blamed", () => {
  test.each<[string, ProviderError, readonly ProviderError[]]>([
    ["all are refused for good", error("resource-permanent"), five("resource-permanent")],
    ["they are refused for good with a code of their own", error("unknown", "Other"), five("resource-permanent")],
    ["one of them is refused for something else", error("unknown"), [...five("unknown"), error("unknown", "Other")]],
    ["none was tried alone", error("unknown"), []],
  ])("where %s", (_, whole, alone) => {
    const state = searched(whole, alone);
    expect(blameOf(state)).toBeUndefined();
    expect(probesIn(state)).toBeUndefined();
  });

  test("before five were refused, or after one was taken", () => {
    const four = searched(error("unknown"), five("unknown").slice(1));
    expect(probesIn(four)).toBeUndefined();
    const taken = afterCall(searched(error("unknown"), five("unknown")), ["r19"], { kind: "succeeded" });
    expect(probesIn(taken)).toBeUndefined();
  });
});
