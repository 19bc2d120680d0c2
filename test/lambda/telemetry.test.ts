import { describe, expect, it } from "vitest";
import { InputError } from "../../lib/core/errors.ts";
import type { Variables } from "../../lib/lambda/environment.ts";
import { createTelemetry } from "../../lib/lambda/telemetry.ts";

function record(variables: Variables = {}) {
  const written: string[] = [];
  const telemetry = createTelemetry("enforce", variables, (line) => written.push(line));
  return { ...telemetry, written, lines: (): unknown[] => written.map((line): unknown => JSON.parse(line)) };
}

describe("a log line", () => {
  it("is one line of JSON with level, message, time and service, and the fields that were given", () => {
    const { log, written, lines } = record();
    log.warn("two\nlines", { resources: 3 });
    expect(written[0]).not.toContain("\n");
    expect(lines()).toEqual([
      {
        level: "WARN",
        message: "two\nlines",
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service: "enforce",
        resources: 3,
      },
    ]);
  });

  it("names the trace that X-Ray gave the invocation", () => {
    const { log, lines } = record({ _X_AMZN_TRACE_ID: "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=5;Sampled=1" });
    log.info("worked");
    expect(lines()).toMatchObject([{ xray_trace_id: "1-5759e988-bd862e3fe1be46a994272793" }]);
  });

  it("keeps its own level, message and service, whatever the fields are called", () => {
    const { log, lines } = record();
    log.error("failed", { level: "DEBUG", message: "fine", service: "other" });
    expect(lines()).toMatchObject([{ level: "ERROR", message: "failed", service: "enforce" }]);
  });

  it("holds an error that causes itself", () => {
    const error = new Error("round");
    error.cause = error;
    const { log, written } = record();
    log.error("failed", { error });
    expect(written[0]?.match(/"round"/g)?.length).toBeLessThan(10);
  });
});

describe("the level", () => {
  it.each([
    [undefined, ["info", "warn", "error"]],
    ["debug", ["debug", "info", "warn", "error"]],
    ["INFO", ["info", "warn", "error"]],
    ["WARN", ["warn", "error"]],
    ["ERROR", ["error"]],
    ["SILENT", []],
  ] as const)("%s lets through %j", (name, expected) => {
    const { log, lines } = record({ TAGWARDEN_LOG_LEVEL: name });
    for (const level of ["debug", "info", "warn", "error"] as const) log[level](level);
    expect(lines().map((line) => (line as { message: string }).message)).toEqual(expected);
    expect(log.isDebug?.()).toBe(name === "debug");
  });

  it("that there isn't is refused with those that there are", () => {
    expect(() => record({ TAGWARDEN_LOG_LEVEL: "TRACE" })).toThrow(InputError);
    expect(() => record({ TAGWARDEN_LOG_LEVEL: "TRACE" })).toThrow(/DEBUG, INFO, WARN, ERROR, SILENT/);
  });

  it("SILENT silences the metrics, too", () => {
    const { metrics, written } = record({ TAGWARDEN_LOG_LEVEL: "SILENT" });
    metrics.addMetric("calls", "Count", 1);
    metrics.flush();
    expect(written).toEqual([]);
  });
});

describe("metrics", () => {
  it("are counts in CloudWatch's embedded metric format, in our namespace, by function", () => {
    const { metrics, lines } = record();
    metrics.addMetric("calls", "Count", 2);
    metrics.addMetric("resources-tagged", "Count", 40);
    metrics.addMetric("calls", "Count", 3);
    metrics.flush();
    expect(lines()).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: "tagwarden",
              Dimensions: [["service"]],
              Metrics: [
                { Name: "calls", Unit: "Count" },
                { Name: "resources-tagged", Unit: "Count" },
              ],
            },
          ],
        },
        service: "enforce",
        calls: 5,
        "resources-tagged": 40,
      },
    ]);
  });

  it("of an invocation that counted nothing are no line", () => {
    const { metrics, written } = record();
    metrics.flush();
    expect(written).toEqual([]);
  });

  it("are spread over documents of at most 100", () => {
    const { metrics, lines } = record();
    for (let index = 0; index < 250; index++) metrics.addMetric(`m${index}`, "Count", 1);
    metrics.flush();
    const sizes = lines().map((line) => Object.keys(line as object).length - 2);
    expect(sizes).toEqual([100, 100, 50]);
  });
});
