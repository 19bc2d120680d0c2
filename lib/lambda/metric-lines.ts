/** Counts things and writes the counts as CloudWatch metrics. */
export interface MetricLines {
  /** Adds to a count of this invocation. */
  addMetric(name: string, unit: "Count", value: number): void;
  /** Writes the counts since the last flush, if there are any. */
  flush(): void;
}

/** A document of the embedded metric format takes as many: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const METRICS_PER_LINE = 100;

/** Metrics of the namespace `tagwarden`, in log lines from which CloudWatch takes them, by the function that counted. */
export function createMetricLines(service: string, write: (line: string) => void): MetricLines {
  const counts = new Map<string, number>();
  return {
    addMetric(name, _unit, value) {
      counts.set(name, (counts.get(name) ?? 0) + value);
    },
    flush() {
      const all = [...counts];
      counts.clear();
      for (let from = 0; from < all.length; from += METRICS_PER_LINE) {
        const some = all.slice(from, from + METRICS_PER_LINE);
        const Metrics = some.map(([Name]) => ({ Name, Unit: "Count" }));
        const CloudWatchMetrics = [{ Namespace: "tagwarden", Dimensions: [["service"]], Metrics }];
        const _aws = { Timestamp: Date.now(), CloudWatchMetrics };
        write(JSON.stringify({ ...Object.fromEntries(some), service, _aws }));
      }
    },
  };
}
