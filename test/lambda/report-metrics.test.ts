import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildReport } from "../../lib/core/report/report.ts";
import { summarise } from "../../lib/core/report/summarise.ts";
import { addReportMetrics } from "../../lib/lambda/report-metrics.ts";
import { createTelemetry } from "../../lib/lambda/telemetry.ts";
import { NONCOMPLIANT } from "../core/report/findings.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
interface EmfLine {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
}

let written: string[];
const write = process.stdout.write.bind(process.stdout);
beforeEach(() => {
  written = [];
  process.stdout.write = (chunk: string | Uint8Array) => {
    written.push(String(chunk));
    return true;
  };
});
afterEach(() => {
  process.stdout.write = write;
});

const compliant = { ...NONCOMPLIANT, id: "secret-name", compliance: "compliant", missing: [] } as const;
const user = { ...compliant, type: "huawei:iam:user", id: "u1" };

/** Metrics of the report of three resources, as CloudWatch gets them. */
function lines(): (EmfLine & Readonly<Record<string, unknown>>)[] {
  const facts = {
    run: "r1",
    startedAt: "2026-11-22T02:00:00.000Z",
    finishedAt: "2026-11-22T02:01:30.000Z",
    policyHash: "abc",
  };
  const { metrics } = createTelemetry("publish-report", "tagwarden-test");
  const changes = { since: "r0", new: 1, inGrace: 0, open: 0, fixed: 4, repaired: 2, gone: 3, compared: 1, shards: 1 };
  const survey = { findings: 1, worst: [], changes: { ...changes, exempted: 5, unjudged: 6, newest: [] } };
  const summary = summarise([NONCOMPLIANT, compliant, user]);
  const coverage = { ...summary.coverage, taggedOnly: ["444455556666"] };
  addReportMetrics(buildReport(facts, { ...summary, coverage }, { survey }), metrics);
  metrics.publishStoredMetrics();
  return written.map((line) => JSON.parse(line) as EmfLine & Readonly<Record<string, unknown>>);
}

describe("addReportMetrics", () => {
  it("writes compliance, resources, changes, coverage, calls and duration as EMF", () => {
    const whole = lines().at(-1);
    expect(whole).toMatchObject({
      service: "publish-report",
      reportsPublished: 1,
      resourcesEvaluated: 3,
      resourcesNoncompliant: 1,
      findingsNew: 1,
      findingsFixed: 4,
      findingsRepaired: 2,
      findingsGone: 3,
      findingsExempted: 5,
      findingsUnjudged: 6,
      coverageEvents: 0,
      coverageTaggedOnlyAccounts: 1,
      auditCalls: 0,
      auditDuration: 90_000,
    });
    expect(whole?.["compliance"]).toBeCloseTo(66.67, 1);
    const [directive] = whole?._aws.CloudWatchMetrics ?? [];
    expect(directive).toMatchObject({ Namespace: "tagwarden-test", Dimensions: [["service"]] });
    expect(directive?.Metrics).toContainEqual({ Name: "auditDuration", Unit: "Milliseconds" });
    expect(directive?.Metrics).toContainEqual({ Name: "compliance", Unit: "Percent" });
  });

  it("writes compliance and resources by provider, and no other dimension", () => {
    const all = lines();
    const byProvider = all.filter((line) => line["provider"] === "alibaba");
    expect(byProvider.map(({ compliance, resourcesEvaluated }) => compliance ?? resourcesEvaluated)).toEqual([50, 2]);
    const dimensions = new Set(
      all.flatMap(({ _aws }) => _aws.CloudWatchMetrics.flatMap(({ Dimensions }) => Dimensions.flat())),
    );
    expect(dimensions).toEqual(new Set(["service", "provider"]));
    expect(written.join("")).not.toContain("secret-name");
  });

  it("names every metric of a line that it declares", () => {
    for (const line of lines()) {
      for (const { Name } of line._aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics)) {
        expect(line).toHaveProperty(Name);
      }
    }
  });
});
