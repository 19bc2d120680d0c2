import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { runNameAt } from "../../../lib/app/audit/start-audit.ts";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { dynamoRunStore } from "../../../lib/sinks/dynamo/run-store.ts";
import { composeCreatedEvent } from "../../../local/compose-events/compose.ts";
import { startEmulator } from "../../../local/emulator/start.ts";
import { sendEvents } from "../../../local/run/send-events.ts";
import { writeLocalSettings } from "../../../local/run/settings.ts";
import { startLocalService } from "../../../local/service/service.ts";
import { passingTime } from "./passing-time.ts";

const STAGE = "dev";
/** The account that the page is about, and one that may be written to but little. */
const ACCOUNT = "111122223333";
const CAPPED = "222233334444";
/** A queue in an account whose rules forward events. */
const FORWARDED = {
  type: "aws:sqs:queue",
  account: "444455556666",
  region: "eu-west-1",
  id: "arn:aws:sqs:eu-west-1:444455556666:orders",
};
const groupIn = (account: string, id: string) => ({
  type: "alibaba:apigateway:apiGroup",
  account,
  region: "cn-hangzhou",
  id,
});
const POLICY = `
version: 1
requiredTags:
  env: { default: dev }
  owner: { default: platform }
policies:
  - { name: all, match: {}, require: [env, owner], mode: enforce, repair: nightly }
`;

/**
 * What the day of a message is here: longer than anything on this page takes on a busy machine, and so short that no
 * clock is far from a command's when it has passed.
 */
const DAY_MS = 360_000;
/** After a refusal each process tries again once a minute. */
const NEXT_KNOCK_MS = 61_000;

/** serverless.yml, but for the seconds that messages wait for others: one has to be enough here. */
function serviceFile(folder: string): string {
  const path = join(folder, "serverless.yml");
  const text = readFileSync("serverless.yml", "utf8");
  writeFileSync(path, text.replace(/maximumBatchingWindow: \d+/, "maximumBatchingWindow: 1"));
  return path;
}

export type RunbookCloud = Awaited<ReturnType<typeof startRunbookCloud>>;

interface EmulatedAccount {
  readonly provider: string;
  readonly account: string;
  readonly endpoints: Readonly<Record<string, string>>;
}

/** The service of serverless.yml on the embedded clouds, to which everything happens that the page tells of. */
export async function startRunbookCloud(folder: string) {
  const accounts = [...[ACCOUNT, CAPPED].map((account) => `alibaba:${account}`), `aws:${FORWARDED.account}`];
  const regions = { alibaba: ["cn-hangzhou"], aws: [FORWARDED.region] };
  const emulator = await startEmulator({ accounts, regions });
  const all = emulator.config() as { readonly accounts: readonly EmulatedAccount[] };
  const narrowed = (one: EmulatedAccount): object => {
    if (one.account === CAPPED) return { ...one, writesPerHour: 2 };
    if (one.account !== FORWARDED.account) return one;
    const { region } = FORWARDED;
    const endpoints = { [region]: one.endpoints[region], global: one.endpoints["us-east-1"] };
    return { ...one, regions: [region], endpoints, types: ["aws:sqs:*"] };
  };
  const config = { ...all, accounts: all.accounts.filter(({ provider }) => provider !== "huawei").map(narrowed) };
  writeFileSync(join(folder, "tagwarden.yaml"), stringify(config));
  const settings = writeLocalSettings({
    folder: join(folder, "deploy"),
    policyFiles: [{ path: "policy.yaml", text: POLICY }],
    emulatorConfig: config,
    settleSeconds: 900,
    reportAccounts: [],
  });
  const failures: string[] = [];
  const time = passingTime();
  const service = await startLocalService({
    file: serviceFile(folder),
    root: process.cwd(),
    stage: STAGE,
    // What an audit can't read is given up at once: nobody wants to wait for that here.
    params: {
      policies: settings.policies,
      config: settings.config,
      mode: "enforce",
      waitHours: String(DAY_MS / 3_600_000),
      auditWaitHours: "0",
    },
    environment: { POWERTOOLS_LOG_LEVEL: "SILENT", POWERTOOLS_METRICS_DISABLED: "true" },
    onFailure: (name, error) => failures.push(`${name}: ${String(error)}`),
  });

  async function create(account: string, ...ids: string[]): Promise<void> {
    const groups = ids.map((id) => groupIn(account, id));
    for (const group of groups) emulator.world.create(group);
    const bodies = groups.map((group) => composeCreatedEvent({ ...group, tags: new Map() }, { at: Date.now() }));
    await sendEvents(service.sqs, service.resources.ref("EnforceQueue"), bodies);
  }

  async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 30_000; !(await isSo()); await sleep(50)) {
      if (Date.now() > end) throw new Error(`it never came to this: ${what}; ${failures.join("; ")}`);
    }
  }
  const tagsOf = (account: string, id: string) => emulator.world.get(groupIn(account, id))?.tags ?? {};
  const isTagged = (account: string, id: string) => Object.keys(tagsOf(account, id)).length === 2;

  /** Until a copy of a message lies on the queue of new resources, for later. */
  async function untilSentAgain(): Promise<void> {
    const QueueUrl = service.resources.ref("EnforceQueue");
    await until("a message is sent again", async () => {
      const name = "ApproximateNumberOfMessagesDelayed";
      const { Attributes } = await service.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }),
      );
      return Number(Attributes?.[name]) > 0;
    });
  }

  function refuse(actions: readonly string[], code: string, httpStatus: number): void {
    const match = { account: ACCOUNT };
    emulator.setFaults(
      actions.map((action) => ({
        match: { ...match, action: `alibaba:apigateway:${action}` },
        effect: "error",
        code,
        httpStatus,
      })),
    );
  }
  const works = async () => emulator.setFaults([]);

  async function audit(scheduledTime?: string): Promise<string> {
    const event = scheduledTime === undefined ? {} : { scheduledTime };
    const { run } = (await service.invoke("startAudit", event)) as { readonly run: string };
    await service.untilIdle();
    return run;
  }

  async function countJournal(): Promise<number> {
    const s3 = await createAwsClients(service.aws.variables).s3();
    const Bucket = service.resources.ref("ReportBucket");
    return (await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "journal/" }))).KeyCount ?? 0;
  }

  const events: Readonly<Record<string, () => Promise<void>>> = {
    async "a resource is created while the cloud fails"() {
      refuse(["TagResources"], "ServiceUnavailable", 503);
      await create(ACCOUNT, "g1");
      await untilSentAgain();
      time.pass(DAY_MS);
      await until("a dead letter", async () => Object.keys(await service.deadLetters()).length > 0);
    },
    "the cloud works again": works,
    async "enforce works through its queue"() {
      await until("g1 has its tags", () => isTagged(ACCOUNT, "g1"));
      await service.untilIdle();
    },
    async "the cloud fails while the audit reads"() {
      refuse(["DescribeApiGroups"], "ServiceUnavailable", 503);
      await audit("2026-11-20T02:00:00Z");
    },
    async "somebody takes a permission away, and the audit runs"() {
      refuse(["DescribeApiGroups", "TagResources"], "Forbidden.RAM", 403);
      await audit("2026-11-21T02:00:00Z");
    },
    async "a resource is created"() {
      await create(ACCOUNT, "g3");
      await untilSentAgain();
    },
    "somebody gives it back": works,
    async "what waits comes back"() {
      time.pass(NEXT_KNOCK_MS);
      await until("g3 has its tags", () => isTagged(ACCOUNT, "g3"));
      await service.untilIdle();
    },
    async "a resource is created, and the cloud is down for a minute"() {
      refuse(["TagResources"], "ServiceUnavailable", 503);
      await create(ACCOUNT, "g2");
      await untilSentAgain();
    },
    async "the minute is over"() {
      await works();
      time.pass(60_000);
      await until("g2 has its tags", () => isTagged(ACCOUNT, "g2"));
      await service.untilIdle();
    },
    async "a rule of another account can't forward an event"() {
      emulator.world.create(FORWARDED);
      const variables = { ...service.aws.variables, AWS_REGION: "eu-west-1" };
      const sqs = await createAwsClients(variables).sqs();
      const name = `tagwarden-${STAGE}-ForwardDeadLetters`;
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
      const said = {
        RULE_ARN: "arn:aws:events:eu-west-1:444455556666:rule/tagwarden-account-CreatedInEc2",
        ERROR_CODE: "NO_PERMISSIONS",
        ERROR_MESSAGE: "the bus lets nobody in",
        RETRY_ATTEMPTS: "185",
      };
      const MessageAttributes = Object.fromEntries(
        Object.entries(said).map(([key, StringValue]) => [key, { DataType: "String", StringValue }]),
      );
      const MessageBody = composeCreatedEvent({ ...FORWARDED, tags: new Map() }, { at: Date.now() });
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes }));
    },
    async "enforce works through what was forwarded late"() {
      const isDone = () => Object.keys(emulator.world.get(FORWARDED)?.tags ?? {}).length === 2;
      await until("the queue has its tags", isDone);
      await service.untilIdle();
    },
    async "the next audit runs"() {
      await audit("2026-11-21T03:00:00Z");
    },
    async "a run starts whose messages are lost"() {
      const { dynamodb } = createAwsClients(service.aws.variables);
      const runs = dynamoRunStore({ client: dynamodb, table: service.resources.ref("StateTable") });
      const plan = (await runs.read(await audit()))?.plan;
      if (plan === undefined) throw new Error("a run has no plan");
      const startedAt = Date.parse("2026-11-22T02:00:00Z");
      await runs.create({ ...plan, run: runNameAt(startedAt), startedAt, at: startedAt });
    },
    async "the audit works through its shards"() {
      await service.untilIdle();
    },
    async "more is created than the account's cap allows"() {
      const before = await countJournal();
      await create(CAPPED, "g1", "g2", "g3");
      await until("something was written", async () => (await countJournal()) > before);
    },
  };

  return {
    /** What can happen, by the words of the page. */
    events: Object.keys(events),
    async happen(event: string): Promise<void> {
      const make = events[event];
      if (make === undefined) throw new Error(`the page tells of something that the test can't make happen: ${event}`);
      await make();
    },
    service,
    stack: `tagwarden-${STAGE}`,
    async close() {
      await service.close();
      await emulator.close();
      time.end();
    },
  };
}
