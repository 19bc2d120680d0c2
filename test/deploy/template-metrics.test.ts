import { globSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { OUTCOMES } from "../../lib/core/outcome.ts";
import { packageService, PACKAGING_MS, type PackagedService } from "./packaged.ts";

let service: PackagedService;

beforeAll(async () => {
  service = await packageService("prod");
}, PACKAGING_MS);

interface Shown {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: string;
}

const properties = (type: string) =>
  Object.values(service.resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));

interface Watched {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  /** Of an alarm on several at once. */
  readonly Metrics?: readonly { readonly MetricStat?: { readonly Metric: Watched } }[];
}

/** What alarms look at. */
function watched(): readonly Shown[] {
  const alarms: readonly Watched[] = properties("AWS::CloudWatch::Alarm");
  return alarms
    .flatMap((alarm) => [alarm, ...(alarm.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])])
    .flatMap(({ Namespace: namespace = "", MetricName: metric, Dimensions = [] }) => {
      const dimensions = Dimensions.map(({ Name, Value }) => `${Name} ${String(Value)}`).join();
      return metric === undefined ? [] : [{ namespace, metric, dimensions }];
    });
}

/** What the dashboard shows. */
function drawn(): readonly Shown[] {
  const [dashboard] = properties("AWS::CloudWatch::Dashboard");
  const { "Fn::Sub": text = "{}" } = (dashboard?.["DashboardBody"] ?? {}) as { readonly "Fn::Sub"?: string };
  const { widgets } = JSON.parse(text) as {
    readonly widgets: readonly { readonly properties: { readonly metrics: readonly (readonly string[])[] } }[];
  };
  return widgets
    .flatMap(({ properties: { metrics } }) => metrics)
    .map(([namespace = "", metric = "", name = "", value = ""]) => ({
      namespace,
      metric,
      dimensions: `${name} ${value}`,
    }));
}

/** The senders of webhooks, as their metrics call them. */
const senders = globSync("lib/app/ingest/*.ts").flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/path: "\/([a-z/]+)"/g)].map(([, path = ""]) => path.replaceAll("/", "-")),
);

describe("the metrics that alarms and dashboard look at", () => {
  it("are those of this stage, whose functions write them there", () => {
    const written = properties("AWS::Lambda::Function").map(({ Environment }) => {
      const { Variables } = Environment as { readonly Variables: Readonly<Record<string, unknown>> };
      return Variables["TAGWARDEN_METRICS"];
    });
    expect(new Set(written)).toEqual(new Set(["tagwarden-prod"]));
    for (const { namespace, metric } of [...watched(), ...drawn()]) {
      expect(["AWS/Events", "AWS/Lambda", "AWS/SQS", "tagwarden-prod"], metric).toContain(namespace);
    }
    expect(JSON.stringify(service.resources)).not.toContain("-dev");
  });

  it("are written by a function of that name, under that name", () => {
    const sources = globSync("lib/{app,lambda}/**/*.ts").map((file) => readFileSync(file, "utf8"));
    const services = new Set(
      sources.flatMap((text) =>
        [...text.matchAll(/(?:createTelemetry|openAudit)\("([a-z-]+)"/g)].map(([, name]) => name),
      ),
    );
    const ours = [...watched(), ...drawn()].filter(({ namespace }) => !namespace.startsWith("AWS/"));
    expect(ours.length).toBeGreaterThan(15);
    for (const { metric, dimensions } of ours) {
      expect(
        [...services].map((name) => `service ${name}`),
        metric,
      ).toContain(dimensions);
      const [, outcome] = /^resources-(.*)$/.exec(metric) ?? [];
      const [, sender] = /^webhooksTaken-(.*)$/.exec(metric) ?? [];
      if (outcome !== undefined) expect(OUTCOMES, metric).toContain(outcome);
      else if (sender !== undefined) expect(senders, metric).toContain(sender);
      else
        expect(
          sources.some((text) => text.includes(`"${metric}"`)),
          metric,
        ).toBe(true);
    }
  });

  it("tell of every sender of webhooks", () => {
    const alarmed = watched().flatMap(({ metric }) => /^webhooksTaken-(.*)$/.exec(metric)?.[1] ?? []);
    expect(alarmed.toSorted()).toEqual(senders.toSorted());
  });
});
