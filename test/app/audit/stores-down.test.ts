import { beforeAll, describe, expect, test } from "vitest";
import { alertReport } from "../../../lib/app/alert/alert-report.ts";
import { createPace } from "../../../lib/app/alert/pace.ts";
import { sendAlerts } from "../../../lib/app/alert/send-alerts.ts";
import { auditShard } from "../../../lib/app/audit/audit-shard.ts";
import { flatLayout } from "../../../lib/app/audit/layout.ts";
import { startAudit } from "../../../lib/app/audit/start-audit.ts";
import { untilStarted } from "../../../lib/app/audit/until-started.ts";
import type { AlertMessage } from "../../../lib/app/ports/alerts.ts";
import type { ShardMessage } from "../../../lib/app/ports/audit-queue.ts";
import { readHistory } from "../../../lib/app/report/history.ts";
import { publishReport } from "../../../lib/app/report/publish-report.ts";
import type { Digest } from "../../../lib/core/alert/digest.ts";
import { preparePolicies } from "../../../lib/core/policy/prepare.ts";
import { digestId } from "../../../lib/sinks/chat/digest-id.ts";
import { memoryAlertStates, memoryDeliveries } from "../../../lib/sinks/dynamo/memory-alert-states.ts";
import { memoryObjects } from "../../../lib/sinks/objects/memory.ts";
import { objectRunStore } from "../../../lib/sinks/objects/run-store.ts";
import { memoryEnforceQueue } from "../../../lib/sinks/sqs/memory-queues.ts";
import { alertSettings } from "../../core/alert/alerts.ts";
import * as fc from "../../properties.ts";
import { AT, auditWorld, compile, everything, quietLog, written } from "../audit-world.ts";

const MINUTE = 60_000;
const RUN = "r1";
const REPAIRING = preparePolicies(
  compile(`
version: 1
requiredTags:
  env: { values: [prod, dev], default: dev }
  owner: {}
policies:
  - name: everything
    match: {}
    require: [env]
    mode: enforce
    repair: nightly
  - name: gateways
    match: { types: ["alibaba:apigateway:*"] }
    require: [owner]
    severity: high
`),
);

/** How an operation of a store goes: as it should, not at all, or done with its answer lost. */
type Way = "well" | "fails" | "answer lost";
/** `call` counts the calls of this operation from 1; `ms` those since the audit was to start. */
type Disturb = (operation: string, call: number, ms: number) => Way;

/** The same store, disturbed. */
function disturbed<Store extends object>(name: string, store: Store, way: (operation: string) => Way): Store {
  return new Proxy(store, {
    get(target, property, receiver) {
      const value: unknown = Reflect.get(target, property, receiver);
      if (typeof value !== "function") return value;
      return async (...given: unknown[]): Promise<unknown> => {
        const how = way(`${name}.${String(property)}`);
        if (how === "fails") throw new Error(`${name}.${String(property)}: ServiceUnavailable`);
        const answer: unknown = await Reflect.apply(value, target, given);
        if (how === "answer lost") throw new Error(`${name}.${String(property)}: socket hang up`);
        return answer;
      };
    },
  });
}

interface Waiting<Message> {
  readonly message: Message;
  readonly tries: number;
  readonly at: number;
}

/** From the schedule to the chats, on virtual time, with messages that come back with a growing delay. */
async function auditNight(disturb: Disturb = () => "well") {
  const all = everything();
  const few = {
    alibaba: all.alibaba.filter((_, index) => index % 10 === 0),
    huawei: all.huawei.filter((_, index) => index % 10 === 0),
    aws: all.aws.filter((_, index) => index % 10 === 0),
  };
  const { deps, clock } = auditWorld({ resources: few });
  const counts = new Map<string, number>();
  const way = (operation: string): Way => {
    const call = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, call);
    return disturb(operation, call, clock.now() - AT);
  };
  const bucket = memoryObjects();
  const objects = disturbed("objects", bucket, way);
  const runs = disturbed("runs", objectRunStore(memoryObjects()), way);
  const repairs = memoryEnforceQueue();
  const enforceQueue = disturbed("enforceQueue", { send: repairs.send }, way);
  const later = <Message>(message: Message): Waiting<Message> => ({ message, tries: 0, at: clock.now() });
  const shards: Waiting<ShardMessage>[] = [];
  const reports: Waiting<string>[] = [];
  const alerts: Waiting<AlertMessage>[] = [];
  const queue = disturbed(
    "auditQueue",
    {
      sendShards: async (messages: readonly ShardMessage[]) => void shards.push(...messages.map(later)),
      sendReport: async (run: string) => void reports.push(later(run)),
    },
    way,
  );
  const alertQueue = disturbed(
    "alertQueue",
    { send: async (message: AlertMessage) => void alerts.push(later(message)) },
    way,
  );
  const states = disturbed("alertStates", memoryAlertStates(), way);
  const deliveries = disturbed("deliveries", memoryDeliveries(), way);
  const raise = {
    settings: alertSettings(),
    states,
    hash: digestId,
    dispatch: (digest: Digest) => alertQueue.send({ kind: "digest", digest }),
  };
  const shardDeps = {
    ...deps,
    objects,
    runs,
    queue,
    enforceQueue,
    policies: async () => REPAIRING,
  };
  const told: string[] = [];
  const sendDeps: Parameters<typeof sendAlerts>[1] = {
    clock,
    random: () => 0.5,
    deadline: { remainingMs: () => 60_000 },
    sender: () => ({
      type: "slack",
      target: "a test",
      bodyOf: () => "",
      async send({ entries }) {
        for (const { change, alert } of entries) told.push(`${change} ${alert.key}`);
      },
    }),
    deliveries,
    pace: createPace(clock),
    raise,
    log: quietLog,
    count: () => undefined,
  };

  const startEnds = AT + 45 * MINUTE;
  const start = { run: RUN, startedAt: AT, at: AT, policyHash: REPAIRING.hash };
  await untilStarted(
    async () => {
      await objects.put("policies/p.json", new Uint8Array());
      return startAudit(start, { ...shardDeps, history: () => readHistory(objects, flatLayout) });
    },
    { clock, deadline: { remainingMs: () => startEnds - clock.now() }, log: quietLog, mayPass: () => true },
  );

  async function work<Message>(waiting: Waiting<Message>[], handle: (message: Message) => Promise<boolean>) {
    const one = waiting.toSorted((a, b) => a.at - b.at)[0];
    if (one === undefined) return;
    waiting.splice(waiting.indexOf(one), 1);
    await clock.sleep(Math.max(0, one.at - clock.now()));
    const isDone = await handle(one.message).catch(() => false);
    const delay = Math.min(15 * MINUTE, 5_000 * 2 ** one.tries);
    if (!isDone) waiting.push({ ...one, tries: one.tries + 1, at: clock.now() + delay });
  }
  while (shards.length + reports.length + alerts.length > 0) {
    if (clock.now() - AT > 24 * 60 * MINUTE) expect.fail("the night never ends");
    await work(shards, async (message) => {
      await auditShard(message, shardDeps, { remainingMs: () => 300_000 });
      return true;
    });
    await work(reports, async (run) => {
      const { state } = await publishReport(run, {
        objects,
        runs,
        layout: flatLayout,
        clock,
        policiesOf: async () => REPAIRING.policies,
        async alert(finished) {
          const { failures } = await alertReport(finished, { ...raise, objects });
          if (failures.length > 0) throw failures[0];
        },
      });
      return state !== "taken";
    });
    await work(alerts, async (message) => {
      const [action] = await sendAlerts([{ messageId: "m", sendCount: 0, message }], sendDeps);
      return action?.action === "acknowledge";
    });
  }

  const report = JSON.parse(new TextDecoder().decode(await bucket.get("report.json"))) as Record<string, unknown>;
  // How long it took and what it cost is not the same, and need not be.
  const { finishedAt: _, calls: __, rows: ___, ...said } = report;
  return {
    counts,
    end: {
      report: said,
      evaluations: (await written(bucket, "evaluations")).map(({ id, compliance }) => `${id} ${compliance}`).toSorted(),
      findings: (await written(bucket, "findings")).map(({ id }) => id).toSorted(),
      repairs: [
        ...new Set(repairs.bodies.map((body) => (JSON.parse(body) as { data: { id: string } }).data.id)),
      ].toSorted(),
      // A digest whose delivery could not be noted is sent again.
      told: [...new Set(told)].toSorted(),
    },
  };
}

let undisturbed: Awaited<ReturnType<typeof auditNight>>;
beforeAll(async () => {
  undisturbed = await auditNight();
});

/** Every operation that a night needs; a test compares. */
const OPERATIONS = [
  "alertQueue.send",
  "alertStates.pending",
  "alertStates.read",
  "alertStates.write",
  "auditQueue.sendReport",
  "auditQueue.sendShards",
  "deliveries.add",
  "deliveries.has",
  "enforceQueue.send",
  "objects.get",
  "objects.list",
  "objects.put",
  "objects.remove",
  "runs.claimReport",
  "runs.create",
  "runs.finishShard",
  "runs.markPublished",
  "runs.read",
  "runs.result",
];

test("the table names every operation that a night needs", () => {
  expect([...undisturbed.counts.keys()].toSorted()).toEqual(OPERATIONS);
  const { end } = undisturbed;
  expect(end.report).toMatchObject({ complete: true });
  for (const list of [end.evaluations, end.findings, end.repairs, end.told]) expect(list.length).toBeGreaterThan(0);
});

describe.each(OPERATIONS)("where %s", (operation) => {
  test.each(["fails", "answer lost"] as const)(
    "%s once, at its first or its last call, the night ends the same",
    async (way) => {
      for (const call of new Set([1, undisturbed.counts.get(operation) ?? 1])) {
        const { end } = await auditNight((one, number) => (one === operation && number === call ? way : "well"));
        expect(end).toEqual(undisturbed.end);
      }
    },
  );

  test("fails for forty minutes, the night ends the same", async () => {
    let since: number | undefined;
    const { end } = await auditNight((one, _, ms) => {
      if (one !== operation) return "well";
      since ??= ms;
      return ms < since + 40 * MINUTE ? "fails" : "well";
    });
    expect(end).toEqual(undisturbed.end);
  });
});

describe.each([
  ["S3", ["objects."]],
  ["DynamoDB", ["runs.", "alertStates.", "deliveries."]],
  ["every queue", ["auditQueue.", "alertQueue.", "enforceQueue."]],
])("without %s for forty minutes", (_, stores) => {
  test.each([0, 1, 30])("from minute %i on, the night ends the same", async (from) => {
    const { end } = await auditNight((operation, __, ms) => {
      const isDown = ms >= from * MINUTE && ms < (from + 40) * MINUTE;
      return isDown && stores.some((store) => operation.startsWith(store)) ? "fails" : "well";
    });
    expect(end).toEqual(undisturbed.end);
  });
});

test("whatever fails, whenever and for how long, the night ends the same", async () => {
  const fault = fc.record({
    operation: fc.constantFrom(...OPERATIONS),
    call: fc.integer({ min: 1, max: 60 }),
    calls: fc.integer({ min: 1, max: 6 }),
    way: fc.constantFrom<Way>("fails", "answer lost"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 6 }), async (faults) => {
      const { end } = await auditNight((operation, call) => {
        const one = faults.find(
          (each) => each.operation === operation && call >= each.call && call < each.call + each.calls,
        );
        return one?.way ?? "well";
      });
      expect(end).toEqual(undisturbed.end);
    }),
    { numRuns: 30 },
  );
});
