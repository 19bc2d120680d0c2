/** Bursts of created resources through the local queue and the packaged functions, with or without kills. */
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { resourceKey } from "../lib/core/resource.ts";
import { seededRandom } from "../lib/core/seeded-random.ts";
import { composeCreatedEvent } from "../local/compose-events/compose.ts";
import type { EmulatedResource } from "../local/emulator/emulated-resource.ts";
import { startEmulator, type Emulator } from "../local/emulator/start.ts";
import type { CloudEntry } from "../local/emulator/world-change.ts";
import { sendEvents } from "../local/run/send-events.ts";
import { writeLocalSettings } from "../local/run/settings.ts";
import { startLocalService, type LocalService } from "../local/service/service.ts";

const ROOT = join(import.meta.dirname, "..");
const POLICY = `
version: 1
requiredTags:
  env: { default: dev }
  owner: { default: platform }
  cost-center: { default: CC-0001 }
policies:
  - { name: all, match: {}, require: [env, owner, cost-center], mode: enforce }
`;
const REQUIRED = 3;
/** Of documented quotas of 50, 50 and 5 (reads of AWS: 15) calls a second, the configuration's default takes half. */
const SHARES: ReadonlyMap<string, number> = new Map([
  ["alibaba", 25],
  ["aws:tagging:TagResources", 2.5],
  ["aws:tagging:GetResources", 7.5],
]);
const WINDOW_MS = 10_000;

/** Where resources are created, and how often beside the others. */
const PLACES = [
  { weight: 4, type: "alibaba:apigateway:apiGroup", account: "111122223333", region: "cn-hangzhou", id: "g" },
  { weight: 4, type: "alibaba:apigateway:apiGroup", account: "222233334444", region: "cn-beijing", id: "g" },
  { weight: 1, type: "alibaba:vpcipam:IPAM", account: "111122223333", region: "cn-hangzhou", id: "ipam" },
  {
    weight: 1,
    type: "aws:ec2:instance",
    account: "444455556666",
    region: "us-east-1",
    id: "arn:aws:ec2:us-east-1:444455556666:instance/i",
  },
];
const WEIGHTED = PLACES.flatMap((place) => Array.from({ length: place.weight }, () => place));

export interface LoadOptions {
  readonly events: number;
  readonly bursts: number;
  /** From the start of one burst to the next, in milliseconds. */
  readonly everyMs: number;
  /** Kills one process of a function so often, in milliseconds; absent = none. */
  readonly killEveryMs?: number;
  /** No more kills than this; absent = as many as come. */
  readonly mostKills?: number;
  readonly seed: number;
}

export interface LoadResult {
  /** Seconds from the queue to the last tag, of every resource that has them all, in ascending order. */
  readonly seconds: readonly number[];
  /** From the first event to the last tag. */
  readonly tookSeconds: number;
  /** Resources without all tags, or with other ones, at the end. */
  readonly lost: readonly string[];
  /** Dead letters by queue, before they were sent again: a message whose function is killed five times becomes one. */
  readonly deadLetters: Readonly<Record<string, number>>;
  readonly kills: number;
  /** The most calls in any ten seconds to one API of an account and region, by what our share allows. */
  readonly highestRate: { readonly bucket: string; readonly share: number; readonly perSecond: number };
  /** Tags of all resources at the end, as text. */
  readonly end: string;
}

export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), "tagwarden-bench-"));
  const entries: CloudEntry[] = [];
  const emulator = await startEmulator({
    accounts: ["alibaba:111122223333", "alibaba:222233334444", "aws:444455556666"],
    regions: { alibaba: ["cn-hangzhou", "cn-beijing"], aws: ["us-east-1"] },
    quota: "documented",
    record: (entry) => entries.push(entry),
  });
  try {
    const settings = writeLocalSettings({
      folder,
      policyFiles: [{ path: "policy.yaml", text: POLICY }],
      emulatorConfig: emulator.config(),
      settleSeconds: 900,
      reportAccounts: [],
    });
    const service = await startLocalService({
      file: join(ROOT, "serverless.yml"),
      root: ROOT,
      stage: "local",
      params: {},
      packaged: {
        deployParams: { mode: "enforce" },
        cache: join(ROOT, ".tagwarden", "packages"),
        folder: join(folder, "functions"),
        logs: join(folder, "logs"),
        deploy: { "policies.json": settings.policies, "config.json": settings.config },
      },
      // A killed function fails its invocation, which is what is tried here.
      onFailure: (name, error) => {
        if (options.killEveryMs === undefined) process.stderr.write(`${name}: ${String(error)}\n`);
      },
    });
    try {
      return await drive(service, emulator, { options, entries });
    } finally {
      await service.close();
    }
  } finally {
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Load {
  readonly options: LoadOptions;
  /** Grows while the load runs. */
  readonly entries: readonly CloudEntry[];
}

async function drive(service: LocalService, emulator: Emulator, { options, entries }: Load): Promise<LoadResult> {
  const resources = Array.from({ length: options.events }, (_, index) => resourceAt(index));
  const sentAt = new Map<string, number>();
  const killer = startKiller(service, options);
  const startedAt = Date.now();
  const size = Math.ceil(resources.length / options.bursts);
  for (let burst = 0; burst < options.bursts; burst += 1) {
    await sleep(Math.max(0, startedAt + burst * options.everyMs - Date.now()));
    await sendBurst(resources.slice(burst * size, (burst + 1) * size), { service, emulator, sentAt });
  }
  await service.untilIdle();
  const kills = killer.stop();
  const deadLetters = await service.deadLetters();
  if (Object.keys(deadLetters).length > 0) {
    await redrive(service);
    await service.untilIdle();
  }
  const taggedAt = new Map<string, number>();
  for (const entry of entries) if (entry.did === "write") taggedAt.set(resourceKey(entry.ref), entry.at);
  const ends = resources.map((resource) => ({ resource, tags: emulator.world.get(resource)?.tags ?? {} }));
  const times = [...taggedAt].map(([key, at]) => (at - (sentAt.get(key) ?? at)) / 1000);
  return {
    seconds: times.toSorted((one, other) => one - other),
    tookSeconds: (Math.max(...taggedAt.values()) - startedAt) / 1000,
    lost: ends.filter(({ tags }) => Object.keys(tags).length !== REQUIRED).map(({ resource }) => resource.id),
    deadLetters,
    kills,
    highestRate: highestRate(entries),
    end: JSON.stringify(ends.map(({ resource, tags }) => [resource.id, inOrder(tags)])),
  };
}

function inOrder(tags: Readonly<Record<string, string>>): [key: string, value: string][] {
  return Object.entries(tags).sort(([one], [other]) => (one < other ? -1 : 1));
}

function resourceAt(index: number): EmulatedResource {
  const { type, account, region, id } = WEIGHTED[index % WEIGHTED.length] ?? WEIGHTED[0]!;
  return { type, account, region, id: `${id}-${index}` };
}

interface Sending {
  readonly service: LocalService;
  readonly emulator: Emulator;
  readonly sentAt: Map<string, number>;
}

async function sendBurst(
  resources: readonly EmulatedResource[],
  { service, emulator, sentAt }: Sending,
): Promise<void> {
  const at = Date.now();
  for (const resource of resources) {
    emulator.world.create(resource);
    sentAt.set(resourceKey(resource), at);
  }
  const bodies = resources.map((resource) => composeCreatedEvent({ ...resource, tags: new Map() }, { at }));
  await sendEvents(service.sqs, service.resources.ref("EnforceQueue"), bodies);
}

/** Kills one process, most often of `enforce`, which has the work to lose. */
function startKiller(
  service: LocalService,
  { killEveryMs, mostKills = Infinity, seed }: LoadOptions,
): { stop(): number } {
  if (killEveryMs === undefined) return { stop: () => 0 };
  const random = seededRandom(seed);
  let kills = 0;
  const timer = setInterval(() => {
    const all = service.pids();
    const busy = all.filter((one) => one.function === "enforce");
    const from = busy.length > 0 && random() < 0.5 ? busy : all;
    const victim = from[Math.floor(random() * from.length)];
    if (victim === undefined || kills === mostKills) return;
    process.kill(victim.pid, "SIGKILL");
    kills += 1;
  }, killEveryMs);
  return {
    stop() {
      clearInterval(timer);
      return kills;
    },
  };
}

/** Sends dead letters again, as an operator does. */
async function redrive({ sqs, resources }: LocalService): Promise<void> {
  const [QueueUrl, target] = [resources.ref("EnforceDeadLetters"), resources.ref("EnforceQueue")];
  for (;;) {
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (messages.length === 0) return;
    await sendEvents(
      sqs,
      target,
      messages.map(({ Body: body }) => body ?? ""),
    );
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

/** Looks at ten seconds from every call on: over one second, a busy machine that answers late would seem to be fast. */
function highestRate(entries: readonly CloudEntry[]): LoadResult["highestRate"] {
  const calls = entries.filter((entry) => entry.did === "call");
  const buckets = Map.groupBy(calls, ({ action, account, region }) => `${action} ${account} ${region}`);
  let highest = { bucket: "", share: 1, perSecond: 0 };
  for (const [bucket, { length }] of buckets) {
    const times = (buckets.get(bucket) ?? []).map(({ at }) => at);
    const share = SHARES.get(bucket.split(" ")[0] ?? "") ?? SHARES.get("alibaba") ?? 1;
    for (let from = 0, to = 0; to < length; to += 1) {
      while ((times[to] ?? 0) - (times[from] ?? 0) >= WINDOW_MS) from += 1;
      const perSecond = ((to - from + 1) * 1000) / WINDOW_MS;
      if (perSecond / share > highest.perSecond / highest.share) highest = { bucket, share, perSecond };
    }
  }
  return highest;
}
