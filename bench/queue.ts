/** From queue to tagged at a steady 50 events a second, through the local run's queue, function and emulated cloud. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { composeCreatedEvent } from "../local/compose-events/compose.ts";
import { startEmulator, type Emulator } from "../local/emulator/start.ts";
import { sendEvents } from "../local/run/send-events.ts";
import { writeLocalSettings } from "../local/run/settings.ts";
import { startLocalService, type LocalService } from "../local/service/service.ts";
import { significant, type Row } from "./measure.ts";

const EVENTS_PER_SECOND = 50;
const SECONDS = 15;
const GIVE_UP_MS = 60_000;
const POLL_MS = 50;
const GOAL_SECONDS = 15;
/** maximumBatchingWindow of enforce in serverless.yml. */
const WINDOW_SECONDS = 5;

const POLICY = `
version: 1
requiredTags:
  env: { default: dev }
  owner: { default: platform }
policies:
  - { name: all, match: {}, require: [env, owner], mode: enforce }
`;

const GROUP = { type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou" };

export async function run(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-bench-"));
  const emulator = await startEmulator({ accounts: ["alibaba:111122223333"] });
  try {
    const settings = writeLocalSettings({
      folder,
      policyFiles: [{ path: "policy.yaml", text: POLICY }],
      emulatorConfig: emulator.config(),
      settleSeconds: 900,
      reportAccounts: [],
    });
    const root = join(import.meta.dirname, "..");
    const service = await startLocalService({
      file: join(root, "serverless.yml"),
      root,
      stage: "bench",
      params: { policies: settings.policies, config: settings.config, mode: "enforce" },
      environment: { POWERTOOLS_LOG_LEVEL: "SILENT", POWERTOOLS_METRICS_DISABLED: "true" },
      onFailure: (name, error) => process.stderr.write(`${name}: ${String(error)}\n`),
    });
    try {
      return [toRow(await measure(service, emulator))];
    } finally {
      await service.close();
    }
  } finally {
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Seconds from the queue to the last tag, of every event. */
async function measure(service: LocalService, emulator: Emulator): Promise<readonly number[]> {
  const total = EVENTS_PER_SECOND * SECONDS;
  const waiting = new Map<string, number>();
  const seconds: number[] = [];
  const queueUrl = service.resources.ref("EnforceQueue");
  const startedAt = Date.now();
  for (let sent = 0; seconds.length < total && Date.now() - startedAt < GIVE_UP_MS;) {
    const due = Math.min(total, Math.floor(((Date.now() - startedAt) * EVENTS_PER_SECOND) / 1000));
    const bodies: string[] = [];
    for (; sent < due; sent += 1) {
      const id = `g-${sent}`;
      emulator.world.create({ ...GROUP, id });
      bodies.push(composeCreatedEvent({ ...GROUP, id }, { at: Date.now() }));
      waiting.set(id, Date.now());
    }
    await sendEvents(service.sqs, queueUrl, bodies);
    for (const [id, sentAt] of waiting) {
      if (Object.keys(emulator.world.get({ ...GROUP, id })?.tags ?? {}).length < 2) continue;
      waiting.delete(id);
      seconds.push((Date.now() - sentAt) / 1000);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    });
  }
  return [...seconds, ...Array.from(waiting, () => Number.POSITIVE_INFINITY)];
}

function toRow(seconds: readonly number[]): Row {
  const sorted = seconds.toSorted((a, b) => a - b);
  const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
  const beyond = Math.max(0, p95 - WINDOW_SECONDS);
  return {
    name: `queue to tagged, p95 beyond the batching window, ${EVENTS_PER_SECOND} events/s for ${SECONDS} s`,
    value: significant(beyond),
    unit: "s",
    floor: { name: "batching window", value: WINDOW_SECONDS },
    goal: `<= ${GOAL_SECONDS}`,
    met: beyond <= GOAL_SECONDS,
  };
}
