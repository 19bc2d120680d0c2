import type { Context } from "aws-lambda";
import { beforeEach, describe, expect, it } from "vitest";
import { InputError, ProviderError } from "../../lib/core/errors.ts";
import type { Variables } from "../../lib/lambda/environment.ts";
import { lambda } from "../../lib/lambda/handler.ts";
import { createTelemetry } from "../../lib/lambda/telemetry.ts";

const context = {
  functionName: "enforce",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:enforce",
  memoryLimitInMB: "512",
  awsRequestId: "request-1",
  getRemainingTimeInMillis: () => 60_000,
} as Context;

let written: string[];

beforeEach(() => {
  written = [];
});

function telemetryOf(variables: Variables = { TAGWARDEN_LOG_LEVEL: "DEBUG" }) {
  return createTelemetry("test", variables, (line) => written.push(line));
}

/** The lines as objects. */
function lines(): Record<string, unknown>[] {
  return written.map((line) => JSON.parse(line));
}

describe("the stack round a function", () => {
  it("gives back what the function answers", async () => {
    const handler = lambda(async (event: { n: number }) => ({ twice: event.n * 2 }), telemetryOf());
    expect(await handler({ n: 21 }, context)).toEqual({ twice: 42 });
  });

  it("never logs the event", async () => {
    const telemetry = telemetryOf();
    const handler = lambda(async () => telemetry.log.info("worked"), telemetry);
    await handler({ Records: [{ body: "hunter2" }] }, context);
    expect(written.join("\n")).toContain("worked");
    expect(written.join("\n")).not.toContain("hunter2");
  });

  it("says in each log line which invocation it belongs to, and whether it was the first", async () => {
    const telemetry = telemetryOf();
    const handler = lambda(async () => telemetry.log.info("worked"), telemetry);
    await handler({}, context);
    await handler({}, { ...context, awsRequestId: "request-2" });
    expect(lines()).toMatchObject([
      { function_request_id: "request-1", function_name: "enforce", function_memory_size: "512", cold_start: true },
      { function_request_id: "request-2", cold_start: false },
    ]);
  });

  it("passes an error on to Lambda, so that the event is not lost, and logs it with its stack and its cause", async () => {
    const error = new Error("boom", { cause: new TypeError("fuse") });
    const handler = lambda(async (): Promise<never> => Promise.reject(error), telemetryOf());
    await expect(handler({}, context)).rejects.toBe(error);
    expect(lines()).toMatchObject([
      { level: "ERROR", message: "invocation failed", error: { message: "boom", stack: expect.any(String) } },
    ]);
    expect(lines()[0]?.["error"]).toMatchObject({ cause: { name: "TypeError", message: "fuse" } });
  });

  it("logs bad input as one sentence, without a stack", async () => {
    const bad = async (): Promise<never> => Promise.reject(new InputError("policies.json is not JSON"));
    await expect(lambda(bad, telemetryOf())({}, context)).rejects.toThrow(InputError);
    expect(written).toHaveLength(1);
    expect(written[0]).toContain("policies.json is not JSON");
    expect(written[0]).not.toContain("at ");
  });

  it("logs a provider's error by code and request id", async () => {
    const error = new ProviderError({
      code: "Throttling.User",
      kind: "throttled",
      message: "slow down",
      httpStatus: 400,
      requestId: "R-1",
    });
    const handler = lambda(async (): Promise<never> => Promise.reject(error), telemetryOf());
    await expect(handler({}, context)).rejects.toBe(error);
    expect(lines()).toMatchObject([{ code: "Throttling.User", requestId: "R-1", reason: "slow down" }]);
  });

  it("writes what was counted, also where the function fails, and begins the next invocation at nothing", async () => {
    const telemetry = telemetryOf({ TAGWARDEN_LOG_LEVEL: "ERROR" });
    const handler = lambda(async (fails: boolean) => {
      telemetry.metrics.addMetric("calls", "Count", 2);
      telemetry.metrics.addMetric("calls", "Count", 1);
      if (fails) throw new InputError("no");
    }, telemetry);
    await handler(false, context);
    await expect(handler(true, context)).rejects.toThrow("no");
    expect(lines().map(({ calls }) => calls)).toEqual([3, 3, undefined]);
  });
});
