import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { partitionedLayout } from "../../../lib/app/audit/layout.ts";
import { createAwsClients } from "../../../lib/lambda/settings/aws-clients.ts";
import { dynamoSeen } from "../../../lib/sinks/dynamo/seen.ts";
import { objectJournal } from "../../../lib/sinks/objects/journal.ts";
import { objectOutcomes } from "../../../lib/sinks/objects/outcomes.ts";
import { s3Objects } from "../../../lib/sinks/objects/s3.ts";
import { composeCreatedEvent } from "../../../local/compose-events/compose.ts";
import { startEmulator } from "../../../local/emulator/start.ts";
import { reportBucket } from "../../../local/run/rounds.ts";
import { sendEvents } from "../../../local/run/send-events.ts";
import { writeLocalSettings } from "../../../local/run/settings.ts";
import { startLocalService } from "../../../local/service/service.ts";
import { createGate } from "./store-gate.ts";

/** `TAGWARDEN_OUTAGE_SECONDS=120` keeps the stores away for longer; docs/local-run.md says what has been run. */
const OUTAGE_MS = Number(process.env["TAGWARDEN_OUTAGE_SECONDS"] ?? "4") * 1_000;
const TIMEOUT_MS = 2 * OUTAGE_MS + 240_000;

const PLACE = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" };
const IDS = Array.from({ length: 40 }, (_, index) => `g${index}`);
const POLICY = `
version: 1
requiredTags:
  env: { default: dev }
  owner: { default: platform }
policies:
  - { name: all, match: {}, require: [env, owner], mode: enforce }
`;

/** serverless.yml, but for the seconds that messages wait for others. */
function serviceFile(folder: string): string {
  const path = join(folder, "serverless.yml");
  const text = readFileSync("serverless.yml", "utf8");
  writeFileSync(path, text.replace(/maximumBatchingWindow: \d+/, "maximumBatchingWindow: 1"));
  return path;
}

type Store = "S3" | "DYNAMODB";

/** The service of serverless.yml: half of the resources are created, a store goes away, the others are, an audit starts. */
async function serveWithout(stores: readonly Store[]) {
  const emulator = await startEmulator({
    accounts: ["alibaba:111122223333"],
    regions: { alibaba: ["cn-hangzhou"] },
  });
  const all = emulator.config() as { readonly accounts: readonly { readonly provider: string }[] };
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-outage-"));
  const settings = writeLocalSettings({
    folder: join(folder, "deploy"),
    policyFiles: [{ path: "policy.yaml", text: POLICY }],
    emulatorConfig: { ...all, accounts: all.accounts.filter(({ provider }) => provider === "alibaba") },
    settleSeconds: 900,
    reportAccounts: [],
  });
  const gates = { S3: await createGate(), DYNAMODB: await createGate() };
  const service = await startLocalService({
    file: serviceFile(folder),
    root: process.cwd(),
    stage: "dev",
    params: { policies: settings.policies, config: settings.config, mode: "enforce" },
    environment: {
      POWERTOOLS_LOG_LEVEL: "SILENT",
      POWERTOOLS_METRICS_DISABLED: "true",
      AWS_ENDPOINT_URL_S3: gates.S3.origin,
      AWS_ENDPOINT_URL_DYNAMODB: gates.DYNAMODB.origin,
    },
    onFailure: () => undefined,
  });
  gates.S3.target = service.aws.endpoint;
  gates.DYNAMODB.target = service.aws.dynamodbEndpoint;
  try {
    const create = async (ids: readonly string[]) => {
      for (const id of ids) emulator.world.create({ ...PLACE, id });
      const bodies = ids.map((id) => composeCreatedEvent({ ...PLACE, id }, { at: Date.now() - 60_000 }));
      await sendEvents(service.sqs, service.resources.ref("EnforceQueue"), bodies);
    };
    const tagged = () => IDS.filter((id) => emulator.world.get({ ...PLACE, id })?.tags?.["env"] !== undefined).length;
    const startedAt = Date.now();
    await create(IDS.slice(0, 20));
    while (tagged() < 20) await sleep(20);
    for (const store of stores) await gates[store].shut();
    await create(IDS.slice(20));
    const audit = service.invoke("startAudit", { scheduledTime: "2026-11-20T02:00:00Z" });
    await sleep(OUTAGE_MS);
    const meanwhile = tagged() - 20;
    for (const store of stores) await gates[store].open();
    await audit;
    await service.untilIdle();
    const tookMs = Date.now() - startedAt;

    const clients = createAwsClients(service.aws.variables);
    const bucket = service.resources.ref("ReportBucket");
    const journal = objectJournal(s3Objects({ client: clients.s3, bucket, prefix: "journal/" }));
    const written: string[] = [];
    for (const run of await journal.runs()) {
      for (const { id, key, value } of (await journal.read(run)) ?? []) written.push(`${id} ${key}=${value}`);
    }
    const ended = new Map<string, string>();
    for await (const { resources } of objectOutcomes(reportBucket(service)).read()) {
      for (const { id, outcome } of resources) if (ended.get(id) !== "tagged") ended.set(id, outcome);
    }
    const seen = dynamoSeen({ client: clients.dynamodb, table: service.resources.ref("StateTable") });
    const { resources: noted } = await seen.list(PLACE, undefined);
    const report = await reportBucket(service).get(partitionedLayout.report("2026-11-20T02-00-00-000Z", "report.json"));
    const { resources, complete } = JSON.parse(new TextDecoder().decode(report)) as Record<string, unknown>;
    return {
      tookMs,
      meanwhile,
      end: {
        tags: Object.fromEntries(IDS.map((id) => [id, emulator.world.get({ ...PLACE, id })?.tags])),
        journal: written.toSorted(),
        outcomes: Object.fromEntries(ended),
        seen: noted.map(({ id }) => id).toSorted(),
        report: { resources, complete },
        dead: await service.deadLetters(),
      },
    };
  } finally {
    for (const store of stores) await gates[store].open().catch(() => undefined);
    await service.close();
    for (const gate of Object.values(gates)) await gate.shut();
    await emulator.close();
  }
}

let undisturbed: Awaited<ReturnType<typeof serveWithout>>;
beforeAll(async () => {
  undisturbed = await serveWithout([]);
}, TIMEOUT_MS);

describe("a service whose stores go away while it works", () => {
  it("ends well where they stay", () => {
    const { tags, journal, seen, report, dead } = undisturbed.end;
    expect(Object.values(tags)).toEqual(IDS.map(() => ({ env: "dev", owner: "platform" })));
    expect({ journal: journal.length, seen: seen.length, report, dead }).toEqual({
      journal: 80,
      seen: 40,
      report: { resources: 40, complete: true },
      dead: {},
    });
  });

  it.each<[string, readonly Store[], number]>([
    ["S3, writing on", ["S3"], 20],
    ["DynamoDB, writing nothing meanwhile", ["DYNAMODB"], 0],
  ])(
    "ends the same without %s",
    async (name, stores, written) => {
      const { end, meanwhile, tookMs } = await serveWithout(stores);
      expect(end).toEqual(undisturbed.end);
      expect(meanwhile).toBe(written);
      if (OUTAGE_MS > 60_000)
        console.info(`without ${name}: all done ${Math.round(tookMs / 1_000)} s after the first event`);
    },
    TIMEOUT_MS,
  );
});
