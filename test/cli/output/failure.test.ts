import { describe, expect, test } from "vitest";
import { ClosedOutput } from "../../../cli/io.ts";
import { failureOf } from "../../../cli/output/failure.ts";
import { OutOfTimeError } from "../../../lib/app/cloud/call.ts";
import { InputError, ProviderError } from "../../../lib/core/errors.ts";

const calm = { env: {}, signal: new AbortController().signal };
const timeout = new ProviderError({
  code: "Timeout",
  kind: "transient",
  message: "no answer",
  httpStatus: 0,
  requestId: "",
});

describe("what a command throws becomes an exit code and lines without a stack trace", () => {
  test.each([
    ["bad input", new InputError("a.yaml:1:1: one\na.yaml:2:1: two"), 2, ["a.yaml:1:1: one", "a.yaml:2:1: two"]],
    ["a provider's error", timeout, 3, ["Timeout: no answer"]],
    [
      "a provider's error with what support asks for",
      new ProviderError({
        code: "NoPermission",
        kind: "access",
        message: "NoPermission: no",
        httpStatus: 403,
        requestId: "r1",
      }),
      3,
      ["NoPermission: no, HTTP 403, request r1"],
    ],
    [
      "time that is over",
      new OutOfTimeError(timeout),
      3,
      ["the time is over (--max-seconds); nothing was left to try", "Timeout: no answer"],
    ],
    ["a reader that has gone", new ClosedOutput(), 0, []],
    [
      "a disk that is full",
      Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" }),
      2,
      ["the output can't be written: ENOSPC: no space left on device, write; make room"],
    ],
  ])("%s", (_name, error, code, lines) => {
    expect(failureOf(error, calm)).toEqual({ code, lines });
  });

  test("a defect says that it is one, and shows its stack only when asked", () => {
    const error = new TypeError("x is not a function");
    const { code, lines } = failureOf(error, calm);
    expect(code).toBe(70);
    expect(lines).toEqual([
      expect.stringMatching(/^x is not a function \(this is a bug in tagwarden; TAGWARDEN_DEBUG=1/),
    ]);
    expect(failureOf(error, { ...calm, env: { TAGWARDEN_DEBUG: "1" } }).lines).toHaveLength(2);
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("%s is exit %i, whatever broke because of it", (signal, code) => {
    const io = { env: {}, signal: AbortSignal.abort(signal) };
    expect(failureOf(new Error("aborted"), io)).toEqual({ code, lines: ["interrupted"] });
  });
});
