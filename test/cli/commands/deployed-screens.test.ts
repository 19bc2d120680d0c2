import { expect, test } from "vitest";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { dynamoRunStore } from "../../../lib/sinks/dynamo/run-store.ts";
import { createStateTable } from "../../fixtures/state-table.ts";
import { onScreen } from "../screen.ts";
import { useQueues } from "./dead-letter-queues.ts";

const { aws, queues } = useQueues();

/** Ids and times are others each time. */
function steady(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "11111111-2222-4333-8444-555555555555")
    .replaceAll(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "2026-11-30T18:00:00.000Z");
}

test("what commands show of a deployed service, with and without anything to show", async () => {
  const { variables } = aws();
  const { dynamodb } = createAwsClients(variables);
  await createStateTable(dynamodb(), "state");
  const runs = dynamoRunStore({ client: dynamodb, table: "state" });
  const startedAt = Date.parse("2026-11-22T02:00:00Z");
  const shards = ["alibaba.1.cn-hangzhou.apigateway", "aws.2.us-east-1.all", "huawei.3.global.iam"];
  await runs.create({ run: "2026-11-22T02-00-00-000Z", startedAt, at: startedAt, policyHash: "p", shards });
  await runs.finishShard("2026-11-22T02-00-00-000Z", "aws.2.us-east-1.all", {
    state: "failed",
    reason: "AccessDenied: the role may not be assumed, because its trust policy names another account",
  });
  const pages: string[] = [];
  const look = async (line: string): Promise<void> => {
    for (const columns of [80, 120]) {
      const { code, text } = await onScreen(line.split(" "), columns, { env: variables });
      pages.push(`$ tagwarden ${line}   (${columns} columns)\n${text}${code === 0 ? "" : `(exit ${code})\n`}`);
    }
  };
  await look("dlq list --stage t1");
  await look("dlq redrive --stage t1 --all");
  await look("dlq show --stage t1 nobody");
  await queues().put("EnforceDeadLetters", '{"not":"an event"}', { failedIn: "enforce", reason: "AccessDenied: no" });
  await look("dlq list --stage t1");
  await look("dlq redrive --stage t1 --all");
  await look("run-state 2026-11-22T02-00-00-000Z --table state");
  await look("run-state 2026-01-01T00-00-00-000Z --table state");
  await look("run-state x --table nowhere");
  await expect(steady(pages.join("\n"))).toMatchFileSnapshot("../snapshots/deployed.txt");
});
