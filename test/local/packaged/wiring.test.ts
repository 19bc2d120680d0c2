import { beforeAll, describe, expect, it } from "vitest";
import { permissionsIn, unnoticedLosses } from "./lost-permissions.ts";
import { recordRun, type RecordedRun } from "./recorded-run.ts";
import { deniedCalls } from "./role-permissions.ts";
import { accountGaps, permissionGaps, shortName, wiringGaps } from "./wiring-gaps.ts";

describe("the packaged functions on the laptop", () => {
  let run: RecordedRun;

  beforeAll(async () => {
    run = await recordRun();
  }, 400_000);

  it("do the whole job as expected, each in processes of its own", () => {
    expect(run.result.unexpected).toEqual([]);
    expect(run.result.failures).toEqual([]);
    expect(run.result.expected).toBe(true);
  });

  it("call AWS, every one of them", () => {
    const callers = new Set(run.calls.map((call) => call.function));
    expect([...callers].sort()).toEqual(run.service.functions.map(({ name }) => name).sort());
  });

  it("make no call that their roles don't allow, and have no permission that nobody needs or explains", async () => {
    expect(await permissionGaps(run.calls, run.permissions)).toEqual([]);
  });

  it("make no call to an account that `tagwarden permissions` forgets, and none of those is without use or reason", () => {
    expect(accountGaps(run.result.calls)).toEqual([]);
  });

  it("would miss each single call to an account that is no longer allowed or made, by its name", () => {
    for (const action of Object.keys(run.result.calls)) {
      const { [action]: _, ...others } = run.result.calls;
      expect(accountGaps(others)).toEqual([expect.stringContaining(action)]);
    }
    expect(accountGaps({ ...run.result.calls, "aws:tagging:DescribeReportCreation": 1 })).toHaveLength(1);
  });

  it("have all variables, queues and schedules that they should have", () => {
    expect(wiringGaps(run.service)).toEqual([]);
  });

  it("would miss each single permission, by its name", async () => {
    const unnoticed: string[] = [];
    for (const permission of run.permissions) {
      const others = run.permissions.filter((one) => one !== permission);
      const own = run.calls.filter((call) => call.function === permission.function);
      const denied = await deniedCalls(own, others);
      const gaps = denied.length > 0 ? denied : await permissionGaps(run.calls, others);
      const named = gaps.some((gap) => gap.includes(permission.function) && gap.includes(permission.action));
      if (!named) unnoticed.push(shortName(permission));
    }
    expect(unnoticed).toEqual([]);
  });

  it("would miss each single action in a copy of serverless.yml, by function, action and resource", async () => {
    // Copies are read without packaging them, so both readings have to agree; missing-wiring.test.ts packages one.
    expect(permissionsIn("serverless.yml", run)).toEqual(run.permissions);
    const { copies, unnoticed } = await unnoticedLosses("serverless.yml", run);
    expect(unnoticed).toEqual([]);
    expect(copies).toBeGreaterThan(80);
  });

  it("would miss each single variable, queue and schedule, by its name", () => {
    for (const one of run.service.functions) {
      const others = run.service.functions.filter(({ name }) => name !== one.name);
      for (const variable of Object.keys(one.environment)) {
        const { [variable]: _, ...environment } = one.environment;
        expect(wiringGaps({ functions: [...others, { ...one, environment }] })).toEqual([
          `serverless.yml: ${one.name} has lost ${variable}`,
        ]);
      }
      const sources = [...one.queues.map(({ queue }) => queue), ...one.schedules.map(({ expression }) => expression)];
      const without = wiringGaps({ functions: [...others, { ...one, queues: [], schedules: [] }] });
      expect(without).toEqual(sources.map((source) => `serverless.yml: ${one.name} has lost ${source}`));
    }
  });
});
