import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createAwsClients } from "../../lib/lambda/settings/aws-clients.ts";
import { startEmbeddedAws, type EmbeddedAws } from "../../local/service/embedded-aws.ts";
import { functionVariables, makeResources, settingsOf, startDeployed } from "../fixtures/deployed-function.ts";
import { sqsRecord } from "../fixtures/sqs-record.ts";
import { recordingServer } from "../providers/recording-server.ts";

const POLICY = "version: 1\nrequiredTags: { env: {} }\npolicies: [{ name: all, match: {}, require: [env] }]\n";
const ROLE = "arn:aws:iam::444455556666:role/tagwarden";

let aws: EmbeddedAws;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  await makeResources(aws, ["audit", "report", "dead"]);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

function start(name: "start-audit" | "audit-shard") {
  const account = { provider: "aws", account: "444455556666", regions: ["us-east-1"], credentials: { roleArn: ROLE } };
  const own = {
    TAGWARDEN_AUDIT_QUEUE_URL: aws.queueUrl("audit"),
    TAGWARDEN_REPORT_QUEUE_URL: aws.queueUrl("report"),
    TAGWARDEN_DEAD_LETTERS_URL: aws.queueUrl("dead"),
  };
  return startDeployed(name, functionVariables(aws, settingsOf(POLICY, { accounts: [account] }), own), 60);
}

it("an audit asks for keys of a role that can't write, whatever the role may do", async () => {
  // Refused, so that nothing else is called.
  const refusal =
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>';
  await using sts = await recordingServer({ status: 403, headers: { "content-type": "text/xml" }, body: refusal });
  // The SDK reads them when it asks.
  for (const [name, value] of Object.entries({ ...aws.variables, AWS_ENDPOINT_URL_STS: sts.origin })) {
    vi.stubEnv(name, value);
  }
  await (await start("start-audit")).invoke({ scheduledTime: "2026-11-22T02:00:00Z" });
  const sqs = await createAwsClients(aws.variables).sqs();
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: aws.queueUrl("audit"), MaxNumberOfMessages: 10 }),
  );
  await (await start("audit-shard")).invoke({ Records: Messages.map(({ Body = "" }) => sqsRecord("m1", Body)) });
  const asked = sts.requests.map(({ body }) => new URLSearchParams(body));
  expect(asked.map((one) => one.get("RoleArn"))).toContain(ROLE);
  for (const one of asked) {
    const { Statement } = JSON.parse(one.get("Policy") ?? "{}") as { Statement: { Action: string[] }[] };
    const actions = Statement.flatMap(({ Action }) => Action);
    expect(actions).toContain("tag:GetResources");
    expect(actions).not.toContain("tag:TagResources");
  }
});
