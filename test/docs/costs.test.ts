import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const PAGE = readFileSync("docs/deploy.md", "utf8");
const TEMPLATE = readFileSync("serverless.yml", "utf8");

const ROWS = PAGE.slice(PAGE.indexOf("## What it costs"))
  .split("\n")
  .filter((line) => line.startsWith("| ") && line.includes("$"))
  .map((line) => line.split("|").slice(1, -1));
/** The last three columns of a row: a month at 1,000, 100,000 and 1,000,000 resources, in dollars. */
const dollars = (row: readonly string[] = []): readonly number[] =>
  row.slice(2).map((cell) => Number(/\$([0-9.]+)[ *]*$/.exec(cell)?.[1]));

describe("what docs/deploy.md says of a month's cost", () => {
  test("adds up, rounded up", () => {
    const sum = ROWS.find(([what = ""]) => what.includes("**sum**"));
    const parts = ROWS.filter((row) => row !== sum).map(dollars);
    expect(parts.length).toBeGreaterThan(5);
    for (const column of [0, 1, 2]) {
      const total = parts.reduce((before, part) => before + (part[column] ?? Number.NaN), 0);
      expect(dollars(sum)[column]).toBe(Math.ceil(total));
    }
  });

  test("counts the metrics that the alarms of serverless.yml look at", () => {
    const alarms = TEMPLATE.split(/^ {4}(?=\w+:$)/m).filter((block) => block.includes("Type: AWS::CloudWatch::Alarm"));
    const metrics = alarms.reduce((sum, block) => sum + Math.max(1, block.split("MetricStat:").length - 1), 0);
    expect(PAGE).toContain(`alarms on ${metrics} metrics`);
  });

  test("counts the queues that Lambda polls", () => {
    const polled = TEMPLATE.split("- sqs:").length - 1;
    expect(polled).toBe(4);
    expect(PAGE).toContain("five pollers for each of four queues");
    const requests = (5 * 30 * 86_400) / 20;
    expect(PAGE).toContain(`${requests.toLocaleString("en-US")} requests a queue`);
  });
});
