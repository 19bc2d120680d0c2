import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SQSEvent } from "aws-lambda";
import { composeCreatedEvent } from "../local/compose-events/compose.ts";
import { startEmulator } from "../local/emulator/start.ts";
import { writeLocalSettings } from "../local/run/settings.ts";
import { startEmbeddedAws } from "../local/service/embedded-aws.ts";
import { createLocalResources } from "../local/service/resources.ts";
import { readServerlessFile } from "../local/service/serverless-file.ts";

/** Where functions run as they mostly do: one cloud is configured, and all that is created in it can be tagged. */
export interface OrdinaryWorld {
  /** What a function finds in its environment, by its name in serverless.yml. */
  environmentOf(name: string): Readonly<Record<string, string>>;
  /**
   * A batch of resources that were just created, and that nobody has tagged yet. `mixed`: of each three, two were
   * created with one of the tags, not all with the same.
   */
  batch(options?: { readonly mixed?: boolean }): SQSEvent;
  /** Whether the resources of all batches carry the tags that the policy requires. */
  isTagged(): boolean;
  close(): Promise<void>;
}

const ACCOUNT = "111122223333";
const GROUP = { type: "alibaba:apigateway:apiGroup", account: ACCOUNT, region: "cn-hangzhou" };
const BATCH = 30;
/** Old enough that nobody waits for anything to settle. */
const AGE_MS = 3_600_000;
const GIVEN = ["env", "owner", "team", "data-class"];
const REQUIRED = [...GIVEN, "cost-center"];

const POLICY = `
version: 1
requiredTags:
  env: { values: [prod, staging, dev], default: dev }
  cost-center: { pattern: "CC-[0-9]{4}", default: { byAccount: { "${ACCOUNT}": CC-0001 }, otherwise: CC-0000 } }
  owner: { default: [{ fromTag: team-lead }, { fromEvent: createdBy }] }
  team: { default: platform }
  data-class: { default: internal }
policies:
  - { name: all, match: { types: ["alibaba:apigateway:*"] }, require: [${REQUIRED.join(", ")}], mode: enforce }
`;

/** Starts the embedded clouds, with what serverless.yml describes. */
export async function startOrdinaryWorld(): Promise<OrdinaryWorld> {
  const opened = new AsyncDisposableStack();
  try {
    return await openWorld(opened);
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

async function openWorld(opened: AsyncDisposableStack): Promise<OrdinaryWorld> {
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-bench-"));
  opened.defer(() => rmSync(folder, { recursive: true, force: true }));
  const emulator = await startEmulator({ accounts: [`alibaba:${ACCOUNT}`] });
  opened.defer(() => emulator.close());
  const aws = await startEmbeddedAws();
  opened.defer(() => aws.close());
  const { accounts } = emulator.config() as { readonly accounts: readonly { readonly provider: string }[] };
  const settings = writeLocalSettings({
    folder,
    policyFiles: [{ path: "policy.yaml", text: POLICY }],
    emulatorConfig: { accounts: accounts.filter(({ provider }) => provider === "alibaba") },
    settleSeconds: 900,
    reportAccounts: [],
    more: { alerts: { channels: [{ name: "team", type: "sns" }], fallback: ["team"] } },
  });
  const params = { policies: settings.policies, config: settings.config, mode: "enforce" };
  const service = readServerlessFile("serverless.yml", { stage: "bench", params, variables: {}, options: {} });
  const resources = await createLocalResources(service, aws);

  const ids: string[] = [];
  const create = (isMixed: boolean): string => {
    const number = ids.length;
    const resource = { ...GROUP, id: `g-${number}` };
    const given = isMixed && number % 3 > 0 ? { [GIVEN[number % GIVEN.length] ?? "env"]: "dev" } : {};
    ids.push(resource.id);
    emulator.world.create({ ...resource, tags: given });
    return composeCreatedEvent({ ...resource, tags: new Map(Object.entries(given)) }, { at: Date.now() - AGE_MS });
  };
  return {
    environmentOf(wanted) {
      const found = service.functions.find(({ name }) => name === wanted);
      if (found === undefined) throw new Error(`serverless.yml has no function ${wanted}`);
      return { ...resources.resolveAll(found.environment), ...aws.variables, AWS_LAMBDA_FUNCTION_NAME: wanted };
    },
    batch: ({ mixed = false } = {}) => ({
      Records: Array.from({ length: BATCH }, (_, index) => recordOf(create(mixed), index)),
    }),
    isTagged: () =>
      ids.every((id) => {
        const tags = emulator.world.get({ ...GROUP, id })?.tags ?? {};
        return REQUIRED.every((key) => Object.hasOwn(tags, key));
      }),
    close: () => opened.disposeAsync(),
  };
}

function recordOf(body: string, index: number): SQSEvent["Records"][number] {
  return {
    messageId: `m${index}`,
    body,
    receiptHandle: "r",
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: String(Date.now()),
      SenderId: "bench",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:enforce",
    awsRegion: "us-east-1",
  };
}
