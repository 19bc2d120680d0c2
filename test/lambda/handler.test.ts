import type { Context } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError, ProviderError } from "../../lib/core/errors.ts";
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

const SWITCHES = ["POWERTOOLS_LOGGER_LOG_EVENT", "POWERTOOLS_LOG_LEVEL", "POWERTOOLS_DEV"] as const;

let written: string[];

/** Powertools in its development mode writes to the global console, where a test can read along. */
beforeEach(() => {
  written = [];
  const own = { log: console.log, info: console.info, warn: console.warn, error: console.error, debug: console.debug };
  const write = (line: unknown): void => {
    written.push(String(line));
  };
  Object.assign(console, { log: write, info: write, warn: write, error: write, debug: write });
  Object.assign(process.env, {
    POWERTOOLS_DEV: "true",
    POWERTOOLS_LOG_LEVEL: "DEBUG",
    POWERTOOLS_LOGGER_LOG_EVENT: "true",
  });
  return () => Object.assign(console, own);
});

afterEach(() => {
  for (const name of SWITCHES) delete process.env[name];
});

describe("the stack round a function", () => {
  it("gives back what the function answers", async () => {
    const handler = lambda(
      async (event: { n: number }) => ({ twice: event.n * 2 }),
      createTelemetry("test", "tagwarden-test"),
    );
    expect(await handler({ n: 21 }, context)).toEqual({ twice: 42 });
  });

  it("never logs the event, even where the environment asks for it", async () => {
    const telemetry = createTelemetry("test", "tagwarden-test");
    const handler = lambda(async () => telemetry.log.info("worked"), telemetry);
    await handler({ Records: [{ body: "hunter2" }] }, context);
    expect(written.join("\n")).toContain("worked");
    expect(written.join("\n")).not.toContain("hunter2");
  });

  it("puts the request id into each log line", async () => {
    const telemetry = createTelemetry("test", "tagwarden-test");
    await lambda(async () => telemetry.log.info("worked"), telemetry)({}, context);
    expect(written.find((line) => line.includes("worked"))).toContain("request-1");
  });

  it("passes an error on to Lambda, so that the event is not lost", async () => {
    const handler = lambda(
      async (): Promise<never> => Promise.reject(new Error("boom")),
      createTelemetry("test", "tagwarden-test"),
    );
    await expect(handler({}, context)).rejects.toThrow("boom");
  });

  it("logs bad input as one sentence, without a stack", async () => {
    const bad = async (): Promise<never> => Promise.reject(new InputError("policies.json is not JSON"));
    await expect(lambda(bad, createTelemetry("test", "tagwarden-test"))({}, context)).rejects.toThrow(InputError);
    const line = written.find((text) => text.includes("policies.json is not JSON"));
    expect(line).toBeDefined();
    expect(line).not.toContain("at ");
  });

  it("logs a provider's error by code and request id", async () => {
    const error = new ProviderError({
      code: "Throttling.User",
      kind: "throttled",
      message: "slow down",
      httpStatus: 400,
      requestId: "R-1",
    });
    await expect(
      lambda(async (): Promise<never> => Promise.reject(error), createTelemetry("test", "tagwarden-test"))({}, context),
    ).rejects.toBe(error);
    expect(written.join("\n")).toMatch(/Throttling\.User[\s\S]*R-1/);
  });
});
