import { describe, expect, it } from "vitest";
import type { IngestConfig } from "../../../lib/core/config/config.ts";
import {
  AUDIT,
  forwardedFrom,
  WEBHOOK_SENDERS,
  whyNotFor,
  type WebhookSender,
} from "../../../lib/core/config/sender.ts";
import type { ResourceRef } from "../../../lib/core/resource.ts";

const OF: Readonly<Record<"alibaba" | "huawei" | "aws", ResourceRef>> = {
  alibaba: { type: "alibaba:apigateway:apiGroup", account: "1000000000000001", region: "cn-hangzhou", id: "g1" },
  huawei: { type: "huawei:iam:user", account: "d0001", region: "global", id: "u1" },
  aws: {
    type: "aws:sqs:queue",
    account: "111122223333",
    region: "us-east-1",
    id: "arn:aws:sqs:us-east-1:111122223333:q",
  },
};
const CLOUDS = ["alibaba", "huawei", "aws"] as const;

const INGEST = {
  alibabaEventBridge: { tokens: ["env:A"] },
  huaweiSmn: { topics: ["urn:smn:cn-north-4:p:t"] },
  huaweiEventGrid: { header: "x", secrets: ["env:B"] },
  signedEvents: { secrets: ["env:C"] },
} satisfies IngestConfig;

const SPEAKS_FOR: Readonly<Record<WebhookSender, readonly (keyof typeof OF)[]>> = {
  alibabaEventBridge: ["alibaba"],
  huaweiSmn: ["huawei"],
  huaweiEventGrid: ["huawei"],
  signedEvents: CLOUDS,
};

describe.each(WEBHOOK_SENDERS)("%s", (sender) => {
  it.each(CLOUDS)("speaks for its own cloud alone (%s)", (cloud) => {
    const problem = whyNotFor(sender, [OF[cloud]], { ingest: INGEST });
    if (SPEAKS_FOR[sender].includes(cloud)) expect(problem).toBeUndefined();
    else expect(problem).toContain(`ingest.${sender} may tell of`);
  });

  it("speaks for the accounts that it is given, and for no other of its cloud", () => {
    const own = OF[SPEAKS_FOR[sender][0] ?? "aws"];
    const ingest = { ...INGEST, [sender]: { ...INGEST[sender], accounts: [own.account] } };
    expect(whyNotFor(sender, [own], { ingest })).toBeUndefined();
    const other = { ...own, account: "somebody-else" };
    expect(whyNotFor(sender, [other], { ingest })).toContain("doesn't name account somebody-else");
    expect(whyNotFor(sender, [own, other], { ingest })).toContain("somebody-else");
  });

  it("speaks for nothing once it is out of the configuration", () => {
    const { [sender]: _, ...ingest } = INGEST;
    expect(whyNotFor(sender, [OF[SPEAKS_FOR[sender][0] ?? "aws"]], { ingest })).toContain(`no ingest.${sender}`);
    expect(whyNotFor(sender, [], {})).toContain(`no ingest.${sender}`);
  });
});

it("audits speak for what they found, wherever that is", () => {
  expect(whyNotFor(AUDIT, Object.values(OF), {})).toBeUndefined();
});

it("an AWS account's rules speak for that account alone, whoever sends their dead letters on", () => {
  const sender = forwardedFrom(OF.aws.account);
  expect(whyNotFor(sender, [OF.aws], {})).toBeUndefined();
  const other = { ...OF.aws, account: "999999999999" };
  expect(whyNotFor(sender, [OF.aws, other], {})).toContain("doesn't name account 999999999999");
  for (const one of [OF.alibaba, OF.huawei]) expect(whyNotFor(sender, [OF.aws, one], {})).toContain("of aws alone");
});

it.each(["toString", "url", "__proto__", ""])("nobody called %j speaks for anything", (sender) => {
  expect(whyNotFor(sender, [OF.aws], { ingest: { ...INGEST, url: "https://x.example" } })).toContain("no ingest.");
});
