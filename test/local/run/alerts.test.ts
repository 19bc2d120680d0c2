import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Webhook } from "standardwebhooks";
import { CONCURRENCY } from "../../../lib/lambda/compose/alerts.ts";
import { composeCreatedEvent } from "../../../local/compose-events/compose.ts";
import type { LocalResult } from "../../../local/run/result.ts";
import { runLocal } from "../../../local/run/run.ts";
import { readServerlessFile } from "../../../local/service/serverless-file.ts";
import { answering, openReceiver } from "../../sinks/alert-receiver.ts";

const SIGNING = `whsec_${Buffer.from("another key of 24 bytes.").toString("base64")}`;
const GROUP = { type: "alibaba:apigateway:apiGroup", account: "199999999999", region: "cn-shenzhen", id: "<!channel>" };

describe("alerts through the queue of serverless.yml", () => {
  let chats: Awaited<ReturnType<typeof openReceiver>>;
  let result: LocalResult;

  beforeAll(async () => {
    chats = await openReceiver();
    chats.answerWith((response, request) =>
      answering(request.path === "/gone" ? 404 : 200, request.path === "/slack" ? "ok" : "")(response, request),
    );
    const alerts = {
      channels: [
        { name: "gone", type: "slack", url: `${chats.url}/gone` },
        { name: "chat", type: "slack", url: `${chats.url}/slack` },
        { name: "siem", type: "webhook", url: `${chats.url}/siem`, secret: SIGNING },
      ],
      fallback: ["gone", "chat", "siem"],
      compliance: [{ below: 1 }],
    };
    const policy = `
version: 1
requiredTags: { owner: {} }
policies: [{ name: owners, match: {}, require: [owner], mode: enforce }]
`;
    const policyFiles = [{ path: "policy.yaml", text: policy }];
    const events = [composeCreatedEvent({ ...GROUP, tags: new Map([["env", "prod"]]) }, { at: Date.now() })];
    const out = mkdtempSync(join(tmpdir(), "tagwarden-test-"));
    result = await runLocal({ inProcess: true, mode: "enforce", events, policyFiles, out, config: { alerts } });
  });
  afterAll(() => chats.close());

  const arrived = (path: string) => chats.received.filter((request) => request.path === path);

  it("tell once what several audits find", () => {
    expect(arrived("/slack")).toHaveLength(1);
    expect(arrived("/slack")[0]?.body).toContain("Compliance with owners is 0.0 %");
  });

  it("arrive signed as of now, as Standard Webhooks verifies it", () => {
    expect(arrived("/siem")).toHaveLength(1);
    for (const { headers, body } of arrived("/siem")) {
      const event = new Webhook(SIGNING).verify(body, headers as Record<string, string>);
      expect(event).toMatchObject({ type: "tagwarden.alerts.v1", data: { counts: { opened: 1 } } });
    }
  });

  it("end as dead letters where a channel is gone, and hold up no other channel", () => {
    expect(arrived("/gone").length).toBeGreaterThan(1);
    expect(result.messages.deadLetters).toEqual({ AlertDeadLetters: 1 });
    expect(result.failures).toEqual([]);
  });
});

describe("the alert function of serverless.yml", () => {
  it("shares the rate of each channel among as many as may run at once", () => {
    const service = readServerlessFile("serverless.yml", { stage: "dev", params: {}, variables: {}, options: {} });
    const sendAlerts = service.functions.find(({ name }) => name === "sendAlerts");
    expect(sendAlerts?.queues[0]?.maximumConcurrency).toBe(CONCURRENCY);
  });
});
