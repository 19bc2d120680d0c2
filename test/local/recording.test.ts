import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../../lib/core/errors.ts";
import { composeCreatedEvent } from "../../local/compose-events.ts";
import type { LocalResult } from "../../local/local-result.ts";
import { runLocal } from "../../local/run.ts";

const temporary = (): string => mkdtempSync(join(tmpdir(), "tagwarden-test-"));

describe("the local run of a recording", () => {
  const at = Date.parse("2026-11-01T08:00:00Z");
  const group = { type: "alibaba:apigateway:apiGroup", account: "199999999999", region: "cn-shenzhen", id: "g-1" };
  const bucket = { type: "aws:s3:bucket", account: "888877776666", region: "eu-central-1", id: "arn:aws:s3:::logs" };
  const recording = [
    composeCreatedEvent({ ...group, tags: new Map([["env", "prod"]]) }, { at, createdBy: "dora" }),
    JSON.parse(composeCreatedEvent(bucket, { at })) as unknown,
    '{"not": "an event"}',
  ];
  let first: LocalResult;
  let second: LocalResult;

  beforeAll(async () => {
    const state = temporary();
    first = await runLocal({ inProcess: true, events: recording, state, out: temporary() });
    second = await runLocal({ inProcess: true, events: recording, state, out: temporary() });
  });

  it("creates what the events name, in their accounts and regions, and tags it", () => {
    expect(first).toMatchObject({ resources: 2, outcomes: { tagged: 2 }, writes: 2, expected: true });
  });

  it("names what it could not read", () => {
    expect(first.messages.unreadable).toEqual([
      { index: 2, reason: expect.stringMatching(/none of the accepted formats/) },
    ]);
  });

  it("finds the tags again that an earlier run with the same state has written", () => {
    expect(second).toMatchObject({ resources: 2, writes: 0, expected: true });
    expect(second.outcomes.tagged).toBeUndefined();
  });
});

describe("the local run of a recording of Huawei traces that name a project and no region", () => {
  const trace = {
    trace_id: "t-1",
    trace_name: "CreateInstance",
    trace_rating: "normal",
    trace_type: "ApiCall",
    code: "202",
    service_type: "APIG",
    resource_type: "Instance",
    resource_id: "gateway-1",
    resource_name: "gateway-1",
    project_id: "p-elsewhere",
    domain_id: "d-elsewhere",
    time: Date.parse("2026-11-01T08:00:00Z"),
    user: { type: "User", name: "dora", domain: { id: "d-elsewhere", name: "acme" } },
  };

  it("puts each project into a region of the embedded cloud, several where a trace says so, and tags what they hold", async () => {
    const inSubProject = (project_id: string) => ({
      ...trace,
      trace_id: `t-${project_id}`,
      resource_id: `gateway-${project_id}`,
      project_id,
      project_name: "ap-southeast-3_team",
    });
    const events = [trace, inSubProject("p-two"), inSubProject("p-three")];
    const result = await runLocal({ inProcess: true, events, out: temporary() });
    expect(result).toMatchObject({ resources: 3, outcomes: { tagged: 3 }, writes: 3, expected: true });
    expect(result.messages.unreadable).toEqual([]);
  });
});

describe("a local run that can't start", () => {
  it("refuses a policy that is wrong, with its line", async () => {
    const wrong = { path: "mine.yaml", text: "version: 1\nrequiredTag: {}\n" };
    await expect(runLocal({ inProcess: true, policyFiles: [wrong], resources: 10 })).rejects.toThrow(InputError);
    await expect(runLocal({ inProcess: true, policyFiles: [wrong], resources: 10 })).rejects.toThrow(/mine\.yaml:2/);
  });
});
