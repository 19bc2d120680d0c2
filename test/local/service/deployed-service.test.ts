import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseCloudFormationYaml } from "../../../local/service/cloudformation-yaml.ts";
import { parseSchedule } from "../../../local/service/scheduler.ts";
import { readServerlessFile } from "../../../local/service/serverless-file.ts";
import { isObject } from "../../../local/service/serverless-variables.ts";

const service = readServerlessFile("serverless.yml", { stage: "dev", params: {}, variables: {}, options: {} });
const propertiesOf = (logicalId: string): Readonly<Record<string, unknown>> =>
  service.resources.find((resource) => resource.logicalId === logicalId)?.properties ?? {};
const mappings = service.functions.flatMap((one) => one.queues.map((mapping) => ({ ...one, mapping })));

describe("serverless.yml", () => {
  it.each(mappings)("keeps messages of $name invisible for six timeouts and a batching window", (one) => {
    const visibility = Number(propertiesOf(one.mapping.queue)["VisibilityTimeout"]);
    expect(visibility).toBeGreaterThanOrEqual(6 * one.timeoutSeconds + one.mapping.windowSeconds);
  });

  it.each(mappings)("gives the queue of $name a dead-letter queue with an alarm", ({ mapping }) => {
    const redrive = propertiesOf(mapping.queue)["RedrivePolicy"];
    const target = isObject(redrive) && isObject(redrive["deadLetterTargetArn"]) ? redrive["deadLetterTargetArn"] : {};
    const [deadLetters] = target["Fn::GetAtt"] as string[];
    const alarmed = service.resources.some(
      ({ type, properties }) =>
        type === "AWS::CloudWatch::Alarm" && JSON.stringify(properties["Dimensions"]).includes(`"${deadLetters}"`),
    );
    expect(alarmed).toBe(true);
  });

  it.each(mappings)("lets $name say which messages failed", ({ mapping }) => {
    expect(mapping.reportsFailures).toBe(true);
  });

  it("tells the enforce function how many of it may run at once", () => {
    const [enforce] = mappings.filter(({ name }) => name === "enforce");
    const told = (
      parseCloudFormationYaml(readFileSync("serverless.yml", "utf8"), "serverless.yml") as {
        functions: { enforce: { environment: Record<string, unknown> } };
      }
    ).functions.enforce.environment["TAGWARDEN_ENFORCE_CONCURRENCY"];
    expect(told).toBe("${param:enforceConcurrency}");
    expect(enforce?.mapping.maximumConcurrency).toBe(2);
  });

  it("keeps dead letters for fourteen days", () => {
    const dead = service.resources.filter(({ logicalId }) => logicalId.endsWith("DeadLetters"));
    expect(dead.map(({ properties }) => properties["MessageRetentionPeriod"])).toEqual(dead.map(() => 14 * 86_400));
  });

  it("audits by a schedule that can be read", () => {
    const schedules = service.functions.flatMap((one) => one.schedules);
    expect(schedules).toHaveLength(1);
    for (const { expression, timezone } of schedules) expect(() => parseSchedule(expression, timezone)).not.toThrow();
  });

  it("gives each function a role of its own, and none of them every action", () => {
    const file = parseCloudFormationYaml(readFileSync("serverless.yml", "utf8"), "serverless.yml") as {
      functions: Record<string, { role: string }>;
    };
    const roles = Object.values(file.functions).map(({ role }) => role);
    expect(new Set(roles).size).toBe(service.functions.length);
    for (const role of roles) {
      const policies = JSON.stringify(propertiesOf(role)["Policies"]);
      expect(policies).toContain("logs:PutLogEvents");
      expect(policies).not.toMatch(/"Action":"[^"]*\*/);
    }
  });
});
